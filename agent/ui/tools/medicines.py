"""The medicine checker: a list of names against each other and against what is known of the person."""

from __future__ import annotations

import re

import streamlit as st

from agent.ui.beside import ask
from agent.ui.layout import Page, told
from agent.ui.plain import plain
from agent.ui.tools.matrix import Matrix, Named, named
from agent.ui.tools.person import person_given
from agent.wire.tools import CheckResult
from tools.findings import Finding

_APART = re.compile(r"[\n,，、;；+]+")
_MOST, _ROOMY = 12, 125
_ICONS = {"contraindicated": "block", "major": "error", "moderate": "warning", "unverified": "help", "minor": "info"}


def show(page: Page, person: str) -> None:
    """Ask for names and show what goes with what."""
    with told(page):
        _mine(page, person)
    with st.form("medicines"):
        typed = st.text_area(
            page.say("quick.medicines_list"), key="medicines_typed", max_chars=1000, placeholder=page.say("quick.medicines_example")
        )
        asked = st.form_submit_button(page.say("quick.check"), type="primary", icon=":material/fact_check:")
    names = _names(typed)
    if asked and names:
        with told(page):
            given, _ = person_given(page, person)
            checked = page.client.tools.check(drugs=names, profile=given, language=page.language)
            st.session_state["checked"] = (person, page.language, [named(page, name) for name in names], checked)
    held = st.session_state.get("checked")
    if held and held[:2] == (person, page.language):
        _result(page, held[2], held[3])
        words = page.say("quick.medicines_question", medicines=page.say("quick.joiner").join(one.typed for one in held[2]))
        st.button(page.say("quick.ask_on"), icon=":material/chat:", on_click=ask, args=(page, person, words))


def _mine(page: Page, person: str) -> None:
    """Say what of the person is taken into account."""
    _, facts = person_given(page, person)
    counted = [fact.text for fact in facts if fact.kind in ("allergy", "medication", "condition", "pregnancy", "lactation")]
    if counted:
        st.info(page.say("quick.counted", facts=plain(page.say("quick.joiner").join(counted))), icon=":material/person:")
    if not any(fact.kind == "allergy" for fact in facts):
        st.warning(page.say("quick.allergies_unknown"), icon=":material/help:")


def _names(typed: str) -> list[str]:
    names = [name.strip()[:100] for name in _APART.split(typed)]
    return list(dict.fromkeys(filter(None, names)))[:_MOST]


def _result(page: Page, names: list[Named], found: CheckResult) -> None:
    unknown = [one.typed for one in names if not one.name]
    if unknown:
        st.warning(page.say("quick.names_unknown", names=plain(page.say("quick.joiner").join(unknown))), icon=":material/help:")
    if not found.verified:
        st.warning(page.say("quick.unverified"), icon=":material/help:")
    matrix = Matrix(names, found.findings)
    if len(names) > 1:
        st.markdown(f"**{page.say('quick.matrix')}**")
        if page.chosen.size <= _ROOMY:
            with st.container(key="matrix"):  # base.css shows one of the two, by the width there is
                st.table(matrix.rows(page), border=True)
        with st.container(key="pairs" if page.chosen.size <= _ROOMY else "pairs-always"):
            st.table(matrix.pairs(page), border=True)
        if matrix.unplaced:
            st.caption(page.say("quick.unplaced"))
    if not found.findings and not unknown:
        st.success(page.say("quick.nothing_found"), icon=":material/check:")
    for finding in found.findings:
        _finding(page, finding)
    st.caption(page.say("quick.check_bounds"))
    st.caption(plain(found.label))


def _finding(page: Page, finding: Finding) -> None:
    with st.container(border=True):
        title = page.say(f"findings.severity_{finding.severity}")
        about = " + ".join(filter(None, (finding.drug, finding.with_)))
        st.markdown(
            f":material/{_ICONS[finding.severity]}: **{plain(title)}** · {plain(about)}"
            if about
            else f":material/{_ICONS[finding.severity]}: **{plain(title)}**"
        )
        st.markdown(plain(finding.reason))
        if finding.action:
            st.markdown(f"**{page.say('quick.what_to_do')}** {plain(finding.action)}")
        if finding.source:
            st.caption(page.say("quick.source", source=plain(finding.source)))
