"""How much one worker carries: ``python -m evaluation.load``.

A closed loop of clients asks a service that has everything on: safety, memory, retrieval with vectors, the audit ledger and synchronous
checkpoints. The model is a scripted server (``load_model``). Beside it, in the same run and with the same driver, stands a bare graph
behind a bare FastAPI that makes the same model calls (``load_bare``); the ratio says what everything else costs, whatever the machine. The
seconds of CPU a turn say it too where other programs share the cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import yaml

from configs.settings import ROOT
from evaluation.bench import machine
from evaluation.load_low import lines, look
from evaluation.metrics import percentile

QUESTIONS = (
    "高血压要注意什么？", "嗓子疼怎么办？", "感冒了要多喝水吗？", "糖尿病人能吃西瓜吗？", "发烧几度要去医院？",
    "我对青霉素过敏，嗓子疼能吃阿莫西林吗？", "失眠怎么调理？", "What should I watch for with high blood pressure?",
)  # fmt: skip
IDEAL_S = 1.02


@dataclass
class Load:
    """What one service carried."""

    name: str
    clients: int
    seconds: float
    turns: int
    errors: int
    per_second: float
    p50: float
    p99: float
    cpu_ms: float
    """Of the worker, for each turn."""
    rss_first: float
    rss_last: float
    rss_by_minute: list[float]

    @property
    def drift(self) -> float:
        """By how much the memory grew, as a share."""
        return self.rss_last / self.rss_first - 1 if self.rss_first else 0.0


def main() -> None:
    """Print the table and keep it."""
    options = _options()
    print(f"measured | {machine()} | scripted model 20 | 400+200+400 ms, ideal {IDEAL_S} s | driver and model on the same cores")
    with started("evaluation.load_model") as (model, _):
        for line in at_rest(model) if not options.only else ():
            print(line)
        commands = {"bare": ["evaluation.load_bare", model], "ours": ["agent", "serve", "--port", "0", "--profile"]}
        measured = {
            name: measure(name, command, options, model if name == "ours" else "")
            for name, command in commands.items()
            if options.only in ("", name)
        }
    for load in measured.values():
        print(
            f"{load.name}  {load.clients} clients  {load.per_second:.1f} turns/s  p50 {load.p50:.2f} s  p99 {load.p99:.2f} s  "
            f"CPU {load.cpu_ms:.1f} ms a turn  n={load.turns}  errors {load.errors}  "
            f"RSS {load.rss_first:.0f} -> {load.rss_last:.0f} MB ({load.drift:+.1%})"
        )
        if load.rss_by_minute:
            print(f"{load.name}  RSS by minute " + " ".join(f"{megabytes:.0f}" for megabytes in load.rss_by_minute) + " MB")
    if options.only:
        return
    bare, ours = measured["bare"], measured["ours"]
    if bare.turns and ours.turns:
        slower = f"p50 x{ours.p50 / bare.p50:.2f}  p99 x{ours.p99 / bare.p99:.2f}  CPU a turn x{ours.cpu_ms / bare.cpu_ms:.1f}"
        print(f"ratio  {ours.per_second / bare.per_second:.2f} of the bare graph's turns/s  {slower}")
    kept = ROOT / "data" / "bench" / "load.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps({"machine": machine(), "bare": asdict(bare), "ours": asdict(ours)}, indent=2), encoding="utf-8")


def measure(name: str, command: list[str], options: argparse.Namespace, model: str = "") -> Load:
    """Start a service, ask it, stop it."""
    with ExitStack() as stack:
        if model:
            command = [*command, str(profile(Path(stack.enter_context(TemporaryDirectory())), model, options.clients))]
        url, process = stack.enter_context(started(*command))
        return asyncio.run(drive(name, url, process.pid, options))


def at_rest(model: str) -> Iterator[str]:
    """Yield what one reader sees while nobody else asks, with the model and without it."""
    for name, address in (("model up", model), ("model down", "http://127.0.0.1:9/v1")):
        with (
            TemporaryDirectory() as folder,
            started("agent", "serve", "--port", "0", "--profile", str(profile(Path(folder), address, 1))) as (url, _),
        ):
            yield from lines(name, asyncio.run(look(url, QUESTIONS, model if address == model else "")))


def profile(folder: Path, model: str, clients: int) -> Path:
    """Write the embedded profile with room for so many turns at once."""
    limits = {"running": max(256, clients), "running_per_tenant": max(256, clients)}
    values = {
        "llm": {"base_url": model},
        "storage": {"data_dir": str(folder / "data")},
        "server": {"limits": limits, "telemetry": {"log_level": "ERROR"}},
    }
    path = folder / "profile.yaml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path


@contextmanager
def started(module: str, *arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run a module that says its address, until the end of the block."""
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        words = process.stdout.readline().replace("，", " ").split()
        yield next(word for word in words if word.startswith("http://")), process
    finally:
        process.terminate()
        process.wait(60)
        if process.stdout is not None:
            process.stdout.close()


