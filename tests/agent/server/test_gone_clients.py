"""Clients that go while they are answered are no failures of the service, and no errors in its log."""

from __future__ import annotations

import asyncio
import io
import logging

import pytest
import uvloop
from starlette.types import Message, Receive, Scope, Send

from agent.server.guard import Guard
from agent.server.logs import ClientGone, handler

SCOPE: Scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b"", "state": {}}


async def answering(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"x"})


async def broken(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise RuntimeError("of ours")


async def nothing() -> Message:
    return {"type": "http.disconnect"}


async def to_nobody() -> None:
    """Answer over a connection that has just gone, as the service's own event loop says so."""
    server = await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", 0)
    transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, *server.sockets[0].getsockname()[:2])

    async def send(message: Message) -> None:
        transport.write(b"x")

    try:
        transport.abort()
        await asyncio.sleep(0.01)
        await Guard(answering)(dict(SCOPE), nothing, send)
    finally:
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0)


def test_a_client_that_has_gone_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with pytest.raises(ClientGone), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(to_nobody())
    (told,) = [record for record in caplog.records if record.name == "agent.server.guard"]
    assert told.levelno == logging.INFO and "went" in told.getMessage()


async def test_a_connection_that_is_reset_is_no_error_either(caplog: pytest.LogCaptureFixture) -> None:
    async def send(message: Message) -> None:
        raise ConnectionResetError

    with pytest.raises(ClientGone):
        await Guard(answering)(dict(SCOPE), nothing, send)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_a_failure_of_ours_while_answering_is_an_error(caplog: pytest.LogCaptureFixture) -> None:
    async def send(message: Message) -> None:
        return None

    with pytest.raises(ConnectionAbortedError) as raised:
        await Guard(broken)(dict(SCOPE), nothing, send)
    assert not isinstance(raised.value, ClientGone)
    assert [record.levelname for record in caplog.records if record.name == "agent.server.guard"] == ["ERROR"]


def test_what_the_server_says_of_it_is_left_out_and_what_it_says_of_others_is_not() -> None:
    stream = io.StringIO()
    writer = handler(stream)
    for failure in (ClientGone(), ConnectionAbortedError("an answer broke off")):
        writer.handle(logging.LogRecord("uvicorn.error", logging.ERROR, __file__, 1, "x", (), (type(failure), failure, None)))
    assert stream.getvalue().count("\n") == 1 and '"ConnectionAbortedError"' in stream.getvalue()
