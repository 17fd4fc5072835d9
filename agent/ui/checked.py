"""What was checked before an answer was shown, in words for people who are no doctors. Nothing found and not looked at are told apart."""

from __future__ import annotations

from agent.schema import Change, Finding, Turn
from agent.ui.layout import Page

_SAFETY = ("allergy", "interaction", "contraindication", "duplicate", "dose", "unknown_drug", "emergency")

_ORDER = ("contraindicated", "major", "moderate", "unverified", "minor")


def checked(page: Page, turn: Turn) -> list[str]:
    """Return the lines, the most important first."""
    lines = [page.say("checked_reviewed" if turn.reviewed else "checked_rules")]
    if turn.outcome in ("courtesy", "refusal"):
        return [page.say("checked_rules")]
    lines += _safety(page, turn)
    lines += [page.say("checked_sources", count=len(turn.citations))] if turn.citations else []
    if turn.model_look == "unavailable":
        lines.append(page.say("checked_look_unavailable"))
    lines += [page.say("checked_changed" if change.after else "checked_removed", reason=change.reason) for change in _distinct(turn)]
    if turn.fallback:
        lines.append(page.say("checked_fallback"))
    return lines


def _safety(page: Page, turn: Turn) -> list[str]:
    told: dict[str, Finding] = {}
    for finding in sorted(turn.findings, key=lambda one: _ORDER.index(one.severity)):
        told.setdefault(finding.reason, finding)
    medical = [one for one in told.values() if one.kind in _SAFETY]
    lines = [page.say("checked_finding", severity=page.say(f"findings.severity_{one.severity}"), reason=one.reason) for one in medical]
    return lines or [page.say("checked_nothing")]


def _distinct(turn: Turn) -> list[Change]:
    return list({(change.reason, bool(change.after)): change for change in turn.changes}.values())
