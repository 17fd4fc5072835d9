"""Whether a profile fits the cards: weights, what computing needs, and a cache for at least one request of full length.

An estimate, on the safe side: it is there to refuse in a second what vLLM would refuse after minutes of loading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.errors import ServingFailed
from agent.serving.gpus import Gpu
from agent.serving.profiles import ServingProfile
from agent.serving.weights import HEAD, Weights

GIB = 2**30
_FIXED = 1.0 * GIB
"""Buffers, captured graphs and fragmentation on each card."""
_PER_BATCHED_TOKEN = 128 * 1024
"""Activations of one token of a step over all cards: a few vectors as wide as the widest layer of a 32B model."""
_FP8_CAPABILITY = 8.9


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the memory of each card goes, in bytes, and how many full-length requests fit at once."""

    taken: float
    weights: float
    computing: float
    cache: float
    at_once: float


def plan(profile: ServingProfile, weights: Weights, cards: Sequence[Gpu]) -> Plan:
    """Return the plan of a profile on its cards.

    Raises:
        ServingFailed: too few cards, heads that cannot be split, a card in use or too small, numbers that the cards cannot compute.
    """
    _enough_cards(profile, weights, cards)
    used = cards[: profile.cards]
    smallest = min(card.total for card in used) * 2**20 * profile.share
    split = profile.tensor_parallel * int(profile.values.get("pipeline-parallel-size", 1))
    on_card = weights.size / split + _head(profile)
    computing = _FIXED + int(profile.values.get("max-num-batched-tokens", 8192)) * _PER_BATCHED_TOKEN / profile.tensor_parallel
    cache = smallest - on_card - computing
    each = 0.0 if profile.pooling else _request(profile, weights, split)
    if cache < each:
        raise ServingFailed(
            "gpu_memory",
            card=used[0].name,
            has=f"{smallest / GIB:.1f}",
            weights=f"{on_card / GIB:.1f}",
            computing=f"{computing / GIB:.1f}",
            cache=f"{each / GIB:.1f}",
            tokens=int(profile.values.get("max-model-len", 40960)),
        )
    _free_enough(profile, used)
    return Plan(smallest, on_card, computing, cache, cache / each if each else 0.0)


def _enough_cards(profile: ServingProfile, weights: Weights, cards: Sequence[Gpu]) -> None:
    if len(cards) < profile.cards:
        raise ServingFailed("gpu_few", needed=profile.cards, present=len(cards))
    if weights.heads % profile.tensor_parallel or profile.tensor_parallel & (profile.tensor_parallel - 1):
        raise ServingFailed("gpu_heads", parts=profile.tensor_parallel, heads=weights.heads)
    weakest = min(cards[: profile.cards], key=lambda card: card.capability)
    if str(profile.values.get("kv-cache-dtype", "auto")).startswith("fp8") and weakest.capability < _FP8_CAPABILITY:
        raise ServingFailed("gpu_old", card=weakest.name, capability=weakest.capability)


def _head(profile: ServingProfile) -> float:
    speculative = profile.values.get("speculative-config")
    if not isinstance(speculative, dict) or "model" not in speculative:
        return 0.0
    return HEAD / int(speculative.get("draft_tensor_parallel_size", profile.tensor_parallel))


def _request(profile: ServingProfile, weights: Weights, split: int) -> float:
    numbers = 1 if str(profile.values.get("kv-cache-dtype", "auto")).startswith("fp8") else 2
    copies = max(1.0, profile.tensor_parallel / weights.kv_heads)  # beyond one key head a card, heads are repeated
    return int(profile.values.get("max-model-len", 40960)) * weights.cache_per_token(numbers) * copies / split


def _free_enough(profile: ServingProfile, cards: Sequence[Gpu]) -> None:
    for card in cards:
        if card.free < card.total * profile.share:
            raise ServingFailed(
                "gpu_busy",
                index=card.index,
                card=card.name,
                free=f"{card.free / 1024:.1f}",
                needed=f"{card.total * profile.share / 1024:.1f}",
            )
