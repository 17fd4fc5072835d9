"""The service beside a program of ours, in a thread of the same process and on this machine alone: for notebooks and tests."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from agent.server.errors import Unavailable


@contextmanager
def running(app: FastAPI, *, seconds: float = 60.0) -> Iterator[str]:
    """Serve an application on a free port until the end of the block and yield its address.

    Raises:
        Unavailable: it did not start in so many seconds; why is in the log.
    """
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False, ws="none", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="uvicorn")
    thread.start()
    try:
        until = time.monotonic() + seconds
        while not server.started and thread.is_alive() and time.monotonic() < until:
            time.sleep(0.02)
        if not server.started:
            raise Unavailable("server_not_started")
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(seconds)
