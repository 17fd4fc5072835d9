import pytest

from retrieval.fuse import rrf, weighted


def test_reciprocal_ranks_add_up():
    assert rrf([["a", "b"], ["b", "c"]], k=60) == pytest.approx({"a": 1 / 61, "b": 1 / 62 + 1 / 61, "c": 1 / 62})


def test_fusing_nothing_gives_nothing():
    assert rrf([], 60) == {} and rrf([[], []], 60) == {} and weighted([{}, {}], [0.5, 0.5]) == {}


def test_weighted_fusion_follows_the_heavier_arm():
    scores = weighted([{"a": 1.0, "b": 0.5}, {"b": 9.0, "a": 3.0}], [0.7, 0.3])
    assert scores["a"] > scores["b"]


def test_an_id_that_an_arm_missed_gets_that_arms_lowest_score():
    scores = weighted([{"a": 1.0, "b": 0.0}, {"b": 1.0, "c": 0.5}], [1.0, 0.0])
    assert scores["c"] == scores["b"] < scores["a"]
