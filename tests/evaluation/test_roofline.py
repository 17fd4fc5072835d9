"""The arithmetic of bounds, against figures worked out by hand and published ones; and the pages that quote it."""

from __future__ import annotations

import math
from itertools import chain

import pytest

from agent.serving.weights import KNOWN
from configs.settings import ROOT
from evaluation.roofline import (
    AWQ,
    BF16,
    CARDS,
    CLAIM,
    FP8,
    GB,
    PRECISIONS,
    QWEN3_32B,
    Precision,
    Serving,
    aggregate_table,
    parallel_table,
    rows,
    single_table,
    speculated,
    weights_table,
)
from evaluation.sizing import RATES, Consult, Real, groups, processes, sizing_table

CARD = {card.name: card for card in CARDS}
H100 = CARD["H100 SXM"]


def served(precision: Precision, card: str, cards: int = 1) -> Serving:
    return Serving(QWEN3_32B, precision, CARD[card], cards)


def test_the_shape_gives_the_published_number_of_weights() -> None:
    assert QWEN3_32B.parameters / 1e9 == pytest.approx(32.8, abs=0.05)
    assert QWEN3_32B.in_layers / 1e9 == pytest.approx(31.2, abs=0.05), "the model card's number without the tables"


@pytest.mark.parametrize(("precision", "name"), [(BF16, "Qwen3-32B"), (FP8, "Qwen3-32B-FP8"), (AWQ, "Qwen3-32B-AWQ")])
def test_the_bytes_are_those_of_the_published_files(precision: Precision, name: str) -> None:
    known = KNOWN[f"Qwen/{name}"]
    assert precision.on_cards(QWEN3_32B) == pytest.approx(known.size, rel=0.01)
    assert precision.cache(QWEN3_32B) == known.cache_per_token(precision.cached)


def test_a_token_leaves_a_quarter_of_a_mebibyte() -> None:
    assert BF16.cache(QWEN3_32B) == 2 * 64 * 8 * 128 * 2 == 256 * 1024


def test_one_reader_is_bound_by_what_is_read() -> None:
    read = 31.2059e9 * 2 + 151936 * 5120 * 2  # all layers and the table of output words
    assert served(BF16, "H100 SXM").single() == pytest.approx(3.35e12 / read, rel=1e-3) == pytest.approx(52.4, abs=0.1)
    assert served(BF16, "H100 SXM", 2).single() == pytest.approx(2 * served(BF16, "H100 SXM").single())
    assert served(BF16, "H100 SXM").single(4000) == pytest.approx(3.35e12 / (read + 4000 * 262144), rel=1e-3)


def test_many_readers_share_the_weights_until_arithmetic_or_their_caches_take_longer() -> None:
    serving = served(BF16, "H100 SXM", 2)
    assert serving.aggregate(2, 0) == pytest.approx(2 * serving.single()), "reading the weights once serves both"
    most = 2 * 989e12 / (2 * (QWEN3_32B.in_layers + QWEN3_32B.table))
    assert serving.aggregate(10_000, 0) == pytest.approx(most), "then the arithmetic bounds"
    assert serving.aggregate(10_000, 4000) < serving.aggregate(10_000, 0), "and with context the caches do"
    rates = [serving.aggregate(count) for count in range(1, 72)]
    assert rates == sorted(rates)


def test_waiting_for_each_other_costs_more_where_steps_are_shorter() -> None:
    shares = [served(BF16, "H100 SXM", cards).efficiency() for cards in (1, 2, 4, 8)]
    assert shares[0] == 1.0 and shares == sorted(shares, reverse=True)
    assert served(FP8, "H100 SXM", 2).efficiency() < served(BF16, "H100 SXM", 2).efficiency()
    step = 63.97e9 / (2 * 3.35e12)
    assert served(BF16, "H100 SXM", 2).efficiency() == pytest.approx(step / (step + 2 * 64 * 10e-6), rel=1e-3)


def test_heads_that_are_repeated_fill_the_cache_again() -> None:
    sixteen = Serving(QWEN3_32B, BF16, H100, 16)
    assert sixteen.step(64, 4000) > served(BF16, "H100 SXM", 8).step(64, 4000) / 2


def test_what_does_not_fit_holds_no_answer() -> None:
    assert served(BF16, "H100 SXM").at_once() < 12 and served(BF16, "RTX 4090").at_once() < 0
    left = 2 * (79 * 2**30 * 0.9 - 2e9) - BF16.on_cards(QWEN3_32B)
    assert served(BF16, "H100 SXM", 2).at_once() == int(left // (4000 * 262144))


def test_where_the_claim_is_reached() -> None:
    """The sentences of docs/scaling.md about 120 tokens a second."""
    assert served(BF16, "H100 SXM", 2).single() < CLAIM, "forbidden for one reader in the reference setting"
    assert served(BF16, "A100 80GB SXM", 2).single() < CLAIM / 1.8
    assert served(BF16, "H100 SXM", 2).reaches(CLAIM) == 2, "two at once reach it"
    assert served(BF16, "H200 SXM", 2).single(4000) > CLAIM and served(FP8, "H100 SXM", 2).single(4000) > CLAIM
    assert served(BF16, "H100 SXM", 4).single(4000) > CLAIM
    guessed = speculated(served(BF16, "H100 SXM", 2), head=3.2 * GB, guesses=3, accepted=1.9)
    assert guessed == pytest.approx(1.9 / ((63.97e9 + 9.6e9) / 6.7e12), rel=1e-3) and guessed > CLAIM
    # One card after the other, as transformers spreads a model, against both at once.
    assert served(BF16, "H100 SXM", 2).single() / served(BF16, "H100 SXM").single() == pytest.approx(2.0)


def test_a_prompt_is_bound_by_arithmetic_and_a_short_one_by_reading_the_weights() -> None:
    serving = served(BF16, "H100 SXM", 2)
    assert serving.prefill(4000) == pytest.approx(2 * 31.2059e9 * 4000 / (2 * 989e12), rel=1e-3)
    assert serving.prefill(1) == serving.step()


def test_a_fleet_grows_with_what_is_asked_of_it() -> None:
    serving, consult, real = served(BF16, "H100 SXM", 2), Consult(), Real()
    writing = 700 / (0.6 * serving.aggregate(64, 4000))
    reading = 2 * 31.2059e9 * 9000 * 0.5 / (0.4 * 2 * 989e12)
    assert groups(50, serving, consult, real) == math.ceil(50 * (writing + reading))
    assert groups(0.01, serving, consult, real) == 1 and processes(0.01, consult, real) == 2
    assert groups(50, serving, Consult(cached=0.9), real) < groups(50, serving, Consult(cached=0.0), real)
    assert processes(50, consult, real) == math.ceil(50 * 0.1 / 0.7)


@pytest.mark.parametrize("page", ["scaling.md", "scaling_zh.md"])
def test_the_pages_quote_what_the_command_prints(page: str) -> None:
    lines = (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines()
    printed = list(chain(*(rows(table()) for table in (weights_table, single_table, parallel_table, aggregate_table, sizing_table))))
    assert len(printed) == len(PRECISIONS) + len(CARDS) * len(PRECISIONS) + 2 * (len(CARDS) - 1) + 8 + len(RATES)
    assert [line for line in printed if line not in lines] == [], "copy the tables of `make roofline` into the page"
