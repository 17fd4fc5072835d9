from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.chunk import chunk_document
from retrieval.documents import Document


def document(body: str) -> Document:
    return Document("d", "题", "zh", "p", "s", 2020, "low", (), False, body, "d.md", "knowledge")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="痛热咳 a.b。！?\n#，39[]1", max_size=400), st.integers(10, 80))
def test_offsets_are_exact_chunks_fit_and_no_word_is_lost(body, longest):
    chunks = chunk_document(document(body), longest)
    assert all(body[chunk.start : chunk.end] == chunk.text and 0 < len(chunk.text) <= longest for chunk in chunks)
    assert all(left.end <= right.start for left, right in pairwise(chunks))
    kept = "".join("".join(chunk.text.split()) for chunk in chunks)
    headings = [line for line in body.split("\n") if not line.startswith("#")]
    assert set(kept) >= {c for line in headings for c in line if not c.isspace()} or "#" in body


def test_each_section_is_a_chunk_with_its_kind():
    chunks = chunk_document(document("开头一句。\n\n## 怎么办\n多喝水。\n\n## When to see a doctor\nSoon.\n\n## 其他\n无。"), 480)
    assert [(chunk.section, chunk.kind, chunk.text) for chunk in chunks] == [
        ("", "passage", "开头一句。"),
        ("怎么办", "action", "多喝水。"),
        ("When to see a doctor", "escalation", "Soon."),
        ("其他", "passage", "无。"),
    ]


def test_a_long_section_is_cut_between_sentences():
    sentence = "咽痛的人可以多喝温水。"
    chunks = chunk_document(document("## 怎么办\n" + sentence * 40), 100)
    assert len(chunks) > 1
    assert all(chunk.text.endswith("。") and chunk.text.startswith("咽痛") for chunk in chunks)


def test_a_sentence_longer_than_a_chunk_is_cut_at_a_comma():
    chunks = chunk_document(document("## 怎么办\n" + "多喝水并且休息，" * 30 + "好。"), 100)
    assert all(len(chunk.text) <= 100 for chunk in chunks)
    assert chunks[0].text.endswith("，")


def test_another_chunk_length_gives_other_ids():
    one, two = chunk_document(document("咽痛。"), 200)[0], chunk_document(document("咽痛。"), 300)[0]
    assert one.text == two.text and one.id != two.id


def test_the_version_follows_every_field_but_the_path():
    here, there = document("咽痛。"), Document("d", "题", "zh", "p", "s", 2020, "low", (), False, "咽痛。", str(Path("x")), "knowledge")
    newer = Document("d", "题", "zh", "p", "s", 2021, "low", (), False, "咽痛。", "d.md", "knowledge")
    assert here.version == there.version != newer.version
