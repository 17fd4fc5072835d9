"""The record: what is remembered about a person and their family."""

from __future__ import annotations

from agent.client.calls import Call, part
from agent.wire.record import ContradictionItem, ErasedItem, FactEdit, FactItem, HistoryItem, Imported, PersonItem
from memory.facts import Status
from memory.transfer import ExportedRecord

_AT = "/v1/memory"


def people() -> Call[list[PersonItem]]:
    """Return the people of whom something is known, the owner first."""
    return Call(list[PersonItem], "GET", f"{_AT}/people")


def facts(person: str = "") -> Call[list[FactItem]]:
    """Return what holds, of everybody or of one person (``self``, ``mother``, ``女儿`` …)."""
    return Call(list[FactItem], "GET", f"{_AT}/facts", {"person": person})


def waiting(person: str = "") -> Call[list[FactItem]]:
    """Return what was said and holds only once it is confirmed."""
    return Call(list[FactItem], "GET", f"{_AT}/waiting", {"person": person})


def contradictions(person: str = "") -> Call[list[ContradictionItem]]:
    """Return what was said against what holds."""
    return Call(list[ContradictionItem], "GET", f"{_AT}/contradictions", {"person": person})


def history(person: str = "") -> Call[list[HistoryItem]]:
    """Return everything that ever happened to the record, oldest first."""
    return Call(list[HistoryItem], "GET", f"{_AT}/history", {"person": person})


def fact_history(fact: str) -> Call[list[HistoryItem]]:
    """Return everything that happened to one fact, oldest first."""
    return Call(list[HistoryItem], "GET", f"{_AT}/facts/{part(fact)}/history")


def edit(fact: str, *, value: str | None = None, status: Status | None = None, detail: str | None = None) -> Call[FactItem]:
    """Correct a fact by hand and return it as it is now; its id may have changed with its value."""
    body = FactEdit(value=value, status=status, detail=detail).model_dump(exclude_none=True)
    return Call(FactItem, "PATCH", f"{_AT}/facts/{part(fact)}", json=body, repeatable=False)


def confirm(fact: str) -> Call[FactItem]:
    """Confirm a statement that waits, or a fact that holds."""
    return Call(FactItem, "POST", f"{_AT}/facts/{part(fact)}/confirm", repeatable=False)


def forget(fact: str) -> Call[FactItem]:
    """Let a fact hold no longer."""
    return Call(FactItem, "DELETE", f"{_AT}/facts/{part(fact)}", repeatable=False)


def undo() -> Call[list[HistoryItem]]:
    """Take back the last thing that happened, and return what that was."""
    return Call(list[HistoryItem], "POST", f"{_AT}/undo", repeatable=False)


def export(person: str = "") -> Call[ExportedRecord]:
    """Return everything that is kept about a person, or about everybody."""
    return Call(ExportedRecord, "GET", f"{_AT}/export", {"person": person})


def take_in(record: ExportedRecord) -> Call[Imported]:
    """Take an exported record back in."""
    return Call(Imported, "POST", f"{_AT}/import", json=record.model_dump(mode="json"))


def erase(person: str) -> Call[ErasedItem]:
    """Delete for good everything about one person of the family."""
    return Call(ErasedItem, "DELETE", f"{_AT}/people/{part(person)}")


def erase_everything() -> Call[ErasedItem]:
    """Delete for good everything that is kept of whoever asks."""
    return Call(ErasedItem, "DELETE", _AT, {"everything": "true"})
