import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from retrieval.documents import read_documents
from retrieval.errors import DocumentError
from retrieval.readers import Limits, file_hash

from .conftest import PAGE, page
from .reading import read, read_one


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
    (tmp_path / "binary.md").write_bytes(b"\0\0\x01\x02")
    (tmp_path / "picture.md").write_bytes(b"\x89PNG\0\0\x01")
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
        [
            "document_binary",
            "document_mismatch",
            "document_empty",
            "document_encoding",
            *["document_front_matter"] * 4,
            *["document_line"] * 5,
        ]
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


def test_files_of_one_name_in_two_folders_are_two_documents(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "notes.txt").write_text(f"{folder}：多喝水。", encoding="utf-8")
    assert [d.id for d in read(tmp_path)[0]] == ["a/notes.txt", "b/notes.txt"]
    assert read_one(tmp_path / "a" / "notes.txt").id == "notes.txt"


def test_the_tier_that_is_given_goes_to_documents_that_name_none(tmp_path):
    page(tmp_path, "named", "有", "多喝水。")
    (tmp_path / "bare.txt").write_text("多喝水。", encoding="utf-8")
    (tmp_path / "high.md").write_text("---\ntitle: t\ntier: high\n---\n多喝水。", encoding="utf-8")
    documents, _ = read(tmp_path, "wards", "low")
    assert [(d.title, d.tier, d.collection) for d in documents] == [
        ("bare", "low", "wards"),
        ("t", "high", "wards"),
        ("有", "medium", "wards"),
    ]


def test_the_ids_of_a_source_are_kept_as_keys(tmp_path):
    rows = [{"_id": "MED-10", "title": "", "text": "one"}, {"_id": 7, "text": "two"}, {"id": 0, "text": "three"}, {"text": "four"}]
    (tmp_path / "c.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert [(d.key, d.id) for d in read(tmp_path)[0]] == [("MED-10", "c-MED-10"), ("7", "c-7"), ("0", "c-0"), ("", "c-4")]


def test_dialogues_instructions_and_named_things_are_read_from_jsonl(tmp_path):
    rows = [
        {"data": ["问：感冒怎么办？", "答：多休息。"]},
        {"instruction": "头痛怎么办", "input": "", "output": "可以休息。"},
        {"id": "k1", "name": "肺炎", "cause": "细菌感染。", "symptoms": ["咳嗽", "发热"], "rank": 3},
    ]
    (tmp_path / "c.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert [(d.title, d.body) for d in read(tmp_path)[0]] == [
        ("感冒怎么办？", "多休息。"),
        ("头痛怎么办", "可以休息。"),
        ("肺炎", "## cause\n\n细菌感染。\n\n## symptoms\n\n咳嗽、发热"),
    ]


def test_gb18030_that_was_read_as_latin_1_is_mended(tmp_path):
    twisted = "感冒的人应当多喝水，注意休息。".encode("gb18030").decode("latin-1")
    rows = [{"text": twisted}, {"text": "Naïve café, 5 µg, Ménière’s"}]
    (tmp_path / "c.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert [d.body for d in read(tmp_path)[0]] == ["感冒的人应当多喝水，注意休息。", "Naïve café, 5 µg, Ménière’s"]


def test_gb18030_lines_of_jsonl_are_read(tmp_path):
    (tmp_path / "c.jsonl").write_bytes('{"text": "发热时多喝水。"}\n'.encode("gb18030") + b'{"text": "plain"}\n')
    assert [d.body for d in read(tmp_path)[0]] == ["发热时多喝水。", "plain"]


def test_front_matter_of_other_programs_gives_what_it_has(tmp_path):
    head = "---\ntitle: 高血压管理\nauthor: 李医生\ndate: 2021-05-01\ntags: [血压高, 高压]\nlayout: post\n---\n"
    (tmp_path / "a.md").write_text(head + "少吃盐。", encoding="utf-8")
    document = read_one(tmp_path)
    assert (document.id, document.title, document.publisher, document.year) == ("a.md", "高血压管理", "李医生", 2021)
    assert document.keywords == ("血压高", "高压") and document.body == "少吃盐。"


def test_markdown_keeps_the_words_and_drops_images_addresses_and_comments(tmp_path):
    prose = "Intro ![x](http://a/b.png) and [link](http://a/b_(c)).<!-- hidden -->\n\nUse\n---\n\n**Note**: a <b>b</b>\n\n"
    text = prose + "Drug | Dose\n--- | ---\nA | 5 mg\n\nEnd"
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    body = read_one(tmp_path).body
    assert body.split("\n") == ["Intro  and link.", "", "## Use", "", "Note: a  b ", "", "| Drug | Dose |", "| A | 5 mg |", "", "End"]


def test_labels_and_chapters_of_plain_text_become_headings(tmp_path):
    (tmp_path / "a.txt").write_text("某片说明书\n【禁忌】孕妇禁用。\n第二章 药理\n口服吸收好。", encoding="utf-8")
    document = read_one(tmp_path)
    assert document.title == "某片说明书"
    assert document.body == "某片说明书\n## 禁忌\n孕妇禁用。\n## 第二章 药理\n口服吸收好。"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_text_is_read_in_the_encodings_that_people_use(tmp_path, encoding):
    (tmp_path / "a.txt").write_bytes("发热时多喝水。".encode(encoding))
    assert read_one(tmp_path).body == "发热时多喝水。"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Patient’s naïve café – 5 µg", "cp1252"),
        ("患者の発熱について説明します。", "shift_jis"),
        ("發熱病人應當多喝水，必要時就醫。", "big5"),
    ],
)
def test_other_encodings_are_refused_not_garbled(tmp_path, text, encoding):
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    assert read(tmp_path) == ([], ["document_encoding"])


