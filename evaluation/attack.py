"""What other tenants feel of an attack: ``python -m evaluation.attack``.

One tenant's clients ask the service as patients do, first alone, then while another tenant, and people without any key, do everything
that is cheap for them and dear for a server: heads that never end, answers that nobody reads, bodies without an end, JSON as deep as it
goes, connections that only wait, and more questions at once than are theirs. Printed are the p99 of the others with and without the attack
as a ratio, how many of their turns failed, and how far the memory of the service grew. The attackers run in a process of their own; on a
machine with few cores the ratio holds their share of the processor too.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import yaml

from configs.settings import ROOT
from evaluation.bench import machine
from evaluation.load import QUESTIONS, profile, resident, started
from evaluation.metrics import percentile

_DEEP = json.dumps({"content": "x"})[:-1] + ', "y": ' + "[" * 20_000 + "]" * 20_000 + "}"
_PIECE = b"x" * 16_384


def main() -> None:
    """Print the table and keep it, or be the attacker."""
    options = _options()
    if options.attack:
        asyncio.run(attack(options.attack, options.key, options.many))
        return
    print(
        f"measured | {machine()} | {options.clients} clients of one tenant, {options.seconds:g} s alone and {options.seconds:g} s attacked"
    )
    with TemporaryDirectory() as folder, started("evaluation.load_model") as (model, _):
        path = guarded(profile(Path(folder), model, options.clients))
        victim, enemy = key_of(path, "south"), key_of(path, "north")
        with started("agent", "serve", "--port", "0", "--profile", str(path)) as (url, process):
            told = asyncio.run(compare(url, process.pid, victim, enemy, options))
    alone, under = told["alone"], told["attacked"]
    print(f"alone     n={alone['turns']}  p50 {alone['p50']:.2f} s  p99 {alone['p99']:.2f} s  failed {alone['failed']}")
    print(f"attacked  n={under['turns']}  p50 {under['p50']:.2f} s  p99 {under['p99']:.2f} s  failed {under['failed']}")
    ratio = under["p99"] / alone["p99"] if alone["p99"] else float("nan")
    before, most = told["rss_before"], told["rss_most"]
    print(f"ratio  p99 x{ratio:.2f}  RSS {before:.0f} -> at most {most:.0f} MB (x{most / before:.2f})")
    kept = ROOT / "data" / "bench" / "attack.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps({"machine": machine(), **told}, indent=2), encoding="utf-8")


def guarded(path: Path) -> Path:
    """Ask for keys, and leave the limits of a tenant as they are shipped."""
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    values["server"] = {"auth": {"required": True}, "telemetry": {"log_level": "ERROR"}}
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path


def key_of(path: Path, tenant: str) -> str:
    """Make a key of a tenant."""
    command = [sys.executable, "-m", "agent", "keys", "create", "--owner", "clinic", "--tenant", tenant, "--scope", "chat", "--json"]
    done = subprocess.run([*command, "--profile", str(path)], cwd=ROOT, capture_output=True, text=True, check=True)
    return str(json.loads(done.stdout)["key"])


async def compare(url: str, pid: int, victim: str, enemy: str, options: argparse.Namespace) -> dict[str, Any]:
    """Measure one tenant alone and attacked."""
    await ask(url, victim, options.clients, options.warm)
    before, most = resident(pid), [0.0]
    alone = await ask(url, victim, options.clients, options.seconds)
    command = [sys.executable, "-m", "evaluation.attack", "--attack", url, "--key", enemy, "--many", str(options.many)]
    attacker = subprocess.Popen(command, cwd=ROOT)
    watching = asyncio.create_task(_watch(pid, most))
    try:
        await asyncio.sleep(options.warm / 2)
        attacked = await ask(url, victim, options.clients, options.seconds)
        if attacker.poll() is not None:
            raise SystemExit("the attacker ended early; nothing was measured")
    finally:
        watching.cancel()
        attacker.kill()
        attacker.wait()
    return {"alone": alone, "attacked": attacked, "rss_before": before, "rss_most": max(most[0], before)}


async def ask(url: str, key: str, clients: int, seconds: float) -> dict[str, float]:
    """Ask as many clients do, each its next question as soon as it has its answer."""
    times: list[float] = []
    failed = 0
    end = time.perf_counter() + seconds

    async def client(session: aiohttp.ClientSession, number: int) -> None:
        nonlocal failed
        async with session.post("/v1/threads", json={}) as answer:
            thread = (await answer.json())["id"]
        while (at := time.perf_counter()) < end:
            number += 1
            content = {"content": QUESTIONS[number % len(QUESTIONS)]}
            async with session.post(f"/v1/threads/{thread}/messages", json=content) as answer:
                await answer.read()
            times.append(time.perf_counter() - at)
            failed += answer.status != 200

    bearer, limit = {"authorization": f"Bearer {key}"}, aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(url, connector=limit, headers=bearer, timeout=aiohttp.ClientTimeout(total=120)) as session:
        await asyncio.gather(*(client(session, number) for number in range(clients)))
    return {"turns": len(times), "failed": failed, "p50": percentile(times, 0.5), "p99": percentile(times, 0.99)}


async def attack(url: str, key: str, many: int) -> None:
    """Do all of it until this process is killed."""
    where = urlsplit(url)
    host, port, bearer = where.hostname or "", where.port or 0, f"authorization: Bearer {key}\r\n"
    kinds: tuple[tuple[Callable[..., Coroutine[Any, Any, None]], str, int], ...] = (
        (_slow_head, "", many),
        (_deaf, "", many // 2),
        (_endless, "", many // 4),
        (_endless, bearer, many // 4),
        (_deep, bearer, max(many // 10, 1)),
        (_idle, "", 3 * many),
        (_flood, bearer, 2 * many),
    )
    await asyncio.gather(*(_again(kind, host, port, extra) for kind, extra, count in kinds for _ in range(count)))


async def _again(kind: Callable[..., Coroutine[Any, Any, None]], host: str, port: int, bearer: str) -> None:
    while True:
        with suppress(OSError, EOFError, ValueError):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                await kind(reader, writer, bearer)
            finally:
                writer.close()
        await asyncio.sleep(0.1)


async def _slow_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, bearer: str) -> None:
    for letter in b"GET /v1/threads HTTP/1.1\r\nhost: 127.0.0.1\r\nx-y: " + b"z" * 60:
        writer.write(bytes([letter]))
        await writer.drain()
        await asyncio.sleep(1.0)


async def _deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, bearer: str) -> None:
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    while True:
        writer.write(b"GET /openapi.json HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n" * 20)
        await writer.drain()
        await asyncio.sleep(0.2)


async def _endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, bearer: str) -> None:
    writer.write(f"POST /v1/threads HTTP/1.1\r\nhost: 127.0.0.1\r\n{bearer}transfer-encoding: chunked\r\n\r\n".encode())
    while not reader.at_eof():
        writer.write(b"4000\r\n" + _PIECE + b"\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def _deep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, bearer: str) -> None:
    await _post(reader, writer, bearer, "/v1/threads/x/messages", _DEEP)


async def _idle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, bearer: str) -> None:
    await reader.read(1)


async def _flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, bearer: str) -> None:
    asked = {"model": "shensi", "messages": [{"role": "user", "content": QUESTIONS[0]}]}
    await _post(reader, writer, bearer, "/v1/chat/completions", json.dumps(asked))


async def _post(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, bearer: str, path: str, body: str) -> None:
    content = body.encode()
    writer.write(f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{bearer}content-length: {len(content)}\r\nconnection: close\r\n\r\n".encode())
    writer.write(content)
    await reader.read()


async def _watch(pid: int, most: list[float]) -> None:
    while True:
        most[0] = max(most[0], resident(pid))
        await asyncio.sleep(0.1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evaluation.attack", description=__doc__)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--warm", type=float, default=8.0)
    parser.add_argument("--many", type=int, default=100, help="attackers of each kind, more or less")
    parser.add_argument("--attack", default="", metavar="URL", help=argparse.SUPPRESS)
    parser.add_argument("--key", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
