"""From a ranking to evidence, over a real index of small documents."""

from pathlib import Path

import pytest

from configs.settings import RetrievalSettings
from retrieval.priority import Priorities
from retrieval.select import select

from .conftest import page


def corpus_of(open_retriever, folder: Path, pages):
    for identity, title, body, changes in pages:
        path = page(folder, identity, title, body)
        text = path.read_text(encoding="utf-8")
        for old, new in changes.items():
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    retriever = open_retriever(RetrievalSettings(embedder="none"))
    retriever.ingest([folder])
    return retriever, retriever._index.corpus


def chosen(retriever, corpus, scores, k=3, **settings):
    by_document = {corpus.chunks[n].document_id: n for n in corpus.numbers.values()}
    numbers = {by_document[name]: score for name, score in scores.items()}
    found = select(numbers, corpus, Priorities(), RetrievalSettings(embedder="none", **settings), k)
    return [corpus.chunks[n].document_id for n in found.numbers], found


PAGES = [
    ("zh-book", "甲", "## 是什么\n甲药用于退热，饭后服用为好。", {"出版者": "人民卫生出版社", "指南": "内科学（第9版）"}),
    ("zh-label", "乙", "## 是什么\n乙药能够镇痛，老人应当减量。", {"指南": "药品说明书"}),
    ("zh-other", "丙", "## 是什么\n丙药常见于论坛里的讨论帖子。", {"指南": "论坛", "出版者": "网友"}),
]


def test_a_better_source_passes_its_equals_and_never_what_is_clearly_better(open_retriever, tmp_path):
    retriever, corpus = corpus_of(open_retriever, tmp_path / "d", PAGES)
    assert chosen(retriever, corpus, {"zh-other": 1.0, "zh-label": 0.99, "zh-book": 0.0})[0] == ["zh-label", "zh-other", "zh-book"]
    assert chosen(retriever, corpus, {"zh-other": 1.0, "zh-label": 0.5, "zh-book": 0.0})[0] == ["zh-other", "zh-label", "zh-book"]
    assert chosen(retriever, corpus, {"zh-other": 1.0, "zh-label": 0.99, "zh-book": 0.0}, priority=0.0)[0][0] == "zh-other"


def test_label_then_guideline_then_textbook_then_other_and_newer_before_older(open_retriever, tmp_path):
    _, corpus = corpus_of(open_retriever, tmp_path / "d", [*PAGES, ("zh-guide", "丁", "## 是什么\n丁。", {})])
    priorities, worth = Priorities(), {}
    for number in corpus.numbers.values():
        worth[corpus.chunks[number].document_id] = (priorities.of(corpus.chunks[number]), priorities.kind(corpus.chunks[number]))
    assert [worth[f"zh-{name}"][1] for name in ("label", "guide", "book", "other")] == ["label", "guideline", "textbook", "other"]
    assert worth["zh-label"] > worth["zh-guide"] > worth["zh-book"] > worth["zh-other"]


def test_the_same_words_are_shown_once_and_the_log_says_of_what(open_retriever, tmp_path):
    same = "## 是什么\n咽痛的人多喝温水，并让嗓子休息几天。"
    pages = [("zh-a", "甲", same, {}), ("zh-b", "乙", same, {}), ("zh-c", "丙", "## 是什么\n腹泻的人要补充口服补液盐。", {})]
    retriever, corpus = corpus_of(open_retriever, tmp_path / "d", pages)
    names, found = chosen(retriever, corpus, {"zh-a": 1.0, "zh-b": 0.9, "zh-c": 0.1})
    assert names == ["zh-a", "zh-c"] and [(one.reason, one.of.split(":")[0]) for one in found.dropped] == [("duplicate", "zh-a")]


def test_no_document_crowds_out_the_others(open_retriever, tmp_path):
    body = "\n\n".join(f"## 第{name}节\n头痛与{name}有关的话。" for name in ("睡眠", "饮食", "用眼", "受凉", "劳累"))
    _, corpus = corpus_of(
        open_retriever, tmp_path / "d", [("zh-a", "头痛", body, {}), ("zh-b", "偏头痛", "## 是什么\n偏头痛是一种头痛。", {})]
    )
    settings = RetrievalSettings(embedder="none", per_document=2)
    scores = {
        n: float(10 - corpus.chunks[n].ordinal) * (1 if corpus.chunks[n].document_id == "zh-a" else 0.1) for n in corpus.numbers.values()
    }
    found = select(scores, corpus, Priorities(), settings, 3)
    assert [corpus.chunks[n].document_id for n in found.numbers] == ["zh-a", "zh-a", "zh-b"]
    assert {one.reason for one in found.dropped} == {"document"}


CARE = "## 怎么办\n胸痛的人要停下休息。\n\n## 谁要特别小心\n孕妇和老人要更早就医。"


@pytest.mark.parametrize(("tier", "pulled"), [("high", True), ("medium", False)])
def test_a_high_risk_document_brings_who_must_take_care(open_retriever, tmp_path, tier, pulled):
    _, corpus = corpus_of(open_retriever, tmp_path / "d", [("zh-a", "胸痛", CARE, {"tier: medium": f"tier: {tier}"}), PAGES[0]])
    kinds = {corpus.chunks[n].kind: n for n in corpus.numbers.values() if corpus.chunks[n].document_id == "zh-a"}
    found = select({kinds["action"]: 1.0}, corpus, Priorities(), RetrievalSettings(embedder="none"), 2)
    assert found.numbers == ((kinds["action"], kinds["caution"]) if pulled else (kinds["action"],))
    assert found.pulled == ({kinds["caution"]} if pulled else set())
    both = select({kinds["action"]: 1.0, kinds["caution"]: 0.5}, corpus, Priorities(), RetrievalSettings(embedder="none"), 2)
    assert both.numbers == (kinds["action"], kinds["caution"]) and not both.pulled
    off = select({kinds["action"]: 1.0}, corpus, Priorities(), RetrievalSettings(embedder="none", pull_cautions=False), 2)
    assert off.numbers == (kinds["action"],)


def test_what_is_brought_along_never_exceeds_k(open_retriever, tmp_path):
    words = ("躺平", "坐下", "停车", "呼救")
    pages = [(f"zh-{n}", f"胸痛{n}", CARE.replace("停下休息", word), {"tier: medium": "tier: high"}) for n, word in enumerate(words)]
    _, corpus = corpus_of(open_retriever, tmp_path / "d", pages)
    scores = {n: 1.0 - n / 100 for n in corpus.numbers.values() if corpus.chunks[n].kind == "action"}
    best = max(scores, key=lambda n: scores[n])
    for k in (1, 2, 3, 4):
        found = select(scores, corpus, Priorities(), RetrievalSettings(embedder="none"), k)
        assert len(found.numbers) == k and found.numbers[0] == best
