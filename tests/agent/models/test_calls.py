"""The circuit, the room, the deadlines and the budgets around the calls of the language model, over real HTTP."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from pydantic import BaseModel

from agent.llm import OpenAIModels
from agent.models.opening import open_models
from agent.service import ConsultService
from configs.settings import CallLimits, ModelSettings, Role, Settings
from graphs.errors import ModelFailed
from tests.support.model_ready import honest
from tests.support.model_script import Json, Reply, Request, Slow, Status, Text, always, in_turn
from tests.support.model_server import ModelServer

ASKED = [HumanMessage("嗓子疼怎么办？")]
QUESTION = "嗓子疼怎么办？"
DOWN = Status(503, "EngineCore encountered an issue.")
GOOD = Text("多喝水。[1]")


class Anything(BaseModel):
    """Any object."""


@asynccontextmanager
async def models_of(server: ModelServer, *, timeout_s: float = 5.0, at_once: int = 256, **changes: Any) -> AsyncIterator[OpenAIModels]:
    """Open the endpoint with limits of its own."""
    how = {"timeout_s": timeout_s, "at_once": at_once}
    roles = {role: known.model_copy(update=how) for role, known in ModelSettings().roles.items()}
    given = {"retries": 0, "cooldown_s": 600.0, "base_url": server.base_url} | changes
    async with open_models(ModelSettings(model=server.model, roles=roles, **given)) as models:
        assert models is not None
        yield models


async def said(models: OpenAIModels, role: Role = "draft") -> str:
    """Return what the model says, or why it says nothing."""
    try:
        message: AIMessage = await models.reply(role, ASKED)
    except ModelFailed as error:
        return f"! {error.values['reason']}"
    return message.text


async def test_so_many_failures_in_a_row_open_the_circuit_and_then_no_call_goes_out(model_server: ModelServer) -> None:
    model_server.script = honest().with_role("draft", in_turn(DOWN, DOWN, GOOD, DOWN, DOWN, DOWN))
    async with models_of(model_server) as models:
        seen = [await said(models) for _ in range(5)]
        assert seen[2] == GOOD.content and models.circuit == "closed", "an answer in between begins the count anew"
        await said(models)
        assert models.circuit == "open" and not models.ready()
        assert [await said(models), await said(models, "critique")] == ["! circuit open"] * 2
        assert model_server.calls("draft") == 6


async def test_a_call_that_is_refused_or_answered_with_nonsense_leaves_the_circuit_closed(model_server: ModelServer) -> None:
    for answer in (Status(400, "no"), Status(429, "later"), Status(404, "no model")):
        model_server.script = honest().with_role("draft", always(answer))
        async with models_of(model_server, limits=CallLimits(failures=1)) as models:
            assert (await said(models)).startswith("! ") and models.circuit == "closed"


async def test_an_endpoint_where_nobody_listens_opens_it_at_once(model_server: ModelServer) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        async with models_of(model_server, base_url=nobody) as models:
            assert (await said(models)).startswith("! ") and models.circuit == "open"


async def test_when_the_while_is_over_one_call_tries_and_the_others_wait_for_what_it_finds(model_server: ModelServer) -> None:
    tried, go_on = threading.Event(), threading.Event()

    def slowly(request: Request) -> Reply:
        tried.set()
        assert go_on.wait(10)
        return GOOD

    model_server.script = honest().with_role("draft", always(DOWN))
    async with models_of(model_server, cooldown_s=0.3, limits=CallLimits(failures=1)) as models:
        await said(models)
        model_server.script = honest().with_role("draft", slowly).with_role("critique", always(Json({})))
        assert await half_open(models)
        assert (await said(models, "look"), await said(models, "extract")) == ("! circuit open",) * 2, "these would prove nothing"
        trying = asyncio.create_task(said(models))
        assert await asyncio.to_thread(tried.wait, 10)
        assert not models.ready() and await said(models, "critique") == "! circuit open"
        go_on.set()
        assert await trying == GOOD.content and models.circuit == "closed"
        assert (await models.parse("critique", ASKED, Anything, "critique")) == Anything()


async def test_a_try_that_fails_opens_it_again_and_one_that_nobody_waits_for_proves_nothing(model_server: ModelServer) -> None:
    model_server.script = honest().with_role("draft", always(DOWN))
    async with models_of(model_server, cooldown_s=0.3, limits=CallLimits(failures=1)) as models:
        for _ in range(2):
            assert await said(models) == "! InternalServerError" and models.circuit == "open"
            assert await half_open(models)
        model_server.script = honest().with_role("draft", always(Slow(30.0, GOOD)))
        gone = asyncio.create_task(said(models))
        while model_server.calls("draft") != 3:
            await asyncio.sleep(0.01)
        gone.cancel()
        await asyncio.wait({gone})
        assert models.circuit == "half_open" and models.ready(), "the next one may try"


async def half_open(models: OpenAIModels) -> bool:
    until = time.monotonic() + 10
    while models.circuit == "open" and time.monotonic() < until:
        await asyncio.sleep(0.02)
    return models.circuit == "half_open"


async def test_while_the_circuit_is_open_turns_are_answered_from_the_evidence(
    with_model: Callable[..., Settings], model_server: ModelServer
) -> None:
    settings = with_model()
    limits = CallLimits(failures=1)
    settings = settings.model_copy(update={"llm": settings.llm.model_copy(update={"cooldown_s": 600.0, "retries": 0, "limits": limits})})
    model_server.script = honest().with_role("draft", always(DOWN))
    async with ConsultService.open(settings) as service:
        first = await service.ask(QUESTION, thread="a")
        model_server.script = honest()
        model_server.reset()
        second = await service.ask(QUESTION, thread="b")
    assert (first.writer, second.writer, second.fallback) == ("evidence", "evidence", "unreachable")
    assert model_server.requests == [] and second.outcome == "answer"


async def test_no_more_calls_of_a_role_are_out_than_there_is_room_for_and_one_role_leaves_another_its_own(
    model_server: ModelServer,
) -> None:
    here: list[int] = [0, 0]
    lock = threading.Lock()

    def crowded(request: Request) -> Reply:
        with lock:
            here[0] += 1
            here[1] = max(here)
        time.sleep(0.02)
        with lock:
            here[0] -= 1
        return GOOD

    model_server.script = honest().with_role("draft", crowded)
    async with models_of(model_server, at_once=2) as models:
        assert set(await asyncio.gather(*(said(models) for _ in range(12)))) == {GOOD.content}
    assert here == [0, 2]
    model_server.script = honest().with_role("draft", always(Slow(30.0, GOOD))).with_role("critique", always(Json({})))
    async with models_of(model_server, at_once=1) as models:
        taken = asyncio.create_task(said(models))
        while model_server.calls("draft") != 13:
            await asyncio.sleep(0.01)
        assert await models.parse("critique", ASKED, Anything, "critique") == Anything()
        taken.cancel()
        await asyncio.wait({taken})


async def test_whoever_waits_for_room_too_long_says_nothing_against_the_endpoint(model_server: ModelServer) -> None:
    model_server.script = honest().with_role("draft", always(Slow(30.0, GOOD)))
    async with models_of(model_server, at_once=1, timeout_s=20.0, limits=CallLimits(failures=1)) as models:
        taken = asyncio.create_task(said(models))
        while model_server.calls("draft") != 1:
            await asyncio.sleep(0.01)
        assert await said(models.allowed("t", 0.8)) == "! TimeoutError" and models.circuit == "closed"
        assert model_server.calls("draft") == 1
        taken.cancel()
        await asyncio.wait({taken})


@contextmanager
def deaf() -> Iterator[str]:
    """Yield the address of a port on which connections are neither accepted nor refused."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(8)]
        try:
            for one in waiting:
                one.setblocking(False)
                one.connect_ex(listener.getsockname())
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        finally:
            for one in waiting:
                one.close()


