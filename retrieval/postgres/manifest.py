"""The manifest in PostgreSQL: the same statements as in SQLite, with the right to write and the snapshots of a server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from retrieval.manifest import Manifest, Statements
from retrieval.postgres.database import Database
from retrieval.postgres.schema import upgrade

if TYPE_CHECKING:
    from psycopg import Connection

FRESH_S = 0.1
"""How long the generation is taken to be what it was."""


class PostgresManifest(Manifest):
    """Shared by threads, processes and hosts. Each public method is one transaction."""

    def __init__(self, database: Database) -> None:
        """Bring the tables to today's shape; the database belongs to whoever opened it.

        Raises:
            IndexCorrupt, IndexAway, StorageFull: see `postgres_errors`; also for an index of a later version of this program.
        """
        self._shared = database
        self._lock = threading.RLock()
        self._known = (0, 0.0)
        upgrade(database)

    def generation(self) -> int:
        """Return a number that grows whenever what is searchable changes, on whichever host; at most `FRESH_S` old.

        A turn looks its sources up one by one, and the server is not asked before each of them.
        """
        generation, until = self._known
        if time.monotonic() > until:
            until = time.monotonic() + FRESH_S
            generation = int(self.fact("generation") or 0)
            self._known = (generation, until)
        return generation

    def _rows(self, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        return self._shared.rows(_server_side(query), values)

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        if self._shared.held:
            yield  # whoever holds the right to write sees no other's changes anyway
        else:
            with self._shared.snapshot():
                yield

    @contextmanager
    def _transaction(self) -> Iterator[Statements]:
        with self._shared.transaction() as connection:
            yield _Translating(connection)
        self._known = (0, 0.0)  # what this process writes it sees at once

    def _truncate(self) -> None:
        """Leave what was written ahead to the server, which vacuums by itself."""

    def close(self) -> None:
        """Nothing is held here."""


class _Translating:
    """A connection that reads SQLite's placeholders."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def execute(self, query: str, values: Sequence[Any] = (), /) -> Any:
        """Carry out a statement and return its cursor."""
        return self._connection.execute(_server_side(query).encode(), values)

    def executemany(self, query: str, rows: Iterable[Sequence[Any]], /) -> Any:
        """Carry out a statement once a row."""
        cursor = self._connection.cursor()
        cursor.executemany(_server_side(query).encode(), rows)
        return cursor


def _server_side(query: str) -> str:
    return query.replace("?", "%s")
