"""Which files there are, which of them changed, and what is in those: everything that an ingest has to know before it writes.

An unchanged file costs its hash. ``how`` names what else decides on the outcome, the program's own reading code included: after an
update of the program files are read once more, and documents that come out the same stay as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from retrieval.chunk import chunk_document
from retrieval.documents import Chunk, Document
from retrieval.errors import DocumentError
from retrieval.manifest import Manifest
from retrieval.readers import Limits, Reader, file_hash, files_under
from retrieval.records import Entry, FileRecord
from tools import text as tools_text

Failed = list[tuple[str, DocumentError]]


@dataclass(frozen=True, slots=True)
class Found:
    """A document that is new or changed; ``known`` where another version of it is searchable."""

    document: Document
    chunks: list[Chunk]
    known: bool


@dataclass(frozen=True, slots=True)
class Request:
    """What to look at: whole roots, or within them only these files, some of which may be gone."""

    roots: tuple[Path, ...]
    collection: str
    tier: str = "medium"
    only: tuple[Path, ...] | None = None

    @property
    def looked_at(self) -> tuple[Path, ...]:
        """The files and folders that are looked at."""
        return self.roots if self.only is None else self.only

    def root_of(self, file: Path) -> Path:
        """Return the folder, or the file itself, under which a file was asked for."""
        return next((root for root in self.roots if file == root or root in file.parents), file)


class Scan:
    """One pass over the files of a request. `documents` is read to its end first, then the rest is known."""

    def __init__(self, request: Request, manifest: Manifest, limits: Limits, max_chars: int) -> None:
        self.collection = request.collection
        self.records: list[FileRecord] = []
        self.vanished: list[str] = []
        self.moved: list[tuple[int, str]] = []
        self.unchanged = 0
        self.cut_anew = False
        self._request, self._manifest, self._limits, self._max_chars = request, manifest, limits, max_chars
        self._files = {path: one for root in request.looked_at for path, one in manifest.files(request.collection, str(root)).items()}
        self._entries = self._indexed()
        self._seen: dict[str, str] = {}
        self._settled: set[str] = set()
        """Files whose documents stay, because they did not change or could not be read."""

    def _indexed(self) -> dict[str, list[Entry]]:
        entries = {entry.seq: entry for root in self._request.looked_at for entry in self._manifest.under(self.collection, str(root))}
        by_path: dict[str, list[Entry]] = {}
        for entry in entries.values():
            by_path.setdefault(entry.path, []).append(entry)
        return by_path

    def documents(self, failed: Failed, progress: Callable[[int, int], None]) -> Iterator[Found]:
        """Yield what is new or changed; what cannot be read goes to ``failed``."""
        files = self._list(failed)
        hashes = self._hashes(files, failed)
        self._note_vanished(files)
        changed = [(file, record) for file, record in hashes if not self._is_unchanged(file, record, failed)]
        # Where two files hold the same document, the one that did not change keeps it.
        with Reader(self._limits) as reader:
            for done, (file, record) in enumerate(changed):
                progress(done, len(changed))
                yield from self._one(reader, file, record, failed)
        progress(len(changed), len(changed))

    def _list(self, failed: Failed) -> list[Path]:
        files: dict[Path, None] = {}
        if self._request.only is not None:
            files = dict.fromkeys(file for file in self._request.only if file.is_file())
        else:
            for found in (found for root in self._request.roots for found in files_under(root)):
                if isinstance(found, DocumentError):
                    failed.append((found.values["path"], found))
                    self._settle_under(Path(found.values["path"]))
                else:
                    files[found] = None
        return list(files)

    def _note_vanished(self, files: Sequence[Path]) -> None:
        present = {str(file) for file in files}
        known = self._files.keys() | self._entries.keys()
        self.vanished = [path for path in known if self._is_asked_for(Path(path)) and path not in present and path not in self._settled]

    def _is_asked_for(self, path: Path) -> bool:
        return any(path == root or root in path.parents for root in self._request.looked_at)

    def _settle_under(self, folder: Path) -> None:
        """A folder that cannot be looked into loses nothing."""
        self._settled.update(path for path in self._files.keys() | self._entries.keys() if folder in Path(path).parents)

    def _hashes(self, files: Sequence[Path], failed: Failed) -> list[tuple[Path, FileRecord]]:
        hashed: list[tuple[Path, FileRecord]] = []
        for file in files:
            try:
                found = file_hash(file)
                facts = file.stat()
            except DocumentError as error:
                self._fail(file, error, failed)
            except OSError as error:
                self._fail(file, DocumentError("document_unreadable", path=str(file), reason=error.strerror or ""), failed)
            else:
                hashed.append((file, FileRecord(str(file), facts.st_size, facts.st_mtime_ns, found, self._how(file))))
        return hashed

    def _how(self, file: Path) -> str:
        root = self._request.root_of(file)
        name = file.name if file == root else str(file.relative_to(root))
        parts = (reading_code(), self._max_chars, self._request.tier, name, self._limits)
        return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def _is_unchanged(self, file: Path, record: FileRecord, failed: Failed) -> bool:
        known = self._files.get(record.path)
        if known is None or (known.hash, known.how) != (record.hash, record.how):
            return False
        entries = self._entries.get(record.path, [])
        self._seen.update((entry.id, entry.path) for entry in entries)
        self._settled.add(record.path)
        self.unchanged += len(entries)
        failed.extend((record.path, problem) for problem in known.problems)
        return True

    def _one(self, reader: Reader, file: Path, record: FileRecord, failed: Failed) -> Iterator[Found]:
        problems: list[DocumentError] = []
        for document in reader.read(file, self._request.root_of(file), self.collection, self._request.tier):
            found = document if isinstance(document, DocumentError) else self._judged(document)
            if isinstance(found, DocumentError):
                self._fail(file, found, failed)
                problems.append(found)
            elif found:
                yield found
        if all("line" in problem.values for problem in problems):
            kept = FileRecord(record.path, record.size, record.mtime_ns, record.hash, record.how, tuple(problems))
            self.records.append(kept)

    def _fail(self, file: Path, error: DocumentError, failed: Failed) -> None:
        failed.append((str(file), error))
        self._settled.add(str(file))
        if error.code == "document_missing":
            # A folder that was named and is not there may be a share that is not mounted.
            self._settle_under(file)

    def _judged(self, document: Document) -> Found | DocumentError | None:
        known = self._manifest.entry(self.collection, document.id)
        if other := self._other_holder(document, known):
            return DocumentError("document_duplicate", path=document.path, id=document.id, other=other)
        chunks = chunk_document(document, self._max_chars)
        if not chunks:
            return DocumentError("document_empty", path=document.path)
        self._seen[document.id] = document.path
        if known and (known.version, known.cut) == (document.version, self._max_chars) and self._manifest.record(known.seq):
            if self._manifest.chunks(known.seq) == chunks:
                self.unchanged += 1
                if known.path != document.path:
                    self.moved.append((known.seq, document.path))
                return None
            self.cut_anew = True
        return Found(document, chunks, known is not None)

    def _other_holder(self, document: Document, known: Entry | None) -> str | None:
        """Return the other file that holds a document of the same name, now."""
        if document.id in self._seen:
            return self._seen[document.id]
        elsewhere = known and known.path != document.path and not self._is_asked_for(Path(known.path))
        return known.path if known and elsewhere and Path(known.path).exists() else None

    def gone(self) -> list[int]:
        """Return the numbers of the documents that the files no longer hold."""
        return [
            entry.seq
            for path, entries in self._entries.items()
            for entry in entries
            if path not in self._settled and entry.id not in self._seen
        ]


@cache
def reading_code() -> str:
    """Return a digest of the code that makes chunks of files."""
    here = Path(__file__).parent
    files = [*sorted((here / "readers").glob("*.py")), here / "documents.py", here / "chunk.py", here / "outline.py"]
    digest = hashlib.sha256()
    for file in [*files, Path(tools_text.__file__)]:
        digest.update(file.read_bytes() if file.exists() else b"")
    return digest.hexdigest()[:16]
