"""Traces, off unless a collector is named: which routes, nodes and calls of the model took how long. Nothing is instrumented by itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from agent.metering import ModelCall
from agent.schema import Turn
from configs.guards import TelemetrySettings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

Attributes = dict[str, str | int | float | bool]


class Traces:
    """Spans of requests, nodes and calls."""

    def __init__(self, provider: TracerProvider) -> None:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = provider
        self._tracer = provider.get_tracer("shensi")
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def request(self, method: str, traceparent: str) -> Iterator[Span]:
        """Open the span of a request, below the gateway's where it sends one."""
        from opentelemetry.trace import SpanKind

        above = self._propagator.extract({"traceparent": traceparent}) if traceparent else None
        with self._tracer.start_as_current_span(
            method, above, SpanKind.SERVER, {"http.request.method": method}, record_exception=False, set_status_on_exception=False
        ) as span:
            yield span

    def node(self, name: str, seconds: float) -> None:
        """Add the span of a node that has just ended."""
        self._ended(f"node {name}", seconds, {"shensi.node": name})

    def model(self, call: ModelCall) -> None:
        """Add the span of a call that has just ended."""
        tokens: Attributes = {"gen_ai.usage.input_tokens": call.prompt_tokens, "gen_ai.usage.output_tokens": call.completion_tokens}
        self._ended(f"model {call.role}", call.seconds, {"shensi.role": call.role, "error.type": call.failed, **tokens})

    def turn(self, turn: Turn) -> None:
        """Say on the request's span what came of the turn."""
        from opentelemetry.trace import get_current_span

        told: Attributes = {"outcome": turn.outcome, "level": turn.level, "writer": turn.writer, "rounds": turn.rounds}
        get_current_span().set_attributes({f"shensi.{name}": value for name, value in told.items()})

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()

    def _ended(self, name: str, seconds: float, attributes: Attributes) -> None:
        now = time.time_ns()
        span = self._tracer.start_span(name, attributes=attributes, start_time=now - int(seconds * 1e9))
        span.end(now)


@asynccontextmanager
async def open_traces(settings: TelemetrySettings, provider: TracerProvider | None = None) -> AsyncIterator[Traces | None]:
    """Yield the traces of an application; ``None`` where no collector is named.

    Args:
        settings: of the profile.
        provider: in the place of the one that sends to the collector.
    """
    if provider is None and not settings.otlp_endpoint:
        yield None
        return
    traces = Traces(provider or _provider(settings))
    try:
        yield traces
    finally:
        await asyncio.to_thread(traces.close)


def _provider(settings: TelemetrySettings) -> TracerProvider:
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    pairs = (pair.partition("=") for pair in settings.otlp_headers.get_secret_value().split(","))
    headers = {name.strip().lower(): value.strip() for name, equals, value in pairs if equals}
    insecure = settings.otlp_endpoint.startswith("http://")
    exporter = OTLPSpanExporter(endpoint=settings.otlp_endpoint, insecure=insecure, headers=headers, timeout=5)
    provider = TracerProvider(resource=Resource.create({"service.name": "shensi"}), sampler=ParentBased(TraceIdRatioBased(settings.sample)))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
