"""The command line: ``python -m agent {run,ui,chat,ask,serve,memory,audit,keys,ingest,search,check,batch,serve-llm,...}``."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from rich.console import Console

from agent import collections, indexing, memory_cli, scripts, searching
from agent.batch import cli as batching
from agent.errors import BadCall
from agent.ledger import cli as audit_cli
from agent.progress import bar
from agent.server import keys_cli, serve
from agent.serving import cli as serving
from agent.ui import launch
from configs.errors import ConfigError, ShensiError
from configs.locales import Language, environment_language
from configs.settings import DEFAULT_PROFILE, ROOT, Settings, load_settings
from graphs.errors import QuestionRejected

_JSON_KEYS = {
    "answer",
    "outcome",
    "level",
    "citations",
    "findings",
    "facts",
    "remembered",
    "waiting",
    "rounds",
    "writer",
    "timings",
    "thread",
    "turn",
    "changes",
    "notices",
    "questions",
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
        with asyncio.Runner(loop_factory=serve.loop_factory() if options.command == "serve" else None) as runner:
            return runner.run(_COMMANDS[options.command](options, settings, language))
    except (ConfigError, QuestionRejected, BadCall) as error:
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
    from agent.service import ConsultService  # seconds of imports, which the commands for scripts can do without

    question = options.question if options.question != "-" else sys.stdin.buffer.read().decode("utf-8", "replace")
    async with ConsultService.open(settings, progress=bar(language)) as service:
        turn = await service.ask(question, thread=options.thread or service.new_thread(), language=language)
    print(turn.model_dump_json(include=_JSON_KEYS, indent=2, by_alias=True) if options.json else turn.answer)
    if turn.memory_line and not options.json:
        print(turn.memory_line)
    return 0


async def _chat(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    from agent.chat import chat
    from agent.service import ConsultService

    async with ConsultService.open(settings, progress=bar(language)) as service:
        return await chat(service, Console(), thread=options.thread, language=language)


async def _doctor(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    from agent.doctor import examine

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


async def _settings(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    from configs.table import page

    if options.write:
        for name, reader in (("settings.md", "en"), ("settings_zh.md", "zh")):
            (ROOT / "docs" / name).write_text(page(cast(Language, reader)), encoding="utf-8")
    else:
        print(page(cast(Language, language or environment_language())), end="")
    return 0


_COMMANDS = {
    "check": scripts.check,
    "triage": scripts.triage,
    "extract": scripts.extract,
    "knowledge": scripts.knowledge,
    "chat": _chat,
    "ask": _ask,
    "memory": memory_cli.memory,
    "audit": audit_cli.audit,
    "keys": keys_cli.keys,
    "ingest": indexing.ingest,
    "search": searching.search,
    "collections": collections.collections,
    "serve": serve.serve,
    "run": launch.run,
    "ui": launch.ui,
    "doctor": _doctor,
    "graph": _graph,
    "settings": _settings,
    "serve-llm": serving.serve_llm,
    "batch": batching.batch,
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
    for module in (launch, indexing, searching, collections, memory_cli, audit_cli, keys_cli, serve, serving, batching):
        module.add_parser(commands, common)
    commands.add_parser("check", parents=[common], help="逐行核查用药安全（JSON 行）/ check JSON lines for unsafe medicines")
    commands.add_parser("triage", parents=[common], help="逐行分诊（JSON 行）/ triage JSON lines")
    commands.add_parser("extract", parents=[common], help="逐行读出患者说过的情况（JSON 行）/ read the facts in JSON lines of messages")
    one = commands.add_parser("knowledge", parents=[common], help="核对知识表，或给修改过的表封签 / validate tables, or seal changed ones")
    one.add_argument("action", choices=("check", "seal", "vectors"))
    one.add_argument("path", type=Path, nargs="?", default=None, help="您自己的表 / a folder with your own tables")
    commands.add_parser("doctor", parents=[common], help="检查模型、索引、存储和配置 / check everything and say how to mend it")
    commands.add_parser("graph", parents=[common], help="画出咨询图（Mermaid）/ draw the consult graph")
    one = commands.add_parser("settings", parents=[common], help="列出全部设置 / list every setting (Markdown)")
    one.add_argument("--write", action="store_true", help="写入 docs/ / into docs/settings.md and docs/settings_zh.md")
    return parser


def _complain(error: ShensiError, language: str | None) -> None:
    print(error.message(language or environment_language()), file=sys.stderr)


def _quiet() -> None:
    """Keep library chatter off the patient's screen; ``SHENSI_LOG=INFO`` shows it."""
    logging.basicConfig(level=os.environ.get("SHENSI_LOG", "ERROR"), format="%(levelname)s %(name)s %(message)s")
    for name in ("openai", "httpx2", "httpcore2", "aiosqlite"):  # they would write down whole questions at DEBUG
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
