"""The circuit breaker of one endpoint.

``closed``: every call goes out. ``open``: none does, for a while. ``half_open``: one at a time tries whether the endpoint is back; its
success closes the circuit, its failure opens it for another while.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from graphs.errors import ModelFailed

log = logging.getLogger(__name__)
Circuit = Literal["closed", "open", "half_open"]
Verdict = Literal["", "answered", "failed", "unreachable"]
"""Empty: nothing was learned of the endpoint, because nobody waited for it or because the time was not its to keep."""


@dataclass
class Trial:
    """One call; whoever makes it says what it told of the endpoint."""

    verdict: Verdict = ""


class Breaker:
    """Counts failures in a row and keeps calls away from an endpoint that is down."""

    def __init__(self, failures: int, cooldown_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin closed.

        Args:
            failures: so many in a row open it.
            cooldown_s: for so long; 0: it never opens.
            clock: tells the time.
        """
        self._most, self._cooldown_s, self._clock = failures, cooldown_s, clock
        self._failures = 0
        self._open_until: float | None = None
        self._trying = False

    @property
    def circuit(self) -> Circuit:
        """How it stands now."""
        if self._open_until is None:
            return "closed"
        return "open" if self._clock() < self._open_until else "half_open"

    def admits(self) -> bool:
        """Tell whether a call may go out now."""
        return self.circuit == "closed" or (self.circuit == "half_open" and not self._trying)

    @contextmanager
    def trial(self, *, may_try: bool) -> Iterator[Trial]:
        """Make a call inside of the block.

        Args:
            may_try: whether the call may be the one that tries a half-open circuit; one with a short limit proves nothing.

        Raises:
            ModelFailed: no call goes out now.
        """
        trying = self.circuit == "half_open"
        if not self.admits() or (trying and not may_try):
            raise ModelFailed("model_failed", reason="circuit open")
        self._trying = self._trying or trying
        trial = Trial()
        try:
            yield trial
        finally:
            if trying:
                self._trying = False
            self._learn(trial.verdict, trying)

    def _learn(self, verdict: Verdict, trying: bool) -> None:
        if verdict == "answered" and (trying or self.circuit == "closed"):  # an old call says nothing of an endpoint that fell since
            if trying:
                log.info("the circuit of the language model is closed again")
            self._failures, self._open_until = 0, None
        elif verdict in ("failed", "unreachable"):
            self._failures += 1
            if (trying or verdict == "unreachable" or self._failures >= self._most) and self._cooldown_s:
                if self.circuit == "closed":
                    log.warning("the circuit of the language model is open for %g s", self._cooldown_s)
                self._open_until = self._clock() + self._cooldown_s