async def test_an_endpoint_that_accepts_no_connection_is_given_up_long_before_the_time_of_an_answer(model_server: ModelServer) -> None:
    with deaf() as address:
        async with models_of(model_server, base_url=address, timeout_s=60.0, limits=CallLimits(connect_s=0.3)) as models:
            begun = time.monotonic()
            assert await said(models) == "! APITimeoutError"
            assert time.monotonic() - begun < 30


async def test_retries_and_waiting_fit_into_the_time_of_one_call(model_server: ModelServer) -> None:
    model_server.script = honest().with_role("draft", in_turn(DOWN, Slow(30.0, GOOD)))
    async with models_of(model_server, retries=1, timeout_s=1.0) as models:
        begun = time.monotonic()
        assert await said(models) in ("! TimeoutError", "! APITimeoutError") and model_server.calls("draft") == 2
        assert time.monotonic() - begun < 15


async def test_a_turn_leaves_its_audit_half_of_its_time_and_asks_nothing_when_none_is_left(model_server: ModelServer) -> None:
    model_server.script = honest().with_role("draft", always(Slow(30.0, GOOD))).with_role("critique", always(Json({})))
    async with models_of(model_server, timeout_s=60.0, limits=CallLimits(failures=1)) as models:
        turn = models.allowed("t", 12.0)
        assert await said(turn) == "! TimeoutError"
        assert await turn.parse("critique", ASKED, Anything, "critique") == Anything()
        assert models.circuit == "closed", "the time was the turn's, not the endpoint's"
        late = models.allowed("t", 0.1)
        assert await said(late) == "! out of time" and model_server.calls("draft") == 1


