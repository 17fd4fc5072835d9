"""LangGraph's tables in SQLite, store and checkpoints, filled by group commit.

The tables and what lies in them are those of ``langgraph-checkpoint-sqlite``, whose own asynchronous classes send every statement to
another thread for itself, commit each write for itself and let nobody else in meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import orjson
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, ChannelVersions, Checkpoint, CheckpointMetadata, CheckpointTuple
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.store.base import BaseStore, GetOp, Op, PutOp, Result, SearchItem, SearchOp
from langgraph.store.sqlite.base import SqliteStore

from memory.group_commit import GroupCommit

_GET = "SELECT value, created_at, updated_at FROM store WHERE prefix = ? AND key = ?"
_ALL = "SELECT prefix, key, value, created_at, updated_at FROM store ORDER BY updated_at DESC LIMIT ? OFFSET ?"
# A label never holds a dot: between "path." and "path/", the next character, lies what is below a namespace. The index serves both.
_BELOW = """SELECT prefix, key, value, created_at, updated_at FROM store WHERE prefix = ? OR (prefix > ? AND prefix < ?)
    ORDER BY updated_at DESC LIMIT ? OFFSET ?"""
_PUT = """INSERT OR REPLACE INTO store (prefix, key, value, created_at, updated_at)
    VALUES (?, ?, ?, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)"""
_DELETE = "DELETE FROM store WHERE prefix = ? AND key = ?"


class GroupStore(BaseStore):
    """A store without search by content."""

    def __init__(self, commits: GroupCommit) -> None:
        self.commits = commits

    async def set_up(self) -> None:
        """Make the table where it is not there yet."""
        await self.commits.alone(lambda run: SqliteStore(run).setup())

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Refuse: there is a thread for that."""
        raise NotImplementedError("use abatch")

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """Carry out operations in one transaction: first what reads, then what writes, of a key the last."""
        asked = list(ops)
        if any(isinstance(op, PutOp) for op in asked):
            return await self.commits.write(lambda run: _carried_out(run, asked))
        return await self.commits.read(lambda run: _carried_out(run, asked))


def _carried_out(run: sqlite3.Connection, ops: Sequence[Op]) -> list[Result]:
    results: list[Result] = [None if isinstance(op, PutOp) else _read(run, op) for op in ops]
    puts = [_row(op) for op in ops if isinstance(op, PutOp)]
    last = {(prefix, key): value for prefix, key, value in puts}
    run.executemany(_DELETE, [place for place, value in last.items() if value is None])
    run.executemany(_PUT, [(*place, value) for place, value in last.items() if value is not None])
    return results


def _row(op: PutOp) -> tuple[str, str, bytes | None]:
    return ".".join(op.namespace), op.key, None if op.value is None else orjson.dumps(op.value)


def _read(run: sqlite3.Connection, op: Op) -> Result:
    if isinstance(op, GetOp):
        path = ".".join(op.namespace)
        row = run.execute(_GET, (path, op.key)).fetchone()
        return _found(path, op.key, *row) if row else None
    if isinstance(op, SearchOp) and not op.filter and not op.query:
        path = ".".join(op.namespace_prefix)
        rows = (
            run.execute(_BELOW, (path, f"{path}.", f"{path}/", op.limit, op.offset)) if path else run.execute(_ALL, (op.limit, op.offset))
        )
        return [_found(*row) for row in rows.fetchall()]
    raise NotImplementedError(type(op).__name__)


def _found(prefix: str, key: str, value: bytes, created: str, updated: str) -> SearchItem:
    return SearchItem(tuple(prefix.split(".")), key, orjson.loads(value), datetime.fromisoformat(created), datetime.fromisoformat(updated))


class GroupSaver(BaseCheckpointSaver[Any]):
    """Checkpoints, each durable before its step counts as done."""

    def __init__(self, commits: GroupCommit, serde: SerializerProtocol) -> None:
        super().__init__(serde=serde)
        self.commits = commits
        self._tables: _Tables

    async def set_up(self) -> None:
        """Make the tables where they are not there yet."""

        def make(run: sqlite3.Connection) -> _Tables:
            SqliteSaver(run).setup()
            return _Tables(run, self.serde)

        self._tables = await self.commits.alone(make)

    def get_next_version(self, current: Any, channel: None) -> Any:
        """As the tables have always counted."""
        return self._tables.get_next_version(current, channel)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return one checkpoint."""
        return await self.commits.read(lambda _: self._tables.get_tuple(config))

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Yield checkpoints, newest first."""
        for found in await self.commits.read(lambda _: list(self._tables.list(config, filter=filter, before=before, limit=limit))):
            yield found

    async def aput(
        self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata, new_versions: ChannelVersions
    ) -> RunnableConfig:
        """Store a checkpoint."""
        return await self.commits.write(lambda _: self._tables.put(config, checkpoint, metadata, new_versions))

    async def aput_writes(self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = "") -> None:
        """Store what a task has written."""
        await self.commits.write(lambda _: self._tables.put_writes(config, writes, task_id, task_path))

    async def adelete_thread(self, thread_id: str) -> None:
        """Delete a thread."""
        await self.commits.write(lambda _: self._tables.delete_thread(thread_id))


class _Tables(SqliteSaver):
    """The statements, inside of transactions that somebody else begins and commits."""

    def __init__(self, connection: sqlite3.Connection, serde: SerializerProtocol) -> None:
        super().__init__(connection, serde=serde)
        self.is_setup = True

    @contextmanager
    def cursor(self, transaction: bool = True) -> Iterator[sqlite3.Cursor]:
        """Return a cursor that commits nothing."""
        cursor = self.conn.cursor()
        try:
            yield cursor
        finally:
            cursor.close()
