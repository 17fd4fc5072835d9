"""How many processes and cards a rate of questions needs: formulas, with assumptions that stand in one place and want your own figures."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from evaluation.roofline import AWQ, BF16, CARDS, CONTEXT, FP8, QWEN3_32B, Serving

IN_FLIGHT = 64
RATES = (0.05, 0.5, 5.0, 50.0)
"""Questions a second at the busiest time: a ward, a hospital, a city, a region."""


@dataclass(frozen=True, slots=True)
class Consult:
    """What one consult costs on average; ``make bench-vllm`` and ``make bench-cores`` print yours."""

    written: int = 700
    """Tokens that the model writes: draft, audit, facts, urgency, and a mended sentence now and then."""
    read: int = 9000
    """Tokens of all prompts together."""
    cached: float = 0.5
    """Share of them that the prefix cache holds."""
    core_s: float = 0.1
    """Processor seconds of the service."""


@dataclass(frozen=True, slots=True)
class Real:
    """Which part of a bound a real server reaches."""

    writing: float = 0.6
    reading: float = 0.4
    core: float = 0.7


def groups(rate: float, serving: Serving, consult: Consult, real: Real) -> int:
    """Return how many groups of cards, each with the whole model, write and read so many consults a second."""
    held = min(IN_FLIGHT, serving.at_once())
    writing = consult.written / (real.writing * serving.aggregate(held, CONTEXT))
    operations = 2 * serving.shape.in_layers * consult.read * (1 - consult.cached)
    reading = operations / (real.reading * serving.cards * serving.card.operations)
    return math.ceil(rate * (writing + reading))


def processes(rate: float, consult: Consult, real: Real) -> int:
    """Return how many processes of the service that is, two at least, so that one may go away."""
    return max(2, math.ceil(rate * consult.core_s / real.core))


def sizing_table() -> Iterator[list[str]]:
    """Yield questions a second, processes of the service, and cards of three kinds."""
    consult, real = Consult(), Real()
    cards = {card.name: card for card in CARDS}
    fleets = [(cards["L40S"], AWQ, 1), (cards["H100 SXM"], FP8, 1), (cards["H100 SXM"], BF16, 2)]
    for rate in RATES:
        needed = [groups(rate, Serving(QWEN3_32B, precision, card, count), consult, real) * count for card, precision, count in fleets]
        yield [f"{rate:g}", str(processes(rate, consult, real)), *map(str, needed)]
