"""The deterministic layer against banks that others wrote: ``python -m evaluation.safety``.

Every rate comes with its count and its exact 95 % interval (Clopper-Pearson). The banks were written without a look at the rules; the half
called ``dev`` was used for tuning, the half called ``final`` was not read.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scipy.stats import beta

from agent.audit import Record, person_of
from configs.settings import ROOT, RetrievalSettings
from evaluation.bench import machine
from evaluation.datasets import DATA
from evaluation.safety_speed import latency
from graphs.second_look import SecondLook, make_second_look
from retrieval.embed import make_embedder
from retrieval.errors import EmbedderUnavailable
from tools.checks import check
from tools.profile import PatientProfile
from tools.records import LEVELS
from tools.tables import Tables, load_tables
from tools.text import clean
from tools.triage import Triage, triage

BANKS = Path(__file__).parent / "banks"
URGENT = ("emergency", "urgent")


@dataclass(slots=True)
class Tally:
    """How often out of how many."""

    hits: int = 0
    n: int = 0
    missed: list[str] = field(default_factory=list)

    def add(self, hit: bool, identity: str) -> None:
        """Count one case."""
        self.n += 1
        self.hits += hit
        if not hit:
            self.missed.append(identity)

    def __str__(self) -> str:
        low, high = interval(self.hits, self.n)
        return f"{self.hits}/{self.n} = {self.hits / self.n if self.n else 0:.3f} [{low:.3f}, {high:.3f}]"


def interval(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact binomial interval of Clopper and Pearson."""
    tail = (1 - level) / 2
    low = float(beta.ppf(tail, hits, n - hits + 1)) if hits else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, n - hits)) if hits < n else 1.0
    return low, high


def rows(name: str, split: str) -> Iterator[dict[str, Any]]:
    """Yield the cases of one bank and split."""
    with (BANKS / f"{name}.jsonl").open(encoding="utf-8") as file:
        yield from (case for line in file if (case := json.loads(line))["split"] == split)


def advice(tables: Tables, split: str, banks: Iterable[str] = ("advice_unsafe", "advice_safe")) -> Iterator[str]:
    """Yield sensitivity by kind and language, and specificity by language; a case that expects nothing is safe advice."""
    caught: dict[tuple[str, str], Tally] = defaultdict(Tally)
    stopped: dict[str, Tally] = defaultdict(Tally)
    quiet: dict[str, Tally] = defaultdict(Tally)
    for case in (case for bank in banks for case in rows(bank, split)):
        found = _findings(case, tables)
        if not case.get("expect"):
            quiet[case["lang"]].add(not any(finding.stops for finding in found), case["id"])
            continue
        stopped[case["lang"]].add(any(finding.stops for finding in found), case["id"])
        for wanted in case["expect"]:
            must_stop = wanted.get("min_severity", wanted.get("severity_at_least")) in ("major", "contraindicated", "unverified")
            hit = any(f.kind == wanted["kind"] and (f.stops or not must_stop) for f in found)
            caught[wanted["kind"], case["lang"]].add(hit, case["id"])
    for (kind, language), tally in sorted(caught.items()):
        yield f"{kind:<17} {language}  sensitivity {tally}"
    for language, tally in sorted(stopped.items()):
        yield f"{'any finding':<17} {language}  unsafe advice stopped {tally}"
    for language, tally in sorted(quiet.items()):
        yield f"{'none expected':<17} {language}  specificity {tally}"


def _findings(case: dict[str, Any], tables: Tables) -> list[Any]:
    record = _record(case)
    return check(person_of(record, tables), clean(record.text), tables, record.language)


def _record(case: dict[str, Any]) -> Record:
    return Record.model_validate({key: case[key] for key in ("id", "lang", "text", "profile") if case.get(key) is not None})


