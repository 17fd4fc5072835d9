"""Everything a turn leaves behind: facts in the record, the reply in the thread. Safe to repeat after a crash."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from graphs.context import Context, memory_of
from graphs.state import ConsultState
from memory.summary import TurnRecord

_KEPT_CHARS = 250


async def remember(state: ConsultState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Store facts and reply under keys made of the turn, and keep the turn in the recent history."""
    assert runtime.store is not None, "the graph is always compiled with a store"
    await memory_of(runtime).record([*state["facts"], *state["model_facts"]])
    answer = state["answer"]
    record = {
        "turn": state["turn"],
        "at": state["at"],
        "question": state["question"],
        "answer": answer.model_dump(mode="json"),
        "findings": [f.model_dump(mode="json", by_alias=True) for f in [*state["warnings"], *state["critique"].findings]],
        "changes": [change.model_dump(mode="json") for change in state["changes"]],
        "rounds": state["rounds"],
        "triage": state["triage"].model_dump(mode="json"),
    }
    namespace = ("threads", runtime.context.owner, state["thread"])
    await runtime.store.aput(namespace, f"{state['at']}|{state['turn']}", record, index=False)
    spoken = "".join(sentence.text for sentence in answer.body) or answer.text
    turn = TurnRecord(turn=state["turn"], question=state["question"][:_KEPT_CHARS], answer=spoken[:_KEPT_CHARS], level=answer.level)
    past = [record for record in state["history"] if record["turn"] != state["turn"]]
    return {"history": [*past, turn]}
