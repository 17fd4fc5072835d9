"""``collections``: what is indexed under which name, to be looked at, searched, taken along or removed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from agent.errors import BadCall
from agent.indexing import check_name
from agent.opening import index_settings, index_there
from agent.searching import open_existing
from configs.locales import environment_language, text
from configs.settings import Settings
from retrieval.exchange import exported
from retrieval.index import BUILT_IN, Index
from retrieval.records import CollectionSummary

_SNIPPET = 120


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    one = commands.add_parser("collections", parents=[common], help="查看、检索、导出、删除集合 / list, search, export, remove")
    one.add_argument("action", choices=("list", "search", "export", "remove"))
    one.add_argument("names", nargs="*", metavar="NAME")
    one.add_argument("--index", type=Path, default=None, metavar="DIR", help="独立的索引 / a stand-alone index")
    one.add_argument("--query", default=None, metavar="TEXT", help="search：查什么 / what to search for")
    one.add_argument("--k", type=int, default=6, help="search：几条 / how many")
    one.add_argument("--output", type=Path, default=None, metavar="FILE", help="export：写到哪里 / where to, standard output if absent")
    one.add_argument("--json", action="store_true", help="list、search：给脚本用 / for scripts")


async def collections(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    """Do one of the actions.

    Raises:
        BadCall: no such index or collection, or a name is missing.
    """
    reader = language or environment_language()
    if options.action in ("export", "remove") and not options.names:
        raise BadCall("collection_needed", action=options.action)
    for name in options.names:
        check_name(name)
    if options.action == "search":
        return _search(options, settings, language)
    folder, how = options.index or settings.storage.data_dir, index_settings(settings, options.index)
    if not index_there(how, folder):
        raise BadCall("index_missing", path=str(folder))
    index = Index(how, folder)
    try:
        found = {one.name: one for one in index.manifest.collections()}
        if unknown := [name for name in options.names if name not in found]:
            raise BadCall("collection_unknown", name=unknown[0], known=", ".join(found) or "-")
        return _ACTIONS[options.action](index, options, found, reader)
    finally:
        index.close()


def _list(index: Index, options: argparse.Namespace, found: dict[str, CollectionSummary], reader: str) -> int:
    chosen = [one for name, one in found.items() if not options.names or name in options.names]
    if options.json:
        for one in chosen:
            line = {"name": one.name, "documents": one.documents, "chunks": one.chunks, "languages": one.languages, "changed": moment(one)}
            print(json.dumps(line, ensure_ascii=False))
        return 0
    table = Table(box=None, pad_edge=False)
    for name in ("name", "documents", "chunks", "languages", "changed"):
        table.add_column(text(reader, f"collections.{name}"), justify="right" if name in ("documents", "chunks") else "left")
    for one in chosen:
        languages = ", ".join(f"{name} {count}" for name, count in one.languages.items())
        table.add_row(one.name, str(one.documents), str(one.chunks), languages, moment(one))
    Console(soft_wrap=True).print(table if chosen else text(reader, "collections.none"))
    return 0


def moment(one: CollectionSummary) -> str:
    """Return when a collection last changed, as a person writes it; ``-`` where that is not known."""
    return datetime.fromtimestamp(one.changed).astimezone().strftime("%Y-%m-%d %H:%M") if one.changed else "-"


def _search(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    if options.query is None:
        raise BadCall("search_query")
    if not 1 <= options.k <= 100:
        raise BadCall("search_k", k=options.k, most=100)
    retriever = open_existing(options.index, settings, options.names)
    try:
        query = sys.stdin.buffer.read().decode("utf-8", "replace") if options.query == "-" else options.query
        result = retriever.search(query, language=language, k=options.k, arm="fused", collections=options.names or None)
    finally:
        retriever.close()
    for number, hit in enumerate(result.hits, start=1):
        chunk = hit.chunk
        if options.json:
            line = {
                "collection": chunk.collection,
                "document": chunk.document_id,
                "chunk": chunk.id,
                "score": hit.score,
                "text": chunk.text,
            }
            print(json.dumps(line, ensure_ascii=False))
            continue
        where = " › ".join(part for part in (chunk.title, chunk.section, f"p. {chunk.page}" if chunk.page else "") if part)
        print(f"[{number}] {where} — {chunk.source} ({chunk.collection})")
        print(f"    {' '.join(chunk.text.split())[:_SNIPPET]}")
    if not result.hits and not options.json:
        print(text(language or environment_language(), "collections.nothing_found"))
    return 0


def _export(index: Index, options: argparse.Namespace, found: dict[str, CollectionSummary], reader: str) -> int:
    lines = (json.dumps(one, ensure_ascii=False) + "\n" for name in options.names for one in exported(index.manifest, name))
    if options.output is None:
        sys.stdout.writelines(lines)
        return 0
    try:
        with options.output.open("x", encoding="utf-8") as file:
            file.writelines(lines)
    except OSError as error:
        raise BadCall("export_output", path=str(options.output), reason=error.strerror or type(error).__name__) from error
    print(text(reader, "collections.exported", count=sum(found[name].documents for name in options.names), path=str(options.output)))
    return 0


def _remove(index: Index, options: argparse.Namespace, found: dict[str, CollectionSummary], reader: str) -> int:
    if BUILT_IN in options.names:
        raise BadCall("collection_built_in", name=BUILT_IN)
    names: Sequence[str] = list(dict.fromkeys(options.names))
    index.remove(names)
    for name in names:
        print(text(reader, "collections.removed", name=name, documents=found[name].documents, chunks=found[name].chunks))
    return 0


_ACTIONS = {"list": _list, "export": _export, "remove": _remove}
