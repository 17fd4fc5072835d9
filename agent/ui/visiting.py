"""The visit summary: put together from what is remembered and what was said, looked over, exported."""

from __future__ import annotations

from datetime import date

import streamlit as st

from agent.client import ClientError
from agent.ui.layout import Page, say_error
from agent.ui.plain import plain
from agent.ui.sidebar import people
from agent.visit.markdown import markdown
from agent.visit.pdf import pdf
from agent.visit.summary import VisitSummary
from agent.wire.record import FactItem
from agent.wire.threads import ThreadInfo

_PARTS = ("complaint", "history", "allergies", "medicines", "measured", "questions")
_LINES = {"complaint": 2, "history": 6, "allergies": 3, "medicines": 4, "measured": 4, "questions": 5}
_HISTORY = ("condition", "surgery", "family_history", "pregnancy", "lactation", "smoking", "alcohol")
_THREADS, _TURNS, _RESULTS = 30, 8, 12


def show(page: Page, person: str) -> None:
    """Show everything that will stand on the page, to be changed, and offer the files."""
    try:
        thread = _thread(page)
        drafted = _drafted(page, person, thread)
    except ClientError as error:
        say_error(page, error)
        return
    texts = {
        part: st.text_area(
            page.say(f"visit.{part}"),
            drafted[part],
            key=f"visit-{part}-{person}-{thread}-{page.language}",
            height=40 + 28 * _LINES[part],
            max_chars=1500,
        )
        for part in _PARTS
    }
    summary = VisitSummary(page.language, people.named(page, person), date.today().isoformat(), **texts)
    st.caption(page.say("visit.bounds"))
    with st.container(horizontal=True):
        name = f"shensi-{summary.made_on}"
        st.download_button(
            page.say("visit.pdf"),
            lambda: pdf(summary),
            f"{name}.pdf",
            "application/pdf",
            type="primary",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            page.say("visit.markdown"),
            lambda: markdown(summary).encode(),
            f"{name}.md",
            "text/markdown",
            icon=":material/download:",
            on_click="ignore",
        )
    with st.expander(page.say("visit.preview")):
        _preview(summary)


def _thread(page: Page) -> str:
    """Let the reader choose a conversation, and return its id."""
    known: dict[str, ThreadInfo] = {one.id: one for one in page.client.threads.page(limit=_THREADS).threads}
    choices = ["", *known]
    asked = st.query_params.get("thread", "")
    return st.selectbox(
        page.say("visit.thread"),
        choices,
        index=choices.index(asked) if asked in known else min(1, len(choices) - 1),
        format_func=lambda one: (known[one].title or page.say("thread_untitled")) if one else page.say("visit.thread_none"),
    )


def _drafted(page: Page, person: str, thread: str) -> dict[str, str]:
    """Return what is known, part by part; what is not known stays empty and is told so on the page."""
    said = [one.content.strip() for one in page.client.threads.get(thread).messages if one.role == "user"] if thread else []
    facts = page.client.memory.facts(person)
    waiting = page.client.memory.waiting(person)
    held = [fact for fact in facts if fact.holds]
    none_known = any(fact.kind == "allergy" and fact.status == "denied" for fact in facts)
    allergies = _listed(held, "allergy", "intolerance") or (page.say("visit.none_known") if none_known else "")
    first = page.say("visit.first_questions")
    begin = first.count("\n") + 2
    more = [page.say("visit.waiting_question", number=begin + n, fact=fact.text) for n, fact in enumerate(waiting[:3])]
    return {
        "complaint": said[0][:300] if said else "",
        "history": "\n".join([*said[1:_TURNS], *([_listed(held, *_HISTORY)] if _listed(held, *_HISTORY) else [])])[:1500],
        "allergies": allergies[:1500],
        "medicines": _listed(held, "medication")[:1500],
        "measured": _measured(page, person)[:1500],
        "questions": "\n".join([first, *more])[:1500],
    }


def _listed(facts: list[FactItem], *kinds: str) -> str:
    return "\n".join(fact.text for fact in facts if fact.kind in kinds)


def _measured(page: Page, person: str) -> str:
    """Return the latest values of reports, those out of their ranges first."""
    latest = [(one, one.points[-1]) for one in page.client.reports.series(person) if one.points]
    latest.sort(key=lambda pair: pair[1].mark not in ("high", "low", "abnormal"))
    lines = []
    for series, point in latest[:_RESULTS]:
        mark = f" {page.say(f'report.mark_{point.mark}')}" if point.mark in ("high", "low", "abnormal") else ""
        reference = f" ({point.reference})" if point.reference else ""
        lines.append(f"{point.date} {series.name} {point.result} {point.unit}".strip() + f"{reference}{mark}")
    return "\n".join(lines)


def _preview(summary: VisitSummary) -> None:
    st.markdown(f"**{plain(summary.title)}**")
    st.caption(plain(summary.label))
    st.markdown(plain(summary.about))
    for heading, words in summary.sections():
        st.markdown(f"**{plain(heading)}**  \n{plain(words)}")
    st.caption(plain(summary.label))
