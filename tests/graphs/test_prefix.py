"""What a server with prefix caching reads once: the prompts of draft, critique and refinement begin with the same case file."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent.service import ConsultService
from configs.settings import Settings
from evaluation.load_low import shares
from evaluation.prefix import BLOCK, blocks, shared
from tests.support.model_ready import honest
from tests.support.model_script import Json, Request
from tests.support.model_server import ModelServer


def objecting(request: Request) -> Json:
    """Object to the first sentence of the first draft, whatever it says."""
    finding = {"sentence": 0, "kind": "tone", "severity": "major", "reason": "这一句可以不说"}
    return Json({"reasons": [], "findings": [finding], "verdict": "revise"})


@pytest.mark.parametrize("question", ["嗓子疼怎么办？", "What should I watch for with high blood pressure?"])
async def test_critique_and_refinement_find_the_case_file_in_the_cache(
    with_model: Callable[..., Settings], model_server: ModelServer, question: str
) -> None:
    model_server.script = honest().with_role("critique", objecting)
    async with ConsultService.open(with_model()) as service:
        await service.ask("我对青霉素过敏，血压也高。", thread="t")
        before = len(model_server.requests)
        await service.ask(question, thread="t")
    of_turn = model_server.requests[before:]
    asked = [{"role": one.role, "messages": one.payload["messages"], "tools": one.payload.get("tools") or []} for one in of_turn]
    found = shares(asked)
    assert len(found) >= 2 and {"draft", "critique", "refine"} <= {call["role"] for call in asked}
    assert min(found) >= 0.9


def test_a_block_is_found_again_only_where_everything_before_it_is_the_same() -> None:
    case = "患者情况" * 40
    assert shared(case + "甲", case + "乙", case) == 1.0
    assert shared("前" + case, case, case) == 0.0
    half = case[: 5 * BLOCK]
    assert shared(half + "另外" * 80, case, case) == 5 / len(blocks(case))
