"""Where the entries are kept: a table that only grows, and its head, in SQLite or in PostgreSQL.

Used from one thread. Each database has its way to let one writer at a time extend the chain, and refuses to change or delete an entry;
whoever gets around that is found by the codes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, TypeVar

from agent.errors import LedgerBroken
from agent.ledger.chain import Chain, Head, Row

T = TypeVar("T")
Rows = Iterator[Row]
_BATCH = 200


class Book(ABC):
    """The table and its head, over a DB-API connection."""

    mark: ClassVar[str]
    """How a value is marked in a statement."""

    def __init__(self, where: str) -> None:
        self.where = where
        """What may be said of its address."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the connection."""

    @abstractmethod
    def set_up(self, chain: Chain) -> None:
        """Make what is not there yet."""

    @abstractmethod
    def writing(self) -> Any:
        """Return the context of a transaction during which nobody else extends the chain; yields what executes."""

    @abstractmethod
    def reading(self) -> Any:
        """Return the context of one consistent view; yields what executes."""

    @abstractmethod
    def all_rows(self, run: Any) -> Rows:
        """Yield the entries in order, few at a time in memory."""

    def append(self, chain: Chain, entries: Sequence[tuple[str, bytes]]) -> Head:
        """Add entries whose keys are new, all or none, and return the head.

        Raises:
            LedgerBroken: the head is not ours; nothing was added.
        """
        with self.writing() as run:
            head = self._genuine(chain, run)
            fresh = dict(reversed(entries))  # the first of a key counts
            for start in range(0, len(entries), _BATCH):
                for known in self._known(run, [key for key, _ in entries[start : start + _BATCH]]):
                    fresh.pop(known, None)
            rows, head = chain.extend(head, [(key, fresh.pop(key)) for key, _ in entries if key in fresh])
            if rows:
                self._insert(run, rows)
                update = f"UPDATE ledger_head SET count = {self.mark}, code = {self.mark}, seal = {self.mark} WHERE id = 1"
                run.execute(update, (head.count, head.code, head.seal))
        return head

    def touch(self) -> None:
        """Write the head as it is, to see whether anything can be written."""
        with self.writing() as run:
            run.execute("UPDATE ledger_head SET count = count WHERE id = 1")

    def head(self, run: Any) -> Head | None:
        """Return the stored head."""
        row = run.execute("SELECT count, code, seal FROM ledger_head WHERE id = 1").fetchone()
        return Head(int(row[0]), bytes(row[1]), bytes(row[2])) if row else None

    def row(self, run: Any, seq: int) -> Row | None:
        """Return one entry."""
        found = run.execute(f"SELECT seq, key, body, code FROM ledger WHERE seq = {self.mark}", (seq,)).fetchone()
        return as_row(found) if found else None

    def view(self, work: Callable[[Head | None, Rows], T]) -> T:
        """Do something with the head and all entries as they are at one moment."""
        with self.reading() as run:
            return work(self.head(run), self.all_rows(run))

    def _genuine(self, chain: Chain, run: Any) -> Head:
        head = self.head(run)
        if head is None or not chain.genuine(head):
            raise LedgerBroken("ledger_broken")
        return head

    def _known(self, run: Any, keys: list[str]) -> list[str]:
        marks = ", ".join([self.mark] * len(keys))
        return [row[0] for row in run.execute(f"SELECT key FROM ledger WHERE key IN ({marks})", keys).fetchall()]

    def _insert(self, run: Any, rows: list[Row]) -> None:
        marks = ", ".join([self.mark] * 4)
        run.executemany(f"INSERT INTO ledger (seq, key, body, code) VALUES ({marks})", rows)


def as_row(found: Sequence[Any]) -> Row:
    """Return an entry from what a database hands out."""
    return Row(int(found[0]), str(found[1]), bytes(found[2]), bytes(found[3]))