async def drive(name: str, url: str, pid: int, options: argparse.Namespace) -> Load:
    """Ask with many clients at once, each its next question as soon as it has its answer; the first seconds do not count."""
    times: list[float] = []
    errors: list[str] = []
    begun = time.perf_counter() + options.warm
    end = begun + options.seconds
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(url, connector=connector, timeout=aiohttp.ClientTimeout(total=120)) as session:
        watching, minutes = asyncio.create_task(_begin(pid, options.warm)), asyncio.create_task(_by_minute(pid, options))
        await asyncio.gather(*(_client(session, number, begun, end, options.clients, times, errors) for number in range(options.clients)))
        (first, cpu), by_minute = await watching, await minutes
        last, cpu = resident(pid), cpu_s(pid) - cpu
    if errors:
        print(f"{name}: {len(errors)} errors, for example {errors[0][:200]}", file=sys.stderr)
    return Load(
        name, options.clients, options.seconds, len(times), len(errors), len(times) / options.seconds,
        percentile(times, 0.5) if times else 0.0, percentile(times, 0.99) if times else 0.0,
        cpu * 1000 / max(len(times), 1), first, last, by_minute,
    )  # fmt: skip


async def _client(
    session: aiohttp.ClientSession, number: int, begun: float, end: float, clients: int, times: list[float], errors: list[str]
) -> None:
    await asyncio.sleep(IDEAL_S * number / clients)  # they do not come all at once
    who = {"x-shensi-user": f"reader-{number}"}  # one person in many conversations at once is not what a clinic sees
    async with session.post("/v1/threads", json={}, headers=who) as answer:
        thread = (await answer.json())["id"]
    count = number
    while (at := time.perf_counter()) < end:
        count += 1
        question = {"content": QUESTIONS[count % len(QUESTIONS)]}
        async with session.post(f"/v1/threads/{thread}/messages", json=question, headers=who) as answer:
            body = await answer.read()
        done = time.perf_counter()
        if answer.status != 200:
            errors.append(f"{answer.status} {body.decode('utf-8', 'replace')}")
            await asyncio.sleep(0.1)
        elif begun <= done <= end:
            times.append(done - at)


async def _begin(pid: int, warm: float) -> tuple[float, float]:
    await asyncio.sleep(warm)
    return resident(pid), cpu_s(pid)


async def _by_minute(pid: int, options: argparse.Namespace) -> list[float]:
    await asyncio.sleep(options.warm)
    found = []
    for _ in range(int(options.seconds // 60)):
        await asyncio.sleep(60)
        found.append(resident(pid))
    return found


def cpu_s(pid: int) -> float:
    """Return the seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """Return the memory of a process in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evaluation.load", description=__doc__)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=30.0, help="600 for the drift of the memory")
    parser.add_argument("--only", choices=("bare", "ours"), default="", help="one of the two: no ratio, and nothing is kept")
    parser.add_argument("--warm", type=float, default=8.0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