def test_loops_of_links_and_broken_links_end_and_linked_folders_are_read_once(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.txt").write_text("多喝水。", encoding="utf-8")
    (tmp_path / "real" / "up").symlink_to(tmp_path)
    (tmp_path / "zz").symlink_to(tmp_path / "real")
    (tmp_path / "self.md").symlink_to("self.md")
    (tmp_path / "gone.md").symlink_to("nowhere.md")
    documents, errors = read(tmp_path)
    assert [d.id for d in documents] == ["real/a.txt"]
    assert sorted(errors) == ["document_missing", "document_unreadable"]


def test_a_folder_without_rights_is_reported_and_the_rest_is_read():
    # Not under tmp_path, whose own folders only their owner may enter.
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o755)
        (folder / "locked").mkdir()
        (folder / "secret.txt").write_text("x", encoding="utf-8")
        (folder / "a.txt").write_text("多喝水。", encoding="utf-8")
        for path in (folder / "locked", folder / "secret.txt"):
            path.chmod(0o000)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        try:
            found = list(read_documents(folder))
        finally:
            if root:
                os.seteuid(0)
    finally:
        (folder / "locked").chmod(0o755)
        shutil.rmtree(folder)
    assert [getattr(item, "id", "") for item in found if not isinstance(item, DocumentError)] == ["a.txt"]
    failed = [(item.code, Path(item.values["path"]).name) for item in found if isinstance(item, DocumentError)]
    assert sorted(failed) == [("document_unreadable", "locked"), ("document_unreadable", "secret.txt")]


def test_a_pipe_is_an_error_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    assert read(tmp_path) == ([], ["document_unreadable"])


def test_a_file_that_changes_while_it_is_read_is_reported(tmp_path):
    path = tmp_path / "c.jsonl"
    path.write_text('{"text": "one"}\n' * 3, encoding="utf-8")
    reading = read_documents(path)
    next(reading)
    with path.open("a", encoding="utf-8") as file:
        file.write('{"text": "four"}\n')
    assert [item.code for item in reading if isinstance(item, DocumentError)] == ["document_changed"]


def test_a_text_of_two_gigabytes_is_not_opened_and_jsonl_of_any_size_is_streamed(tmp_path):
    with (tmp_path / "big.txt").open("wb") as file:
        file.truncate(2 << 30)
    with (tmp_path / "lines.jsonl").open("wb") as file:
        file.write(b'{"text": "first"}\n')
        file.truncate(100 << 20)
        file.seek(100 << 20)
        file.write(b'\n{"text": "last"}\n')
    documents, errors = read(tmp_path, limits=Limits(file_mb=50))
    assert [d.body for d in documents] == ["first", "last"]
    assert errors == ["document_large", "document_line"]


def test_front_matter_that_unfolds_without_end_costs_nothing(tmp_path):
    levels = "".join(f"k{n}: &k{n} [{', '.join([f'*k{n - 1}'] * 9)}]\n" for n in range(1, 12))
    (tmp_path / "a.md").write_text(f"---\nk0: &k0 [x]\n{levels}date: *k11\ntags: *k11\n---\n正文。", encoding="utf-8")
    assert read_one(tmp_path).body == "正文。"


def test_text_made_to_slow_down_patterns_is_read(tmp_path):
    (tmp_path / "a.md").write_text("![[" * 30_000 + "\n" + "# " * 30_000 + "\n" + "<!--" * 30_000 + "\n" + "[(" * 30_000 + "**a" * 30_000)
    assert len(read(tmp_path)[0]) == 1


def test_the_hash_of_a_file_is_that_of_its_content(tmp_path):
    one, two = tmp_path / "a.txt", tmp_path / "b.txt"
    one.write_text("x", encoding="utf-8")
    two.write_text("x", encoding="utf-8")
    assert file_hash(one) == file_hash(two) == "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    two.write_text("y", encoding="utf-8")
    assert file_hash(one) != file_hash(two)
    with pytest.raises(DocumentError, match="not found"):
        file_hash(tmp_path / "none.txt")
