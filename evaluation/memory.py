"""The memory against banks that others wrote and real intakes: ``python -m evaluation.memory`` (``make bench-memory``).

A fact counts as right only when subject, kind, value and status are. The own bank was written without a look at the extractor; its
half called ``dev`` was used for tuning, the half called ``final`` was only counted. ``memory_fresh.jsonl`` holds what two further authors
wrote and nobody tuned on; the rest of theirs is in ``memory_train.jsonl``. The dialogue sets are absent on most machines.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from agent.server.serve import leave_alone_what_stays
from configs.settings import ROOT
from evaluation.datasets import DATA
from evaluation.memory_listing import listing
from evaluation.memory_score import Same, Score
from evaluation.safety import BANKS, Tally, rows
from memory.extract import read, read_turns
from memory.facts import ANY, Fact, current
from memory.review import judge
from memory.topics import topic_of
from tools.names import Name
from tools.tables import Tables, load_tables
from tools.text import clean, fold

DIALOGUE = DATA / "dialogue"
_SPOKEN = re.compile(r"^\s*\[?(?P<who>[\w ]+?)\]?\s*:?\s+(?P<said>.*)$")
_NONE = re.compile(r"^(?:none|no\b|nkda|.*\bno (?:known |medically )?|.*\bnone known)", re.I)


def bank(tables: Tables, split: str, *, errors: bool, name: str = "memory", aliases: str = "memory_aliases") -> Iterator[str]:
    """Yield precision, recall and F1 by kind, status and language on one half of a bank."""
    same, score = Same(tables, BANKS / f"{aliases}.json"), Score()
    writers: defaultdict[str, Score] = defaultdict(Score)
    count = 0
    for case in rows(name, split):
        count += 1
        facts = current(read_turns(case["turns"], tables, language=case["lang"]))
        found = [fact.model_dump(include={"subject", "kind", "value", "status"}) for fact in facts]
        score.add(case["id"], case["lang"], found, case["facts"], same)
        writers[case.get("writer", "")].add(case["id"], case["lang"], found, case["facts"], same)
    yield f"{name}, {split}: {count} cases"
    for group in ("all", *sorted(group for group in score.groups if group != "all")):
        yield f"  {group:28} {score.groups[group]}"
    if len(writers) > 1:
        yield from (f"  writer {writer:21} {one.groups['all']}" for writer, one in writers.items())
    for kind, bar in (("kind allergy", 0.95), ("kind medication", 0.95), ("all", 0.90)):
        yield f"  bar {kind}: F1 {score.groups[kind].f1:.3f} {'meets' if score.groups[kind].f1 >= bar else 'BELOW'} {bar}"
    if errors:
        yield from (f"    {error}" for error in score.errors)


def intakes(tables: Tables) -> Iterator[str]:
    """Yield the recall of named allergens and the false allergies of those who have none, on real Chinese intake forms."""
    same, named, quiet = Same(tables), Tally(), Tally()
    messy = []
    for row in _rows("zh_haodf_intake_dev"):
        facts = [f for f in current(read(clean(row["intake"]), tables).facts) if f.kind == "allergy"]
        held = [fact for fact in facts if fact.holds]
        gold = row["gold"]
        for allergen in gold["derived_allergens"]:
            hit = any(same.values("allergy", fact.value, allergen) or allergen in fact.words or fact.value in allergen for fact in held)
            named.add(hit, f"{row['id']} {allergen}")
        if gold["allergy_status"] == "none":
            quiet.add(not held, f"{row['id']} {[fact.value for fact in held]}")
        elif gold["allergy_status"] not in ("allergen",):
            messy.append(f"    {row['id']} “{gold['allergy_text']}” → {[f'{fact.value} {fact.status}' for fact in facts]}")
    yield f"zh_haodf_intake_dev: named allergens {named}; none invented {quiet}"
    yield from (f"    missed {missed}" for missed in (*named.missed, *quiet.missed))
    yield f"  messy, {len(messy)}:"
    yield from messy


def dialogues(tables: Tables, name: str) -> Iterator[str]:
    """Yield the recall of allergies and medicines that the patient names and the doctor's note keeps."""
    tallies = {"allergy": Tally(), "medication": Tally(), "none known": Tally()}
    for row in _rows(name):
        for kind, note in _notes(row):
            facts, words = _heard(row["dialogue"], tables)
            said = tables.names.find(words)
            for gold in tables.names.find(clean(note)):
                if _wanted(gold, kind) and any(_shares(gold, other) for other in said):
                    hit = any(f.kind in (kind, "intolerance") and set(f.references) & gold.references for f in facts)
                    tallies[kind].add(hit, f"{row['id']} {gold.words}")
            if kind == "allergy" and _NONE.search(note) and not any(_wanted(n, kind) for n in tables.names.find(clean(note))):
                tallies["none known"].add(any(f.kind == kind and f.value == ANY for f in facts), row["id"])
    for kind, tally in tallies.items():
        if tally.n:
            yield f"{name}: {kind} that is said {tally}"
            yield from (f"    missed {missed}" for missed in tally.missed)


