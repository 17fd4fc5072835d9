"""What follows from the events of a record, and that folding them changes nothing of it."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langgraph.store.base import PutOp

from memory import patients
from memory.events import essence, replay, settle
from memory.facts import Fact, current
from memory.patients import PatientMemory
from memory.persistence import Stores
from tests.memory.people import at, said

VALUES = ("青霉素", "头孢", "布洛芬")


def facts_like() -> st.SearchStrategy[Fact]:
    return st.builds(
        said,
        st.sampled_from(VALUES),
        st.integers(0, 9),
        kind=st.sampled_from(["allergy", "medication", "weight"]),
        status=st.sampled_from(["active", "suspected", "past", "refuted", "denied"]),
        severity=st.sampled_from(["", "mild", "severe"]),
        detail=st.sampled_from(["", "休克", "皮疹"]),
        extractor=st.sampled_from(["rules", "model:m"]),
        speaker=st.sampled_from(["patient", "document"]),
        confirmed=st.booleans(),
    )


@settings(max_examples=300, deadline=None)
@given(st.lists(facts_like(), max_size=14), st.lists(facts_like(), max_size=4))
def test_the_essence_reads_like_the_whole_now_and_after_what_follows(before: list[Fact], after: list[Fact]) -> None:
    short = essence(before)
    assert current(short) == current(before)
    assert current([*short, *after]) == current([*before, *after])
    assert settle([*short, *after])[1] == settle([*before, *after])[1]


async def test_a_correction_names_what_it_corrects_and_both_stay_in_the_history(stores: Stores) -> None:
    memory = PatientMemory(stores.store, "local")
    await memory.record([said("青霉素", 1)])
    await memory.record([said("青霉素", 2, status="refuted")])
    first, second = await memory.history(said("青霉素").key)
    assert (first.type, second.type) == ("said", "corrected") and second.target == first.fact.id  # type: ignore[union-attr]
    assert [fact.status for fact in await memory.facts()] == ["refuted"]


async def test_recording_tells_what_is_new(stores: Stores) -> None:
    memory = PatientMemory(stores.store, "local")
    assert await memory.record([said("青霉素", 1), said("头孢", 1)]) == [said("青霉素", 1), said("头孢", 1)]
    assert await memory.record([said("青霉素", 2)]) == []
    assert len(await memory.record([said("青霉素", 3, detail="休克")])) == 1
    again = [said("布洛芬", 4)]
    assert await memory.record(again) == await memory.record(again) == again, "finishing a turn after a crash tells it still"


async def test_what_weakens_a_severe_allergy_waits_until_it_is_confirmed(stores: Stores) -> None:
    memory = PatientMemory(stores.store, "local")
    await memory.record([said("青霉素", 1, severity="severe")])
    await memory.record([said("青霉素", 2, status="refuted")])
    assert [fact.status for fact in await memory.facts()] == ["active"]
    (waiting,) = await memory.waiting()
    await memory.confirm(waiting, at(3))
    assert [fact.status for fact in await memory.facts()] == ["refuted"] and not await memory.waiting()
    await memory.undo(at(4))
    assert [fact.status for fact in await memory.facts()] == ["active"] and len(await memory.waiting()) == 1


async def test_an_edit_stands_in_the_place_of_what_was_said(stores: Stores) -> None:
    memory = PatientMemory(stores.store, "local")
    await memory.record([said("青霉素", 1), said("头孢", 1)])
    await memory.edit(said("青霉素", 1), said("磺胺", 1), at(2))
    assert {fact.value for fact in await memory.facts()} == {"磺胺", "头孢"}
    await memory.undo(at(3))
    assert {fact.value for fact in await memory.facts()} == {"青霉素", "头孢"}


async def test_undoing_goes_back_step_by_step_a_turn_at_a_time(stores: Stores) -> None:
    memory = PatientMemory(stores.store, "local")
    await memory.record([said("青霉素", 1)])
    await memory.record([said("头孢", 2), said("布洛芬", 2)])
    await memory.forget(said("青霉素", 1), at(3))
    assert [event.type for event in await memory.undo(at(4))] == ["forgotten"]
    assert len(await memory.facts()) == 3
    assert len(await memory.undo(at(5))) == 2
    assert [fact.value for fact in await memory.facts()] == ["青霉素"]


@pytest.mark.parametrize("seed", range(4))
async def test_folding_changes_nothing_of_what_follows(stores: Stores, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(patients, "FOLD", 5)
    rng, memory = random.Random(seed), PatientMemory(stores.store, "local")
    for number in range(40):
        value, action = rng.choice(VALUES), rng.random()
        late = number - rng.randrange(6) if rng.random() < 0.1 else number  # a message of another process, whose clock is behind
        status = rng.choice(["active", "refuted", "suspected"])
        facts = await memory.facts()
        if action < 0.7 or not facts:
            await memory.record([said(value, late, status=status, severity=rng.choice(["", "severe"]), turn=f"u{number}")])
        elif action < 0.8:
            await memory.forget(rng.choice(facts), at(number))
        elif action < 0.9:
            await memory.undo(at(number))
        else:
            await memory.confirm(rng.choice([*await memory.waiting(), *facts]), at(number))
        plain = replay(await memory.events())
        assert sorted(map(str, await memory.facts())) == sorted(map(str, current(plain)))
        assert sorted(map(str, await memory.waiting())) == sorted(map(str, settle(plain)[1]))
    assert (await memory._read_live()).snapshots, "something was folded"


class _Dying:
    """A store whose connection is lost at the ``n``-th write, before or after the database has carried it out."""

    def __init__(self, inner: Any, survives: int, carried_out: bool) -> None:
        self.inner, self.left, self.carried_out = inner, survives, carried_out

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    async def abatch(self, ops: Any) -> Any:
        asked = list(ops)
        self.left -= any(isinstance(op, PutOp) for op in asked)
        if self.left >= 0:
            return await self.inner.abatch(asked)
        if self.carried_out:
            await self.inner.abatch(asked)
        raise ConnectionError


@pytest.mark.parametrize("carried_out", [False, True])
@pytest.mark.parametrize("survives", [0, 1, 2])
async def test_dying_at_any_write_loses_and_doubles_nothing_that_was_written(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, survives: int, carried_out: bool
) -> None:
    """Saying a thing is one write, folding two more: the new snapshot, then clearing up."""
    monkeypatch.setattr(patients, "FOLD", 4)
    there: list[Fact] = []
    died = 0
    for number in range(14):
        fact = said(f"药{number}", number)
        try:
            await PatientMemory(_Dying(stores.store, survives, carried_out), "local").record([fact])  # type: ignore[arg-type]
        except ConnectionError:
            died += 1
        there += [fact] if survives or carried_out else []
        assert await PatientMemory(stores.store, "local").facts() == there
    assert died
    assert len(await PatientMemory(stores.store, "local").events()) == len(there)


async def test_two_snapshots_side_by_side_are_read_as_one_record(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = PatientMemory(stores.store, "local")
    await memory.record([said("青霉素", 1)])
    early = await memory._read_live()
    await memory.record([said("头孢", 2)])
    await memory._fold(await memory._read_live())
    await memory._fold(early)  # another process had read before, and folds what it knows afterwards
    assert len((await memory._read_live()).snapshots) == 2
    assert [fact.value for fact in await memory.facts()] == ["青霉素", "头孢"]
    assert len((await memory._read_live()).snapshots) == 1


async def test_of_many_who_find_two_snapshots_at_once_one_makes_them_one(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = PatientMemory(stores.store, "local")
    await memory.record([said("青霉素", 1)])
    early = await memory._read_live()
    await memory.record([said("头孢", 2)])
    await memory._fold(await memory._read_live())
    await memory._fold(early)
    written = []
    put = PatientMemory._put_folded

    async def counted(self: PatientMemory, *what: Any) -> None:
        written.append(what)
        await put(self, *what)

    monkeypatch.setattr(PatientMemory, "_put_folded", counted)
    read = await asyncio.gather(*(PatientMemory(stores.store, "local").statements() for _ in range(30)))
    assert all([fact.value for fact in facts] == ["青霉素", "头孢"] for facts in read) and len(written) == 1


async def test_a_snapshot_of_another_version_is_not_believed(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = PatientMemory(stores.store, "local")
    await memory.record([said("青霉素", 1)])
    await memory._fold(await memory._read_live())
    stores.store.forget_made()
    monkeypatch.setattr(patients, "_VERSION", patients._VERSION + 1)
    assert [fact.value for fact in await memory.facts()] == ["青霉素"]
    await memory.record([said("头孢", 2)])
    assert len(await memory.facts()) == 2
