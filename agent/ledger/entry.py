"""What the ledger says of a turn: who, when, which model and prompts, which evidence, what the audit found. No text of anybody.

People, threads and texts stand there under keyed codes. Whoever has the keys and a text can prove that it is the one; nobody can read one
out of it, and nothing has to be taken out of the ledger when a person is erased.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import cache
from importlib import resources
from typing import Any

import orjson

from graphs.context import Context
from graphs.state import ConsultInput, ConsultState
from memory.cipher import Names
from tools.findings import Finding

VERSION = 1
Entry = dict[str, Any]


class Pseudonyms:
    """Codes for people, threads, turns and texts: the same ones every time, and different ones for everybody else."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._texts = names.secret_for("ledger texts")

    def owner(self, owner: str, tenant: str) -> str:
        """Return the code of a person."""
        return self._names.name("ledger owner", tenant, owner)

    def thread(self, owner: str, tenant: str, thread: str) -> str:
        """Return the code of a thread."""
        return self._names.name("ledger thread", tenant, owner, thread)

    def turn(self, owner: str, tenant: str, thread: str, turn: str) -> str:
        """Return the code of a turn; the ledger holds one entry under it."""
        return self._names.name("ledger turn", tenant, owner, thread, turn)

    def text(self, text: str) -> str:
        """Return the code of a text, from which it cannot even be guessed without the keys."""
        return hmac.digest(self._texts, text.encode("utf-8", "surrogatepass"), "sha256").hex()


def entry_of(state: ConsultState, context: Context, codes: Pseudonyms) -> Entry:
    """Return the entry of a finished turn."""
    draft, critique, answer, triage = state["draft"], state["critique"], state["answer"], state["triage"]
    asked = context.models is not None and (draft.writer == "model" or critique.reviewed or state.get("model_look") == "done")
    return {
        **_head(state, context, codes),
        "kind": "turn",
        "model": context.models.name if context.models and asked else "",
        "writer": draft.writer,
        "fallback": draft.fallback,
        "prompts": prompts_digest(state["language"]),
        "evidence": [f"{ref.kind}:{ref.id}@{ref.version}" for ref in state["evidence"]],
        "cited": [f"{cited.id}@{cited.version}" for cited in answer.citations],
        "findings": [_finding(found) for found in (*state["warnings"], *critique.findings)],
        "triage": {"level": triage.level, "cn_level": triage.cn_level, "rules": list(triage.rules)},
        "model_look": state.get("model_look", "off"),
        "verdict": critique.verdict,
        "reviewed": critique.reviewed,
        "rounds": state["rounds"],
        "outcome": answer.outcome,
        "level": answer.level,
        "answer": codes.text(answer.text),
    }


def closed_entry(state: ConsultInput, context: Context, codes: Pseudonyms) -> Entry:
    """Return the entry of a turn that was cancelled or given up: nothing was answered."""
    return {**_head(state, context, codes), "kind": "closed"}


def packed(entry: Entry) -> bytes:
    """Return the bytes that the chain covers."""
    return orjson.dumps(entry, option=orjson.OPT_SORT_KEYS)


@cache
def prompts_digest(language: str) -> str:
    """Return the hash of all prompts of a language as they are in this program."""
    digest = hashlib.sha256()
    files = (item for item in resources.files("graphs.prompts").iterdir() if item.name.endswith(f".{language}.md"))
    for item in sorted(files, key=lambda item: item.name):
        digest.update(item.name.encode() + b"\0" + item.read_bytes() + b"\0")
    return digest.hexdigest()


def _head(state: ConsultInput, context: Context, codes: Pseudonyms) -> Entry:
    owner, tenant = context.owner, context.tenant
    return {
        "v": VERSION,
        "at": state["at"],
        "written": context.clock().isoformat(timespec="milliseconds"),
        "owner": codes.owner(owner, tenant),
        "thread": codes.thread(owner, tenant, state["thread"]),
        "language": state["language"],
        "question": codes.text(state["question"]),
    }


def _finding(found: Finding) -> Entry:
    # What the reviewing model calls its objection is its own words, which may be the patient's.
    rule = found.rule if found.by == "rules" else "reviewer"
    return {"kind": found.kind, "severity": found.severity, "rule": rule, "by": found.by}
