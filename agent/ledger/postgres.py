"""The ledger in PostgreSQL, for many hosts."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agent.ledger.book import Book, Rows, as_row
from agent.ledger.chain import Chain, Head, Row
from memory.postgres import where_of

if TYPE_CHECKING:
    import psycopg

_OPEN_S = 10
_SETUP_LOCK = zlib.crc32(b"shensi ledger")
_TABLES = (
    "CREATE TABLE ledger (seq BIGINT PRIMARY KEY, key TEXT NOT NULL UNIQUE, body BYTEA NOT NULL, code BYTEA NOT NULL)",
    "CREATE TABLE ledger_head (id INT PRIMARY KEY CHECK (id = 1), count BIGINT NOT NULL, code BYTEA NOT NULL, seal BYTEA NOT NULL)",
    "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'append-only'; END $$",
    "CREATE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE ON ledger FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON ledger FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
)


class PostgresBook(Book):
    """A connection of its own, made anew when the server has dropped it."""

    mark = "%s"

    def __init__(self, url: str) -> None:
        super().__init__(where_of(url))
        self._url = url
        self._connection: psycopg.Connection[Any] | None = None

    def append(self, chain: Chain, entries: Sequence[tuple[str, bytes]]) -> Head:
        """As any book, once more when the server has gone and come back: an entry that got there the first time is known by its key."""
        import psycopg

        try:
            return super().append(chain, entries)
        except psycopg.OperationalError:
            return super().append(chain, entries)

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def set_up(self, chain: Chain) -> None:
        """Make the tables, one process at a time."""
        with self._transaction() as run:
            run.execute("SELECT pg_advisory_xact_lock(%s)", (_SETUP_LOCK,))
            if run.execute("SELECT to_regclass('ledger_head')").fetchone()[0] is not None:
                return
            for statement in _TABLES:
                run.execute(statement)
            head = chain.head(0, chain.start)
            run.execute("INSERT INTO ledger_head VALUES (1, %s, %s, %s)", (head.count, head.code, head.seal))

    @contextmanager
    def writing(self) -> Iterator[psycopg.Connection[Any]]:
        """Hold the head, for which every other writer waits."""
        with self._transaction() as run:
            run.execute("SELECT 1 FROM ledger_head WHERE id = 1 FOR UPDATE")
            yield run

    @contextmanager
    def reading(self) -> Iterator[psycopg.Connection[Any]]:
        """See everything as it is at one moment."""
        with self._transaction() as run:
            run.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield run

    def all_rows(self, run: psycopg.Connection[Any]) -> Rows:
        """Yield the entries in order, through a cursor of the server."""
        with run.cursor(name="ledger", binary=True) as cursor:
            cursor.itersize = 5000
            for found in cursor.execute("SELECT seq, key, body, code FROM ledger ORDER BY seq"):
                yield as_row(found)

    def _insert(self, run: Any, rows: list[Row]) -> None:
        with run.cursor() as cursor:
            cursor.executemany("INSERT INTO ledger (seq, key, body, code) VALUES (%s, %s, %s, %s)", rows)

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        import psycopg

        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self._url, connect_timeout=_OPEN_S, autocommit=True)
        try:
            with self._connection.transaction():
                yield self._connection
        except psycopg.OperationalError:
            self.close()
            raise
