from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.chunk import chunk_document
from retrieval.documents import Document


def document(body: str) -> Document:
    return Document("d", "题", "zh", "p", "s", 2020, "low", (), False, body, "d.md", "knowledge")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="痛热咳 a.b。！?\n#，39[]1|-：`", max_size=400), st.integers(10, 80))
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


def test_the_section_is_the_path_of_headings_without_the_title_of_the_document():
    body = "# 题\n开头。\n\n## 用药\n成人。\n\n### 儿童\n少量。\n\n#### 早产儿\n不用。\n\n### 孕妇\n不用。\n\n## 何时就医\n高热。"
    assert [(chunk.section, chunk.kind) for chunk in chunk_document(document(body), 480)] == [
        ("", "passage"),
        ("用药", "medicines"),
        ("用药 › 儿童", "medicines"),
        ("用药 › 儿童 › 早产儿", "medicines"),
        ("用药 › 孕妇", "medicines"),
        ("何时就医", "escalation"),
    ]


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("三、禁忌", "caution"),
        ("2.1 药物治疗", "medicines"),
        ("【用法用量】", "medicines"),
        ("Contraindications", "caution"),
        ("一般情况", "passage"),
    ],
)
def test_numbered_and_bracketed_headings_are_known(heading, kind):
    assert chunk_document(document(f"## {heading}\n说明。"), 480)[0].kind == kind


def test_a_table_that_fits_stays_whole_with_its_caption():
    table = "| 药 | 量 |\n" + "\n".join(f"| 药{n} | {n} mg |" for n in range(6))
    body = "## 用药\n" + "先问过敏史。" * 12 + "\n\n表1 剂量\n\n" + table
    chunks = chunk_document(document(body), 140)
    assert [chunk.text for chunk in chunks][-1] == "表1 剂量\n\n" + table


def test_a_long_table_is_parted_between_rows_and_the_pieces_name_its_columns():
    rows = [f"| 药物{n} | {n} mg | 每日{n}次 |" for n in range(40)]
    chunks = chunk_document(document("## 用药\n\n| 药物 | 剂量 | 频次 |\n" + "\n".join(rows)), 200)
    assert len(chunks) > 3
    assert [chunk.section for chunk in chunks] == ["用药", *["用药 › 药物 | 剂量 | 频次"] * (len(chunks) - 1)]
    assert all(chunk.text.startswith("| ") and chunk.text.endswith(" |") and chunk.kind == "medicines" for chunk in chunks)
    assert [line for chunk in chunks for line in chunk.text.split("\n")][1:] == rows


def test_a_list_stays_with_the_line_that_leads_into_it():
    items = "\n".join(f"- 第{n}种情况要立即就医。" for n in range(8))
    body = "## 何时就医\n" + "多数人会自己好。" * 15 + "出现下列情况要就医：\n\n" + items
    chunks = chunk_document(document(body), 160)
    assert chunks[-1].text == "出现下列情况要就医：\n\n" + items


def test_a_long_list_is_parted_between_items_and_its_first_item_keeps_the_lead():
    items = [f"{n}. " + "情况说明，" * 8 + "\n   续行说明" for n in range(1, 9)]
    chunks = chunk_document(document("禁用于：\n" + "\n".join(items)), 150)
    assert chunks[0].text.startswith("禁用于：\n1. ") and len(chunks) > 2
    assert all(chunk.text.endswith("续行说明") for chunk in chunks)


def test_a_number_sign_inside_a_code_block_is_no_heading():
    chunks = chunk_document(document("## 甲\n```\n# 不是标题\n```\n后文。\n## 乙\n完。"), 480)
    assert [chunk.section for chunk in chunks] == ["甲", "乙"]


def test_a_chunk_knows_the_page_on_which_it_begins():
    paged = Document("d", "题", "zh", "p", "s", 2020, "low", (), False, "第一页。" * 10 + "第二页。" * 10, "d.pdf", "k", "key-1", (0, 40))
    chunks = chunk_document(paged, 40)
    assert [(chunk.page, chunk.key, chunk.collection) for chunk in chunks] == [(1, "key-1", "k"), (2, "key-1", "k")]
    assert chunk_document(document("无页。"), 40)[0].page == 0


def test_text_made_to_slow_down_patterns_is_cut():
    body = "# " * 20_000 + "\n" + "```\n" * 5_001 + "| " * 20_000 + "\n" + "1. " * 20_000
    assert chunk_document(document(body), 480)
