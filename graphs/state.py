"""What a consult carries from node to node: plain, small data. Documents are referred to by id, never copied.

The classes here are the only ones of ours that a checkpoint may hold (``STATE_TYPES``).
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from pydantic import BaseModel, ConfigDict, Field

from memory.facts import Fact
from memory.summary import TurnRecord
from tools.findings import Finding
from tools.records import Level

Writer = Literal["model", "evidence"]
Verdict = Literal["pass", "revise", "block", "failed"]
ModelLook = Literal["off", "not_needed", "unavailable", "done"]
"""What became of the language model's second look at the urgency."""
Asks = Literal["", "who", "allergy", "medication"]
"""What the assistant asks back before it is sure of its advice."""
Outcome = Literal["answer", "emergency", "refusal", "courtesy", "abstain", "safe_reply"]


class Part(BaseModel):
    """A piece of state: immutable, so that a node can only return a new one."""

    model_config = ConfigDict(frozen=True)


class EvidenceRef(Part):
    """Evidence ``[n]``: a chunk by id and version, or the short result of a tool with its source."""

    n: int
    kind: Literal["chunk", "tool"]
    id: str
    version: str = ""
    text: str = ""
    title: str = ""
    source: str = ""
    year: int = 0


class Sentence(Part):
    """One sentence of a draft without its citation marks, and the evidence numbers that it cites."""

    text: str
    cites: tuple[int, ...] = ()


class Draft(Part):
    """What was written, by whom, and, when the model failed, why it was not the model."""

    sentences: tuple[Sentence, ...] = ()
    writer: Writer = "evidence"
    fallback: str = ""


class Critique(Part):
    """The auditor's verdict on one draft. ``reviewed`` tells whether the language model read it, or the one that it was refined from."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    reviewed: bool = False


class Change(Part):
    """What refining did to one sentence; ``after`` is empty when it was removed. ``before`` stays in the state: no client is sent it."""

    before: str
    after: str
    reason: str


class Citation(Part):
    """A source as the reader sees it."""

    n: int
    id: str
    version: str
    document: str
    section: str
    publisher: str
    source: str
    year: int
    snippet: str
    start: int = 0
    end: int = 0


class Answer(Part):
    """What the patient gets, in parts and as one text."""

    outcome: Outcome
    level: Level
    text: str
    notices: tuple[str, ...] = ()
    body: tuple[Sentence, ...] = ()
    next_steps: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    writer: Writer = "evidence"
    asks: Asks = ""
    questions: tuple[str, ...] = ()
    """The same in words: what the reader is asked back before drugs are spoken of."""
    label: str


class TriageNote(Part):
    """The triage of this question."""

    level: Level = "routine"
    cn_level: str = "IV"
    emergency: str = ""
    rules: tuple[str, ...] = ()


class ToolResult(Part):
    """One tool call that the model made and what came back."""

    call_id: str
    name: str
    arguments: str
    text: str


class ConsultInput(TypedDict):
    """What starts a turn."""

    question: str
    turn: str
    thread: str
    at: str
    language: str


class ConsultState(ConsultInput, total=False):
    """Everything a consult knows. Keys below ``summary`` belong to the turn and are reset by ``intake``."""

    history: list[TurnRecord]
    subject: str
    summary: str
    """A line for each turn that left ``history``."""

    prose: str
    """What the model wrote of the older turns."""
    folded: list[TurnRecord]
    """The turns that left ``history`` in this one."""
    remembered: list[Fact]
    """What of this turn's facts was not known before."""
    waiting: list[Fact]
    """What of them holds only once the patient has confirmed it."""
    contradicted: list[Fact]
    """What was said before and does not go with this turn's facts; it holds until the patient settles it."""
    unsettled: list[Fact]
    """Facts of which it is not clear whom they are about: they count this turn and are stored once the patient has said."""
    marker: str
    triage: TriageNote
    model_look: ModelLook
    requests: tuple[str, ...]
    facts: list[Fact]
    model_facts: list[Fact]
    warnings: list[Finding]
    evidence: list[EvidenceRef]
    searches: list[dict[str, Any]]
    """How each search came to its result (``SearchResult.trace``), for whoever asks why."""
    draft: Draft
    critique: Critique
    rounds: int
    calls: int
    """Calls of the model that waited for one another."""
    changes: list[Change]
    answer: Answer


class ComposeState(ConsultState, total=False):
    """Retrieval and drafting also keep the tool calls of the turn."""

    query: str
    tool_results: list[ToolResult]
    tool_rounds: int


class ComposeOutput(TypedDict):
    """What composing hands back; nothing that runs beside it may write these keys."""

    evidence: list[EvidenceRef]
    searches: list[dict[str, Any]]
    draft: Draft
    calls: int


class Shape(BaseModel):
    """What a model must answer in: nothing but these keys."""

    model_config = ConfigDict(extra="forbid")


class ReviewFinding(Shape):
    """One objection of the reviewer to one sentence."""

    sentence: int = Field(ge=0)
    kind: str = Field(max_length=24)
    severity: Literal["contraindicated", "major", "moderate", "minor"]
    reason: str = Field(max_length=200)


class Review(Shape):
    """The language model's critique, in the shape it must answer in; the verdict comes after the reasons on purpose."""

    reasons: list[str] = Field(default_factory=list, max_length=6)
    findings: list[ReviewFinding] = Field(default_factory=list, max_length=8)
    verdict: Literal["pass", "revise", "block"]


class Edit(Shape):
    """One change to a numbered sentence."""

    sentence: int = Field(ge=0)
    action: Literal["replace", "delete"]
    text: str = Field("", max_length=400)


class Edits(Shape):
    """The model's whole patch."""

    edits: list[Edit] = Field(default_factory=list, max_length=20)


class Rewrite(Shape):
    """The model's reading of a follow-up as a question of its own."""

    question: str = Field(max_length=200)


class Summary(Shape):
    """The model's running summary."""

    asked: list[str] = Field(default_factory=list, max_length=12)
    advised: list[str] = Field(default_factory=list, max_length=12)
    open_points: list[str] = Field(default_factory=list, max_length=12)
    summary: str = Field("", max_length=1200)


STATE_TYPES: tuple[type, ...] = (
    EvidenceRef, Sentence, Draft, Critique, Change, Citation, Answer, TriageNote, ToolResult, Fact, Finding,
)  # fmt: skip