def _notes(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    sections = row.get("note_sections") or {row["section"]: row["gold_text"]}
    for section, note in sections.items():
        if "ALLERG" in section:
            yield "allergy", note
        elif "MEDICATION" in section:
            yield "medication", note


def _heard(dialogue: str, tables: Tables) -> tuple[list[Fact], str]:
    """Return what the memory keeps of a consultation, and all that the patient says in it."""
    facts: list[Fact] = []
    words: list[str] = []
    asked = ""
    for line in dialogue.splitlines():
        match = _SPOKEN.match(line)
        if match is None:
            continue
        if fold(match["who"]).startswith("doctor"):
            asked = match["said"]
            continue
        message = clean(match["said"].replace(" n't", "n't").replace(" '", "'"))
        facts += read(message, tables, known=facts, topic=topic_of(clean(asked)), turn=str(len(words))).facts
        words.append(message)
    return current(facts), "\n".join(words)


def _wanted(name: Name, kind: str) -> bool:
    return bool(name.drugs) or (kind == "allergy" and bool(name.of("group") or name.of("food")))


def _shares(one: Name, other: Name) -> bool:
    return bool(one.references & other.references)


def speed(tables: Tables, count: int = 200) -> str:
    """Return how much processor time a message of 1,000 characters takes; the messages are made of the bank's, one after the other."""
    words = [clean(turn) for case in rows("memory", "dev") for turn in case["turns"]]
    text = "。".join(words)
    messages = [text[start : start + 1000] for start in range(0, len(text) - 1000, max(1, (len(text) - 1000) // count))][:count]
    judge()  # read once in the life of a process, like the tables
    for message in messages[:5]:
        read(message, tables)
    leave_alone_what_stays()  # as the service does: otherwise the collector looks at all tables in the middle of some message
    taken = []
    for message in messages:
        start = time.process_time()
        read(message, tables)
        taken.append((time.process_time() - start) * 1000)
    taken.sort()
    return f"1,000 characters, {len(taken)} messages: median {taken[len(taken) // 2]:.1f} ms, p99 {taken[int(len(taken) * 0.99)]:.1f} ms"


def _rows(name: str) -> Iterator[dict[str, Any]]:
    with (DIALOGUE / f"{name}.jsonl").open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", action="store_true", help="list what was missed and invented in the dev half")
    parser.add_argument("--split", choices=("dev", "final"), default=None)
    options = parser.parse_args()
    tables = load_tables(ROOT / "knowledge" / "tables")
    for split in (options.split,) if options.split else ("dev", "final"):
        print("\n".join(bank(tables, split, errors=options.errors and split == "dev")), flush=True)
    if options.split != "dev":
        print("\n".join(bank(tables, "final", errors=False, name="memory_fresh", aliases="memory_train_aliases")), flush=True)
    for name, measure in (("zh_haodf_intake_dev", None), ("en_mts_dev", "mts"), ("en_aci_dev", "aci")):
        if not (DIALOGUE / f"{name}.jsonl").is_file():
            print(f"{name}: absent, not measured")
            continue
        print("\n".join(dialogues(tables, name) if measure else intakes(tables)), flush=True)
    print(speed(tables))
    print(asyncio.run(listing()))


if __name__ == "__main__":
    main()
