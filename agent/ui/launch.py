"""``python -m agent ui``: the page alone. ``python -m agent run``: the page and the service together, until Ctrl-C ends both."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from agent.errors import BadCall
from agent.ui.options import streamlit_flags
from configs.guards import LOCAL
from configs.locales import environment_language, text
from configs.settings import Settings

_PAGE = Path(__file__).parent / "start" / "served.py"
_URL, _KEY = "SHENSI_API_URL", "SHENSI_API_KEY"
_HOST = "127.0.0.1"
_PORT = 8501
_STOP_S = 8.0
_LOOK_S = 0.1


def add_parser(commands: Any, common: argparse.ArgumentParser) -> None:
    """Describe the commands."""
    one = commands.add_parser("run", parents=[common], help="网页和服务一起启动 / the page and the service together")
    one.add_argument("--port", type=int, default=_PORT, help="网页的端口 / port of the page")
    one.add_argument("--api-port", type=int, default=None, help="服务的端口，0 为任意空闲端口 / port of the service (server.port)")
    one = commands.add_parser("ui", parents=[common], help="只启动网页 / the page alone, for a service that runs already")
    one.add_argument("--host", default=_HOST, help="监听地址 / address of the page")
    one.add_argument("--port", type=int, default=_PORT, help="网页的端口 / port of the page")
    one.add_argument("--api", default=None, help=f"服务的地址 / address of the service ({_URL})")


async def ui(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    """Serve the page until it ends or is told to.

    Raises:
        BadCall: a port is taken, or others would be let in as one and the same person.
    """
    reader = language or environment_language()
    address = options.api or os.environ.get(_URL) or f"http://{settings.server.host}:{settings.server.port}"
    check_visitors(options.host, address, settings)
    async with _page(options.host, _free(options.host, options.port), address) as child, _told_to_stop() as stop:
        telling = asyncio.create_task(_tell(options.port, "", reader))
        await _first(child.wait(), stop.wait())
        telling.cancel()
        return 0 if stop.is_set() else child.returncode or 0


def check_visitors(host: str, address: str, settings: Settings) -> None:
    """Refuse a page for others whose visitors would all be one person: a service without authentication, or a key that all share.

    Raises:
        BadCall: that would be so.
    """
    open_service = urlsplit(address).hostname in LOCAL and not settings.server.auth.required
    if host not in LOCAL and (open_service or os.environ.get(_KEY)):
        raise BadCall("open_page", host=host)


async def run(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    """Serve the page and the service of this machine together; neither outlives the other.

    Raises:
        BadCall: a port is taken, or the profile would let others in.
    """
    from agent.server.serve import make_server

    reader = language or environment_language()
    port = settings.server.port if options.api_port is None else options.api_port
    settings = settings.model_copy(update={"server": settings.server.model_copy(update={"host": _HOST, "port": port})})
    sock = _bound(_HOST, port)
    address = f"http://{_HOST}:{sock.getsockname()[1]}"
    server = make_server(settings, reader)
    async with _page(_HOST, _free(_HOST, options.port), address) as child:
        telling = asyncio.create_task(_tell(options.port, address, reader))
        serving = asyncio.create_task(server.serve(sockets=[sock]))
        await _first(child.wait(), serving)
        telling.cancel()
        server.should_exit = True
        await serving
    return 0 if server.started else 1


@asynccontextmanager
async def _page(host: str, port: int, address: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the page in a process of its own, which ends with this one whatever happens."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "streamlit", "run", str(_PAGE), *streamlit_flags(host, port)),
        env={
            **os.environ,
            _URL: address,
            "PYTHONPATH": os.pathsep.join(filter(None, (str(_PAGE.parents[3]), os.environ.get("PYTHONPATH")))),
        },
        stdout=asyncio.subprocess.DEVNULL,
        preexec_fn=_die_with_parent,
    )
    try:
        yield child
    finally:
        with suppress(ProcessLookupError):
            child.terminate()
        try:
            await asyncio.wait_for(child.wait(), _STOP_S)
        except TimeoutError:
            child.kill()
            await child.wait()


def _die_with_parent() -> None:
    """Ask Linux to end this process when its parent is gone, killed ones included; elsewhere only a regular end takes it along."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


@asynccontextmanager
async def _told_to_stop() -> AsyncIterator[asyncio.Event]:
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    try:
        yield told
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def _first(*works: Any) -> None:
    """Wait until one of them has ended; the others go on as they are."""
    tasks = [asyncio.ensure_future(work) for work in works]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)


async def _tell(port: int, api: str, language: str) -> None:
    """Say where the page is once it and the service can be used."""
    addresses = [f"http://{_HOST}:{port}/_stcore/health", *([f"{api}/readyz"] if api else [])]
    async with httpx.AsyncClient(trust_env=False, timeout=2.0) as http:
        for address in addresses:
            while not await _well(http, address):
                await asyncio.sleep(_LOOK_S)
    sys.stdout.write(text(language, "ui.launched", address=f"http://{_HOST}:{port}") + "\n")
    sys.stdout.flush()


async def _well(http: httpx.AsyncClient, address: str) -> bool:
    try:
        return (await http.get(address)).is_success
    except httpx.TransportError:
        return False


def _free(host: str, port: int) -> int:
    _bound(host, port).close()
    return port


def _bound(host: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise BadCall("port_taken", port=port) from error
    return sock
