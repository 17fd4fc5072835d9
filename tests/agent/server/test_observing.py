"""What is told of the service: enough to run it by, and no word of a patient anywhere."""

from __future__ import annotations

import io
import json
import logging
import shutil
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import SecretStr

from agent.schema import Turn
from agent.server.app import create_app
from agent.server.beside import running
from agent.server.logs import handler, set_up
from agent.server.telemetry import open_traces
from configs.guards import TelemetrySettings
from tests.agent.server.conftest import STREAM, profile, until
from tests.support.model_ready import honest
from tests.support.model_script import Status
from tests.support.model_server import ModelServer

CANARY = "canarymycin"
_CHATTER = ("aiosqlite", "httpcore", "httpcore2", "filelock")
"""Of these the lines of every byte moved are left out: megabytes, in which a failing test would not be read."""
ASKED = f"我对{CANARY}过敏，正在吃{CANARY}片，高血压要注意什么？"


@dataclass(frozen=True)
class Watched:
    """A service with everything on, and what it said."""

    url: str
    model: ModelServer
    log: io.StringIO
    spans: InMemorySpanExporter

    def client(self, **headers: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30.0, headers=headers)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


@pytest.fixture(scope="module")
def everything_logged() -> Iterator[io.StringIO]:
    """Every logger of the process down to DEBUG, as ``serve`` writes it."""
    said, root = io.StringIO(), logging.getLogger()
    before, level = list(root.handlers), root.level
    writing = handler(said)
    root.addHandler(writing)
    root.setLevel(logging.DEBUG)
    for name in _CHATTER:
        logging.getLogger(name).setLevel(logging.INFO)
    yield said
    root.removeHandler(writing)
    root.setLevel(level)
    assert root.handlers == before


@pytest.fixture(scope="module")
def watched(keyword_index: Path, tmp_path_factory: pytest.TempPathFactory, everything_logged: io.StringIO) -> Iterator[Watched]:
    data = tmp_path_factory.mktemp("watched") / "data"
    shutil.copytree(keyword_index, data)
    spans, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    with ModelServer(honest()) as model:
        app = create_app(profile(data, model))
        app.state.tracer_provider = provider

        @app.get("/v1/broken/{word}")
        async def broken(word: str) -> None:
            try:
                raise ValueError(word)
            except ValueError as error:
                raise RuntimeError(f"cannot read {word}") from error

        with running(app) as url:
            yield Watched(url, model, everything_logged, spans)


def turn(client: httpx.Client, content: str, **headers: str) -> httpx.Response:
    thread = client.post("/v1/threads", json={}).json()["id"]
    return client.post(f"/v1/threads/{thread}/messages", json={"content": content}, headers=headers)


def say_everything(watched: Watched) -> None:
    """Let the canary into every place where a request can hold words, and let everything fail that can."""
    with watched.client(**{"user-agent": CANARY}) as client:
        assert turn(client, ASKED).status_code == 200
        assert turn(client, ASKED, **STREAM).status_code == 200
        assert turn(client, f"胸口压榨样疼痛，出冷汗，我对{CANARY}过敏").json()["outcome"] == "emergency"
        thread = client.post("/v1/threads", json={}).json()["id"]
        client.patch(f"/v1/threads/{thread}", json={"title": CANARY})
        assert client.post(f"/v1/threads/{thread}/messages", json={"contents": CANARY}).status_code == 422
        assert client.post(f"/v1/threads/{thread}/messages", content=f'{{"content": "{CANARY}').status_code == 422
        assert client.get(f"/v1/{CANARY}").status_code == 404
        assert client.get(f"/v1/threads/{CANARY}?{CANARY}={CANARY}").status_code == 404
        client.get("/v1/tools/drugs", params={"name": CANARY, "q": CANARY})
        client.post("/v1/tools/triage", json={"text": ASKED})
        client.post("/v1/knowledge/search", json={"query": CANARY, "collections": [CANARY]})
        client.post("/v1/memory/import", json={"facts": CANARY})
        client.request("CANARY", "/v1/threads")
        assert client.get(f"/v1/broken/{CANARY}").status_code == 500
        watched.model.script = honest().with_role("draft", lambda request: Status(500, CANARY))
        assert turn(client, ASKED).json()["fallback"]
        watched.model.script = honest()
        message = {"role": "user", "content": ASKED}
        client.post("/v1/chat/completions", json={"model": CANARY, "messages": [message], "user": CANARY})
    logging.getLogger("some.library").error("cannot parse %s", CANARY, exc_info=ValueError(CANARY))
    logging.getLogger("asyncio").error(f"Task exception was never retrieved: {CANARY}")


def test_no_word_of_a_patient_is_in_a_log_a_metric_or_a_trace(watched: Watched) -> None:
    say_everything(watched)
    with watched.client() as client:
        metrics = client.get("/metrics").text
    logs = watched.log.getvalue()
    spans = "\n".join(span.to_json() for span in watched.spans.get_finished_spans())
    assert "request" in logs and "shensi_turns_total" in metrics and "node draft" in spans
    for name, told in (("logs", logs), ("metrics", metrics), ("traces", spans)):
        assert CANARY not in told.lower(), name
        assert "高血压" not in told and json.dumps("高血压")[1:-1] not in told, name
    places = [line for line in watched.lines() if line["logger"] == "some.library"]
    assert places and places[0]["error"]["kinds"] == ["ValueError"] and "message" not in places[0]


