"""Whatever somebody without the keys does to the ledger, verifying finds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.errors import LedgerBroken
from agent.ledger.chain import Chain, Head, Row, verify
from agent.ledger.ledger import Ledger
from configs.settings import StorageSettings
from tests.agent.ledger.conftest import intruder, ledger_of

Run = Callable[..., list[Any]]
COUNT = 12


async def filled(ledger: Ledger, first: int = 0, count: int = COUNT) -> None:
    for number in range(first, first + count):
        await ledger.append(f"turn {number}", {"number": number})


def flip(run: Run) -> None:
    run("UPDATE ledger SET body = ? WHERE seq = 5", b'{"number":9}')


def rename(run: Run) -> None:
    run("UPDATE ledger SET key = 'another' WHERE seq = 5")


def recode(run: Run) -> None:
    run("UPDATE ledger SET code = (SELECT code FROM ledger WHERE seq = 6) WHERE seq = 5")


def delete_one(run: Run) -> None:
    run("DELETE FROM ledger WHERE seq = 5")


def delete_the_first(run: Run) -> None:
    run("DELETE FROM ledger WHERE seq = 1")


def delete_and_close_the_gap(run: Run) -> None:
    run("DELETE FROM ledger WHERE seq = 5")
    for seq in range(6, COUNT + 1):
        run("UPDATE ledger SET seq = ? WHERE seq = ?", seq - 1, seq)
    run("UPDATE ledger_head SET count = count - 1")


def swap(run: Run) -> None:
    for before, after in ((5, 99), (6, 5), (99, 6)):
        run("UPDATE ledger SET seq = ? WHERE seq = ?", after, before)


def cut_the_end(run: Run) -> None:
    run("DELETE FROM ledger WHERE seq > 8")


def cut_the_end_and_the_head(run: Run) -> None:
    run("DELETE FROM ledger WHERE seq > 8")
    run("UPDATE ledger_head SET count = 8, code = (SELECT code FROM ledger WHERE seq = 8)")


def empty_everything(run: Run) -> None:
    run("DELETE FROM ledger")
    run("DELETE FROM ledger_head")


def add_one(run: Run) -> None:
    run("INSERT INTO ledger (seq, key, body, code) SELECT 13, 'forged', body, code FROM ledger WHERE seq = 12")


def repeat_the_last(run: Run) -> None:
    run("INSERT INTO ledger (seq, key, body, code) SELECT 13, 'turn 12', body, code FROM ledger WHERE seq = 12")
    run("UPDATE ledger_head SET count = 13")


ATTACKS = [
    (flip, "changed"),
    (rename, "changed"),
    (recode, "changed"),
    (delete_one, "missing"),
    (delete_the_first, "missing"),
    (delete_and_close_the_gap, "changed"),
    (swap, "changed"),
    (cut_the_end, "cut"),
    (cut_the_end_and_the_head, "head_forged"),
    (empty_everything, "head_missing"),
    (add_one, "changed"),
    (repeat_the_last, "head_forged"),
]


@pytest.mark.parametrize(("attack", "fault"), ATTACKS, ids=[attack.__name__ for attack, _ in ATTACKS])
async def test_every_way_to_change_the_ledger_is_found(storage: StorageSettings, attack: Callable[[Run], None], fault: str) -> None:
    async with ledger_of(storage) as ledger:
        await filled(ledger)
        assert (await ledger.verify()).whole
        with intruder(storage) as run:
            attack(run)
        report = await ledger.verify()
    assert fault in {problem.fault for problem in report.problems}


async def test_a_database_that_was_set_back_as_a_whole_is_found_by_the_anchor(storage: StorageSettings) -> None:
    """The intruder has kept an old head with its genuine seal, so that the database alone fits together."""
    async with ledger_of(storage) as ledger:
        await filled(ledger)
        with intruder(storage) as run:
            ((count, code, seal),) = run("SELECT count, code, seal FROM ledger_head")
            await filled(ledger, COUNT, 3)
            run("DELETE FROM ledger WHERE seq > ?", COUNT)
            run("UPDATE ledger_head SET count = ?, code = ?, seal = ?", count, code, seal)
        report = await ledger.verify()
        assert [(problem.fault, problem.seq) for problem in report.problems] == [("anchor_cut", COUNT + 3)]
    with pytest.raises(LedgerBroken):
        async with ledger_of(storage):
            pass


async def test_without_an_anchor_it_is_said_that_the_end_was_not_verified(storage: StorageSettings, ledger: Ledger) -> None:
    await filled(ledger)
    (storage.data_dir / "ledger.anchor").unlink()
    report = await ledger.verify()
    assert report.whole and not report.anchored


async def test_a_forged_anchor_is_found(storage: StorageSettings, ledger: Ledger) -> None:
    await filled(ledger)
    anchor = storage.data_dir / "ledger.anchor"
    anchor.write_text(anchor.read_text().replace('"count": 12', '"count": 2'))
    report = await ledger.verify()
    assert [problem.fault for problem in report.problems] == ["anchor_forged"]


async def test_a_head_that_was_written_down_elsewhere_finds_what_was_set_back_together_with_the_anchor(ledger: Ledger) -> None:
    await filled(ledger)
    before = ledger.head
    await filled(ledger, COUNT, 1)
    assert (await ledger.verify(before, ledger.head)).whole
    later = Head(COUNT + 4, bytes(32), b"")
    other = Head(COUNT, bytes(32), b"")
    assert [problem.fault for problem in (await ledger.verify(later)).problems] == ["anchor_cut"]
    assert [problem.fault for problem in (await ledger.verify(other)).problems] == ["anchor_changed"]


async def test_the_database_itself_refuses_to_change_or_delete_an_entry(storage: StorageSettings, ledger: Ledger) -> None:
    import sqlite3

    import psycopg

    await filled(ledger, 0, 2)
    for statement in ("UPDATE ledger SET key = 'x' WHERE seq = 1", "DELETE FROM ledger WHERE seq = 1"):
        with pytest.raises((sqlite3.IntegrityError, psycopg.errors.RaiseException), match="append-only"):
            if url := storage.url.get_secret_value():
                with psycopg.connect(url) as server:
                    server.execute(statement.encode())
            else:
                file = sqlite3.connect(storage.data_dir / "ledger.sqlite")
                try:
                    file.execute(statement)
                finally:
                    file.close()


async def test_nothing_is_added_to_a_ledger_whose_head_is_not_ours(storage: StorageSettings, ledger: Ledger) -> None:
    await filled(ledger, 0, 2)
    with intruder(storage) as run:
        run("UPDATE ledger_head SET count = 1")
    with pytest.raises(LedgerBroken):
        await ledger.append("turn 2", {})


CHAIN = Chain(b"k" * 32)
ROWS, HEAD = CHAIN.extend(CHAIN.head(0, CHAIN.start), [(f"turn {number}", b"%d" % number) for number in range(8)])


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_other_sequence_of_rows_is_found(data: st.DataObject) -> None:
    """Flips of single bits, deletions, repetitions and other orders, in any combination."""
    rows = list(ROWS)
    for _ in range(data.draw(st.integers(1, 3))):
        where = data.draw(st.integers(0, len(rows) - 1)) if rows else 0
        match data.draw(st.sampled_from(["bit", "delete", "repeat", "move"])):
            case "bit" if rows:
                bit = data.draw(st.integers(0, 255))
                code = bytearray(rows[where].code)
                code[bit // 8] ^= 1 << bit % 8
                rows[where] = rows[where]._replace(code=bytes(code))
            case "delete" if rows:
                del rows[where]
            case "repeat" if rows:
                rows.insert(where, rows[where])
            case "move" if rows:
                rows.insert(data.draw(st.integers(0, len(rows) - 1)), rows.pop(where))
    assert verify(CHAIN, HEAD, rows).whole == (rows == ROWS)


def test_another_secret_makes_other_codes() -> None:
    assert not verify(Chain(b"j" * 32), HEAD, ROWS).whole
    assert verify(CHAIN, HEAD, ROWS).whole
    assert not verify(CHAIN, HEAD, [*ROWS, Row(9, "turn 9", b"9", CHAIN.link(ROWS[-1].code, 9, "turn 9", b"9"))]).whole


def test_an_entry_of_another_genuine_history_does_not_fit() -> None:
    """After a database was set back, two continuations exist, each of which we wrote: one cannot stand in the other."""
    first, head = CHAIN.extend(CHAIN.head(0, CHAIN.start), [("turn 0", b"0"), ("turn 1", b"1")])
    (told, _), _ = CHAIN.extend(head, [("turn 2", b"told"), ("turn 3", b"3")])
    (_, last), end = CHAIN.extend(head, [("turn 2", b"not told"), ("turn 3", b"3")])
    assert not verify(CHAIN, end, [*first, told, last]).whole
