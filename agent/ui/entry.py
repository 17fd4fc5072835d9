"""One answer as data for the browser: what it says first, what it asks back, where it is from, what was checked, what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from agent.schema import Citation, Sentence, Turn
from agent.ui.checked import checked
from agent.ui.layout import Page
from agent.ui.live import Live
from agent.wire.threads import Message
from configs.locales import text

_WORDS = (
    "copy", "copied", "read", "stop_reading", "print", "sources", "source", "next_steps", "asked_back", "checked", "notices", "steps",
    "sources_found", "newer_source",
)  # fmt: skip
_ASKED = ("?", "？")


def entry_of(page: Page, turn: Turn, live: Live | None = None, *, above: bool = False) -> dict[str, Any]:
    """Return a finished answer.

    Args:
        page: the page.
        turn: the answer.
        live: how it came about, where that was watched.
        above: whether the red banner says whom to call and what to do now, so that it is not said twice.
    """
    notices, steps = (turn.notices, turn.next_steps) if not above else ([], [])
    entry = _frame(page) | _anatomy(page, notices, turn.body, steps, turn.citations, turn.outcome == "emergency")
    lead = "\n".join(filter(None, (page.say("emergency_above") if above else "", _lead(page, turn))))
    entry |= {"lead": lead, "checked": checked(page, turn), "label": turn.label, "plain": turn.answer}
    entry |= {"memory": turn.memory_line, "level": turn.level}
    return entry | _steps(live)


def entry_of_message(page: Page, message: Message) -> dict[str, Any]:
    """Return an answer of which only the thread's own copy is left: one that was given on the command line."""
    entry = _frame(page) | _anatomy(page, [], message.body, [], message.citations)
    lead = "" if message.body else message.content.removesuffix(message.label).strip()
    return entry | {"lead": lead, "label": message.label, "plain": message.content, "level": message.level or "routine"}


def entry_of_live(page: Page, live: Live) -> dict[str, Any]:
    """Return what can be shown of an answer that is on its way: steps, where something was found, and audited words only."""
    if live.turn is not None:
        return entry_of(page, live.turn, live, above=live.turn.outcome == "emergency")
    entry = _frame(page) | _steps(live) | {"order": [0, live.began, len(live.steps) + len(live.sources) + len(live.words) + live.over]}
    return entry | {"lead": _unfinished(page, live.words), "level": live.level, "busy": not live.over}


def _frame(page: Page) -> dict[str, Any]:
    words = {name: page.say(f"words_{name}") for name in _WORDS}
    empty: dict[str, Any] = {name: [] for name in ("steps", "found", "notices", "asked", "body", "next", "sources", "checked")}
    return {
        "language": "zh-CN" if page.language == "zh" else "en-US",
        "words": words,
        "busy": False,
        "last": False,
        "fresh": False,
        "order": [1, 0, 0],  # a finished answer comes after all that was shown on the way to it
        **empty,
    }


def _steps(live: Live | None) -> dict[str, Any]:
    if live is None:
        return {}
    found = list(dict.fromkeys(" · ".join(part for part in (one.document, one.publisher) if part) for one in live.sources))
    return {"steps": list(live.steps), "found": found}


def _anatomy(
    page: Page, notices: Sequence[str], body: Iterable[Sentence], steps: Sequence[str], citations: Iterable[Citation], urgent: bool = False
) -> dict[str, Any]:
    return {
        "notices": [_notice(page, one, urgent) for one in notices],
        "asked": [step for step in steps if step.endswith(_ASKED)],
        "next": [step for step in steps if not step.endswith(_ASKED)],
        "body": [{"text": one.text, "cites": list(one.cites)} for one in body],
        "sources": [_source(page, one) for one in citations],
    }


def _notice(page: Page, words: str, urgent: bool) -> dict[str, str]:
    """Return a notice whose sign is a word: signs are missing in many fonts, and are not read aloud."""
    kind = "stop" if words.startswith("⛔") or urgent else "mind"
    return {"kind": kind, "sign": page.say("notice_urgent" if urgent else f"notice_{kind}"), "text": words.lstrip("⛔⚠️ ")}


def _source(page: Page, citation: Citation) -> dict[str, Any]:
    about = [("document", citation.document), ("section", citation.section), ("publisher", citation.publisher or citation.source)]
    lines = [f"{page.say(f'source_{name}')}{value}" for name, value in about if value]
    lines += [f"{page.say('source_year')}{citation.year}"] if citation.year else []
    before, exact, after = (
        citation.snippet[: citation.start],
        citation.snippet[citation.start : citation.end],
        citation.snippet[citation.end :],
    )
    return {"n": citation.n, "title": citation.document, "about": lines, "before": before, "exact": exact, "after": after}


def _lead(page: Page, turn: Turn) -> str:
    """Return what an answer says that is neither notice nor cited sentence."""
    if turn.outcome == "answer":
        if turn.writer == "model":
            return ""
        return text(_language(turn), "answer.fallback" if turn.fallback else "answer.digest")
    if turn.outcome == "emergency":
        told = {*turn.notices, *turn.next_steps}
        return "\n".join(line for line in turn.answer.removesuffix(turn.label).strip().splitlines() if line not in told)
    return text(_language(turn), f"answer.{turn.outcome}")


def _language(turn: Turn) -> str:
    """Return the language that an answer was written in: its label says it."""
    return "en" if turn.label == text("en", "label.disclaimer") else "zh"


def _unfinished(page: Page, words: str) -> str:
    """Return the words that have come, without the list of sources that the finished answer shows in its own way."""
    marks = [text(language, "answer.sources") for language in ("zh", "en")]
    cut = min((place for mark in marks if (place := words.find("\n" + mark)) >= 0), default=len(words))
    return words[:cut]
