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


def test_a_small_mask_still_finds_its_best_documents_among_many_better_ones():
    rng = np.random.default_rng(11)
    corpus = [[f"t{word}" for word in rng.zipf(1.3, 30) % 300] for _ in range(4000)]
    index, mask = Bm25Index(corpus), rng.random(4000) < 0.01
    expected = BM25Okapi(corpus).get_scores(["t1", "t7", "t90"]) * mask
    numbers, scores = index.top(["t1", "t7", "t90"], 10, mask)
    np.testing.assert_allclose(scores, np.sort(expected)[::-1][:10], atol=1e-9, rtol=0)
    assert mask[numbers].all()


def top_of(index: Bm25Index, present: dict[int, list[str]], query: list[str], k: int, k1: float, b: float) -> None:
    """Assert that scores and best documents are those of plain rank_bm25 over the documents present."""
    expected = BM25Okapi(list(present.values()), k1=k1, b=b).get_scores(query)
    every = index.scores(query)
    np.testing.assert_allclose(every[list(present)], expected, atol=1e-9, rtol=0)
    assert not np.delete(every, list(present)).any()
    numbers, scores = index.top(query, k)
    best = np.sort(expected[expected > 1e-12])[::-1][:k]
    np.testing.assert_allclose(scores[: len(best)], best, atol=1e-9, rtol=0)
    assert len(scores) <= len(best) + np.count_nonzero(np.abs(expected) <= 1e-12)
    assert set(numbers.tolist()) <= set(present)
    assert index.size == len(present)
    for term in set(query):
        assert index.documents_with(term) == sum(term in tokens for tokens in present.values())


@settings(max_examples=150, deadline=None)
@given(st.data(), CORPUS, st.floats(0.1, 3), st.floats(0, 0.99))
def test_after_any_changes_the_scores_are_those_of_rank_bm25_over_the_documents_present(data, corpus, k1, b):
    index = Bm25Index(corpus, k1, b)
    present, texts = dict(enumerate(corpus)), dict(enumerate(corpus))
    for _ in range(data.draw(st.integers(1, 5))):
        added = data.draw(st.lists(st.lists(WORDS, max_size=12), max_size=4))
        removed = data.draw(st.lists(st.sampled_from(sorted(present)), unique=True)) if present else []
        before = len(index.alive)
        index = index.changed(added, removed, texts.__getitem__)
        texts |= dict(enumerate(added, start=before))
        present = {number: tokens for number, tokens in texts.items() if number in index.alive.nonzero()[0]}
        if data.draw(st.booleans()):
            index = index.compacted()
            present = dict(enumerate(present.values()))
            texts = dict(present)
        if any(present.values()):
            query = data.draw(st.lists(WORDS, min_size=1, max_size=6))
            top_of(index, present, query, data.draw(st.integers(1, 8)), k1, b)


@pytest.mark.parametrize("removals", [3, 700])
def test_a_change_of_a_large_index_is_exact_with_rows_a_tail_and_gaps_at_once(removals):
    rng = np.random.default_rng(5)
    draw = lambda count, size: [[f"t{word}" for word in rng.zipf(1.25, size) % 900] for _ in range(count)]  # noqa: E731
    corpus, added = draw(3000, 20), draw(300, 60)
    first = Bm25Index(corpus)
    removed = rng.permutation(3000)[:removals].tolist()
    index = first.changed(added, removed, corpus.__getitem__)
    present = {number: tokens for number, tokens in enumerate(corpus + added) if number not in set(removed)}
    for query in draw(20, 8):
        top_of(index, present, query, 25, 1.5, 0.75)
        top_of(first, dict(enumerate(corpus)), query, 25, 1.5, 0.75)
    assert index.fragmented == (removals > 500) and not first.fragmented
    query = draw(1, 8)[0]
    np.testing.assert_allclose(index.compacted().scores(query), index.scores(query)[index.alive], atol=1e-9, rtol=0)


def test_a_build_in_many_blocks_equals_one_in_one_block(monkeypatch):
    rng = np.random.default_rng(2)
    corpus = [[f"t{word}" for word in rng.zipf(1.2, 25) % 400] for _ in range(300)]
    whole = Bm25Index(corpus)
    monkeypatch.setattr("retrieval.postings.BLOCK", 64)
    pieces = Bm25Index(corpus)
    for part in ("terms", "starts", "documents", "counts"):
        np.testing.assert_array_equal(getattr(whole.segment(), part), getattr(pieces.segment(), part))
    np.testing.assert_allclose(pieces.scores(["t1", "t2"]), BM25Okapi(corpus).get_scores(["t1", "t2"]), atol=1e-9, rtol=0)


def test_a_term_that_stands_three_hundred_times_in_one_document_is_counted_in_full():
    corpus = [["a"] * 300 + ["b"], ["a", "c"], ["d"], ["e"], ["f"]]
    np.testing.assert_allclose(Bm25Index(corpus).scores(["a"]), BM25Okapi(corpus).get_scores(["a"]), atol=1e-9, rtol=0)
    grown = Bm25Index(corpus[1:]).changed(corpus[:1], [], corpus.__getitem__)
    np.testing.assert_allclose(grown.scores(["a"]), BM25Okapi(corpus[1:] + corpus[:1]).get_scores(["a"]), atol=1e-9, rtol=0)
