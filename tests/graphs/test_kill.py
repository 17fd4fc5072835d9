"""SIGKILL at every node: the turn is finished after a restart, no finished model node is asked again, one reply is stored."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from agent.schema import Turn
from agent.service import ConsultService
from configs.settings import ROOT, RetrievalSettings
from retrieval.search import Retriever
from tests.graphs.driver import configured, consulted
from tests.support.model_ready import honest
from tests.support.model_script import Json, Request, Slow
from tests.support.model_server import ModelServer, Script

QUESTION = "我对青霉素过敏，有高血压。嗓子疼怎么办？"
EMERGENCY = "胸口压着疼，出冷汗，左胳膊麻"


@pytest.fixture(scope="module")
def keyword_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keywords")
    retriever = Retriever.open(RetrievalSettings(embedder="none"), folder)
    retriever.ingest([ROOT / "knowledge" / "documents"])
    retriever.close()
    return folder


def revising() -> Script:
    """The auditor objects once, so that every node of the loop runs."""

    def critique(request: Request) -> Json:
        fresh = "建议咽痛" not in request.last_user
        findings = [{"sentence": 0, "kind": "tone", "severity": "major", "reason": "换掉这一句"}] if fresh else []
        return Json({"reasons": [], "findings": findings, "verdict": "revise" if fresh else "pass"})

    def refine(request: Request) -> Json:
        number = next(n for n, text in request.evidence.items() if "温水" in text)
        text = f"建议咽痛的人多喝温水或凉水，并让嗓子休息。[{number}]"
        return Json({"edits": [{"sentence": 0, "action": "replace", "text": text}]})

    # The draft takes its time, so that the extraction beside it has finished when the draft's end is killed.
    draft = honest().draft
    slow = honest().with_role("draft", lambda request: Slow(0.4, draft(request)))
    return slow.with_role("critique", critique).with_role("refine", refine)


def run(data: Path, url: str, thread: str, node: str, phase: str, question: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.graphs.driver", str(data), url, thread, node, phase, question]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


async def finished(data: Path, url: str, thread: str, question: str) -> Turn:
    """Start the service anew, let it finish the turn, and see that one reply and no fact twice are stored."""
    async with ConsultService.open(configured(data, url)) as service:
        turn = await consulted(service, thread, question)
        assert turn is not None and await service.unfinished(thread) is None
        facts = await service.facts()
        assert len({fact.id for fact in facts}) == len(facts)
        assert len(await service.turns(thread)) == 1
        return turn


NODES = ("intake", "extract", "retrieve", "draft", "critique", "refine", "answer", "remember")


@pytest.mark.parametrize("phase", ["before", "inside"])
@pytest.mark.parametrize("node", NODES)
def test_a_turn_killed_at_a_node_is_finished_after_the_restart(tmp_path: Path, keyword_index: Path, node: str, phase: str) -> None:
    shutil.copytree(keyword_index, tmp_path, dirs_exist_ok=True)
    with ModelServer(revising()) as server:
        killed = run(tmp_path, server.base_url, "t", node, phase, QUESTION)
        assert killed.returncode == -9, killed.stderr
        before = {role: server.calls(role) for role in ("draft", "facts", "critique", "refine")}
        turn = asyncio.run(finished(tmp_path, server.base_url, "t", QUESTION))
        again = {role: server.calls(role) for role in before}
    assert turn.writer == "model" and turn.rounds == 1
    # A finished node is never asked again; only what was under way when the process died may repeat its one call.
    under_way = {"extract": {"facts"}, "retrieve": {"facts"}, "draft": {"draft"}, "critique": {"critique"}, "refine": {"refine"}}.get(
        node, set()
    )
    if (node, phase) == ("draft", "before"):
        under_way = {"facts"}
    plain = {"draft": 1, "facts": 1, "critique": 1, "refine": 1}
    for role, once in plain.items():
        assert again[role] <= once + (role in under_way), (role, before, again)


@pytest.mark.parametrize("phase", ["before", "inside"])
@pytest.mark.parametrize("node", ["emergency", "remember"])
def test_an_emergency_reply_survives_a_kill(tmp_path: Path, keyword_index: Path, node: str, phase: str) -> None:
    shutil.copytree(keyword_index, tmp_path, dirs_exist_ok=True)
    assert run(tmp_path, "", "t", node, phase, EMERGENCY).returncode == -9
    assert asyncio.run(finished(tmp_path, "", "t", EMERGENCY)).outcome == "emergency"
