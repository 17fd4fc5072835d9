"""The patient's record over a LangGraph store: append-only statements, listed exactly, never by similarity."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from langgraph.store.base import BaseStore, SearchItem

from memory.facts import Fact, current

_PAGE = 200


class PatientMemory:
    """What one owner has said about themselves and their family.

    Every write has a key made of the turn and the statement, so that repeating it after a crash changes nothing.
    """

    def __init__(self, store: BaseStore, owner: str) -> None:
        self._store = store
        self._namespace = ("patients", owner, "events")

    async def record(self, facts: Iterable[Fact]) -> None:
        """Append statements."""
        for fact in facts:
            await self._store.aput(
                self._namespace, f"{fact.at}|{fact.turn}|{fact.id}", {"type": "said", "fact": fact.model_dump()}, index=False
            )

    async def forget(self, fact: Fact, at: str) -> None:
        """Append that the patient wants a fact forgotten; it no longer holds from here on."""
        await self._store.aput(self._namespace, f"{at}|forget|{fact.id}", {"type": "forgotten", "key": list(fact.key)}, index=False)

    async def statements(self) -> list[Fact]:
        """Return every statement that was not taken back, oldest first."""
        kept: list[Fact] = []
        for value in await self._events():
            if value["type"] == "said":
                kept.append(Fact.model_validate(value["fact"]))
            else:
                kept = [fact for fact in kept if list(fact.key) != value["key"]]
        return kept

    async def facts(self) -> list[Fact]:
        """Return the facts that hold now."""
        return current(await self.statements())

    async def _events(self) -> list[dict[str, Any]]:  # a page at a time: the store's own default would drop the eleventh allergy
        found: list[SearchItem] = []
        while True:
            page = await self._store.asearch(self._namespace, limit=_PAGE, offset=len(found))
            found += page
            if len(page) < _PAGE:
                return [item.value for item in sorted(found, key=lambda item: item.key)]
