"""The one command that regenerates the figures: ``python -m evaluation.bench``.

Each line names how many cases it rests on, the split and, once at the top, the class of machine.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Iterable
from pathlib import Path

from configs.settings import RetrievalSettings
from evaluation.datasets import RETRIEVAL_SETS
from evaluation.gate import gate_report
from evaluation.orchestration import orchestration
from evaluation.retrieval import CACHE, measured, table
from evaluation.speed import SIZES, VECTOR_SIZES, keyword_speed, vector_speed
from evaluation.whole_search import search_speed

PARTS = ("speed", "quality", "gate", "orchestration")


def main() -> None:
    """Print the report."""
    options = _options()
    settings = RetrievalSettings() if options.dense else RetrievalSettings(embedder="none")
    print(machine())
    if "speed" in options.parts:
        _section("Speed of one search, seeded synthetic data, best of 3 runs a question", speed(options.dense))
    if "quality" in options.parts:
        _section("Ranking quality, dev halves", quality(options.sets, options.limit_docs, settings))
    if "gate" in options.parts:
        _section("Relevance gate over knowledge/", gate_report(settings, CACHE / "gate"))
    if "orchestration" in options.parts:
        _section("Orchestration", orchestration())


def machine() -> str:
    """Return the class of this machine, without names that tell whose it is."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        lines = cpuinfo.read_text(encoding="ascii", errors="replace").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def speed(dense: bool) -> Iterable[str]:
    """Yield the lines about speed."""
    for size in SIZES:
        yield keyword_speed(size)
    for size in VECTOR_SIZES if dense else ():
        yield vector_speed(size)
    if dense:
        yield from search_speed()


def quality(names: list[str], limit: int | None, settings: RetrievalSettings) -> Iterable[str]:
    """Yield the lines about ranking quality, and one for each set that is not here."""
    for one in measured(names, limit, settings):
        yield from [one] if isinstance(one, str) else table([one])


def _section(title: str, lines: Iterable[str]) -> None:
    print(f"\n{title}")
    for line in lines:
        print(f"  {line}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.bench", description="Measure speed, ranking quality, the gate and the graph."
    )
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="what to measure")
    parser.add_argument("--sets", nargs="+", choices=RETRIEVAL_SETS, default=list(RETRIEVAL_SETS), help="measuring sets")
    parser.add_argument("--limit-docs", type=int, help="shorten each corpus; documents that answer a question are kept")
    parser.add_argument("--dense", action=argparse.BooleanOptionalAction, default=True, help="with vectors (about 10 passages a second)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
