"""``batch``: questions or whole consults from a file, answered into another; killed and started again it goes on where it was."""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from agent.batch.lines import Output, Pending, pending, read_input
from agent.errors import BadCall
from agent.progress import Report, bar
from configs.locales import environment_language, text
from configs.settings import Settings


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    one = commands.add_parser("batch", parents=[common], help="成批回答（JSON 行），可中断续跑 / answer a file of questions; resumable")
    one.add_argument("--input-file", type=Path, required=True, help='{"id", "question"} 或/or {"id", "turns": [...]}')
    one.add_argument("--output-file", type=Path, required=True, help="逐行追加结果 / results are appended")
    one.add_argument("--batch-size", type=int, default=8, metavar="N", help="同时回答几行 / lines in flight (8)")
    add_engine(one)


def add_engine(one: argparse.ArgumentParser) -> None:
    """Add the arguments that say who does the work."""
    one.add_argument("--engine", choices=("local", "ray"), default="local", help="本机，或 Ray / here, or on Ray")
    one.add_argument("--ray-address", default="", help="Ray 集群地址；空为本机 / address of a cluster; empty: this machine")
    one.add_argument("--ray-workers", type=int, default=1, metavar="N", help="Ray 工作进程数 / worker processes (1)")


async def batch(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    """Answer every line that has no result yet.

    Returns:
        0, or 1 when a line could not be answered.

    Raises:
        BadCall: a file cannot be used, belongs to another input, or Ray is not installed.
    """
    if options.batch_size < 1:
        raise BadCall("batch_size")
    check_engine(options)
    with Output(options.output_file) as output:
        done = output.done()
        lines = pending(read_input(options.input_file), done, options.output_file)
        total = len(lines) + len(done)
        show = bar(language)
        count = _Count(output, show, len(done), total)
        if lines and options.engine == "ray":
            await asyncio.to_thread(_by_ray, lines, settings, language, options, count)
        elif lines:
            await _here(lines, settings, language, options.batch_size, count)
    reader = language or environment_language()
    print(text(reader, "batch.done", done=count.written, before=len(done), failed=count.failed), file=sys.stderr)
    return 1 if count.failed else 0


def check_engine(options: argparse.Namespace) -> None:
    """See that the engine is there.

    Raises:
        BadCall: it is Ray and Ray is not installed, or it is to have no worker.
    """
    if options.ray_workers < 1:
        raise BadCall("batch_size")
    if options.engine == "ray" and importlib.util.find_spec("ray") is None:
        raise BadCall("ray_missing")


class _Count:
    """Writes results and keeps count of them."""

    def __init__(self, output: Output, show: Report, before: int, total: int) -> None:
        self.written, self.failed = 0, 0
        self._output, self._show, self._before, self._total = output, show, before, total

    def take(self, result: dict[str, object]) -> None:
        self._output.write(result)
        self.written += 1
        self.failed += "error" in result
        self._show(self._before + self.written, self._total, "batch")


async def _here(lines: Sequence[Pending], settings: Settings, language: str | None, size: int, count: _Count) -> None:
    from agent.batch.engine import open_engine  # seconds of imports, which a wrong call need not wait for

    waiting = iter(lines)
    async with open_engine(settings, language) as engine:

        async def work() -> None:
            for line in waiting:  # one iterator for all: whoever is free takes the next line
                count.take(await engine.answer(line))

        async with asyncio.TaskGroup() as group:
            for _ in range(min(size, len(lines))):
                group.create_task(work())


def _by_ray(lines: Sequence[Pending], settings: Settings, language: str | None, options: argparse.Namespace, count: _Count) -> None:
    from agent.batch.with_ray import answers

    for result in answers(lines, settings, language, options.batch_size, options.ray_address, options.ray_workers):
        count.take(json.loads(result))
