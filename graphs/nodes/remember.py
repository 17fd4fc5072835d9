"""Everything a turn leaves behind: facts in the record, the reply in the thread. Safe to repeat after a crash."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from graphs.context import Context, memory_of, threads_of
from graphs.state import ConsultState
from memory.summary import TurnRecord

_KEPT_CHARS = 250


async def remember(state: ConsultState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Store facts and reply under keys made of the turn, and keep the turn in the recent history."""
    memory, facts = memory_of(runtime), [*state["facts"], *state["model_facts"]]
    news = await memory.record([fact for fact in facts if fact not in state["unsettled"]])
    waiting = [fact for fact in await memory.waiting() if fact.turn == state["turn"]] if news else []
    clashes = await memory.contradictions() if news else []
    answer = state["answer"]
    record = {
        "turn": state["turn"],
        "at": state["at"],
        "subjects": sorted({state["subject"], *(fact.subject for fact in facts)}),
        "question": state["question"],
        "answer": answer.model_dump(mode="json"),
        "findings": [f.model_dump(mode="json", by_alias=True) for f in [*state["warnings"], *state["critique"].findings]],
        "changes": [change.model_dump(mode="json") for change in state["changes"]],
        "rounds": state["rounds"],
        "triage": state["triage"].model_dump(mode="json"),
    }
    if runtime.context.ledger is not None:  # first: an answer that can be read has its entry, whatever happens in between
        await runtime.context.ledger.turn(state, runtime.context)
    await threads_of(runtime).save(state["thread"], f"{state['at']}|{state['turn']}", record)
    spoken = "".join(sentence.text for sentence in answer.body) or answer.text
    turn = TurnRecord(
        turn=state["turn"],
        question=state["question"][:_KEPT_CHARS],
        answer=spoken[:_KEPT_CHARS],
        level=answer.level,
        asked=answer.asks,
    )
    past = [record for record in state["history"] if record["turn"] != state["turn"]]
    return {
        "history": [*past, turn],
        "remembered": news,
        "waiting": waiting,
        "contradicted": [clash.held for clash in clashes if clash.said.turn == state["turn"] and clash.said not in waiting],
    }
