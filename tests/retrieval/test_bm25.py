import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from retrieval.bm25 import Bm25Index

WORDS = st.sampled_from(["a", "b", "c", "d", "发烧", "咳嗽", "xyz"])
CORPUS = st.lists(st.lists(WORDS, max_size=12), min_size=1, max_size=12).filter(any)


# With b = 1 and an empty document rank_bm25 divides 0 by 0 and returns NaN; we return 0, so b stays below 1 here.
@settings(max_examples=100, deadline=None)
@given(CORPUS, st.lists(st.one_of(WORDS, st.just("unknown")), max_size=8), st.floats(0.1, 3), st.floats(0, 0.99))
def test_scores_equal_rank_bm25_on_any_corpus_and_question(corpus, query, k1, b):
    expected = BM25Okapi(corpus, k1=k1, b=b).get_scores(query)
    np.testing.assert_allclose(Bm25Index(corpus, k1, b).scores(query), expected, atol=1e-9, rtol=0)


def test_scores_equal_rank_bm25_on_a_thousand_zipf_documents():
    rng = np.random.default_rng(7)
    corpus = [[f"t{word}" for word in rng.zipf(1.2, 80) % 5000] for _ in range(1000)]
    index, plain = Bm25Index(corpus), BM25Okapi(corpus)
    for _ in range(20):
        query = [f"t{word}" for word in rng.zipf(1.2, 10) % 5000]
        np.testing.assert_allclose(index.scores(query), plain.get_scores(query), atol=1e-9, rtol=0)


def test_a_repeated_question_term_counts_as_often_as_it_is_repeated():
    index = Bm25Index([["a", "b"], ["b"], ["c"], ["d"]])
    np.testing.assert_allclose(index.scores(["a", "a"]), 2 * index.scores(["a"]))


@pytest.mark.parametrize("corpus", [[], [[]], [[], []]])
def test_an_empty_corpus_answers_with_nothing(corpus):
    index = Bm25Index(corpus)
    assert index.scores(["a"]).tolist() == [0.0] * len(corpus)
    assert index.top(["a"], 5)[0].tolist() == []
    assert index.documents_with("a") == 0


def test_top_returns_only_documents_that_score_best_first_and_ties_in_order():
    index = Bm25Index([["a"], ["z"], ["a"], ["a", "a", "b"], ["y"], ["x"], ["w"]])
    numbers, scores = index.top(["a", "b"], 10)
    assert numbers.tolist() == [3, 0, 2]
    assert (np.diff(scores) <= 0).all() and (scores > 0).all()
    assert index.top(["a", "b"], 2)[0].tolist() == [3, 0]


def test_top_leaves_out_what_the_mask_leaves_out():
    index = Bm25Index([["a"], ["a"], ["b"], ["c"], ["d"]])
    mask = np.array([False, True, True, True, True])
    assert index.top(["a"], 5, mask)[0].tolist() == [1]
