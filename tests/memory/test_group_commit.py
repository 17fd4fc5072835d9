"""Many who write at once share a transaction, and each of them has what one alone would have."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from memory.group_commit import GroupCommit, open_file


@pytest.fixture
async def commits(tmp_path: Path) -> AsyncIterator[GroupCommit]:
    async with open_file(tmp_path / "file.sqlite", ("journal_mode=WAL", "synchronous=FULL")) as opened:
        await opened.write(lambda run: run.execute("CREATE TABLE numbers (n INTEGER PRIMARY KEY)"))
        yield opened


def put(*numbers: int) -> Callable[[sqlite3.Connection], None]:
    def write(run: sqlite3.Connection) -> None:
        for number in numbers:
            run.execute("INSERT INTO numbers VALUES (?)", (number,))

    return write


def numbers(run: sqlite3.Connection) -> list[int]:
    return [row[0] for row in run.execute("SELECT n FROM numbers ORDER BY n")]


def seen_by_others(folder: Path) -> list[int]:
    connection = sqlite3.connect(folder / "file.sqlite")
    try:
        return numbers(connection)
    finally:
        connection.close()


async def test_who_writes_at_once_shares_a_commit(commits: GroupCommit, tmp_path: Path) -> None:
    said: list[str] = []
    await commits.alone(lambda run: run.set_trace_callback(said.append))
    await asyncio.gather(*(commits.write(put(number)) for number in range(100)))
    assert said.count("COMMIT") <= 3 and sum(line.startswith("INSERT") for line in said) == 100
    assert seen_by_others(tmp_path) == list(range(100))


async def test_nobody_is_told_before_it_is_committed(commits: GroupCommit, tmp_path: Path) -> None:
    async def one(number: int) -> bool:
        await commits.write(put(number))
        return number in await asyncio.to_thread(seen_by_others, tmp_path)

    assert all(await asyncio.gather(*(one(number) for number in range(40))))


async def test_a_failure_is_told_to_whom_it_belongs_and_takes_nothing_else_along(commits: GroupCommit, tmp_path: Path) -> None:
    ended = await asyncio.gather(
        commits.write(put(1)), commits.write(put(2, 2)), commits.write(put(3)), commits.read(numbers), return_exceptions=True
    )
    assert ended[0] is None and isinstance(ended[1], sqlite3.IntegrityError) and ended[2] is None and ended[3] == [1, 3]
    assert seen_by_others(tmp_path) == [1, 3]


async def test_a_reading_sees_everything_that_was_asked_for_before(commits: GroupCommit) -> None:
    asked = [job for number in range(20) for job in (commits.write(put(number)), commits.read(numbers))]
    assert (await asyncio.gather(*asked))[1::2] == [list(range(number + 1)) for number in range(20)]


async def test_what_nobody_waits_for_any_more_is_written_whole(commits: GroupCommit, tmp_path: Path) -> None:
    waiting = [asyncio.create_task(commits.write(put(2 * number, 2 * number + 1))) for number in range(10)]
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)
    await commits.write(put(100))
    assert seen_by_others(tmp_path) == [*range(20), 100]


async def test_what_runs_alone_waits_its_turn_and_has_no_transaction_around_it(commits: GroupCommit) -> None:
    ended = await asyncio.gather(
        commits.write(put(1)), commits.alone(lambda run: (run.in_transaction, numbers(run))), commits.write(put(2)), commits.read(numbers)
    )
    assert ended[1] == (False, [1]) and ended[3] == [1, 2]


async def test_closing_finishes_what_was_asked_for_and_later_asking_fails(tmp_path: Path) -> None:
    async with open_file(tmp_path / "file.sqlite", ("journal_mode=WAL",)) as opened:
        await opened.write(lambda run: run.execute("CREATE TABLE numbers (n INTEGER PRIMARY KEY)"))
        last = asyncio.create_task(opened.write(put(7)))
        await asyncio.sleep(0)
    await last
    assert seen_by_others(tmp_path) == [7]
    with pytest.raises(sqlite3.Error):
        await opened.read(numbers)


async def test_where_somebody_else_is_writing_all_are_told_so_and_none_waits_for_each(commits: GroupCommit, tmp_path: Path) -> None:
    await commits.alone(lambda run: run.execute("PRAGMA busy_timeout=50").fetchall())
    other = sqlite3.connect(tmp_path / "file.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    ended = await asyncio.gather(*(commits.write(put(number)) for number in range(20)), return_exceptions=True)
    assert all(isinstance(one, sqlite3.OperationalError) and "locked" in str(one) for one in ended)
    other.execute("ROLLBACK")
    other.close()
    await commits.write(put(1))
    assert seen_by_others(tmp_path) == [1]
