"""What a service, a script and the doctor open alike: tables, index, second look."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from configs.settings import Settings
from graphs.second_look import SecondLook, make_second_look
from retrieval.errors import IndexBusy
from retrieval.search import Retriever
from tools.tables import Tables, load_tables

log = logging.getLogger(__name__)
Progress = Callable[[int, int, str], None]


def open_tables(settings: Settings) -> Tables:
    """Read the tables of a profile; a damaged one does not keep the service from starting, but is in ``problems`` and in every answer."""
    tables = load_tables(settings.storage.knowledge_dir / "tables", settings.storage.extra_tables, strict=False)
    for name, error in tables.problems.items():
        log.error("table %s cannot be used: %s", name, error.message("en"))
    return tables


def open_second_look(settings: Settings, retriever: Retriever, tables: Tables) -> SecondLook | None:
    """Return the second look of a profile; ``None`` where it is off or no embedder serves."""
    return make_second_look(retriever.embedder, tables) if settings.safety.second_look else None


def open_index(settings: Settings, folder: Path, terms: dict[str, str], progress: Progress | None, mend: bool) -> Retriever:
    """Open the index and bring it up to date with the starter knowledge."""
    retriever = Retriever.open(settings.retrieval, folder, terms, mend=mend)
    documents = settings.storage.knowledge_dir / "documents"
    if documents.is_dir():
        try:
            retriever.ingest([documents], progress)
        except IndexBusy:
            # A long ingest in another process: what it has published is whole, and the rest is seen as it comes.
            if not retriever.collections():
                retriever.close()
                raise
    return retriever
