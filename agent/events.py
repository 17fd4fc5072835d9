"""From what the graph does to what the wire says."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from agent.remembered import remembered_line
from agent.schema import Event, MemoryEvent, SafetyEvent, SourcesEvent, StatusEvent, TokenEvent, Turn
from configs.locales import catalogue
from graphs.evidence import resolve
from graphs.state import Citation, ConsultState
from retrieval.search import Retriever
from tools.findings import Finding

_PIECE = re.compile(r"\S+\s*|[^\S\n]+|\n", re.S)
_STEP = 12


class Translator:
    """Turns one run's stream into events and keeps the time."""

    def __init__(self, language: str, retriever: Retriever, ended: Callable[[str, float], None] = lambda node, seconds: None) -> None:
        """``ended`` is told of every node that has ended and of how long it took."""
        self.language = language
        self._ended = ended
        self.timings: dict[str, float] = {}
        self._retriever = retriever
        self._started: dict[str, float] = {}
        self._warnings: list[Finding] = []
        self._begun = time.perf_counter()

    def translate(self, part: Mapping[str, Any]) -> Iterator[Event]:
        """Yield the events of one ``tasks`` part of a v2 stream."""
        data = part["data"]
        node = data["name"]
        if "input" in data:
            self._started[data["id"]] = time.perf_counter()
            label = catalogue(self.language).get(f"steps.{node}")
            if label:
                yield StatusEvent(node=node, label=label)
            return
        seconds = time.perf_counter() - self._started.pop(data["id"], time.perf_counter())
        self.timings[node] = round(self.timings.get(node, 0.0) + seconds, 4)
        self._ended(node, seconds)
        yield from self._results(node, dict(data.get("result") or {}))

    def _results(self, node: str, result: dict[str, Any]) -> Iterator[Event]:
        if node in ("intake", "look") and "triage" in result:
            # What the model's look has raised is told at once, while the draft is still being written.
            self._warnings = result.get("warnings", self._warnings)
            yield SafetyEvent(level=result["triage"].level, findings=self._warnings)
        elif node == "retrieve" and result.get("evidence"):
            found = resolve(result["evidence"], self._retriever)
            yield SourcesEvent(sources=[_named(item.citation("")) for item in found])
        elif node in ("answer", "emergency") and "answer" in result:
            # Only here, after the audit, does text leave for the patient.
            yield from (TokenEvent(text=piece) for piece in pieces(result["answer"].text))

    def finish(self) -> dict[str, float]:
        """Return the timings with the total."""
        return {**self.timings, "total": round(time.perf_counter() - self._begun, 4)}


def _named(citation: Citation) -> Citation:
    """Return where something was found without its words: nobody has audited yet whether this reader may be told them."""
    return citation.model_copy(update={"snippet": "", "start": 0, "end": 0})


def pieces(text: str) -> Iterator[str]:
    """Yield the text in small pieces that join to it exactly."""
    for match in _PIECE.finditer(text):
        word = match[0]
        for start in range(0, len(word), _STEP):
            yield word[start : start + _STEP]


def turn_of(state: ConsultState, timings: dict[str, float]) -> Turn:
    """Return the finished turn."""
    answer, critique = state["answer"], state["critique"]
    return Turn(
        thread=state["thread"],
        turn=state["turn"],
        answer=answer.text,
        outcome=answer.outcome,
        level=answer.level,
        notices=list(answer.notices),
        questions=list(answer.questions),
        body=list(answer.body),
        next_steps=list(answer.next_steps),
        citations=list(answer.citations),
        findings=[*state["warnings"], *critique.findings],
        changes=[change.model_copy(update={"before": ""}) for change in state["changes"]],
        facts=[*state["facts"], *state["model_facts"]],
        remembered=state.get("remembered", []),
        waiting=state.get("waiting", []),
        contradicted=state.get("contradicted", []),
        memory_line=remembered_line(
            state.get("remembered", []), state.get("waiting", []), state["language"], state.get("contradicted", [])
        ),
        rounds=state["rounds"],
        writer=answer.writer,
        reviewed=critique.reviewed,
        model_look=state.get("model_look", "off"),
        fallback=state["draft"].fallback,
        label=answer.label,
        searches=state.get("searches", []),
        timings=timings,
    )


def memory_event(turn: Turn) -> MemoryEvent | None:
    """Return what was newly remembered, if anything."""
    return MemoryEvent(facts=turn.remembered, waiting=turn.waiting) if turn.remembered or turn.waiting else None
