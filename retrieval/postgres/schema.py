"""The tables of an index in PostgreSQL and the way from an older shape to today's, step by step, each step once."""

from __future__ import annotations

import logging
import zlib
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from retrieval.documents import Chunk
from retrieval.errors import IndexCorrupt
from retrieval.postgres.database import SCHEMA, Database

if TYPE_CHECKING:
    from psycopg import Connection

log = logging.getLogger(__name__)
_SETUP = zlib.crc32(b"shensi index setup")
_TYPES = {"str": 'text COLLATE "C"', "int": "bigint", "bool": "boolean"}
_COLUMNS = ", ".join(f'"{one.name}" {_TYPES[str(one.type)]} NOT NULL' for one in fields(Chunk))
# Names are ordered by their bytes, as in SQLite: whatever the database's language, an index has one order.
_TABLES = f"""
CREATE TABLE documents (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text COLLATE "C" NOT NULL, version text NOT NULL, cut bigint NOT NULL,
    path text COLLATE "C" NOT NULL, collection text COLLATE "C" NOT NULL, keywords text NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'ready', 'removing')), record text, generation bigint NOT NULL DEFAULT 0,
    at double precision NOT NULL DEFAULT 0);
CREATE TABLE chunks (
    document bigint NOT NULL REFERENCES documents (seq) ON DELETE CASCADE, hash bytea, {_COLUMNS}, PRIMARY KEY (document, ordinal));
CREATE TABLE facts (name text PRIMARY KEY, value text NOT NULL);
CREATE TABLE files (
    collection text COLLATE "C" NOT NULL, path text COLLATE "C" NOT NULL, size bigint NOT NULL, mtime_ns bigint NOT NULL,
    hash text NOT NULL, how text NOT NULL, problems text NOT NULL, PRIMARY KEY (collection, path));
CREATE TABLE gone (generation bigint NOT NULL, chunk text NOT NULL);
CREATE INDEX documents_name ON documents (collection, id);
CREATE INDEX documents_path ON documents (collection, path);
CREATE INDEX documents_state ON documents (state, generation);
CREATE INDEX chunks_id ON chunks (id);
CREATE INDEX chunks_hash ON chunks (hash);
CREATE INDEX gone_generation ON gone (generation);
"""
_PARTS = """
CREATE TABLE vector_parts (
    part bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, space text NOT NULL, language text NOT NULL, collection text NOT NULL,
    size bigint NOT NULL DEFAULT 0, UNIQUE (space, language, collection));
"""
STEPS = (_TABLES, _PARTS)
"""An index that has taken the first n of them is of version n. Steps are added at the end and never changed."""


def upgrade(database: Database) -> None:
    """Bring the tables to today's shape, each step in one transaction, one worker at a time.

    Raises:
        IndexCorrupt: a later version of this program has written them.
        IndexAway: the server cannot be reached.
    """
    with database.connection() as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_SETUP,))
        try:
            if not connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (SCHEMA,)).fetchone():
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}".encode())
            connection.execute("CREATE TABLE IF NOT EXISTS version (number bigint NOT NULL)")
            _take_steps(connection, database.where)
        finally:
            if not connection.closed:
                connection.execute("SELECT pg_advisory_unlock(%s)", (_SETUP,))


def _take_steps(connection: Connection[Any], where: str) -> None:
    row = connection.execute("SELECT max(number) FROM version").fetchone()
    found = (row[0] if row else 0) or 0
    if found > len(STEPS):
        raise IndexCorrupt("index_newer", path=where, version=str(found))
    for number, step in enumerate(STEPS[found:], start=found + 1):
        with connection.transaction():
            connection.execute(step.encode())
            connection.execute("INSERT INTO version VALUES (%s)", (number,))
        log.info("the index in the database is now of version %d", number)


def need_vectors(database: Database) -> None:
    """See that the extension `vector` is there, and install it where that is allowed.

    Raises:
        IndexCorrupt: it is not, and only somebody with more rights can install it.
    """
    import psycopg

    if database.rows("SELECT 1 FROM pg_extension WHERE extname = 'vector'"):
        return
    with database.connection() as connection:
        try:
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector SCHEMA public")
        except (psycopg.errors.UniqueViolation, psycopg.errors.DuplicateObject):  # another worker was faster
            return
        except psycopg.Error as error:
            raise IndexCorrupt("index_no_pgvector", path=database.where) from error
