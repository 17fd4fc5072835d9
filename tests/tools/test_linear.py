"""Linear models: the same numbers as the arithmetic that they stand for, and no surprise from a damaged file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.errors import TableError
from tools.linear import BUCKETS, Head, LinearModel, hashed, load_model, save_model


def small_model() -> LinearModel:
    weights = np.linspace(-1, 1, BUCKETS, dtype=np.float32)
    heads = {"plain": Head(weights, np.zeros(0, np.float32), 0.5, 0.0), "both": Head(weights, np.array([2, -1], np.float32), 0.0, 1.0)}
    return LinearModel(
        np.ones(BUCKETS, np.float32), np.array([1, 1], np.float32), np.array([2, 2], np.float32), "an embedder", "a table", heads
    )


def test_a_piece_is_counted_as_often_as_it_stands_there() -> None:
    buckets, often = hashed([("", "疼疼疼")])
    assert len(buckets) == 3, "疼, 疼疼, 疼疼疼"
    assert sorted(often) == pytest.approx([1, 1 + np.log(2), 1 + np.log(3)])


def test_the_mark_sets_the_same_words_apart() -> None:
    before, after = hashed([("b:", "avoid it")]), hashed([("a:", "avoid it")])
    assert not set(before[0]) & set(after[0])
    assert set(hashed([("b:", "avoid it"), ("a:", "avoid it")])[0]) == set(before[0]) | set(after[0])


@given(st.text(max_size=80))
def test_any_text_has_pieces_and_always_the_same_ones(text: str) -> None:
    first, again = hashed([("", text)]), hashed([("", text)])
    np.testing.assert_array_equal(first[0], again[0])
    assert np.all((first[0] >= 0) & (first[0] < BUCKETS)) and np.all(first[1] >= 1)
    assert np.isfinite(small_model().score("plain", first))


def test_the_score_is_the_weighted_sum_and_the_vector_counts_where_there_is_one() -> None:
    model, counts = small_model(), hashed([("", "胸痛 chest pain")])
    values = counts[1] / np.linalg.norm(counts[1])
    words = float(values @ model.heads["plain"].pieces[counts[0]])
    assert model.score("plain", counts) == pytest.approx(words + 0.5, abs=1e-5)
    vector = np.array([5, 1], np.float32)
    assert model.score("both", counts, vector) == pytest.approx(words + 2 * 2 - 0, abs=1e-5)
    assert model.score("plain", counts, vector) == model.score("plain", counts)
    assert model.says("both", counts, vector) and not model.says("both", counts, -vector)


def test_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    save_model(tmp_path / "m.npz", small_model())
    read, counts = load_model(tmp_path / "m.npz"), hashed([("", "头疼三天")])
    assert (read.embedder, read.trained_on, list(read.heads)) == ("an embedder", "a table", ["plain", "both"])
    assert read.score("plain", counts) == pytest.approx(small_model().score("plain", counts), abs=1e-2)


HARMS: dict[str, Callable[[Path], object]] = {
    "missing": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:900]),
    "no model": lambda path: path.write_bytes(b"no model at all" * 99),
    "too short": lambda path: save_model(path, replace(small_model(), rarity=np.ones(5, np.float32))),
}


@pytest.mark.parametrize("how", HARMS)
def test_a_damaged_file_is_named(tmp_path: Path, how: str) -> None:
    path = tmp_path / "m.npz"
    save_model(path, small_model())
    HARMS[how](path)
    with pytest.raises(TableError) as error:
        load_model(path)
    assert "m.npz" in error.value.message("en")
