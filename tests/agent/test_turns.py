"""A turn that dies at its very beginning, after its input is stored and before anything was done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agent.ledger.ledger import Ledger
from agent.service import ConsultService
from configs.settings import Settings
from memory.checkpoints import SealedSaver


class Dead(Exception):
    """Nothing of this process is written any more."""


async def dying(service: ConsultService, start: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin a turn whose process dies once the checkpoint of the input is written."""
    put: Callable[..., Any] = SealedSaver.aput

    async def last_words(self: SealedSaver, *given: Any) -> None:
        await put(self, *given)
        raise Dead

    async def nothing(self: SealedSaver, *given: Any) -> None:
        raise Dead

    with monkeypatch.context() as patched:
        patched.setattr(SealedSaver, "aput", last_words)
        patched.setattr(SealedSaver, "aput_writes", nothing)
        with pytest.raises(Dead):
            async for _ in service.carry_out(start):
                pass


async def entries(service: ConsultService) -> int:
    assert isinstance(service.context.ledger, Ledger)
    return (await service.context.ledger.verify()).entries


async def test_it_is_taken_up_as_the_same_turn_and_leaves_one_entry(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    async with ConsultService.open(settings) as service:
        start = service.prepare("高血压要注意什么？", thread="t")
        await dying(service, start, monkeypatch)
        assert await service.unfinished("t") == "高血压要注意什么？"
        events = [event async for event in service.carry_out(start)]
        assert events[-1].event == "done" and events[-1].turn.turn == start["turn"]
        assert await entries(service) == 1 and len(await service.turns("t")) == 1


async def test_closed_it_leaves_the_entry_of_that_turn_and_no_other(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    async with ConsultService.open(settings) as service:
        start = service.prepare("高血压要注意什么？", thread="t")
        await dying(service, start, monkeypatch)
        await service.close_turn("t")
        assert service.context.ledger is not None
        await service.context.ledger.closed(start, service.context)  # the same turn once more
        assert await entries(service) == 1
