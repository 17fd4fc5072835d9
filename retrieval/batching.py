"""One thread that runs a model, fed by any number of callers.

Tokenizers of the model libraries fail when two threads use one ("Already borrowed"), and a GPU is fastest with full batches. So the
texts of whoever waits are joined into batches, in turn: a question does not wait behind a whole ingest.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from retrieval.errors import RetrievalError

log = logging.getLogger(__name__)
Item = TypeVar("Item")
Result = TypeVar("Result")
JOIN_S = 60.0
"""How long `close` waits for the batch in progress."""


@dataclass(eq=False, slots=True)
class _Call(Generic[Item, Result]):
    items: Sequence[Item]
    results: list[Result | None]
    taken: int = 0
    missing: int = 0
    done: threading.Event = field(default_factory=threading.Event)
    error: RetrievalError | None = None

    def finish(self, error: RetrievalError) -> None:
        self.error = self.error or error
        self.done.set()


@dataclass(frozen=True, slots=True)
class _Piece(Generic[Item, Result]):
    call: _Call[Item, Result]
    start: int
    items: Sequence[Item]


class BatchWorker(Generic[Item, Result]):
    """Results come in the order of the items. At most ``queue`` calls wait; the thread starts with the first one."""

    def __init__(
        self,
        service: str,
        run: Callable[[list[Item]], Sequence[Result]],
        *,
        batch: int,
        queue: int,
        error: type[RetrievalError],
        failed: str,
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            service: what errors call the model.
            run: the model, called by one thread only, with at most ``batch`` items.
            batch: items in one pass.
            queue: calls that may wait at once.
            error: the class of every error.
            failed: the code of the error when the model raises something unexpected.
        """
        self._service, self._run, self._batch, self._queue = service, run, batch, queue
        self._error, self._code = error, failed
        self._changed = threading.Condition()
        self._waiting: deque[_Call[Item, Result]] = deque()
        self._thread: threading.Thread | None = None
        self._closed = False

    def submit(self, items: Sequence[Item], timeout_s: float) -> list[Result]:
        """Return one result an item.

        Raises:
            RetrievalError: no place in the queue, or no result, within ``timeout_s``; closed; or the model failed.
        """
        if not items:
            return []
        deadline = time.monotonic() + timeout_s
        call: _Call[Item, Result] = _Call(items, [None] * len(items), missing=len(items))
        self._enqueue(call, deadline)
        if not call.done.wait(max(0.0, deadline - time.monotonic())):
            self._drop(call)
            if not call.done.is_set():
                call.finish(self._error("provider_late", service=self._service, seconds=f"{timeout_s:g}"))
        if call.error is not None:
            raise type(call.error)(call.error.code, **call.error.values) from call.error
        return [result for result in call.results if result is not None]

    def close(self) -> None:
        """Turn away whoever waits and end the thread after the batch in progress."""
        with self._changed:
            self._closed = True
            for call in self._waiting:
                call.finish(self._error("provider_closed", service=self._service))
            self._waiting.clear()
            self._changed.notify_all()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(JOIN_S)

    def _enqueue(self, call: _Call[Item, Result], deadline: float) -> None:
        with self._changed:
            while len(self._waiting) >= self._queue and not self._closed:
                if not self._changed.wait(max(0.0, deadline - time.monotonic())):
                    raise self._error("provider_busy", service=self._service, waiting=len(self._waiting))
            if self._closed:
                raise self._error("provider_closed", service=self._service)
            self._waiting.append(call)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=f"model {self._service}", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def _drop(self, call: _Call[Item, Result]) -> None:
        with self._changed:
            if call in self._waiting:
                self._waiting.remove(call)
                self._changed.notify_all()

    def _work(self) -> None:
        while pieces := self._next():
            self._serve(pieces)

    def _next(self) -> list[_Piece[Item, Result]]:
        """Return the items of one batch, or nothing when closed; a call with more items goes to the end of the line."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            pieces: list[_Piece[Item, Result]] = []
            room = self._batch
            while self._waiting and room:
                call = self._waiting.popleft()
                items = call.items[call.taken : call.taken + room]
                pieces.append(_Piece(call, call.taken, items))
                call.taken += len(items)
                room -= len(items)
                if call.taken < len(call.items):
                    self._waiting.append(call)
            self._changed.notify_all()
            return pieces

    def _serve(self, pieces: list[_Piece[Item, Result]]) -> None:
        try:
            results = self._results([item for piece in pieces for item in piece.items])
        except RetrievalError as error:
            self._give_up(pieces, error)
        except Exception as error:  # whatever a model library raises: the thread must outlive it
            # Only the kind of the error: its words may quote the patient.
            log.warning("%s failed on a batch: %s", self._service, type(error).__name__)
            if len(pieces) > 1:
                # One caller's text must not cost the others their answer.
                for piece in pieces:
                    self._serve([piece])
            else:
                self._give_up(pieces, self._error(self._code, model=self._service, reason=type(error).__name__))
        else:
            self._deliver(pieces, results)

    def _results(self, items: list[Item]) -> Sequence[Result]:
        results = self._run(items)
        if len(results) != len(items):
            raise self._error("provider_garbled", service=self._service, reason=f"{len(results)} results for {len(items)} texts")
        return results

    def _deliver(self, pieces: list[_Piece[Item, Result]], results: Sequence[Result]) -> None:
        start = 0
        for piece in pieces:
            end = start + len(piece.items)
            piece.call.results[piece.start : piece.start + len(piece.items)] = results[start:end]
            piece.call.missing -= len(piece.items)
            if not piece.call.missing:
                piece.call.done.set()
            start = end

    def _give_up(self, pieces: list[_Piece[Item, Result]], error: RetrievalError) -> None:
        for piece in pieces:
            self._drop(piece.call)
            piece.call.finish(error)
