"""``make roofline``: what memory and arithmetic of a card allow a language model at most. Bounds, not measurements.

To write one token, every weight but the table of input words is read once, and the cache of everything before it: a card cannot write
faster than it reads. With many answers in flight the weights are read once for all of them, until reading their caches or the arithmetic
takes longer. Real servers stay below (often 60-80 % of the single-stream bound); who claims more than a bound measured something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

GB, GIB = 1e9, 2.0**30
CLAIM = 120.0
"""Tokens a second that the predecessor claims, beside "+82 % over transformers"."""
CONTEXT = 4000
"""Tokens before a written one: an ordinary consult with its evidence."""
EXCHANGES = 2
"""All-reduces a layer under tensor parallelism: behind attention and behind the feed-forward part."""
LATENCY = {"NVLink": 10e-6, "PCIe": 30e-6}
"""Seconds of one small all-reduce: an assumption of the size that NCCL shows, to be measured on your own machine."""
SHARE, FIXED = 0.9, 2 * GB
"""Of a card's memory that vLLM takes, and what of it is neither weights nor cache."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A dense decoder with grouped queries and a gated feed-forward part."""

    name: str
    layers: int
    hidden: int
    feed_forward: int
    heads: int
    kv_heads: int
    head_dim: int
    words: int

    @property
    def in_layers(self) -> int:
        """Weights of all layers, norms left out: they are a hundred-thousandth."""
        attention = self.hidden * self.head_dim * (2 * self.heads + 2 * self.kv_heads)
        return self.layers * (attention + 3 * self.hidden * self.feed_forward)

    @property
    def table(self) -> int:
        """Weights of the table of input words, and as many of the one of output words."""
        return self.words * self.hidden

    @property
    def parameters(self) -> int:
        """All weights."""
        return self.in_layers + 2 * self.table


QWEN3_32B = Shape("Qwen3-32B", layers=64, hidden=5120, feed_forward=25600, heads=64, kv_heads=8, head_dim=128, words=151936)
"""From the model's config.json; the model card says 32.8 billion parameters, 31.2 without the tables."""


@dataclass(frozen=True, slots=True)
class Precision:
    """Bytes of a weight in the layers (scales included) and of a number in the cache; both tables stay in 16 bits."""

    name: str
    weight: float
    cached: int

    def on_cards(self, shape: Shape) -> float:
        """Return the bytes of the weights in memory, over all cards."""
        return shape.in_layers * self.weight + 2 * shape.table * 2

    def read(self, shape: Shape) -> float:
        """Return the bytes of weights that one step reads: of the input table only a few rows."""
        return shape.in_layers * self.weight + shape.table * 2

    def cache(self, shape: Shape) -> int:
        """Return the bytes that one token leaves in the cache: a key and a value in every layer."""
        return 2 * shape.layers * shape.kv_heads * shape.head_dim * self.cached


BF16 = Precision("BF16", 2.0, 2)
FP8 = Precision("FP8", 1.0 + 4 / 128**2, 2)
AWQ = Precision("AWQ 4 bit, FP8 cache", 0.5 + 2.5 / 128, 1)
PRECISIONS = (BF16, FP8, AWQ)


@dataclass(frozen=True, slots=True)
class Card:
    """One GPU by its data sheet: bytes, bytes a second, dense 16-bit operations a second, and how several are linked."""

    name: str
    memory: float
    bandwidth: float
    operations: float
    link: str


CARDS = (
    Card("RTX 4090", 24 * GIB, 1.008e12, 165e12, "PCIe"),
    Card("L40S", 45 * GIB, 0.864e12, 362e12, "PCIe"),
    Card("A100 80GB SXM", 80 * GIB, 2.039e12, 312e12, "NVLink"),
    Card("H100 SXM", 79 * GIB, 3.35e12, 989e12, "NVLink"),
    Card("H200 SXM", 140 * GIB, 4.8e12, 989e12, "NVLink"),
    Card("B200", 178 * GIB, 8.0e12, 2250e12, "NVLink"),
)
"""Bandwidth and arithmetic (without sparsity) from NVIDIA's data sheets, memory as ``nvidia-smi`` counts it."""
DEGREES = (1, 2, 4, 8)


