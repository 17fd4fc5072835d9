"""What a service, a script and the doctor open alike: tables, index, second look."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

from configs.settings import RetrievalSettings, Settings
from graphs.second_look import SecondLook, make_second_look
from retrieval.errors import IndexBusy
from retrieval.search import Retriever
from tools.tables import Tables, load_tables

log = logging.getLogger(__name__)
_BUSY_TRIES = 12
"""Each of them waits as long as the index lets a writer wait: a minute in all."""
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


def index_settings(settings: Settings, alone: Path | None) -> RetrievalSettings:
    """Return how an index is opened: one that stands alone lies in its folder, wherever that of the profile lives."""
    return settings.retrieval if alone is None else settings.retrieval.model_copy(update={"index_url": SecretStr("")})


def index_there(settings: RetrievalSettings, folder: Path) -> bool:
    """Say whether there is an index to be opened; one in a database is."""
    return bool(settings.index_url.get_secret_value()) or (folder / "index" / "manifest.sqlite3").exists()


def open_index(settings: Settings, folder: Path, terms: dict[str, str], progress: Progress | None, mend: bool) -> Retriever:
    """Open the index and bring it up to date with the starter knowledge."""
    retriever = Retriever.open(settings.retrieval, folder, terms, mend=mend)
    documents = settings.storage.knowledge_dir / "documents"
    if documents.is_dir():
        try:
            _bring_up(retriever, documents, progress)
        except BaseException:
            retriever.close()
            raise
    return retriever


def _bring_up(retriever: Retriever, documents: Path, progress: Progress | None) -> None:
    for tries_left in reversed(range(_BUSY_TRIES)):
        try:
            retriever.ingest([documents], progress)
            return
        except IndexBusy:
            # A long ingest in another process: what it has published is whole, and the rest is seen as it comes. Where it has published
            # nothing yet, as when many workers start on an empty index, it is waited for.
            if retriever.collections():
                return
            if not tries_left:
                raise
