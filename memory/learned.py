"""What a message says of each name in it, learned: beside the rules, which it completes and corrects where it is sure.

Two linear models over ``memory.features`` (``mentions.npz``, learned by ``python -m evaluation.train memory``): which kind of fact a name
belongs to, if any, and with which status. Whom it is about, its value and its details are the business of the rules.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from memory.features import BUCKETS, Seen
from memory.mentions import KINDS
from tools.errors import TableError

JUDGE = "mentions.npz"
KIND_LABELS: tuple[str, ...] = ("", *KINDS)
STATUSES: tuple[str, ...] = ("active", "suspected", "past", "denied", "refuted")
_LINE = 16
"""Numbers in a line of the cache."""
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the model thinks of one name: the chances of each kind, ``""`` for none, and of each status if it is a fact."""

    kinds: Mapping[str, float]
    statuses: Mapping[str, float]

    @property
    def label(self) -> tuple[str, str]:
        """The likeliest kind and status; both empty for nothing."""
        kind = max(self.kinds, key=self.kinds.__getitem__)
        return (kind, max(self.statuses, key=self.statuses.__getitem__)) if kind else ("", "")


@dataclass(frozen=True, slots=True)
class Judge:
    """Weights ``[buckets, kinds]`` and ``[buckets + kinds, statuses]``, each with a bias."""

    kind: Floats
    kind_bias: Floats
    status: Floats
    status_bias: Floats
    both: Floats = field(init=False, repr=False)
    """Both weights of a bucket side by side, in one line of the processor's cache."""

    def __post_init__(self) -> None:
        both = np.zeros((BUCKETS, _LINE), np.float32)
        both[:, : len(KIND_LABELS)] = self.kind
        both[:, len(KIND_LABELS) : len(KIND_LABELS) + len(STATUSES)] = self.status[:BUCKETS]
        object.__setattr__(self, "both", both)

    def judge(self, seen: Sequence[Seen]) -> list[Judgement]:
        """Return what the model thinks of names with these features."""
        if not seen:
            return []
        buckets, values = (np.concatenate([one[side] for one in seen]) for side in (0, 1))
        begins = np.cumsum([0, *(len(one[0]) for one in seen[:-1])])
        weighed = self.both.take(buckets, axis=0)
        weighed *= values[:, None]
        kind, status, _ = np.split(np.add.reduceat(weighed, begins), (len(KIND_LABELS), len(KIND_LABELS) + len(STATUSES)), 1)
        kinds = _chances(kind + self.kind_bias)
        best = 1 + kinds[:, 1:].argmax(1)
        statuses = _chances(status + self.status[BUCKETS + best] + self.status_bias)
        return [
            Judgement(dict(zip(KIND_LABELS, one, strict=True)), dict(zip(STATUSES, other, strict=True)))
            for one, other in zip(kinds.tolist(), statuses.tolist(), strict=True)
        ]


def _chances(scores: Floats) -> Floats:
    grown = np.exp(scores - scores.max(1, keepdims=True))
    return grown / grown.sum(1, keepdims=True)  # type: ignore[no-any-return]


def save_judge(path: Path, judge: Judge) -> None:
    """Write a model: the weights that are not zero, in half precision."""
    parts: dict[str, NDArray[np.generic]] = {"kind_bias": judge.kind_bias, "status_bias": judge.status_bias}
    for name, weights in (("kind", judge.kind), ("status", judge.status)):
        used = np.flatnonzero(np.abs(weights).max(1) > 2e-3)
        parts |= {f"{name}_rows": used.astype(np.int32), name: weights[used].astype(np.float16)}
    with path.open("wb") as file:
        np.savez_compressed(file, **parts)  # type: ignore[arg-type]


def load_judge(path: Path) -> Judge:
    """Read a model.

    Raises:
        TableError: the file is missing, damaged or not a model.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            weights = []
            for name, height, width in (("kind", BUCKETS, len(KIND_LABELS)), ("status", BUCKETS + len(KIND_LABELS), len(STATUSES))):
                whole = np.zeros((height, width), np.float32)
                whole[file[f"{name}_rows"]] = file[name]
                weights += [whole, file[f"{name}_bias"].astype(np.float32)]
            return Judge(*weights)
    except (OSError, EOFError, ValueError, KeyError, TypeError, IndexError, zipfile.BadZipFile) as error:
        raise TableError("table_unreadable", table=path.name, reason=type(error).__name__) from error
