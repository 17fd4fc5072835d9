"""Connections to the database of an index, the right to write it, and what its errors mean."""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from retrieval.errors import IndexAway, IndexBusy, IndexCorrupt, RetrievalError, StorageFull

if TYPE_CHECKING:
    from psycopg import Connection

SCHEMA = "shensi_index"
CONNECTIONS = 8
OPEN_S = 10.0
_WRITER = zlib.crc32(b"shensi index writer")
# A host that is gone without a word gives the right to write back within a minute. The graph looks at 300 candidates, and at more where a
# filter or a long list asks for them.
_SESSION = (
    f'SET search_path = {SCHEMA}, "$user", public',
    "SET tcp_keepalives_idle = 20",
    "SET tcp_keepalives_interval = 10",
    "SET tcp_keepalives_count = 3",
    "SET hnsw.ef_search = 300",
    "SET hnsw.iterative_scan = 'strict_order'",
)


class Database:
    """A few connections, shared by threads.

    What a thread does while it holds the right to write, or reads from one snapshot, goes over one connection. So a writer whose
    connection broke, and with it the right, cannot write any more.
    """

    def __init__(self, url: str) -> None:
        """Connect.

        Raises:
            IndexAway: the server does not answer.
        """
        from psycopg_pool import ConnectionPool

        self.where = where_of(url)
        self._mine = threading.local()
        options: dict[str, Any] = {"autocommit": True, "connect_timeout": int(OPEN_S)}
        self._pool = ConnectionPool(url, min_size=1, max_size=CONNECTIONS, kwargs=options, configure=_configure, open=False, timeout=OPEN_S)
        try:
            with postgres_errors(self.where):
                self._pool.open(wait=True, timeout=OPEN_S)
        except BaseException:
            self._pool.close()
            raise

    @contextmanager
    def connection(self) -> Iterator[Connection[Any]]:
        """Lend the connection of this thread, or any."""
        held = getattr(self._mine, "connection", None)
        with postgres_errors(self.where):
            if held is not None:
                yield held
            else:
                with self._pool.connection() as lent:
                    yield lent

    @contextmanager
    def _keep(self, connection: Connection[Any]) -> Iterator[None]:
        self._mine.connection = connection
        try:
            yield
        finally:
            self._mine.connection = None

    @property
    def held(self) -> bool:
        """Whether this thread has a connection to itself."""
        return getattr(self._mine, "connection", None) is not None

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query with ``%s`` for each value; after the server was restarted it is asked once more."""
        try:
            return self._rows(query, values)
        except IndexAway:
            if self.held:
                raise
            self._pool.check()
            return self._rows(query, values)

    def _rows(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with self.connection() as connection:
            return connection.execute(query.encode(), values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[Connection[Any]]:
        """Do all that is told to the connection inside, or nothing."""
        with self.connection() as connection, connection.transaction():
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let everything that this thread reads inside be of one moment."""
        with self.connection() as connection, self._keep(connection):
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                yield
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def writing(self, wait_s: float) -> Iterator[None]:
        """Hold the right to write; the server takes it back when the connection ends, and with the process each of its connections ends.

        Raises:
            IndexBusy: another worker, or another thread, still holds it after ``wait_s`` seconds.
        """
        deadline = time.monotonic() + wait_s
        with postgres_errors(self.where), self._pool.connection() as connection:
            while not _got(connection.execute("SELECT pg_try_advisory_lock(%s)", (_WRITER,)).fetchone()):
                if time.monotonic() > deadline:
                    raise IndexBusy("index_busy", path=self.where)
                time.sleep(0.02)
            try:
                with self._keep(connection):
                    yield
            finally:
                if not connection.closed:
                    connection.execute("SELECT pg_advisory_unlock(%s)", (_WRITER,))

    def close(self) -> None:
        """End the connections."""
        self._pool.close()


def _configure(connection: Connection[Any]) -> None:
    for statement in _SESSION:
        connection.execute(statement.encode())


def _got(row: Any) -> bool:
    return bool(row and row[0])


@contextmanager
def postgres_errors(where: str) -> Iterator[None]:
    """Translate what the server and its driver raise.

    Raises:
        StorageFull: no room left, or no more connections.
        IndexAway: the server cannot be reached.
        IndexCorrupt: anything else, as a table that somebody dropped.
    """
    import psycopg
    from psycopg_pool import PoolClosed, PoolTimeout

    try:
        yield
    except (psycopg.Error, PoolTimeout, PoolClosed) as error:
        raise _translated(error, where) from error


def _translated(error: Exception, where: str) -> RetrievalError:
    state = str(getattr(error, "sqlstate", "") or "")
    # Only the kind: what a driver says of a connection may quote its password.
    reason = f"SQLSTATE {state}" if state else type(error).__name__
    if state.startswith("53"):
        return StorageFull("storage_full", path=where)
    if not state or state.startswith(("08", "28", "3D", "57")):
        return IndexAway("index_away", path=where, reason=reason)
    return IndexCorrupt("index_corrupt", path=where, reason=reason)


def where_of(url: str) -> str:
    """Return what may be said of an address: the host and the database, never the password."""
    parts = urlsplit(url)
    return f"postgresql://{parts.hostname or ''}{parts.path}"