def red_flags(tables: Tables, split: str, look: SecondLook | None) -> Iterator[str]:
    """Yield recall of emergencies, over-triage, crisis messages and what a reassuring sentence changes."""
    levels: dict[str, str] = {}
    recall: dict[tuple[str, str], Tally] = defaultdict(Tally)
    calm: dict[str, Tally] = defaultdict(Tally)
    crisis, lookalikes, steady = Tally(), Tally(), Tally()
    red = list(rows("triage_red", split))
    for case, result in zip(red, _triaged(red, tables, look), strict=True):
        levels[case["id"]] = result.level
        recall[case["level"], case["lang"]].add(result.level in URGENT, case["id"])
        if case["emergency"] == "self_harm":
            crisis.add(result.level in URGENT, case["id"])
    benign = list(rows("triage_benign", split))
    for case, result in zip(benign, _triaged(benign, tables, look), strict=True):
        calm[case["lang"]].add(result.level not in URGENT, case["id"])
        if case.get("lookalike_of") == "self_harm":
            lookalikes.add(result.level not in URGENT, case["id"])
    anchors = list(rows("triage_anchors", split))
    for case, result in zip(anchors, _triaged(anchors, tables, look), strict=True):
        before = levels.get(case["of"])
        if before in URGENT:
            steady.add(LEVELS.index(result.level) <= LEVELS.index(before), case["id"])
    for (level, language), tally in sorted(recall.items()):
        yield f"{level:<17} {language}  called urgent or emergency {tally}"
    for language, tally in sorted(calm.items()):
        yield f"{'benign':<17} {language}  not called urgent {tally}"
    yield f"{'crisis':<17} both  recognised {crisis}"
    yield f"{'crisis lookalikes':<17} both  left alone {lookalikes}"
    yield f"{'reassured':<17} both  level not lowered {steady}"


def _triaged(cases: list[dict[str, Any]], tables: Tables, look: SecondLook | None) -> list[Triage]:
    records = [_record(case) for case in cases]
    said = [clean(record.text) for record in records]
    results = [triage(words, tables, person_of(record, tables)) for words, record in zip(said, records, strict=True)]
    return look(said, results) if look else results


def pairs(tables: Tables) -> Iterator[str]:
    """Yield the ONC high-priority classes, and recall and false alarms on the dev pairs where they are present."""
    onc = Tally()
    for line in (BANKS / "onc_pairs.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        onc.add(all(_interacts(a, b, tables, stops=True) for a, b in case["pairs"]), case["class"])
    yield f"ONC high-priority classes {onc} {onc.missed}"
    path = DATA / "ddi" / "ddi_eval_dev.jsonl"
    if not path.is_file():
        yield f"skipped: not found: {os.path.relpath(path, ROOT)}"
        return
    found: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        for language, ending in (("en", ""), ("zh", "_zh")):
            a, b = case[f"a{ending}"], case[f"b{ending}"]
            hit = _interacts(a, b, tables, stops=case["label"] == "major")
            found[case["label"], language].add(not hit if case["label"] == "none" else hit, f"{a}+{b}")
    names = {"major": "recall (stopped)", "moderate": "recall (warned or stopped)", "none": "left alone"}
    for (label, language), tally in sorted(found.items()):
        yield f"dev pairs {label:<9} {language}  {names[label]} {tally}"


def _interacts(a: str, b: str, tables: Tables, *, stops: bool) -> bool:
    found = check(PatientProfile(), [a, b], tables, "en")
    return any(f.kind in ("interaction", "duplicate") and (f.stops if stops else f.severity != "minor") for f in found)


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.safety", description=__doc__)
    parser.add_argument("--splits", nargs="+", choices=("dev", "final"), default=["dev", "final"])
    options = parser.parse_args()
    tables = load_tables(ROOT / "knowledge" / "tables")
    look = _second_look(tables)
    print(f"{machine()}; peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    for split in options.splits:
        _section(f"Advice, bank half '{split}'", advice(tables, split))
        _section(f"Advice by another author, bank half '{split}'", advice(tables, split, ("advice_fresh",)))
        _section(f"Triage by rules alone, bank half '{split}'", red_flags(tables, split, None))
        if look:
            _section(f"Triage with the second look, bank half '{split}'", red_flags(tables, split, look))
    _section("Interactions", pairs(tables))
    _section("Latency", latency(tables, look))


def _second_look(tables: Tables) -> SecondLook | None:
    try:
        return make_second_look(make_embedder(RetrievalSettings()), tables)
    except EmbedderUnavailable:
        return make_second_look(None, tables)


def _section(title: str, lines: Iterable[str]) -> None:
    print(f"\n{title}")
    for line in lines:
        print(f"  {line}", flush=True)


if __name__ == "__main__":
    main()
