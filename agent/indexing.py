"""``ingest``: files into the index, once or for as long as they are watched."""

from __future__ import annotations

import argparse
import asyncio
import re
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from agent.batch.cli import add_engine, check_engine
from agent.errors import BadCall
from agent.opening import index_settings
from agent.progress import bar
from agent.watching import Change, watch
from configs.locales import environment_language, text
from configs.settings import Settings
from retrieval.errors import DocumentError
from retrieval.index import BUILT_IN, Index, Wrap
from retrieval.ingest import IngestReport

OWN = "own"
"""The collection of documents that were ingested without a name for one."""
_NAME = re.compile(r"[0-9A-Za-z_\-\u3400-\u9fff]{1,64}")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    one = commands.add_parser("ingest", parents=[common], help="把文件和文件夹收进索引 / index files and folders")
    one.add_argument("paths", type=Path, nargs="*", metavar="PATH")
    one.add_argument("--collection", default=OWN, metavar="NAME", help="收进哪个集合 / the collection they belong to (own)")
    one.add_argument("--tier", choices=("low", "medium", "high"), default="medium", help="文件没写的风险级别 / tier where none is given")
    one.add_argument("--watch", action="store_true", help="一直跟随文件的改动，Ctrl-C 结束 / follow changes until Ctrl-C")
    one.add_argument("--index", type=Path, default=None, metavar="DIR", help="独立的索引 / a stand-alone index with nothing else in it")
    add_engine(one)
    one.add_argument("--rebuild", action="store_true", help="重建索引 / build the index anew")


async def ingest(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    """Index files and folders.

    Returns:
        0, or 1 when a file could not be taken in.

    Raises:
        BadCall: a name or a path is wrong.
    """
    reader = language or environment_language()
    check_name(options.collection)
    if options.collection == BUILT_IN:
        raise BadCall("collection_built_in", name=BUILT_IN)
    if (options.index and not options.paths and not options.rebuild) or (options.watch and not options.paths):
        raise BadCall("ingest_nothing")
    check_engine(options)
    if missing := [path for path in options.paths if not path.exists()]:
        raise BadCall("path_missing", path=str(missing[0]))
    stop = threading.Event()
    if options.watch:  # also where the program was started in the background, with Ctrl-C ignored
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    work = asyncio.ensure_future(asyncio.to_thread(_run, options, settings, reader, stop))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        stop.set()
        status = await work
        if options.watch:
            return status
        raise


def check_name(name: str) -> None:
    """Refuse what cannot name a collection.

    Raises:
        BadCall: other characters than letters, digits, Chinese, - and _, or too many.
    """
    if not _NAME.fullmatch(name):
        raise BadCall("collection_name", name=name)


def _run(options: argparse.Namespace, settings: Settings, reader: str, stop: threading.Event) -> int:
    folder = options.index or settings.storage.data_dir
    with ExitStack() as stack:
        wrap = stack.enter_context(_by_ray(options, settings)) if options.engine == "ray" else None
        index = Index(index_settings(settings, options.index), folder, mend=options.rebuild, wrap=wrap)
        stack.callback(index.close)
        if index.put_aside:
            print(text(reader, "ingest.put_aside", path=str(index.folder / "manifest.damaged")), file=sys.stderr)
        if options.rebuild:
            index.rebuild()
        starter = settings.storage.knowledge_dir / "documents"
        report = IngestReport()
        if options.index is None and starter.is_dir():
            report = index.ingest([starter], bar(reader), stop=stop)
        follow = _watcher(options, index, reader, stop) if options.watch else None
        if options.paths:
            report = index.ingest(options.paths, bar(reader), options.collection, tier=options.tier, stop=stop)
        _tell(report, index, reader)
        if follow and not report.stopped:
            follow()
        return 1 if report.failed or (report.stopped and not follow) else 0


def _by_ray(options: argparse.Namespace, settings: Settings) -> AbstractContextManager[Wrap]:
    from agent.batch.with_ray import embedding

    return embedding(settings.retrieval, options.ray_address, options.ray_workers)


def _tell(report: IngestReport, index: Index, reader: str) -> None:
    counts = {name: getattr(report, name) for name in ("added", "replaced", "removed", "unchanged", "chunks")}
    print(text(reader, "ingest.stopped", chunks=report.chunks) if report.stopped else text(reader, "ingest.done", **counts))
    seconds = {name: f"{value:.1f}" for name, value in report.seconds.items()}
    print(text(reader, "ingest.seconds", total=f"{sum(report.seconds.values()):.1f}", **seconds))
    if index.embedder_reason:
        print(text(reader, "chat.no_embedder", reason=index.embedder_reason.message(reader)), file=sys.stderr)
    elif index.behind:
        print(text(reader, "ingest.no_vectors"), file=sys.stderr)
    tell_failed(report.failed, reader)
    sys.stdout.flush()


def tell_failed(failed: Sequence[tuple[str, DocumentError]], reader: str) -> None:
    """Print every file or line that could not be taken in."""
    for path, error in failed:
        print(text(reader, "ingest.failed", path=path, reason=error.message(reader)), file=sys.stderr)


def _watcher(options: argparse.Namespace, index: Index, reader: str, stop: threading.Event) -> Callable[[], None]:
    """Look at the files now, before they are ingested, so that no change in between is missed."""

    def apply(changes: Sequence[Change]) -> None:
        paths = [change.path for change in changes]
        report = index.ingest(options.paths, None, options.collection, tier=options.tier, only=paths, stop=stop)
        bad = {path for path, _ in report.failed}
        for change in changes:
            if str(change.path) not in bad:
                print(text(reader, f"ingest.watch_{change.kind}", path=str(change.path)), flush=True)
        tell_failed(report.failed, reader)

    follow = watch([path.resolve() for path in options.paths], apply, stop)
    next(follow)

    def run() -> None:
        print(text(reader, "ingest.watching"), flush=True)
        for _ in follow:
            pass

    return run
