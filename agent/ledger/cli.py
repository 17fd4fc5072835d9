"""``python -m agent audit``: read the whole audit ledger and say whether it is as it was written."""

from __future__ import annotations

import argparse
import json
import re
from typing import TYPE_CHECKING, Any

from agent.errors import BadCall
from configs.locales import environment_language, text
from configs.settings import Settings

if TYPE_CHECKING:
    from agent.ledger.chain import Head, Report

_MARK = re.compile(r"^(\d{1,18}):([0-9a-f]{64})$")


def add_parser(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command to the command line."""
    one = commands.add_parser("audit", parents=[common], help="核对审计账本，打印它的头 / verify the audit ledger, print its head")
    one.add_argument("action", choices=("verify", "head"))
    one.add_argument("--expect", action="append", default=[], metavar="HEAD", help="以前记下的头 / a head that was written down before")
    one.add_argument("--json", action="store_true")


async def audit(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    """Run one action on the ledger of the profile.

    Returns:
        0 when nothing is wrong, 1 when something is.
    """
    from agent.ledger.ledger import open_ledger
    from memory.persistence import open_stores

    reader, marks = language or environment_language(), [mark_of(word) for word in options.expect]
    async with (
        open_stores(settings.storage, (), exclusive=False) as stores,
        open_ledger(settings.storage, stores.names, trust=True) as ledger,
    ):
        report = await ledger.verify(*marks)
    if options.action == "head" and report.whole and report.head:
        print(report.head.token if options.json else text(reader, "audit.head", token=report.head.token))
        return 0
    print("\n".join([json.dumps(_told(report))] if options.json else lines_of(report, reader)))
    return 0 if report.whole else 1


def mark_of(word: str) -> Head:
    """Return the head that ``audit head`` printed.

    Raises:
        BadCall: it is none.
    """
    from agent.ledger.chain import Head

    match = _MARK.match(word.strip())
    if match is None:
        raise BadCall("ledger_mark", mark=word[:80])
    return Head(int(match[1]), bytes.fromhex(match[2]), b"")


def lines_of(report: Report, reader: str) -> list[str]:
    """Return what was found, in words."""
    if report.whole:
        return [text(reader, "audit.whole" if report.anchored else "audit.whole_unanchored", entries=report.entries)]
    problems = [f"- {text(reader, f'audit.{problem.fault}', seq=problem.seq)}" for problem in report.problems]
    return [text(reader, "audit.broken", count=report.count, entries=report.entries), *problems]


def _told(report: Report) -> dict[str, Any]:
    return {
        "whole": report.whole,
        "entries": report.entries,
        "anchored": report.anchored,
        "head": report.head.token if report.head else "",
        "problems": [{"fault": problem.fault, "entry": problem.seq} for problem in report.problems],
        "count": report.count,
    }
