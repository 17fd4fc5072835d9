"""What one turn may still ask of the language model: until when, and how many tokens."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from langchain_core.messages import AIMessage, BaseMessage

from agent.models.budget import DayBudget
from configs.settings import Role
from graphs.errors import ModelFailed
from memory.tokens import tokens

_FOLLOWED: tuple[Role, ...] = ("draft", "refine", "extract", "look")
"""An audit comes after these; without time left for it nothing they wrote could be shown."""
_LEAST_S = 0.2


@dataclass
class Allowance:
    """Of one turn, or of work in the background, which has no deadline."""

    account: str = ""
    """The tenant who pays, or the owner where there are no tenants."""
    until: float = float("inf")
    most_tokens: int = 0
    """0: no bound."""
    day: DayBudget | None = None
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    used: int = 0

    def seconds(self, role: Role, most: float) -> float:
        """Return how long a call may take: its role's time, or what is left of the turn's.

        Raises:
            ModelFailed: nothing worth a call is left.
        """
        left = self.until - self.clock()
        seconds = min(most, left / 2 if role in _FOLLOWED else left)
        if seconds < _LEAST_S:
            raise ModelFailed("model_failed", reason="out of time")
        return seconds

    @asynccontextmanager
    async def paying(self, messages: Sequence[BaseMessage], completion: int) -> AsyncIterator[Bill]:
        """Make a call inside of the block that may use so many tokens for its answer; what it does not use is given back.

        Raises:
            ModelFailed: it might go beyond a budget.
        """
        bill = Bill()
        if not self.most_tokens and self.day is None:
            yield bill
            return
        asked = sum(tokens(message.text) for message in messages)
        wanted = asked + completion
        await self._take(wanted)
        try:
            yield bill
        finally:
            spent = bill.spent(asked)
            self.used += spent - wanted
            if self.day is not None:
                self.day.count(self.account, spent - wanted)

    async def _take(self, wanted: int) -> None:
        if self.most_tokens and self.used + wanted > self.most_tokens:
            raise ModelFailed("model_failed", reason="token budget of the turn")
        self.used += wanted
        if self.day is not None and not await self.day.take(self.account, wanted):
            self.used -= wanted
            raise ModelFailed("model_failed", reason="token budget of the day")


@dataclass
class Bill:
    """What a call has come to."""

    message: AIMessage | None = None

    def spent(self, asked: int) -> int:
        """Return its tokens, as the endpoint counts them or estimated; a call without an answer has read its prompt."""
        if self.message is None:
            return asked
        used = self.message.usage_metadata
        return used["total_tokens"] if used else asked + tokens(self.message.text)
