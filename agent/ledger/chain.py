"""The chain: every entry's code covers the entry and the code before it, so that nothing in the middle can change, go or move unseen.

What a chain cannot show is that its end was cut off. Two records of how long it was do: the *head*, sealed beside the entries and moved
with each of them, and the *anchor*, the same in a place of its own, which whoever can set back the whole database does not reach.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Fault = Literal[
    "changed",
    "missing",
    "head_missing",
    "head_forged",
    "cut",
    "beyond_head",
    "anchor_forged",
    "anchor_cut",
    "anchor_changed",
]
_SHOWN = 20


class Row(NamedTuple):
    """One entry as it is stored; ``seq`` counts from 1."""

    seq: int
    key: str
    body: bytes
    code: bytes


@dataclass(frozen=True)
class Head:
    """How long the chain is and the code of its last entry, under a seal."""

    count: int
    code: bytes
    seal: bytes

    @property
    def token(self) -> str:
        """The same in one line, to be kept on paper or in another system; without the seal it can be compared all the same."""
        return f"{self.count}:{self.code.hex()}"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and at which entry."""

    fault: Fault
    seq: int


@dataclass
class Report:
    """What verifying found. No problem *and* ``anchored`` means that the chain is whole to its end."""

    entries: int = 0
    count: int = 0
    problems: list[Problem] = field(default_factory=list)
    anchored: bool = False
    head: Head | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return self.count == 0

    def found(self, fault: Fault, seq: int) -> None:
        """Note a problem; the first few are kept, all are counted."""
        self.count += 1
        if len(self.problems) < _SHOWN:
            self.problems.append(Problem(fault, seq))


class Chain:
    """Makes and checks the codes; needs the secret for both."""

    def __init__(self, secret: bytes) -> None:
        self._secret = hmac.digest(secret, b"entries", hashlib.sha256)
        self._sealing = hmac.digest(secret, b"head", hashlib.sha256)
        self.start = hmac.digest(secret, b"start", hashlib.sha256)

    def link(self, before: bytes, seq: int, key: str, body: bytes) -> bytes:
        """Return the code of an entry that follows the one with the code ``before``."""
        name = key.encode()
        told = b"".join((before, seq.to_bytes(8, "big"), len(name).to_bytes(4, "big"), name, body))
        return hmac.digest(self._secret, told, "sha256")

    def head(self, count: int, code: bytes) -> Head:
        """Return the sealed head of a chain of this length."""
        return Head(count, code, self._seal(count, code))

    def genuine(self, head: Head) -> bool:
        """Tell whether we sealed a head."""
        return hmac.compare_digest(head.seal, self._seal(head.count, head.code))

    def extend(self, head: Head, entries: Iterable[tuple[str, bytes]]) -> tuple[list[Row], Head]:
        """Return the rows of new entries after a head, and the head after them."""
        rows, code = [], head.code
        for seq, (key, body) in enumerate(entries, start=head.count + 1):
            code = self.link(code, seq, key, body)
            rows.append(Row(seq, key, body, code))
        return rows, self.head(head.count + len(rows), code)

    def _seal(self, count: int, code: bytes) -> bytes:
        return hmac.digest(self._sealing, count.to_bytes(8, "big") + code, "sha256")


def verify(chain: Chain, head: Head | None, rows: Iterable[Row], marks: Iterable[Head] = ()) -> Report:
    """Read a whole chain, in the order of its numbers, and say what is wrong with it.

    Args:
        chain: with the right secret.
        head: what is stored beside the entries.
        rows: all of them, from the same snapshot as the head.
        marks: genuine anchors, each of which the chain must still contain.
    """
    report, code, due = Report(head=head), chain.start, 1
    wanted = {mark.count: mark for mark in marks}
    if (first := wanted.pop(0, None)) and first.code != chain.start:
        report.found("anchor_changed", 0)
    for row in rows:
        if row.seq != due:
            report.found("missing", due)
        elif not hmac.compare_digest(row.code, chain.link(code, row.seq, row.key, row.body)):
            report.found("changed", row.seq)
        if (mark := wanted.pop(row.seq, None)) and mark.code != row.code:
            report.found("anchor_changed", row.seq)
        code, due = row.code, row.seq + 1
        report.entries += 1
    _check_head(report, chain, code, due - 1)
    for count in sorted(count for count in wanted if count >= due):  # any other is missing, which was found above
        report.found("anchor_cut", count)
    return report


def _check_head(report: Report, chain: Chain, code: bytes, last: int) -> None:
    head = report.head
    if head is None:
        report.found("head_missing", last)
    elif not chain.genuine(head):
        report.found("head_forged", last)
    elif head.count > last:
        report.found("cut", last + 1)
    elif head.count < last:
        report.found("beyond_head", head.count + 1)
    elif head.code != code:
        report.found("changed", last)
