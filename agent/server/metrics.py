"""Prometheus metrics. Labels come from closed sets alone, names of routes, nodes, roles, kinds: no label ever holds what somebody wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily

from agent.ledger.ledger import Ledger
from agent.metering import ModelCall
from agent.schema import Turn
from agent.server.limits import Gates

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
_ROUNDS = (0, 1, 2, 3, 4)


class Metrics:
    """The metrics of one application, in a registry of their own."""

    def __init__(self, gates: Gates, ledger: Ledger, circuit: Callable[[], str]) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        registry.register(_Now(gates, ledger, circuit))

        def counter(name: str, about: str, *labels: str) -> Counter:
            return Counter(f"shensi_{name}", about, labels, registry=registry)

        def seconds(name: str, about: str, *labels: str) -> Histogram:
            return Histogram(f"shensi_{name}_seconds", about, labels, registry=registry, buckets=_SECONDS)

        self._requests = seconds("request", "Requests by route, until the answer was sent", "method", "route", "status")
        self._nodes = seconds("node", "Nodes of the consult graph", "node")
        self._stages = seconds("retrieval_stage", "Steps of a search", "stage")
        self._searches = counter("searches", "Searches by whether something relevant was found", "relevant")
        self._missing = counter("retrieval_unavailable", "Arms and rerankers that did not serve a search", "part")
        self._calls = seconds("model_call", "Calls of the language model", "role", "result")
        self._tokens = counter("model_tokens", "Tokens of the language model", "role", "direction")
        self._turns = counter("turns", "Turns by what came of them", "outcome", "level", "writer", "reviewed")
        self._findings = counter("findings", "What the audit and the safety rules found", "kind", "severity", "by")
        self._fallbacks = counter("fallbacks", "Answers that the evidence writer wrote because the model failed")
        self._unrecorded = counter("unrecorded_emergencies", "Emergencies that were answered before the audit ledger could be written")
        self._looks = counter("model_looks", "What became of the model's second look at the urgency", "result")
        self._rounds = Histogram("shensi_refine_rounds", "How often a draft was refined", registry=registry, buckets=_ROUNDS)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        self._requests.labels(method, route, str(status)).observe(seconds)

    def node(self, name: str, seconds: float) -> None:
        """Count a node."""
        self._nodes.labels(name).observe(seconds)

    def model(self, call: ModelCall) -> None:
        """Count a call of the model."""
        self._calls.labels(call.role, call.failed or "ok").observe(call.seconds)
        self._tokens.labels(call.role, "prompt").inc(call.prompt_tokens)
        self._tokens.labels(call.role, "completion").inc(call.completion_tokens)

    def turn(self, turn: Turn) -> None:
        """Count a turn."""
        self._turns.labels(turn.outcome, turn.level, turn.writer, str(turn.reviewed).lower()).inc()
        self._looks.labels(turn.model_look).inc()
        self._rounds.observe(turn.rounds)
        if turn.fallback:
            self._fallbacks.inc()
        if not turn.recorded:
            self._unrecorded.inc()
        for finding in turn.findings:
            self._findings.labels(finding.kind, finding.severity, finding.by).inc()
        for search in turn.searches:
            self._search(search)

    def text(self) -> bytes:
        """Return everything as Prometheus reads it."""
        return generate_latest(self.registry)

    def _search(self, search: dict[str, Any]) -> None:
        self._searches.labels(str(bool(search.get("relevant"))).lower()).inc()
        for part in search.get("unavailable", {}):
            self._missing.labels(part).inc()
        for stage in search.get("stages", ()):
            self._stages.labels(stage["name"]).observe(stage["seconds"])


class _Now:
    """What is so at the moment of asking."""

    def __init__(self, gates: Gates, ledger: Ledger, circuit: Callable[[], str]) -> None:
        self._gates, self._ledger, self._circuit = gates, ledger, circuit

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges."""
        for state in ("inside", "waiting"):
            gauge = GaugeMetricFamily(f"shensi_{state}", f"Requests, turns and uploads that are {state}", labels=["gate"])
            for name in ("requests", "turns", "uploads"):
                gauge.add_metric([name], getattr(getattr(self._gates, name), state))
            yield gauge
        about = "Entries of the audit ledger; never goes down"
        yield GaugeMetricFamily("shensi_ledger_entries", about, value=self._ledger.head.count)
        yield GaugeMetricFamily("shensi_ledger_late", "Entries that the audit ledger still owes", value=len(self._ledger.late.waiting))
        gauge = GaugeMetricFamily("shensi_model_circuit", "1 for the state of the circuit to the language model", labels=["state"])
        for state in ("closed", "open", "half_open") if (now := self._circuit()) else ():
            gauge.add_metric([state], float(state == now))
        yield gauge
