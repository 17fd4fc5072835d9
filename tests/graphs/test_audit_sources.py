"""What the audit asks of sentences that repeat the patient's own words, and of citations."""

from __future__ import annotations

import pytest

from agent.service import ConsultService
from configs.settings import ROOT
from graphs.auditor.rules import audit
from graphs.evidence import Evidence
from graphs.state import Draft, EvidenceRef, Sentence, TriageNote
from tools.profile import Known, PatientProfile
from tools.tables import Tables, load_tables

HELD = Evidence(1, EvidenceRef(n=1, kind="chunk", id="a"), "失眠的人应当固定起床时间，睡前少看手机。", "失眠")
PROFILE = PatientProfile(
    allergies=(Known("青霉素", frozenset({"penicillin", "class:penicillins"})),), medications=(Known("华法林", frozenset({"warfarin"})),)
)


@pytest.fixture(scope="module")
def tables() -> Tables:
    return load_tables(ROOT / "knowledge" / "tables", strict=False)


def objections(tables: Tables, *sentences: Sentence) -> list[tuple[int | None, str]]:
    """Return the rules of the verifier that a draft breaks, each with the number of its sentence."""
    draft = Draft(sentences=(Sentence(text="失眠的人应当固定起床时间，睡前少看手机。", cites=(1,)), *sentences), writer="model")
    found = audit(draft, [HELD], PROFILE, TriageNote(level="routine"), tables, "zh")
    return [(f.sentence, f.rule) for f in found if f.kind in ("citation", "support")]


@pytest.mark.parametrize(
    "said",
    ["您对青霉素过敏。", "您说过您对青霉素过敏。", "您正在吃华法林。", "You are allergic to penicillin.", "You are taking warfarin."],
)
def test_what_the_patient_has_said_needs_no_other_source(tables: Tables, said: str) -> None:
    assert objections(tables, Sentence(text=said)) == []


@pytest.mark.parametrize(
    "said",
    [
        "您对头孢过敏。", "您对青霉素不过敏。", "您对青霉素过敏，可以吃头孢。", "您正在吃阿司匹林。", "您正在吃华法林和银杏叶。",
        "You are allergic to aspirin.", "You are taking warfarin and should stop.", "You are not allergic to penicillin.",
    ],
)  # fmt: skip
def test_what_the_patient_has_not_said_does(tables: Tables, said: str) -> None:
    assert (1, "citation.missing") in objections(tables, Sentence(text=said))


async def test_every_citation_marks_its_sentence_in_the_chunk_that_the_index_holds(service: ConsultService) -> None:
    turn = await service.ask("高血压平时要注意什么？", thread="t")
    said = {sentence.text for sentence in turn.body}
    assert turn.citations
    for c in turn.citations:
        chunk = service.context.retriever.chunk(c.id)
        assert chunk is not None and chunk.version == c.version
        assert chunk.text[c.start : c.end] == c.snippet[c.start : c.end] and c.snippet[c.start : c.end] in said
