"""Which thread a chat completion belongs to. Its clients keep no thread: they send the whole transcript each time.

A transcript begins with its first question, so the name of its thread is made of that, and of a number where several began alike; keyed,
so that the name tells nothing. A transcript goes on in the thread whose questions are its own. Another one, edited or held with somebody
else before, begins a new thread, and what the person said in it is asked along: an allergy told there counts.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.server.endings import conversations
from agent.service import ConsultService
from memory.conversations import Record
from tools.text import clean

_TRIED = 16
_JOINER = "\n"


@dataclass(frozen=True)
class Place:
    """Where a question is asked, and as what."""

    thread: str
    question: str


async def place_of(service: ConsultService, said: list[str]) -> Place:
    """Return where the last of a person's words belong.

    Args:
        service: of the owner.
        said: what the person said in the transcript, oldest first; at least once.
    """
    earlier, question = [clean(words) for words in said[:-1]], said[-1]
    new = ""
    for number in range(_TRIED):
        thread = _name(service, clean(said[0]), number)
        standing = await conversations(service).standing(thread)
        if standing.info is None:
            new = thread
            break
        if standing.open is not None and standing.open["state"] == "running":
            continue
        if _JOINER.join(await _asked(service, thread, standing.open)) == _JOINER.join(earlier):
            return Place(thread, question)
    return Place(new or service.new_thread(), _with_earlier(earlier, question, service.context.settings.max_question_chars))


def _name(service: ConsultService, first: str, number: int) -> str:
    return service.stores.names.name("completions", service.context.tenant, service.context.owner, first, str(number))[:16]


async def _asked(service: ConsultService, thread: str, begun: Record | None) -> list[str]:
    """Return the questions of a thread, the one that waits for the person included."""
    asked = [str(turn.get("question", "")) for turn in await service.record.threads.turns(thread)]
    return [*asked, str(begun["start"]["question"])] if begun and begun["state"] == "waiting" else asked


def _with_earlier(earlier: list[str], question: str, limit: int) -> str:
    """Return a question with as much of what was said before as may be asked at once, the latest first to be kept."""
    kept = question
    for words in reversed(earlier):
        if len(words) + len(_JOINER) + len(kept) > limit:
            break
        kept = f"{words}{_JOINER}{kept}"
    return kept
