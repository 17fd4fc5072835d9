"""The follow-ups that rules cannot resolve, resolved by the model: "第二种药有副作用吗" is about something that the last answer named.

Asked only for short messages that point at an answer, so that no other question waits for another call. What comes back is only
searched with; when the model fails, is slow or says too much, the rules' wording stands.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from graphs.context import ChatModels
from graphs.errors import ModelFailed
from graphs.prompts import task
from graphs.state import ConsultState, Rewrite
from retrieval.understand import Understanding
from retrieval.untrusted import inert, marked

LIMIT_S = 6.0
_TURNS = 2
_ANSWER_CHARS = 600


async def rewritten(meant: Understanding, state: ConsultState, models: ChatModels | None) -> Understanding:
    """Return the understanding with the question as it reads on its own, where only the model can tell."""
    if meant.context != "unresolved" or not state["history"] or models is None or not models.ready():
        return meant
    turns = [line for turn in state["history"][-_TURNS:] for line in (f"Q: {turn['question']}", f"A: {turn['answer'][:_ANSWER_CHARS]}")]
    body = f"{marked(turns, state['marker'])}\n\n{inert(state['question'])}"
    try:
        async with asyncio.timeout(LIMIT_S):
            said = await models.parse("extract", [task("rewrite", state["language"], body)], Rewrite, "rewrite")
    except (ModelFailed, TimeoutError):
        return replace(meant, steps=(*meant.steps, "rewrite_failed"))
    words = " ".join(inert(said.question).split())
    if not words or state["marker"] in words:
        return replace(meant, steps=(*meant.steps, "rewrite_failed"))
    # The patient's own words stay in front: a rewrite may add a topic, never take the question away.
    return Understanding(words, tuple(dict.fromkeys((words, meant.standalone))), "rules", (*meant.steps, "rewritten"))


def was_asked(meant: Understanding) -> bool:
    """Tell whether the model was asked to rewrite, whatever came of it."""
    return not {"rewritten", "rewrite_failed"}.isdisjoint(meant.steps)
