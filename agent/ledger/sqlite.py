"""The ledger in a SQLite file of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.ledger.book import Book, Rows, as_row
from agent.ledger.chain import Chain

FILE = "ledger.sqlite"
VERSION = 1
_TABLES = (
    "CREATE TABLE ledger (seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, body BLOB NOT NULL, code BLOB NOT NULL) STRICT",
    "CREATE TABLE ledger_head (id INTEGER PRIMARY KEY CHECK (id = 1), count INTEGER NOT NULL, code BLOB NOT NULL, seal BLOB NOT NULL)",
    "CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'append-only'); END",
    "CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'append-only'); END",
)


class SqliteBook(Book):
    """One file; other processes may write to it at the same time."""

    mark = "?"

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder / FILE))
        self._connection = sqlite3.connect(folder / FILE, timeout=30.0, isolation_level=None, check_same_thread=False)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def set_up(self, chain: Chain) -> None:
        """Make the tables. What is acknowledged survives the loss of power, too."""
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._connection.execute(f"PRAGMA {pragma}")
        with self.writing() as run:
            if run.execute("PRAGMA user_version").fetchone()[0] >= VERSION:
                return
            for statement in _TABLES:
                run.execute(statement)
            head = chain.head(0, chain.start)
            run.execute("INSERT INTO ledger_head VALUES (1, ?, ?, ?)", (head.count, head.code, head.seal))
            run.execute(f"PRAGMA user_version = {VERSION}")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Hold the right to write from the start, so that nobody extends the chain in between."""
        with self._transaction("BEGIN IMMEDIATE") as run:
            yield run

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """See the file as it is at the first statement."""
        with self._transaction("BEGIN") as run:
            yield run

    def all_rows(self, run: sqlite3.Connection) -> Rows:
        """Yield the entries in order."""
        for found in run.execute("SELECT seq, key, body, code FROM ledger ORDER BY seq"):
            yield as_row(found)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        self._connection.execute(begin)
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
