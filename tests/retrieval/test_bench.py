import json
import math

import pytest

from configs.settings import RetrievalSettings
from evaluation.datasets import load_retrieval
from evaluation.metrics import mean, ndcg, percentile, recall
from evaluation.quality import report


@pytest.fixture
def measuring_set(tmp_path):
    folder = tmp_path / "retrieval" / "tiny"
    folder.mkdir(parents=True)
    texts = {"d1": "高血压要限盐", "d2": "咽痛多喝温水", "d3": "腹泻要补液", "d4": "失眠少看手机"}
    (folder / "corpus.jsonl").write_text("\n".join(json.dumps({"_id": k, "text": v}) for k, v in texts.items()), encoding="utf-8")
    (folder / "queries_dev.jsonl").write_text('{"_id": "q1", "text": "腹泻"}\n{"_id": "q2", "text": "x"}\n', encoding="utf-8")
    (folder / "qrels_dev.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td3\t1\n", encoding="utf-8")
    return tmp_path


def test_ndcg_discounts_by_rank_and_compares_with_the_best_order():
    assert ndcg(["a", "b"], {"a": 1}) == 1.0
    assert ndcg(["b", "a"], {"a": 1}) == pytest.approx(1 / math.log2(3))
    assert ndcg(["b", "a"], {"a": 3, "b": 1}) < ndcg(["a", "b"], {"a": 3, "b": 1}) == 1.0
    assert ndcg(["a"] * 0, {"a": 1}) == ndcg(["a"], {}) == 0.0


def test_recall_mean_and_percentile():
    assert recall(["a", "x"], {"a": 1, "b": 1, "c": 0}) == 0.5
    assert (mean([1.0, 0.0]).value, mean([]).n, mean([2.0]).error) == (0.5, 0, 0.0)
    assert mean([1.0, 0.0]).error == pytest.approx(0.5)
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.0 and percentile([], 0.5) == 0.0


def test_a_shortened_corpus_keeps_the_documents_that_answer(measuring_set):
    data = load_retrieval("tiny", 2, measuring_set)
    assert list(data.documents) == ["d3", "d1"] and data.queries == {"q1": "腹泻"}
    assert load_retrieval("absent", None, measuring_set) is None


def test_the_report_names_the_split_and_the_number_of_questions(measuring_set):
    (line,) = report(load_retrieval("tiny", None, measuring_set), RetrievalSettings(embedder="none"), None)
    assert "bm25" in line and "nDCG@10 1.000" in line and "(dev, n=1, 4 documents)" in line
