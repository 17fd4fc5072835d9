"""The audit ledger of the service: every turn leaves one entry before its answer is acknowledged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from langgraph.store.base import BaseStore

from agent.errors import LedgerBroken
from agent.ledger.anchor import FILE, read_anchor, write_anchor
from agent.ledger.book import Book
from agent.ledger.chain import Chain, Head, Report, verify
from agent.ledger.entry import Entry, Pseudonyms, closed_entry, entry_of, packed
from agent.ledger.late import Late
from configs.errors import ShensiError
from configs.settings import StorageSettings
from graphs.context import Context
from graphs.state import ConsultInput, ConsultState
from memory.cipher import Names
from memory.errors import database_errors, storage_error

T = TypeVar("T")
log = logging.getLogger(__name__)
_AT_ONCE = 500
_PATIENCE_S = 2.0
"""So long the answer to an emergency waits for its entry."""


class Ledger:
    """Adds entries, many of different turns in one transaction. Use ``open_ledger``."""

    def __init__(
        self, book: Book, chain: Chain, codes: Pseudonyms, anchor: Path, thread: ThreadPoolExecutor, store: BaseStore | None = None
    ) -> None:
        self.codes = codes
        self.late = Late(self._append, store)
        self.head = chain.head(0, chain.start)
        self._book, self._chain, self._anchor, self._thread = book, chain, anchor, thread
        self._waiting: list[tuple[str, bytes, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._examining: asyncio.Future[int] | None = None

    async def turn(self, state: ConsultState, context: Context) -> None:
        """Write the entry of a finished turn; written again it changes nothing.

        Where somebody must call an ambulance, the answer does not wait for long and never fails: then the entry is owed.

        Raises:
            StorageError: it is not written, and the answer must not be acknowledged.
        """
        key, body = self._key(state, context), packed(entry_of(state, context, self.codes))
        if state["answer"].level != "emergency":
            await self._append(key, body)
        elif not await self._soon(key, body):
            await self.late.keep(key, body)

    def recorded(self, start: ConsultInput, context: Context) -> bool:
        """Tell whether the entry of a finished turn is written, or still owed."""
        return self._key(start, context) not in self.late.waiting

    async def closed(self, start: ConsultInput, context: Context) -> None:
        """Write the entry of a turn that ends without an answer; where the turn has its entry already, that one stays."""
        await self.append(self._key(start, context), closed_entry(start, context, self.codes))

    async def append(self, key: str, entry: Entry) -> None:
        """Add an entry under a key, once."""
        await self._append(key, packed(entry))

    async def verify(self, *marks: Head) -> Report:
        """Read the whole ledger and say what is wrong with it.

        Args:
            marks: heads that were written down elsewhere, beside the anchor.
        """
        return await self._guarded(lambda: check(self._book, self._chain, self._anchor, marks))

    async def examine(self) -> int:
        """Return how many entries there are, after a look at the end of the ledger and a write that changes nothing.

        Raises:
            LedgerBroken: its end is not as we left it.
            StorageError: it cannot be read or written.
        """
        if self._examining is None:  # whoever asks meanwhile shares the look: it writes to the disk, and anybody may ask
            self._examining = asyncio.ensure_future(self._guarded(self._examined))
            self._examining.add_done_callback(self._looked)
        return await asyncio.shield(self._examining)

    async def settle(self) -> None:
        """Wait until everything that was asked for is written."""
        while (work := self._writer or self._examining) is not None:
            await asyncio.wait([work])

    def _examined(self) -> int:
        head = expected(self._book, self._chain, self._anchor)
        self._book.touch()
        return head.count

    def _looked(self, done: asyncio.Future[int]) -> None:
        self._examining = None
        if not done.cancelled():
            done.exception()  # nobody may be left to hear of it

    def _key(self, state: ConsultInput, context: Context) -> str:
        return self.codes.turn(context.owner, context.tenant, state["thread"], state["turn"])

    async def _append(self, key: str, body: bytes) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((key, body, done))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        await done

    async def _soon(self, key: str, body: bytes) -> bool:
        """Add an entry unless that takes too long; say whether it is written."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._append(key, body)
        except (ShensiError, TimeoutError) as error:
            log.error("the audit ledger cannot be written: %s", type(error).__name__)
            return False
        return True

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
                # Who no longer waits was cancelled before anything was written, and shall leave no entry of an answer.
                wanted = [(key, body) for key, body, done in batch if not done.done()]
                failed = await self._written(wanted) if wanted else None
                for _, _, done in batch:
                    if not done.done():
                        done.set_exception(failed) if failed else done.set_result(None)
        finally:
            self._writer = None

    async def _written(self, wanted: list[tuple[str, bytes]]) -> Exception | None:
        def work() -> Head:
            head = self._book.append(self._chain, wanted)
            write_anchor(self._anchor, self._chain, head)
            return head

        try:
            self.head = await self._guarded(work)
        except Exception as error:  # whatever it is, everybody who waits must hear of it
            return error
        return None

    async def _guarded(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except database_errors() as error:
            raise storage_error(error, self._book.where) from error


def check(book: Book, chain: Chain, anchor: Path, marks: tuple[Head, ...] = ()) -> Report:
    """Read a whole ledger and compare it with its head, its anchor and what was written down elsewhere."""
    forged = False
    try:
        known = read_anchor(anchor, chain)  # before the entries are read: the chain is never behind it
    except LedgerBroken:
        known, forged = None, True
    wanted = (*marks, *((known,) if known else ()))
    report = book.view(lambda head, rows: verify(chain, head, rows, wanted))
    report.anchored = known is not None
    if forged:
        report.found("anchor_forged", 0)
    return report


@asynccontextmanager
async def open_ledger(
    storage: StorageSettings, names: Names, store: BaseStore | None = None, *, trust: bool = False
) -> AsyncIterator[Ledger]:
    """Open the ledger of a profile beside its stores.

    Args:
        storage: where; PostgreSQL where the stores are there, else a file in the data folder.
        names: of the opened stores; the ledger's secret is derived from theirs, which outlives every change of keys.
        store: keeps the entries that could not be written at once.
        trust: open it however it looks, to examine it.

    Raises:
        LedgerBroken: its end is not as we left it.
        StorageError: it cannot be read or written.
    """
    chain, path = Chain(names.secret_for("ledger")), storage.ledger_anchor or storage.data_dir / FILE
    with ThreadPoolExecutor(1, "ledger") as thread:
        loop = asyncio.get_running_loop()
        book = await loop.run_in_executor(thread, lambda: _book(storage))
        ledger = Ledger(book, chain, Pseudonyms(names), path, thread, store)
        try:
            await ledger._guarded(lambda: book.set_up(chain))
            if not trust:
                ledger.head = await ledger._guarded(lambda: expected(book, chain, path))
                await ledger.late.recover()
            yield ledger
        finally:
            await ledger.late.close()
            await ledger.settle()
            await loop.run_in_executor(thread, book.close)


def expected(book: Book, chain: Chain, anchor: Path) -> Head:
    """Return the head where head, last entry and anchor fit together.

    Raises:
        LedgerBroken: they do not.
    """
    known = read_anchor(anchor, chain)
    with book.reading() as run:
        head = book.head(run)
        if head is None or not chain.genuine(head):
            raise LedgerBroken("ledger_broken")
        for mark in (head, *((known,) if known else ())):
            row = book.row(run, mark.count) if mark.count else None
            if mark.code != (row.code if row else chain.start if not mark.count else None):
                raise LedgerBroken("ledger_cut" if mark is known else "ledger_broken")
    return head


def _book(storage: StorageSettings) -> Book:
    from agent.ledger.postgres import PostgresBook
    from agent.ledger.sqlite import SqliteBook

    url = storage.url.get_secret_value()
    return PostgresBook(url) if url else SqliteBook(storage.data_dir)
