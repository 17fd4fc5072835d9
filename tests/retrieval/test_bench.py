import json
import math

import pytest

from configs.settings import RetrievalSettings
from evaluation.datasets import load_retrieval
from evaluation.gate import Judged, auc, roc
from evaluation.metrics import Mean, mean, ndcg, percentile, recall
from evaluation.retrieval import Figure, figures, fused_beside_best, table


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


def test_the_figures_come_from_a_real_index_and_name_split_and_size(measuring_set):
    (figure,) = figures(load_retrieval("tiny", None, measuring_set), RetrievalSettings(embedder="none"), None)
    assert (figure.arm, figure.split, figure.documents, figure.chunks, figure.ndcg10) == ("bm25", "dev", 4, 4, Mean(1.0, 0.0, 1))
    (line,) = table([figure])
    assert "nDCG@10 1.000" in line and "R@100 1.000" in line and "(dev, n=1, 4 documents, 4 chunks)" in line


def test_fusion_must_reach_the_best_arm_within_its_error():
    def figure(arm: str, value: float) -> Figure:
        return Figure("s", arm, "dev", 1, 1, Mean(value, 0.02, 100), Mean(0, 0, 0), Mean(0, 0, 0))

    (good,) = fused_beside_best([figure("bm25", 0.3), figure("dense", 0.4), figure("weighted", 0.39)])
    (bad,) = fused_beside_best([figure("bm25", 0.3), figure("dense", 0.4), figure("weighted", 0.37)])
    assert "holds" in good and "-0.010 beside dense" in good and "FAILS" in bad


def test_the_roc_runs_from_nothing_to_everything_and_its_area_counts_pairs():
    def judged(kind: str, confidence: float) -> Judged:
        return Judged("q", "zh", kind, "dev", confidence, 0.0, False, None)

    four = [judged("answerable", 0.9), judged("answerable", 0.4), judged("off_topic", 0.4), judged("medical_gap", 0.1)]
    points = roc(four)
    assert points[0][1:] == (0.0, 0.0) and points[-1][1:] == (1.0, 1.0) and (0.9, 0.0, 0.5) in points
    assert auc(four) == pytest.approx(3.5 / 4) and auc([]) == 0.0


def test_the_plots_are_files_of_pictures(measuring_set, tmp_path):
    from evaluation.retrieval import plots

    found = figures(load_retrieval("tiny", None, measuring_set), RetrievalSettings(embedder="none"), None)
    drawn = plots(found, [Judged("q", "zh", "answerable", "dev", 0.9, 0.9, True, None)], tmp_path / "plots")
    assert [path.read_bytes()[:4] for path in drawn] == [b"\x89PNG"] * 2
