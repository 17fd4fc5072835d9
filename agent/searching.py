"""``search``: query lines in, the best documents of each out, for scripts and measurements."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.errors import BadCall, BadLine
from agent.indexing import check_name
from agent.opening import index_settings, index_there
from configs.locales import environment_language
from configs.settings import Settings
from retrieval.errors import RetrievalError
from retrieval.results import Hit
from retrieval.search import Retriever

ARMS = ("bm25", "dense", "sparse", "fused", "rerank")
MOST = 1000
_MAX_CHARS = 100_000


class Query(BaseModel):
    """One line of input."""

    model_config = ConfigDict(extra="ignore")

    id: str | int | None = Field(None, alias="_id")
    text: str = Field(max_length=_MAX_CHARS)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    one = commands.add_parser("search", parents=[common], help="逐行检索（JSON 行）/ search for JSON lines; --lang keeps to one language")
    one.add_argument("--index", type=Path, default=None, metavar="DIR", help="独立的索引 / a stand-alone index")
    one.add_argument("--k", type=int, default=10, help=f"每题几篇文档 / documents a query, up to {MOST}")
    one.add_argument("--arm", choices=ARMS, default="fused", help="停在哪一步 / which stage to show (fused)")
    one.add_argument("--collection", action="append", default=None, metavar="NAME", help="只查这个集合，可重复 / only this one; repeatable")


async def search(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    """Search for JSON lines on standard input.

    Returns:
        0, or 1 when a line could not be read.

    Raises:
        BadCall: no such index, collection or arm, or ``--k`` out of range.
    """
    if not 1 <= options.k <= MOST:
        raise BadCall("search_k", k=options.k, most=MOST)
    retriever = open_existing(options.index, settings, options.collection)
    try:
        _check_arm(options.arm, retriever, language or environment_language())
        failed = False
        for result in answers(retriever, _lines(), options):
            failed |= "error" in result
            sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        return 1 if failed else 0
    finally:
        retriever.close()


def open_existing(alone: Path | None, settings: Settings, collections: Sequence[str] | None) -> Retriever:
    """Open an index that is there: one that stands alone in a folder, or that of the profile.

    Raises:
        BadCall: it is not, or has no such collection.
    """
    folder, how = alone or settings.storage.data_dir, index_settings(settings, alone)
    if not index_there(how, folder):
        raise BadCall("index_missing", path=str(folder))
    for name in collections or ():
        check_name(name)
    retriever = Retriever.open(how, folder)
    known = {one.name for one in retriever.collections()}
    if unknown := [name for name in collections or () if name not in known]:
        retriever.close()
        raise BadCall("collection_unknown", name=unknown[0], known=", ".join(sorted(known)) or "-")
    return retriever


def _check_arm(arm: str, retriever: Retriever, reader: str) -> None:
    status = retriever.status()
    serves = {"dense": status.embedder, "sparse": status.embedder, "rerank": status.reranker}.get(arm, "yes")
    if not serves:
        reason = status.reranker_reason if arm == "rerank" else status.embedder_reason
        retriever.close()
        raise BadCall("arm_unavailable", arm=arm, reason=reason.message(reader) if reason else "-")


def answers(retriever: Retriever, lines: Iterable[str], options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Yield one result a line; a line that is no query becomes an ``error`` and stops nothing."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            query = Query.model_validate_json(line)
            hits, unavailable = _documents(retriever, query.text, options)
            yield {"_id": query.id, "hits": hits, **({"unavailable": unavailable} if unavailable else {})}
        except ValidationError as error:
            first = error.errors()[0]
            reason = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}".lstrip(": ")
            complaint = BadLine("line_invalid", line=number, reason=reason)
            yield {"_id": _id_of(line), "error": complaint.message(options.lang or environment_language())}
        except RetrievalError as error:
            yield {"_id": _id_of(line), "error": error.message(options.lang or environment_language())}


def _documents(retriever: Retriever, text: str, options: argparse.Namespace) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Return the best chunk of each of the ``k`` best documents, fetched until there are as many, and the stages that did not serve."""
    depth = 2 * options.k
    while True:
        result = retriever.search(text, language=options.lang, k=depth, arm=options.arm, collections=options.collection)
        best: dict[tuple[str, str], Hit] = {}
        for hit in result.hits:
            best.setdefault((hit.chunk.collection, hit.chunk.document_id), hit)
        if len(best) >= options.k or len(result.hits) < depth or depth > 100 * options.k:
            return [_line(hit) for hit in list(best.values())[: options.k]], dict(result.unavailable)
        depth *= 2


def _line(hit: Hit) -> dict[str, Any]:
    chunk = hit.chunk
    scores = {"score": hit.score, "bm25": hit.bm25, "dense": hit.dense, "rerank": hit.rerank}
    return {"_id": chunk.key or chunk.document_id, "chunk": chunk.id, **scores}


def _id_of(line: str) -> Any:
    try:
        given = json.loads(line)
    except ValueError:
        return None
    return given.get("_id") if isinstance(given, dict) else None


def _lines() -> Iterator[str]:
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", "replace")
