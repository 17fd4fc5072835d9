from pathlib import Path

import pytest

from retrieval.documents import Document, read_documents
from retrieval.errors import DocumentError

from .conftest import PAGE, page


def read(path: Path) -> tuple[list[Document], list[str]]:
    found = list(read_documents(path))
    return [d for d in found if isinstance(d, Document)], [e.code for e in found if isinstance(e, DocumentError)]


def test_front_matter_becomes_the_fields_of_the_document(tmp_path):
    page(tmp_path, "zh-x", "咽痛", "## 怎么办\n多喝水。", keywords="嗓子疼, 喉咙痛")
    (document,), errors = read(tmp_path)
    assert not errors
    assert (document.id, document.title, document.year, document.tier) == ("zh-x", "咽痛", 2020, "medium")
    assert document.keywords == ("嗓子疼", "喉咙痛")
    assert document.body == "## 怎么办\n多喝水。"


def test_plain_markdown_and_text_need_no_front_matter(tmp_path):
    (tmp_path / "a.md").write_text("# My notes\n\nDrink water when you have a fever.", encoding="utf-8")
    (tmp_path / "b.txt").write_text("发热时多喝水。", encoding="utf-8")
    documents, errors = read(tmp_path)
    assert not errors
    assert [(d.title, d.language, d.publisher, d.year, d.tier) for d in documents] == [
        ("My notes", "en", "a.md", 0, "medium"),
        ("b", "zh", "b.txt", 0, "medium"),
    ]


def test_jsonl_in_beir_shape_and_as_question_and_answer_is_read(tmp_path):
    (tmp_path / "qa.jsonl").write_text(
        '{"_id": "d1", "title": "流感", "text": "流感是病毒引起的。"}\n'
        '{"id": 7, "text": "Flu is caused by a virus."}\n'
        '{"question": "感冒怎么办", "answer": "多休息。"}\n\n'
        '{"questions": [["头疼", "头痛怎么办"]], "answers": ["可以休息。", "严重时就医。"]}\n',
        encoding="utf-8",
    )
    documents, errors = read(tmp_path)
    assert not errors
    assert [(d.id, d.title, d.body, d.keywords) for d in documents] == [
        ("qa-d1", "流感", "流感是病毒引起的。", ()),
        ("qa-7", "Flu is caused by a virus.", "Flu is caused by a virus.", ()),
        ("qa-3", "感冒怎么办", "多休息。", ()),
        ("qa-5", "头疼", "可以休息。\n严重时就医。", ("头痛怎么办",)),
    ]


def test_one_bad_file_is_reported_and_the_rest_is_read(tmp_path):
    page(tmp_path, "good", "好", "多喝水。")
    (tmp_path / "binary.md").write_bytes(b"\x89PNG\0\0\x01")
    (tmp_path / "empty.txt").write_bytes(b"  \n")
    (tmp_path / "noise.txt").write_bytes(bytes(range(128, 256)) * 3)
    (tmp_path / "broken.md").write_text("---\nid: [\n---\nbody", encoding="utf-8")
    (tmp_path / "open.md").write_text("---\nid: x\nbody", encoding="utf-8")
    (tmp_path / "extra.md").write_text(PAGE.format(id="x", title="t", language="zh", keywords="", body="b").replace("year: 2020\n", ""))
    (tmp_path / "kind.md").write_text(PAGE.format(id="x", title="t", language="fr", keywords="", body="b"), encoding="utf-8")
    (tmp_path / "lines.jsonl").write_text('{"text": "好。"}\n{"nothing": 1}\n[1]\n"x"\n{"text": 5}\n{broken\n', encoding="utf-8")
    documents, errors = read(tmp_path)
    assert {d.id for d in documents} == {"good", "lines-1"}
    assert sorted(errors) == sorted(
        ["document_binary", "document_empty", "document_encoding", *["document_front_matter"] * 4, *["document_line"] * 5]
    )


def test_every_error_names_its_file_and_line(tmp_path):
    (tmp_path / "lines.jsonl").write_text('{"text": "好。"}\n{broken\n', encoding="utf-8")
    error = next(e for e in read_documents(tmp_path) if isinstance(e, DocumentError))
    assert error.values["path"].endswith("lines.jsonl") and error.values["line"] == 2


def test_gb18030_is_read_and_control_characters_are_dropped(tmp_path):
    (tmp_path / "old.txt").write_bytes("发热时多喝水。\r\n\x07完".encode("gb18030"))
    (document,), errors = read(tmp_path)
    assert not errors and document.body == "发热时多喝水。\n完"


@pytest.mark.parametrize(("name", "code"), [("absent.md", "document_missing"), ("image.png", "document_kind")])
def test_a_named_file_that_cannot_be_read_is_an_error(tmp_path, name, code):
    (tmp_path / "image.png").write_bytes(b"x")
    assert read(tmp_path / name) == ([], [code])


def test_hidden_and_foreign_files_in_a_folder_are_passed_over(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.md").write_text("x", encoding="utf-8")
    (tmp_path / "image.png").write_bytes(b"x")
    assert read(tmp_path) == ([], [])
