"""A model that fails now and then: leave it alone for a while, try it again, and say meanwhile why it does not serve."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from retrieval.errors import RetrievalError

CROWDED = frozenset({"provider_busy", "provider_late"})
"""The model is well, there are too many requests: no ground to turn the next one away."""
ABOUT_THE_REQUEST = frozenset({400, 413, 422})
"""HTTP statuses that another text may not meet."""


class Cooldown:
    """One a model. After a failure, one call an interval goes through; the others fail at once for the same reason."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock, self._lock = seconds, clock, threading.Lock()
        self._until = 0.0
        self.reason: RetrievalError | None = None
        """The last failure, until a call succeeds."""

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Guard one call.

        Raises:
            RetrievalError: the last failure once more, when it is too fresh; else what the call itself raises.
        """
        self._admit()
        try:
            yield
        except RetrievalError as error:
            self._failed(error)
            raise
        self.reason = None

    def _admit(self) -> None:
        with self._lock:
            if self.reason is None:
                return
            if self._clock() < self._until:
                raise _copy(self.reason)
            # Whoever comes first tries for all: a dead server must not hold up every search of a busy minute.
            self._until = self._clock() + self._seconds

    def _failed(self, error: RetrievalError) -> None:
        if error.code in CROWDED:
            return
        with self._lock:
            # A copy: the error itself holds on to the frames it passed, and with them to the patient's words.
            self.reason = _copy(error)
            about_the_request = error.values.get("status") in ABOUT_THE_REQUEST
            self._until = 0.0 if about_the_request else self._clock() + self._seconds


def _copy(error: RetrievalError) -> RetrievalError:
    return type(error)(error.code, **error.values)


def reason_of(model: object) -> RetrievalError | None:
    """Return why a model does not serve at this moment; None where it serves, has not been asked yet, or never fails for a while."""
    cooldown = getattr(model, "cooldown", None)
    return cooldown.reason if isinstance(cooldown, Cooldown) else None


def close_model(model: object) -> None:
    """End the threads and connections of a model, where it has any."""
    close = getattr(model, "close", None)
    if callable(close):
        close()
