"""The commands for scripts and for who keeps the tables: ``check``, ``triage``, ``extract`` and ``knowledge``."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Iterator

from agent import audit
from agent.opening import open_tables
from configs.locales import environment_language, text
from configs.settings import Settings
from graphs.second_look import SecondLook, make_second_look
from retrieval.embed import make_embedder
from retrieval.embed.starter import texts_of, write_starter
from retrieval.errors import EmbedderUnavailable
from tools.reader import seal
from tools.tables import Tables, load_tables

log = logging.getLogger(__name__)


async def check(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    """Check JSON lines on standard input."""
    return audit.run(audit.check_lines(_lines(), open_tables(settings), language))


async def triage(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    """Triage JSON lines on standard input."""
    tables = open_tables(settings)
    return audit.run(audit.triage_lines(_lines(), tables, _second_look(settings, tables), language=language))


async def extract(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    """Read the facts in JSON lines of patient messages; a configured model adds to what the rules read."""
    from agent.extracting import extract_lines
    from agent.models.opening import open_models

    tables = open_tables(settings)
    failed = False
    async with open_models(settings.llm) as models:
        async for result in extract_lines(_lines(), tables, models, language):
            failed |= audit.run([result]) != 0
    return 1 if failed else 0


async def knowledge(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    """Validate tables, write their manifest, or compute the starter vectors."""
    reader = language or environment_language()
    own = settings.storage.knowledge_dir / "tables"
    if options.path is not None and not options.path.is_dir():
        print(text(reader, "errors.path_missing", path=str(options.path)), file=sys.stderr)
        return 2
    if options.action == "seal":
        seal(options.path or own)
        print(text(reader, "knowledge.sealed", folder=str(options.path or own)))
        return 0
    if options.action == "vectors":
        return _vectors(settings, reader)
    tables = load_tables(own, [options.path] if options.path else [], strict=False, sealed=options.path is None)
    for error in tables.problems.values():
        print(error.message(reader), file=sys.stderr)
    print(text(reader, "doctor.tables_good", drugs=len(tables.drugs), interactions=len(tables.interactions), flags=len(tables.red_flags)))
    return 1 if tables.problems else 0


def _vectors(settings: Settings, reader: str) -> int:
    path, embedder = settings.retrieval.starter_vectors, make_embedder(settings.retrieval)
    if embedder is None or path is None:
        return 2
    texts = texts_of(settings.storage.knowledge_dir / "documents", settings.retrieval)
    count = write_starter(path, texts, embedder)
    print(text(reader, "knowledge.vectors", count=count, path=str(path)))
    return 0


def _second_look(settings: Settings, tables: Tables) -> SecondLook | None:
    if not settings.safety.second_look:
        return None
    try:
        embedder = make_embedder(settings.retrieval)
    except EmbedderUnavailable as error:
        log.warning("second look by words alone: %s", error.code)
        embedder = None
    return make_second_look(embedder, tables)


def _lines() -> Iterator[str]:
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", "replace")
