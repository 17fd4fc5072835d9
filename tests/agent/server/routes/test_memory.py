"""The record over HTTP: everything that a person may do with what is remembered of them."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from agent.client import Client, Invalid, NotFound
from memory.transfer import ExportedRecord

Somebody = Callable[..., Client]


@pytest.fixture
def talked(somebody: Callable[[], Client]) -> Client:
    """Somebody new who has told of themselves and of a daughter."""
    one = somebody()
    mine, hers = one.threads.create().id, one.threads.create().id
    one.ask("我对青霉素过敏，会起疹子，体重 70 公斤", thread=mine)
    one.ask("我女儿 5 岁，对头孢克洛过敏", thread=hers)
    return one


def test_facts_are_listed_by_person_with_words_for_the_reader(talked: Client) -> None:
    people = {one.person: one for one in talked.memory.people()}
    assert people["self"].allergies == 1 and people["daughter"].label == "女儿"
    hers = talked.memory.facts("女儿")
    assert {fact.subject for fact in hers} == {"daughter"} and [f.id for f in hers] == [f.id for f in talked.memory.facts("daughter")]
    penicillin = next(fact for fact in talked.memory.facts("self") if fact.kind == "allergy")
    assert penicillin.text.startswith("过敏：青霉素") and "我对青霉素过敏" in penicillin.quote


def test_an_edit_is_kept_beside_what_was_there_and_can_be_taken_back(talked: Client) -> None:
    fact = next(fact for fact in talked.memory.facts("self") if fact.kind == "allergy")
    edited = talked.memory.edit(fact.id, value="布洛芬")
    assert edited.references == ("ibuprofen",) and edited.id in {one.id for one in talked.memory.facts()}
    assert [event.type for event in talked.memory.fact_history(edited.id)][-1] == "edited"
    assert talked.memory.undo()[0].type == "edited"
    assert fact.id in {one.id for one in talked.memory.facts()}
    assert [event.type for event in talked.memory.fact_history(fact.id)][-2:] == ["edited", "undone"]


def test_a_value_that_makes_no_sense_changes_nothing(talked: Client) -> None:
    weight = next(fact for fact in talked.memory.facts() if fact.kind == "weight")
    for change in ({"value": "很重"}, {"value": ""}, {"value": "重" * 100}, {}):
        with pytest.raises(Invalid) as caught:
            talked.memory.edit(weight.id, **change)  # type: ignore[arg-type]
        assert caught.value.code in ("edit_refused", "edit_nothing")
    assert weight in talked.memory.facts()


def test_a_forgotten_fact_holds_no_longer_and_its_history_stays(talked: Client) -> None:
    fact = next(fact for fact in talked.memory.facts("self") if fact.kind == "allergy")
    assert talked.memory.forget(fact.id).id == fact.id
    assert fact.id not in {one.id for one in talked.memory.facts()}
    with pytest.raises(NotFound):
        talked.memory.forget(fact.id)
    assert "forgotten" in {event.type for event in talked.memory.history("self")}


def test_what_would_end_a_severe_allergy_waits_for_a_confirmation(somebody: Callable[[], Client]) -> None:
    one = somebody()
    thread = one.threads.create().id
    one.ask("我对磺胺严重过敏，会休克", thread=thread)
    one.ask("我对磺胺不过敏", thread=thread)
    (waits,) = one.memory.waiting()
    (clash,) = one.memory.contradictions()
    assert waits.value == clash.said.value == "磺胺" and clash.held.holds
    assert one.memory.waiting("daughter") == [] == one.memory.contradictions("daughter")
    one.memory.confirm(waits.id)
    assert one.memory.waiting() == [] and not any(fact.value == "磺胺" and fact.holds for fact in one.memory.facts())


def test_an_export_is_imported_by_somebody_else_without_loss(talked: Client, somebody: Callable[[], Client]) -> None:
    record = talked.memory.export()
    other = somebody()
    taken = other.memory.take_in(record)
    assert (taken.events, taken.threads) == (len(record.events), 2)
    again = other.memory.export()
    assert (again.events, again.threads, again.facts) == (record.events, record.threads, record.facts)
    hers = talked.memory.export("女儿")
    assert {fact.subject for fact in hers.facts} == {"daughter"} and len(hers.threads) == 1


def test_an_erased_person_is_gone_and_the_others_are_not(talked: Client) -> None:
    gone = talked.memory.erase("daughter")
    assert gone.turns == 1 and gone.events >= 1
    assert [one.person for one in talked.memory.people()] == ["self"]
    left = talked.memory.erase_everything()
    assert left.threads >= 1 and talked.memory.facts() == [] == talked.memory.history()
    assert talked.threads.page().threads == []


def test_everything_is_erased_only_when_that_is_said(talked: Client, address: str) -> None:
    before = talked.memory.facts()
    for params in ({}, {"everything": "false"}):
        assert httpx.delete(f"{address}/v1/memory", params=params).json()["error"]["code"] == "erase_unsure"
    assert talked.memory.facts() == before


def test_somebody_elses_facts_answer_exactly_like_absent_ones(talked: Client, somebody: Callable[[], Client]) -> None:
    theirs, other = talked.memory.facts()[0].id, somebody()
    other.ask("我在吃阿司匹林", thread=other.threads.create().id)

    def answers(fact: str) -> list[tuple[int, str]]:
        http, found = other._http, []
        for method, path, body in (
            ("GET", f"/v1/memory/facts/{fact}/history", None),
            ("PATCH", f"/v1/memory/facts/{fact}", {"value": "布洛芬"}),
            ("DELETE", f"/v1/memory/facts/{fact}", None),
            ("POST", f"/v1/memory/facts/{fact}/confirm", None),
        ):
            answer = http.request(method, path, json=body)
            error = answer.json()["error"]
            found.append((answer.status_code, json.dumps({name: error[name] for name in error if name != "request_id"})))
        return found

    assert answers(theirs) == answers("0123456789ab")
    assert {status for status, _ in answers(theirs)} == {404}
    assert theirs in {fact.id for fact in talked.memory.facts()}


def broken(record: ExportedRecord) -> dict[str, object]:
    """Return the ways in which a document can be wrong, each as what is sent."""
    whole = record.model_dump(mode="json")
    thread, turns = next(iter(whole["threads"].items()))
    key, turn = next(iter(turns.items()))
    event = whole["events"][0]
    return {
        "a turn without an answer": {**whole, "threads": {thread: {key: {"turn": turn["turn"]}}}},
        "a turn under another key": {**whole, "threads": {thread: {"x": turn}}},
        "half a character": {**whole, "threads": {thread: {key: {**turn, "more": "\ud800"}}}},
        "a time that is none": {**whole, "events": [{**event, "at": "yesterday"}]},
        "an endless amount": {**whole, "events": [{**event, "fact": {**event["fact"], "amount": float("inf")}}]},
        "feedback that is none": {**whole, "threads": {thread: {key: {**turn, "feedback": {"thumb": "sideways"}}}}},
        "another format": {**whole, "format": "diary"},
        "a key too many": {**whole, "owner": "somebody"},
    }


def test_a_document_that_is_none_is_refused_whole_and_not_repeated(talked: Client, somebody: Callable[[], Client]) -> None:
    other = somebody()
    for what, document in broken(talked.memory.export()).items():
        answer = other._http.post(
            "/v1/memory/import", content=json.dumps(document), headers={"content-type": "application/json", "accept-language": "en"}
        )
        assert answer.status_code == 422, what
        assert answer.json()["error"]["code"] in ("record_invalid", "request_invalid"), what
        assert "青霉素" not in answer.text and "diary" not in answer.text
    assert other.memory.history() == [] and other.threads.page().threads == []
