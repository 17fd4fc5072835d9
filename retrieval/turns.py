"""A line before the embedder of this process: questions are embedded in turn, and none waits longer than the settings allow.

An embedding takes the processor far longer than the rest of a search, and nothing is gained by joining several. Fifty questions that all
begin at once therefore all end late, after the last one; in turn the first have their vectors at once, and those for whom it would take
too long are searched by keywords. Passages, and the second look at what may be dangerous, do not stand in this line: they never go without.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

from retrieval.embed import Vectors
from retrieval.errors import EmbedderUnavailable

AT_ONCE = 2
"""Questions embedded at the same time: while the threads of one wait for each other, those of the other compute. Measured on two cores,
fifty questions in threads of their own behind a lock took twice as long: OpenMP's helpers, new or asleep, then mostly leave a core idle."""
PATIENT = 4
"""So many in line wait however long it takes: a few people at once have their vectors on any machine, after about two others."""
LATEST = 0.2
"""The share of the latest embedding in what the next one is expected to take."""


class Turns:
    """Runs embeddings first come, first served."""

    def __init__(self, wait_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Prepare; threads start with the first questions.

        Args:
            wait_s: how long those behind the first few in line may wait for their turn.
            clock: seconds.
        """
        self._wait_s, self._clock = wait_s, clock
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="question")
        self._begun_or_waiting = 0
        self._expected_s = 0.0
        self._closed = False

    def run(self, embed: Callable[[], Vectors]) -> Vectors:
        """Return what ``embed`` does.

        Raises:
            EmbedderUnavailable: the turn would come, or came, too late; closed; or what ``embed`` raises.
        """
        with self._lock:
            if self._closed:
                raise EmbedderUnavailable("provider_closed", service="embedder")
            place = self._begun_or_waiting - AT_ONCE + 1
            if place > PATIENT and place * self._expected_s / AT_ONCE > self._wait_s:
                raise EmbedderUnavailable("embedder_busy")
            self._begun_or_waiting += 1
            turn = self._threads.submit(self._timed, embed)
        # The expectation may be wrong, and of the very first questions there is none.
        if place > PATIENT and not wait([turn], self._wait_s).done and turn.cancel():
            with self._lock:
                self._begun_or_waiting -= 1
            raise EmbedderUnavailable("embedder_busy")
        return turn.result()

    def close(self) -> None:
        """Let those in line finish and end the threads."""
        with self._lock:
            self._closed = True
        self._threads.shutdown()

    def _timed(self, embed: Callable[[], Vectors]) -> Vectors:
        started = self._clock()
        try:
            return embed()
        finally:
            # One that took very long, say over a night's sleep of the machine, must not turn the next ones away.
            took = min(self._clock() - started, self._wait_s)
            with self._lock:
                self._begun_or_waiting -= 1
                self._expected_s += LATEST * (took - self._expected_s)
