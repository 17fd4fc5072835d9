"""Files made to harm, and files that came to harm: each is one clear error, and the next file is read."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from retrieval.documents import read_documents
from retrieval.errors import DocumentError
from retrieval.readers import Limits

from .reading import read
from .test_readers_office import catalogue, leaflet

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)
WORDS = "Rest and drink enough. "


def _pdf(path: Path, **options: object) -> None:
    canvas = Canvas(str(path), **options)
    for _ in range(3):
        for line in range(30):
            canvas.drawString(60, 780 - line * 20, f"{line} {WORDS * 2}")
        canvas.showPage()
    canvas.save()


def _cut(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        make(path)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return write


def _zip(**members: str | bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in {"[Content_Types].xml": "<a/>", **members}.items():
                archive.writestr(name, content)

    return write


def _stream(size: int) -> Callable[[Path], None]:
    """Return a writer of a PDF whose one stream unpacks to so many bytes."""

    def write(path: Path) -> None:
        packer = zlib.compressobj(1)
        piece = b"BT (a) Tj ET\n" * 80_000
        packed = b"".join(packer.compress(piece) for _ in range(size // len(piece))) + packer.flush()
        objects = b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        objects += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R>>endobj\n"
        stream = b"4 0 obj<</Length " + str(len(packed)).encode() + b"/Filter/FlateDecode>>stream\n" + packed + b"\nendstream endobj\n"
        path.write_bytes(b"%PDF-1.4\n" + objects + stream + b"trailer<</Root 1 0 R>>\n%%EOF")

    return write


def _bytes(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


HARMED: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "PDF with a password": ("a.pdf", lambda path: _pdf(path, encrypt=StandardEncryption("secret")), "document_encrypted"),
    "DOCX with a password": ("a.docx", _bytes(OLE + "EncryptedPackage".encode("utf-16-le")), "document_encrypted"),
    "XLSX with a password": ("a.xlsx", _bytes(OLE + "EncryptedPackage".encode("utf-16-le")), "document_encrypted"),
    "old Word under a new name": ("a.docx", _bytes(OLE), "document_old_office"),
    "half a PDF": ("a.pdf", _cut(_pdf), "document_damaged"),
    "half a DOCX": ("a.docx", _cut(leaflet), "document_damaged"),
    "half an XLSX": ("a.xlsx", _cut(catalogue), "document_damaged"),
    "DOCX that is no XML": ("a.docx", _zip(**{"word/document.xml": "<x"}), "document_damaged"),
    "DOCX bomb": ("a.docx", _zip(**{"word/document.xml": bytes(60_000_000)}), "document_unpacks"),
    "XLSX bomb": ("a.xlsx", _zip(**{"xl/worksheets/sheet1.xml": bytes(60_000_000)}), "document_unpacks"),
    "PDF of pages that hold themselves": (
        "a.pdf",
        _bytes(
            b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
        ),
        "document_scanned",
    ),
    "PDF named text": ("a.txt", _pdf, "document_mismatch"),
    "DOCX named PDF": ("a.pdf", leaflet, "document_mismatch"),
    "XLSX named DOCX": ("a.docx", catalogue, "document_mismatch"),
    "page named text": ("a.txt", _bytes(b"<!DOCTYPE html><p>x</p>"), "document_mismatch"),
    "text named PDF": ("a.pdf", _bytes(WORDS.encode()), "document_damaged"),
    "random bytes named text": ("a.txt", _bytes(bytes(range(256)) * 8), "document_binary"),
    "bytes without zeros named text": ("a.txt", _bytes(bytes(range(1, 128)) * 8), "document_binary"),
    "too large": ("a.pdf", lambda path: path.write_bytes(b"%PDF-" + bytes(3_000_000)), "document_large"),
    "nothing at all": ("a.pdf", _bytes(b""), "document_empty"),
}


@pytest.mark.parametrize("harm", HARMED)
def test_a_harmed_file_is_one_clear_error_and_the_next_is_read(tmp_path: Path, harm: str) -> None:
    name, write, code = HARMED[harm]
    write(tmp_path / name)
    (tmp_path / "b.html").write_text(f"<p>{WORDS}</p>", encoding="utf-8")
    found = list(read_documents(tmp_path, limits=Limits(file_mb=2)))
    assert [getattr(item, "code", None) for item in found] == [code, None]
    error = found[0]
    assert isinstance(error, DocumentError)
    for language in ("zh", "en"):
        assert name in error.message(language) and "{" not in error.message(language)


def test_a_pdf_that_may_be_read_but_not_printed_is_read(tmp_path: Path) -> None:
    _pdf(tmp_path / "a.pdf", encrypt=StandardEncryption("", ownerPassword="owner", canPrint=0))
    documents, errors = read(tmp_path)
    assert not errors and WORDS.strip() in documents[0].body


def test_a_file_that_takes_too_long_is_given_up_and_the_next_is_read(tmp_path: Path) -> None:
    _stream(60_000_000)(tmp_path / "a.pdf")
    (tmp_path / "b.html").write_text(f"<p>{WORDS}</p>", encoding="utf-8")
    documents, errors = read(tmp_path, limits=Limits(seconds=5))
    assert errors == ["document_slow"] and [d.id for d in documents] == ["b.html"]


def test_a_file_that_takes_too_much_memory_is_given_up_and_the_next_is_read(tmp_path: Path) -> None:
    _stream(300_000_000)(tmp_path / "a.pdf")
    (tmp_path / "b.html").write_text(f"<p>{WORDS}</p>", encoding="utf-8")
    documents, errors = read(tmp_path, limits=Limits(memory_mb=400))
    assert errors == ["document_memory"] and [d.id for d in documents] == ["b.html"]


def test_the_child_process_ends_with_the_reading_even_if_nobody_reads_to_the_end(tmp_path: Path) -> None:
    rows = "".join(f"<p>{n}</p>" for n in range(10))
    for name in ("a.html", "b.html"):
        (tmp_path / name).write_text(rows, encoding="utf-8")
    reading = read_documents(tmp_path)
    next(reading)
    reading.close()  # type: ignore[attr-defined]
    children = Path("/proc/self/task").glob("*/children")
    commands = [Path(f"/proc/{child}/cmdline").read_bytes() for path in children for child in path.read_text().split()]
    assert not any(b"retrieval.readers.worker" in command for command in commands)