async def test_a_turn_ends_within_the_time_of_its_request_however_slow_the_model(
    with_model: Callable[..., Settings], model_server: ModelServer
) -> None:
    settings = with_model(timeout_s=60.0)
    limits = settings.server.limits.model_copy(update={"request_s": 2.0})
    settings = settings.model_copy(update={"server": settings.server.model_copy(update={"limits": limits})})
    model_server.script = honest().with_every_role(always(Slow(60.0, GOOD)))
    async with ConsultService.open(settings) as service:
        begun = time.monotonic()
        turn = await service.ask(QUESTION, thread="a")
    assert (turn.writer, turn.outcome) == ("evidence", "answer") and turn.fallback in ("TimeoutError", "out of time")
    assert time.monotonic() - begun < 30


async def test_a_turn_makes_no_call_that_might_go_beyond_its_tokens(model_server: ModelServer) -> None:
    async with models_of(model_server, limits=CallLimits(turn_tokens=800)) as models:
        turn = models.allowed("t", 60.0)
        answers = [await said(turn, "summarise") for _ in range(60)]
        first = answers.index("! token budget of the turn")
        assert 1 <= first < 60 and set(answers[first:]) == {"! token budget of the turn"}
        assert turn._allowance.used <= 800 and len(model_server.requests) == first
        assert await said(turn, "draft") == "! token budget of the turn"
        assert await said(models.allowed("t", 60.0), "summarise") == answers[0], "the next turn has its own"


async def test_calls_side_by_side_do_not_spend_the_same_tokens_twice(model_server: ModelServer) -> None:
    model_server.script = honest().with_role("draft", always(Slow(0.2, GOOD)))
    async with models_of(model_server, limits=CallLimits(turn_tokens=1000)) as models:
        turn = models.allowed("t", 60.0)
        answers = await asyncio.gather(*(said(turn) for _ in range(4)))
    assert sorted(answers)[:3] == ["! token budget of the turn"] * 3, "one draft may write 900"


async def test_a_tenant_has_so_many_tokens_a_day_and_another_one_its_own_after_a_restart_too(
    with_model: Callable[..., Settings], model_server: ModelServer
) -> None:
    settings = with_model()
    limits = CallLimits(tenant_tokens_per_day=9000)
    settings = settings.model_copy(update={"llm": settings.llm.model_copy(update={"limits": limits})})
    async with ConsultService.open(settings) as service:
        mine = service.of("a", "clinic")
        turns = [await mine.ask(f"{QUESTION}（{number}）", thread="t") for number in range(12)]
        spent = [turn.fallback for turn in turns]
        first = spent.index("token budget of the day")
        assert turns[0].writer == "model" and turns[first].writer == "evidence" and turns[first].outcome == "answer"
        assert (await service.of("b", "clinic").ask(QUESTION, thread="t")).fallback == "token budget of the day"
        assert (await service.of("b", "practice").ask(QUESTION, thread="t")).writer == "model"
    async with ConsultService.open(settings) as service:
        assert (await service.of("a", "clinic").ask(QUESTION, thread="u")).fallback == "token budget of the day"


@pytest.mark.parametrize("value", [{"failures": 0}, {"connect_s": 0}, {"turn_s": -1}, {"turn_tokens": -1}, {"retry": 1}])
def test_limits_that_make_no_sense_are_refused(value: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(value))):
        CallLimits.model_validate(value)