def test_every_request_leaves_one_line_with_its_number_and_route(watched: Watched) -> None:
    with watched.client(**{"x-request-id": "number-1"}) as client:
        client.get("/v1/threads/nothing")
        client.get("/nowhere/at/all")
    until(lambda: watched.log.getvalue().count("number-1") >= 2)
    (found, missed) = [line for line in watched.lines() if line.get("request_id") == "number-1" and line.get("message") == "request"]
    assert (found["method"], found["route"], found["status"]) == ("GET", "/v1/threads/{thread}", 404)
    assert (missed["route"], missed["status"], missed["logger"]) == ("-", 404, "agent.server.observing")


def test_what_fails_is_found_by_its_number_with_kind_and_place(watched: Watched) -> None:
    with watched.client(**{"x-request-id": "number-2"}) as client:
        client.get("/v1/broken/word")
    until(lambda: "number-2" in watched.log.getvalue())
    said = [line["message"] for line in watched.lines() if line.get("request_id") == "number-2" and line["level"] == "ERROR"]
    assert len(said) == 1 and "RuntimeError" in said[0] and "broken" in said[0]


def value(metrics: str, name: str, **labels: str) -> float:
    found = 0.0
    for line in metrics.splitlines():
        if line.startswith(f"{name}{{") and all(f'{label}="{wanted}"' in line for label, wanted in labels.items()):
            found += float(line.rpartition(" ")[2])
    return found


def test_nodes_stages_tokens_findings_and_fallbacks_are_counted(watched: Watched) -> None:
    with watched.client() as client:
        before = client.get("/metrics").text
        answer = Turn.model_validate(turn(client, "我对青霉素过敏，嗓子疼能吃阿莫西林吗？").json())
        after = client.get("/metrics").text
        assert client.get("/metrics").headers["content-type"].startswith("text/plain")

    def more(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert more("shensi_turns_total", outcome=answer.outcome, writer="model") == 1
    assert more("shensi_node_seconds_count", node="retrieve") == 1 and more("shensi_node_seconds_count", node="critique") >= 1
    assert more("shensi_retrieval_stage_seconds_count") >= 1
    assert more("shensi_model_tokens_total", role="draft", direction="prompt") > 0
    assert more("shensi_model_call_seconds_count", role="draft", result="ok") >= 1
    assert more("shensi_findings_total", kind="allergy") == sum(finding.kind == "allergy" for finding in answer.findings) >= 1
    assert more("shensi_request_seconds_count", route="/v1/threads/{thread}/messages", status="200") == 1
    entries = [
        float(line.split()[1]) for text in (before, after) for line in text.splitlines() if line.startswith("shensi_ledger_entries ")
    ]
    assert entries[1] == entries[0] + 1


def test_a_trace_holds_the_request_its_nodes_and_the_calls_of_the_model(watched: Watched) -> None:
    above = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    watched.spans.clear()
    with watched.client(traceparent=above) as client:
        turn(client, "感冒了要多喝水吗？")
    name = "POST /v1/threads/{thread}/messages"
    assert until(lambda: any(span.name == name for span in watched.spans.get_finished_spans())), "a span ends when its answer is sent"
    spans = watched.spans.get_finished_spans()
    request = next(span for span in spans if span.name == name)
    assert request.context and f"{request.context.trace_id:032x}" == above.split("-")[1]
    below = {span.name for span in spans if span.parent and span.parent.span_id == request.context.span_id}
    assert {"node intake", "node draft", "node remember", "model draft"} <= below
    assert request.attributes and request.attributes["shensi.outcome"] and request.attributes["http.response.status_code"] == 200


async def test_traces_go_to_the_collector_that_is_named_and_otherwise_there_are_none() -> None:
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as messages
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as service

    got: list[tuple[Any, dict[str, str]]] = []

    class Collector(service.TraceServiceServicer):  # type: ignore[misc]
        def Export(self, request: Any, context: Any) -> Any:
            got.append((request, dict(context.invocation_metadata())))
            return messages.ExportTraceServiceResponse()

    async with open_traces(TelemetrySettings()) as nothing:
        assert nothing is None
    collector = grpc.server(ThreadPoolExecutor(1))
    service.add_TraceServiceServicer_to_server(Collector(), collector)
    port = collector.add_insecure_port("127.0.0.1:0")
    collector.start()
    try:
        named = TelemetrySettings(otlp_endpoint=f"http://127.0.0.1:{port}", otlp_headers=SecretStr("x-key=secret"))
        async with open_traces(named) as traces:
            assert traces is not None
            with traces.request("GET", ""):
                traces.node("draft", 0.1)
    finally:
        collector.stop(None).wait()
    request, metadata = got[0]
    spans = request.resource_spans[0].scope_spans[0].spans
    assert {span.name for span in spans} == {"GET", "node draft"} and metadata["x-key"] == "secret"


def test_set_up_leaves_nothing_but_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in ("agent", "uvicorn.error")}
    try:
        logging.captureWarnings(False)  # another test of this process may have left it on
        set_up("INFO", sys.stderr)
        logging.getLogger("agent.test").info("one")
        logging.getLogger("agent.test").debug("two")
        logging.getLogger("another").info("three")
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(CANARY, stacklevel=1)
    finally:
        logging.captureWarnings(False)
        root.handlers[:] = before
        root.setLevel(level)
        for name, was in levels.items():
            logging.getLogger(name).setLevel(was)
        for name in ("configs", "graphs", "memory", "retrieval", "tools"):
            logging.getLogger(name).setLevel(logging.NOTSET)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line.get("message", line["logger"]) for line in lines] == ["one", "py.warnings"]
