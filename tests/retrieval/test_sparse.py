"""Postings of token weights: plain numbers, no model."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.embed.cache import VectorCache
from retrieval.sparse import SparseIndex

ROWS = [{"咽": 0.5, "痛": 0.25}, {"腹": 1.0}, {}, {"痛": 1.0, "头": 0.5}, {"咽": 0.5, "痛": 0.25}]
weights = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0.001, 2.0), max_size=6)


def dot(query: dict[str, float], row: dict[str, float]) -> float:
    return sum(weight * row.get(token, 0.0) for token, weight in query.items())


def test_the_score_of_a_row_is_the_dot_product_with_the_question():
    index = SparseIndex(ROWS)
    numbers, scores = index.top({"咽": 1.0, "痛": 2.0, "无": 9.0}, 10)
    assert numbers.tolist() == [3, 0, 4] and scores.tolist() == [2.0, 1.0, 1.0]


def test_a_mask_and_k_leave_rows_out_and_equal_scores_keep_their_order():
    index = SparseIndex(ROWS)
    assert index.top({"咽": 1.0}, 1)[0].tolist() == [0]
    assert index.top({"咽": 1.0}, 5, np.array([False, True, True, True, True]))[0].tolist() == [4]
    assert index.top({}, 5)[0].tolist() == [] and SparseIndex([]).top({"咽": 1.0}, 5)[0].tolist() == []


@given(st.lists(weights, max_size=8), st.lists(weights, max_size=8), weights, st.data())
def test_a_merged_index_equals_one_built_anew(first, second, query, data):
    keep = np.array(data.draw(st.lists(st.booleans(), min_size=len(first), max_size=len(first))), dtype=bool)
    keep_other = np.array(data.draw(st.lists(st.booleans(), min_size=len(second), max_size=len(second))), dtype=bool)
    rows = [row for row, kept in zip([*first, *second], [*keep, *keep_other], strict=True) if kept]
    merged = SparseIndex(first).merged(SparseIndex(second), keep, keep_other)
    np.testing.assert_allclose(merged.scores(query), [dot(query, row) for row in rows], rtol=1e-6)
    np.testing.assert_array_equal(merged.scores(query), SparseIndex(rows).scores(query))


def test_weights_survive_a_restart_and_damaged_ones_count_as_absent(tmp_path: Path):
    path = tmp_path / "cache.sqlite3"
    cache = VectorCache(path)
    cache.put_weights("m", [b"1", b"2", b"3"], ROWS[:3])
    cache.close()
    again = VectorCache(path)
    assert [again.get_weights("m", key) for key in (b"1", b"2", b"3", b"4")] == [*ROWS[:3], None]
    assert again.get_weights("another model", b"1") is None
    for damage in ("{", "[1]", json.dumps({"咽": "viel"})):
        again._database.execute("UPDATE weights SET weights = ?", (damage,))
        assert again.get_weights("m", b"1") is None
    again.close()


@pytest.mark.parametrize("size", [1, 50])
def test_the_best_are_the_same_as_by_sorting_everything(size):
    generator = np.random.default_rng(size)
    rows = [{f"t{t}": float(generator.random()) for t in generator.integers(0, 20, 5)} for _ in range(size)]
    query = {"t1": 1.0, "t2": 0.5, "t3": 0.25}
    expected = sorted((n for n in range(size) if dot(query, rows[n]) > 0), key=lambda n: (-dot(query, rows[n]), n))[:10]
    assert SparseIndex(rows).top(query, 10)[0].tolist() == expected
