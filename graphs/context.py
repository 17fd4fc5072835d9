"""What a consult needs from outside: live objects, handed in per run and never checkpointed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Protocol, TypeVar

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.tools import BaseTool
from langgraph.runtime import Runtime
from pydantic import BaseModel

from configs.settings import ConsultSettings, Role
from graphs.second_look import SecondLook
from graphs.state import ConsultInput, ConsultState
from memory.facts import Fact, profile_of
from memory.patients import PatientMemory
from memory.sealed import SealedStore
from memory.threads import Threads
from retrieval.search import Retriever
from tools.profile import PatientProfile
from tools.subjects import names_somebody
from tools.tables import Tables
from tools.text import fold

Schema = TypeVar("Schema", bound=BaseModel)


class ChatModels(Protocol):
    """The language model in its roles. Every failure is ``ModelFailed``; retries and time limits are inside."""

    name: str

    @property
    def circuit(self) -> str:
        """How the circuit to the endpoint stands: ``closed``, ``open`` or ``half_open``."""

    def ready(self) -> bool:
        """Tell whether it is worth asking, or the endpoint has just been found dead."""

    def allowed(self, account: str, seconds: float | None = None) -> ChatModels:
        """Return the same on the account of a tenant; with ``seconds`` for one turn, which lasts no longer than that."""

    async def reply(self, role: Role, messages: Sequence[BaseMessage], tools: Sequence[BaseTool] = ()) -> AIMessage:
        """Return one message, possibly with tool calls."""

    async def parse(
        self, role: Role, messages: Sequence[BaseMessage], schema: type[Schema], name: str, tools: Sequence[BaseTool] = ()
    ) -> Schema:
        """Return an answer that fits ``schema``, retried once when it does not.

        ``tools`` are told of and may not be called: a prompt that begins as the draft's did is read from the server's cache.
        """


class TurnLedger(Protocol):
    """The audit ledger, as far as a turn knows of it."""

    async def turn(self, state: ConsultState, context: Context) -> None:
        """Write the entry of a finished turn; written again it changes nothing. An emergency goes on though it is written later."""

    def recorded(self, start: ConsultInput, context: Context) -> bool:
        """Tell whether the entry of a finished turn is written, or still owed."""

    async def closed(self, start: ConsultInput, context: Context) -> None:
        """Write that a turn ended without an answer."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """The surroundings of one run."""

    settings: ConsultSettings
    tables: Tables
    retriever: Retriever
    models: ChatModels | None = None
    """``None``: no endpoint is configured and the evidence writer answers."""
    second_look: SecondLook | None = None
    """Compares quiet messages with dangerous ones; ``None`` where no embedder serves."""
    model_second_look: bool = True
    """Whether the language model is asked about the urgency of quiet messages."""
    owner: str = "local"
    """Whose memory and threads these are; comes from authentication only."""
    tenant: str = ""
    """Of which installation; as trustworthy as the owner."""
    ledger: TurnLedger | None = None
    """Where every turn leaves an entry before its answer counts; the service always has one."""
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


def memory_of(runtime: Runtime[Context]) -> PatientMemory:
    """Return the record of the run's owner."""
    assert isinstance(runtime.store, SealedStore), "the graph is always compiled with a sealed store"
    return PatientMemory(runtime.store, runtime.context.owner, runtime.context.tenant)


def threads_of(runtime: Runtime[Context]) -> Threads:
    """Return the stored turns of the run's owner."""
    assert runtime.store is not None, "the graph is always compiled with a store"
    return Threads(runtime.store, runtime.context.owner, runtime.context.tenant)


async def patient(state: ConsultState, runtime: Runtime[Context]) -> PatientProfile:
    """Return what is known of the person the thread is about, what was said this turn included."""
    said = [*await memory_of(runtime).statements(), *state["facts"], *state.get("model_facts", [])]
    return profile_about(said, state["subject"], state["question"], runtime.context.clock().date())


def profile_about(said: list[Fact], subject: str, question: str, today: date | None = None) -> PatientProfile:
    """Return the profile of a subject; when the question names nobody, the reader's allergies and medicines count too.

    Ages are counted on to ``today`` from the day they were said.
    """
    profile = profile_of(said, subject, today)
    if subject == "self" or names_somebody(fold(question)):
        return profile
    own = profile_of(said, "self")
    return replace(
        profile,
        allergies=(*profile.allergies, *own.allergies),
        intolerances=(*profile.intolerances, *own.intolerances),
        medications=(*profile.medications, *own.medications),
    )
