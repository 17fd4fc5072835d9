"""Whether the quantities of a sentence are those of its evidence: value, unit, bound, and how often."""

from __future__ import annotations

from collections.abc import Iterable

from retrieval.verify.amounts import RATE, Amount


def unheld(said: Iterable[Amount], held: Iterable[Amount]) -> list[Amount]:
    """Return the quantities of a sentence that the evidence does not name, or names with the opposite bound."""
    held = list(held)
    return [amount for amount in said if not _holds(amount, held)]


def _holds(amount: Amount, held: list[Amount]) -> bool:
    if amount.kind.startswith(RATE):
        return _as_often(amount, held)
    if amount.vague:
        return any(_same_unit(amount, other) for other in held)
    if amount.kind == "times" and amount.values == (1.0,):
        return True  # "一次" is a figure of speech more often than a frequency
    if (period := _period(amount)) and any(other.kind == period for other in held):
        return True
    if any(len(amount.values) == len(other.values) and _agree(amount, other) for other in held):
        return True
    # The ends of a range count one by one only where the evidence names them one by one.
    single = [other for other in held if len(other.values) == 1 or len(amount.values) == 1]
    return all(any(_agrees(amount, index, other) for other in single) for index in range(len(amount.values)))


def _as_often(amount: Amount, held: list[Amount]) -> bool:
    """Tell whether "a day" is the period of the evidence, or it names none."""
    rates = [other for other in held if other.kind.startswith(RATE)]
    return not rates or any(other.kind == amount.kind for other in rates) or any(_period(other) == amount.kind for other in held)


def _period(amount: Amount) -> str:
    return f"{RATE}{amount.kind}×{amount.values[0]:g}" if len(amount.values) == 1 else ""


def _agree(amount: Amount, other: Amount) -> bool:
    same = amount.values == other.values if amount.kind and other.kind else amount.bare == other.bare
    return same and all(_agrees(amount, index, other) for index in range(len(amount.values)))


def _same_unit(amount: Amount, other: Amount) -> bool:
    if other.vague:
        return amount.kind == other.kind
    return amount.kind.partition("×")[0] == other.kind


def _agrees(amount: Amount, index: int, other: Amount) -> bool:
    if amount.bound and other.bound and amount.bound != other.bound:
        return False
    if amount.kind and other.kind:
        return amount.kind == other.kind and amount.values[index] in other.values
    if amount.kind == "months" and not other.kind:
        return amount.bare[index] in other.bare and not amount.bare[index] % 1  # "65 years and over", "over 65"
    return not amount.kind and amount.bare[index] in other.bare
