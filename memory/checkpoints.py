"""A checkpoint saver whose values are sealed, one channel at a time, over the saver of a database.

LangGraph's own ``EncryptedSerializer`` would leave texts in the clear with PostgreSQL, whose saver puts plain strings into a JSON column
beside the serializer, and binds nothing to its thread.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Coroutine, Sequence
from typing import Any, TypeVar, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, ChannelVersions, Checkpoint, CheckpointMetadata, CheckpointTuple
from langgraph.checkpoint.serde.base import SerializerProtocol

from memory.cipher import Cipher, Names
from memory.group_commit import finishes

T = TypeVar("T")
_REMEMBERED = 512
"""Threads of which it is remembered what their channels looked like under the seal."""
_Sealed = dict[str, tuple[Any, bytes]]


class SealedSaver(BaseCheckpointSaver[Any]):
    """Seals what goes into another saver; threads have other names there, too."""

    def __init__(self, inner: BaseCheckpointSaver[Any], cipher: Cipher, names: Names, serde: SerializerProtocol) -> None:
        super().__init__(serde=serde)
        self._inner = inner
        self._cipher = cipher
        self._names = names
        self._sealed: OrderedDict[tuple[str, str], _Sealed] = OrderedDict()

    def get_next_version(self, current: Any, channel: None) -> Any:
        """As the inner saver counts."""
        return self._inner.get_next_version(current, channel)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return one checkpoint, opened."""
        found = await self._inner.aget_tuple(self._renamed(config))
        return self._opened(found, config) if found else None

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Yield the checkpoints of one thread, newest first; those of all threads without ``config``, under their sealed names."""
        inner, earlier = self._renamed(config) if config else None, self._renamed(before) if before else None
        async for found in self._inner.alist(inner, filter=filter, before=earlier, limit=limit):
            yield self._opened(found, config or found.config)

    async def aput(
        self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata, new_versions: ChannelVersions
    ) -> RunnableConfig:
        """Store a checkpoint; a channel that is as it was in the one before is not sealed once more."""
        inner = self._renamed(config)
        sealed = self._seal_values(checkpoint, inner)
        copy = cast(Checkpoint, {**checkpoint, "channel_values": sealed})
        return self._named(await self._whole(self._inner.aput(inner, copy, metadata, new_versions)), config)

    async def aput_writes(self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = "") -> None:
        """Store what a task has written."""
        inner = self._renamed(config)
        sealed = [(channel, self._seal(value, "write", inner, channel)) for channel, value in writes]
        await self._whole(self._inner.aput_writes(inner, sealed, task_id, task_path))

    async def adelete_thread(self, thread_id: str) -> None:
        """Delete a thread."""
        name = self._names.name("thread", thread_id)
        for known in [known for known in self._sealed if known[0] == name]:
            del self._sealed[known]
        await self._whole(self._inner.adelete_thread(name))

    async def _whole(self, work: Coroutine[Any, Any, T]) -> T:
        """Finish a write even when the answer it belongs to is cancelled: half a transaction would block the next one."""
        return await (work if finishes(self._inner) else asyncio.shield(asyncio.ensure_future(work)))

    def _seal_values(self, checkpoint: Checkpoint, inner: RunnableConfig) -> dict[str, bytes]:
        """Return the channels sealed. A version is given to a value once, so that what has the same version is the same."""
        where = inner["configurable"]["thread_id"], inner["configurable"]["checkpoint_ns"]
        before, versions = self._sealed.pop(where, {}), checkpoint["channel_versions"]
        after: _Sealed = {}
        for channel, value in checkpoint["channel_values"].items():
            version, known = versions.get(channel), before.get(channel)
            same = known is not None and version is not None and known[0] == version
            after[channel] = known if known and same else (version, self._seal(value, "value", inner, channel))
        self._sealed[where] = after
        if len(self._sealed) > _REMEMBERED:
            self._sealed.popitem(last=False)
        return {channel: sealed for channel, (_, sealed) in after.items()}

    def _seal(self, value: Any, kind: str, config: RunnableConfig, channel: str) -> bytes:
        type_, data = self.serde.dumps_typed(value)
        return self._cipher.seal(type_.encode() + b"\0" + data, place(kind, config["configurable"]["thread_id"], channel))

    def _open(self, sealed: Any, kind: str, thread: str, channel: str) -> Any:
        type_, _, data = self._cipher.open(sealed, place(kind, thread, channel)).partition(b"\0")
        return self.serde.loads_typed((type_.decode(), data))

    def _opened(self, found: CheckpointTuple, asked: RunnableConfig) -> CheckpointTuple:
        thread = found.config["configurable"]["thread_id"]
        values = {name: self._open(value, "value", thread, name) for name, value in found.checkpoint["channel_values"].items()}
        return CheckpointTuple(
            self._named(found.config, asked),
            cast(Checkpoint, {**found.checkpoint, "channel_values": values}),
            found.metadata,
            self._named(found.parent_config, asked) if found.parent_config else None,
            [(task, name, self._open(value, "write", thread, name)) for task, name, value in found.pending_writes or []],
        )

    def _renamed(self, config: RunnableConfig) -> RunnableConfig:
        """Return only what the inner saver needs; the rest of a configuration would end up in the clear, in its metadata."""
        given = config["configurable"]
        kept: dict[str, Any] = {"checkpoint_ns": "", "thread_id": self._names.name("thread", str(given["thread_id"]))}
        kept |= {key: given[key] for key in ("checkpoint_ns", "checkpoint_id") if key in given}
        return {"configurable": kept}

    def _named(self, config: RunnableConfig, asked: RunnableConfig) -> RunnableConfig:
        return {"configurable": {**config["configurable"], "thread_id": asked["configurable"]["thread_id"]}}


def place(kind: str, thread: str, channel: str) -> str:
    """Return where a value of a checkpoint may be opened."""
    return "|".join(("checkpoint", kind, thread, channel))
