"""The command line: ``python -m agent {chat,ask,ingest,doctor,graph}``."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from agent import scripts
from agent.chat import chat
from agent.doctor import examine
from agent.service import ConsultService
from configs.errors import ConfigError, ShensiError
from configs.locales import environment_language, text
from configs.settings import DEFAULT_PROFILE, Settings, load_settings
from graphs.errors import QuestionRejected

_JSON_KEYS = {
    "answer",
    "outcome",
    "level",
    "citations",
    "findings",
    "facts",
    "rounds",
    "writer",
    "timings",
    "thread",
    "turn",
    "changes",
    "notices",
    "fallback",
    "reviewed",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 when it did what was asked, 1 when it could not, 2 when the call or the configuration was wrong, 130 after Ctrl-C.
    """
    _quiet()
    options = _parser().parse_args(arguments)
    language: str | None = options.lang
    try:
        settings = load_settings(options.profile)
        if language is None and settings.consult.language != "auto":
            language = settings.consult.language
        return asyncio.run(_COMMANDS[options.command](options, settings, language))
    except (ConfigError, QuestionRejected) as error:
        _complain(error, language)
        return 2
    except ShensiError as error:
        _complain(error, language)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


async def _ask(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    question = options.question if options.question != "-" else sys.stdin.buffer.read().decode("utf-8", "replace")
    async with ConsultService.open(settings, progress=_bar(language)) as service:
        turn = await service.ask(question, thread=options.thread or service.new_thread(), language=language)
    print(turn.model_dump_json(include=_JSON_KEYS, indent=2, by_alias=True) if options.json else turn.answer)
    return 0


async def _chat(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    async with ConsultService.open(settings, progress=_bar(language)) as service:
        return await chat(service, Console(), thread=options.thread, language=language)


async def _ingest(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    reader = language or environment_language()
    missing = [str(path) for path in options.paths if not path.exists()]
    if missing:
        print(text(reader, "errors.path_missing", path=missing[0]), file=sys.stderr)
        return 2
    async with ConsultService.open(settings, progress=_bar(language), mend=options.rebuild) as service:
        retriever = service.context.retriever
        if options.rebuild:
            await asyncio.to_thread(retriever.rebuild)
        report = await asyncio.to_thread(retriever.ingest, options.paths, _bar(language), "own")
    print(text(reader, "ingest.done", added=report.added, replaced=report.replaced, unchanged=report.unchanged, chunks=report.chunks))
    for path, error in report.failed:
        print(text(reader, "ingest.failed", path=str(path), reason=error.message(reader)), file=sys.stderr)
    return 1 if report.failed else 0


async def _doctor(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    reader = language or environment_language()
    checks = await examine(settings, reader)
    for check in checks:
        print(f"[{check.state}] {check.name}: {check.said}")
        if check.mend:
            print(f"       → {check.mend}")
    return 1 if any(check.state == "FAIL" for check in checks) else 0


async def _graph(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    from graphs.consult import builder

    print(builder.compile().get_graph(xray=True).draw_mermaid())
    return 0


_COMMANDS = {
    "check": scripts.check,
    "triage": scripts.triage,
    "knowledge": scripts.knowledge,
    "chat": _chat,
    "ask": _ask,
    "ingest": _ingest,
    "doctor": _doctor,
    "graph": _graph,
}


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--profile", type=Path, default=DEFAULT_PROFILE, help="配置文件 / profile (YAML)")
    common.add_argument("--lang", choices=("zh", "en"), default=None, help="界面与回答的语言 / language")
    parser = argparse.ArgumentParser(
        prog="python -m agent", description="慎思 Shensi: 会自我审核的医学助手 / a medical assistant that audits itself"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("chat", parents=[common], help="终端对话 / chat in the terminal")
    one.add_argument("--thread", default=None, help="继续一段对话 / continue a thread")
    one = commands.add_parser("ask", parents=[common], help="问一个问题 / one question ('-' reads standard input)")
    one.add_argument("question")
    one.add_argument("--thread", default=None)
    one.add_argument("--json", action="store_true")
    one = commands.add_parser("ingest", parents=[common], help="索引文件夹：Markdown、文本、JSONL / index documents")
    one.add_argument("paths", type=Path, nargs="*")
    one.add_argument("--rebuild", action="store_true", help="丢弃索引后重建 / throw the index away first")
    commands.add_parser("check", parents=[common], help="逐行核查用药安全（JSON 行）/ check JSON lines for unsafe medicines")
    commands.add_parser("triage", parents=[common], help="逐行分诊（JSON 行）/ triage JSON lines")
    one = commands.add_parser("knowledge", parents=[common], help="核对知识表，或给修改过的表封签 / validate tables, or seal changed ones")
    one.add_argument("action", choices=("check", "seal", "vectors"))
    one.add_argument("path", type=Path, nargs="?", default=None, help="您自己的表 / a folder with your own tables")
    commands.add_parser("doctor", parents=[common], help="检查模型、索引、存储和配置 / check everything and say how to mend it")
    commands.add_parser("graph", parents=[common], help="画出咨询图（Mermaid）/ draw the consult graph")
    return parser


def _bar(language: str | None) -> Callable[[int, int, str], None]:
    """Return a progress callback that draws a bar on standard error once there is something to wait for."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console, transient=True
    )
    title = text(language or environment_language(), "ingest.indexing")
    task = bar.add_task(title, total=None)

    def show(done: int, total: int, label: str) -> None:
        if total and not bar.live.is_started:
            bar.start()
        bar.update(task, completed=done, total=total, description=f"{title} {label[:24]}")
        if done >= total:
            bar.stop()

    return show


def _complain(error: ShensiError, language: str | None) -> None:
    print(error.message(language or environment_language()), file=sys.stderr)


def _quiet() -> None:
    """Keep library chatter off the patient's screen; ``SHENSI_LOG=INFO`` shows it."""
    logging.basicConfig(level=os.environ.get("SHENSI_LOG", "ERROR"), format="%(levelname)s %(name)s %(message)s")
    logging.captureWarnings(True)
