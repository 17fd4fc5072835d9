"""A service whose process dies where it is told, again and again.

Called as ``python -m tests.agent.server.mortal SETTINGS``. Each line on standard input is a plan, ``{"node", "phase", "count"}``; the
process forks a service that carries it out, tells its port, and tells when it is dead. The nodes are the real ones; only a SIGKILL is
wrapped around one of them, at the ``count``-th time it is reached: ``before`` it begins, or ``inside``, when its work is done and its
result not yet written.
"""

from __future__ import annotations

import asyncio
import functools
import json
import os
import signal
import sys
from typing import Any

import uvicorn

import agent.opening
from agent.server.app import create_app
from configs.settings import Settings
from graphs import consult
from tools.tables import load_tables


def wrap(plan: dict[str, Any]) -> None:
    """Put a death around one node."""
    graph = consult.compose if plan["node"] in ("retrieve", "draft", "tools") else consult.builder
    spec = graph.nodes[plan["node"]]
    original, reached = spec.runnable.afunc, 0  # type: ignore[attr-defined]

    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        nonlocal reached
        reached += 1
        if plan["phase"] == "before" and reached == plan["count"]:
            os.kill(os.getpid(), signal.SIGKILL)
        result = await original(*args, **kwargs)
        if plan["phase"] == "inside" and reached >= plan["count"]:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    spec.runnable.afunc = wrapped  # type: ignore[attr-defined]


def serve(settings: Settings, plan: dict[str, Any]) -> None:
    if plan.get("node"):
        wrap(plan)

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            tell(f"port {self.servers[0].sockets[0].getsockname()[1]}")

    app = create_app(settings)
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=10)
    asyncio.run(Server(config).serve())


def tell(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main(told: str) -> None:
    settings = Settings.model_validate_json(told)
    agent.opening.load_tables = functools.cache(load_tables)  # read once for all who are born here
    agent.opening.open_tables(settings)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            serve(settings, json.loads(line))
            os._exit(0)
        tell(f"pid {child}")
        _, status = os.waitpid(child, 0)
        tell(f"dead {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    main(sys.argv[1])