@dataclass(frozen=True, slots=True)
class Serving:
    """A model in a precision on so many equal cards."""

    shape: Shape
    precision: Precision
    card: Card
    cards: int = 1

    def step(self, in_flight: int = 1, context: int = 0, latency: float = 0.0) -> float:
        """Return the least seconds of one step that writes a token for each answer in flight; ``latency`` of one exchange."""
        shape, kind = self.shape, self.precision
        copies = max(1.0, self.cards / shape.kv_heads)  # beyond one key head a card, heads are repeated
        reading = (kind.read(shape) + in_flight * context * kind.cache(shape) * copies) / (self.cards * self.card.bandwidth)
        computing = in_flight * 2 * (shape.in_layers + shape.table) / (self.cards * self.card.operations)
        exchanging = EXCHANGES * shape.layers * latency if self.cards > 1 else 0.0
        return max(reading, computing) + exchanging

    def single(self, context: int = 0) -> float:
        """Return the most tokens a second of one reader."""
        return 1 / self.step(1, context)

    def aggregate(self, in_flight: int, context: int = CONTEXT) -> float:
        """Return the most tokens a second of all readers together."""
        return in_flight / self.step(in_flight, context)

    def efficiency(self) -> float:
        """Return how much of the cards' joint bandwidth is left once they wait for each other, for one reader."""
        alone = Serving(self.shape, self.precision, self.card).step()
        return alone / (self.cards * self.step(latency=LATENCY[self.card.link]))

    def at_once(self, context: int = CONTEXT) -> int:
        """Return how many answers of so much context the cache holds; 0 or less where not even the weights fit."""
        left = self.cards * (self.card.memory * SHARE - FIXED) - self.precision.on_cards(self.shape)
        return int(left // (context * self.precision.cache(self.shape)))

    def reaches(self, wanted: float) -> int | None:
        """Return the fewest answers in flight with which the bound for all reaches a rate; None where memory ends before."""
        return next((count for count in range(1, self.at_once() + 1) if self.aggregate(count) >= wanted), None)

    def prefill(self, tokens: int) -> float:
        """Return the least seconds in which a prompt is read."""
        return max(2 * self.shape.in_layers * tokens / (self.cards * self.card.operations), self.step())


def speculated(serving: Serving, head: float, guesses: int, accepted: float) -> float:
    """Return the most tokens a second of one reader when a small head guesses and the model checks.

    Args:
        serving: the model.
        head: bytes of the head, read once a guess.
        guesses: tokens guessed a step.
        accepted: tokens that a step writes on average, the model's own one included.
    """
    guessing = guesses * head / (serving.cards * serving.card.bandwidth)
    return accepted / (serving.step() + guessing)


def allowed(precision: Precision, card: Card, cards: int) -> Serving | None:
    """Return the serving of Qwen3-32B where its weights and one answer fit."""
    serving = Serving(QWEN3_32B, precision, card, cards)
    return serving if serving.at_once() >= 1 else None


def weights_table() -> Iterator[list[str]]:
    """Yield precision, GB on the cards, GB read a token, KiB of cache a token."""
    for one in PRECISIONS:
        on_cards, read = one.on_cards(QWEN3_32B) / GB, one.read(QWEN3_32B) / GB
        yield [one.name, f"{on_cards:.1f}", f"{read:.1f}", f"{one.cache(QWEN3_32B) / 1024:.0f}"]


def single_table() -> Iterator[list[str]]:
    """Yield card, precision, and for 1, 2, 4, 8 cards the bound for one reader: bold from the claim on, a dash where it does not fit."""
    for card in CARDS:
        for precision in PRECISIONS:
            bounds = [allowed(precision, card, cards) for cards in DEGREES]
            yield [card.name, precision.name, *(_marked(one.single(CONTEXT)) if one else "—" for one in bounds)]


def parallel_table() -> Iterator[list[str]]:
    """Yield card, precision, and for 2, 4, 8 cards the share of the joint bandwidth that is left to one reader."""
    for card in CARDS[1:]:
        for precision in (BF16, FP8):
            yield [card.name, precision.name, *(f"{Serving(QWEN3_32B, precision, card, cards).efficiency():.0%}" for cards in DEGREES[1:])]


def aggregate_table() -> Iterator[list[str]]:
    """Yield cards, precision, answers that the cache holds, bounds for all at 16 and 64, and the fewest in flight for the claim."""
    fleets = [(CARDS[0], AWQ, 1), (CARDS[1], AWQ, 1), (CARDS[1], FP8, 2), *((card, BF16, 2) for card in CARDS[2:]), (CARDS[3], FP8, 1)]
    for card, precision, cards in fleets:
        serving = Serving(QWEN3_32B, precision, card, cards)
        held = serving.at_once()
        rates = [f"{serving.aggregate(count):.0f}" if count <= held else "—" for count in (16, 64)]
        yield [f"{cards} × {card.name}", precision.name, str(held), *rates, str(serving.reaches(CLAIM) or "—")]


def _marked(rate: float) -> str:
    return f"**{rate:.0f}**" if rate >= CLAIM else f"{rate:.0f}"


def rows(table: Iterator[list[str]]) -> list[str]:
    """Return a table's rows as Markdown."""
    return [f"| {' | '.join(cells)} |" for cells in table]


def _print(title: str, heads: Sequence[str], table: Iterator[list[str]]) -> None:
    print(f"\n{title}\n\n| {' | '.join(heads)} |\n| {' | '.join('---' for _ in heads)} |", *rows(table), sep="\n")


def main() -> None:
    """Print every table."""
    size = f"{QWEN3_32B.parameters / GB:.2f}"
    print(f"Roofline of {QWEN3_32B.name} ({size} billion weights). Upper bounds from data sheets; nothing here was measured.")
    _print("Bytes", ("precision", "GB of weights", "GB read a token", "KiB of cache a token"), weights_table())
    title = f"Tokens/s of one reader at {CONTEXT} tokens of context, at most (bold: {CLAIM:.0f} or more; —: does not fit)"
    _print(title, ("card", "precision", *(f"TP={cards}" for cards in DEGREES)), single_table())
    waits = ", ".join(f"{seconds * 1e6:.0f} µs on {link}" for link, seconds in LATENCY.items())
    _print(
        f"Share of the joint bandwidth left to one reader, assuming {waits} an exchange",
        ("card", "precision", "TP=2", "TP=4", "TP=8"),
        parallel_table(),
    )
    heads = ("cards", "precision", "answers in cache", "16 in flight", "64 in flight", f"fewest for {CLAIM:.0f}")
    _print(f"Tokens/s of all readers at {CONTEXT} tokens of context, at most", heads, aggregate_table())
    from evaluation.sizing import sizing_table  # which rests on this module

    columns = ("questions/s", "processes", "L40S, AWQ", "H100, FP8", "H100, BF16 in pairs")
    _print("Processes of the service and cards, under the assumptions of evaluation/sizing.py", columns, sizing_table())


if __name__ == "__main__":
    main()
