"""What works here, what does not, and how to mend it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Literal

from agent.endpoint.probes import Seen, probe_all
from agent.ledger.ledger import open_ledger
from agent.llm import probe
from configs.errors import ShensiError
from configs.locales import text
from configs.settings import Settings
from graphs.state import STATE_TYPES
from memory.persistence import Stores, open_stores
from retrieval.search import Retriever
from tools.tables import load_tables

_LOW_SPACE = 200 * 2**20


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    state: Literal["OK", "WARN", "FAIL"]
    name: str
    said: str
    mend: str = ""


async def examine(settings: Settings, language: str) -> list[Check]:
    """Look at configuration, tables, stores, index and model endpoint; a failure in one hides none of the others."""
    checks = [Check("OK", text(language, "doctor.configuration"), text(language, "doctor.configuration_good"))]
    checks.append(_tables(settings, language))
    checks += await _stores(settings, language)
    return [*checks, *await _model(settings, language)]


def _tables(settings: Settings, language: str) -> Check:
    name = text(language, "doctor.tables")
    try:
        tables = load_tables(settings.storage.knowledge_dir / "tables", settings.storage.extra_tables)
    except ShensiError as error:
        return Check("FAIL", name, error.message(language), text(language, "doctor.tables_mend"))
    counts = text(
        language, "doctor.tables_good", drugs=len(tables.drugs), interactions=len(tables.interactions), flags=len(tables.red_flags)
    )
    return Check("OK", name, counts)


async def _stores(settings: Settings, language: str) -> list[Check]:
    name = text(language, "doctor.stores")
    try:
        async with open_stores(settings.storage, STATE_TYPES) as opened:
            free = shutil.disk_usage(settings.storage.data_dir).free
            said = text(language, "doctor.stores_good", folder=opened.backend.where, free=free // 2**20)
            stores = Check("WARN" if free < _LOW_SPACE else "OK", name, said)
            return [stores, await _ledger(settings, opened, language), *_index(settings, language)]
    except ShensiError as error:
        return [Check("FAIL", name, error.message(language), text(language, "doctor.stores_mend"))]


async def _ledger(settings: Settings, opened: Stores, language: str) -> Check:
    name = text(language, "doctor.ledger")
    try:
        async with open_ledger(settings.storage, opened.names, opened.store, trust=True) as ledger:
            return Check("OK", name, text(language, "doctor.ledger_good", entries=await ledger.examine()))
    except ShensiError as error:
        return Check("FAIL", name, error.message(language), text(language, "doctor.ledger_mend"))


def _index(settings: Settings, language: str) -> list[Check]:
    name = text(language, "doctor.index")
    try:
        retriever = Retriever.open(settings.retrieval, settings.storage.data_dir)
    except ShensiError as error:
        return [Check("FAIL", name, error.message(language), text(language, "doctor.index_mend"))]
    status, collections = retriever.status(), retriever.collections()
    retriever.close()
    said = text(language, "doctor.index_good", documents=status.documents, chunks=status.chunks, embedder=status.embedder or "-")
    checks = [Check("OK" if status.chunks else "WARN", name, said, "" if status.chunks else text(language, "doctor.index_empty"))]
    if collections:
        lines = (text(language, "doctor.collection_line", name=c.name, documents=c.documents, chunks=c.chunks) for c in collections)
        checks.append(Check("OK", text(language, "doctor.collections"), text(language, "findings.joiner").join(lines)))
    if status.embedder_reason:
        checks.append(
            Check(
                "WARN", text(language, "doctor.embedder"), status.embedder_reason.message(language), text(language, "doctor.embedder_mend")
            )
        )
    return checks


async def _model(settings: Settings, language: str) -> list[Check]:
    name = text(language, "doctor.model")
    if not settings.llm.base_url:
        return [Check("WARN", name, text(language, "doctor.model_none"), text(language, "doctor.model_none_mend"))]
    report = await probe(settings.llm)
    if not report.reachable:
        said = text(language, "doctor.model_dead", url=settings.llm.base_url, reason=report.reason)
        return [Check("FAIL", name, said, text(language, "doctor.model_dead_mend"))]
    if settings.llm.model not in report.models:
        said = text(language, "doctor.model_missing", model=settings.llm.model, models=", ".join(report.models) or "-")
        return [Check("FAIL", name, said, text(language, "doctor.model_missing_mend"))]
    good = Check("OK", name, text(language, "doctor.model_good", model=settings.llm.model, url=settings.llm.base_url))
    return [good, _limits(settings, language), *(_probed(seen, language) for seen in await probe_all(settings.llm))]


def _limits(settings: Settings, language: str) -> Check:
    llm, limits = settings.llm, settings.llm.limits
    joiner, none = text(language, "findings.joiner"), text(language, "doctor.model_unbounded")
    rooms = joiner.join(f"{role} {how.at_once}" for role, how in llm.roles.items())
    said = text(
        language,
        "doctor.model_limits_good",
        connect=f"{limits.connect_s:g}",
        turn=f"{limits.turn_s:g}",
        failures=limits.failures,
        cooldown=f"{llm.cooldown_s:g}",
        rooms=rooms,
        of_turn=limits.turn_tokens or none,
        of_day=limits.tenant_tokens_per_day or none,
    )
    return Check("OK", text(language, "doctor.model_limits"), said)


def _probed(seen: Seen, language: str) -> Check:
    said = text(language, f"endpoint.{seen.key}", **seen.values)
    mend = text(language, f"endpoint.{seen.key}_mend") if seen.state != "OK" else ""
    return Check(seen.state, text(language, f"endpoint.probe_{seen.probe}"), said, mend)
