"""The parts of the knowledge tables that several files make up, read and cross-checked."""

from __future__ import annotations

import re
from dataclasses import replace

from tools import rows
from tools.errors import TableError
from tools.matcher import needs_of
from tools.names import NameIndex
from tools.reader import Reader
from tools.records import AllergyGroup, Condition, Contraindication, Drug, DrugClass, Duplication, OtcLimit, Stem, Substance
from tools.triage_records import Department, Emergency, RedFlag, SelfCare, Symptom


def things(read: Reader) -> tuple[dict[str, DrugClass], dict[str, Drug], dict[str, Substance]]:
    """Read classes, drugs and substances, each with what it refers to."""
    classes = read.closed("classes", read.keyed("classes", rows.drug_class), lambda c: c.parents)
    above = {f"class:{key}" for key in classes}
    drugs = read.closed("drugs", read.keyed("drugs", rows.drug), lambda d: (*(f"class:{key}" for key in d.classes), *d.ingredients), above)
    parts = read.acyclic("drugs", {key: drug.ingredients for key, drug in drugs.items()})
    whole = {key: replace(drug, ingredients=parts[key]) for key, drug in drugs.items()}
    return classes, whole, read.keyed("substances", rows.substance)


def triage(
    read: Reader,
) -> tuple[dict[str, Symptom], dict[str, Emergency], tuple[RedFlag, ...], dict[str, Department], tuple[SelfCare, ...]]:
    """Read what triage needs: symptoms, emergencies, red flags, departments and self-care."""
    symptoms = {key: symptom for key, symptom in read.keyed("findings", rows.symptom).items() if _readable(read, symptom)}
    departments = read.keyed("departments", rows.department)
    stored = read.keyed("emergencies", rows.emergency)
    emergencies = {e.id: e for e in read.resolved("emergencies", stored.values(), lambda e: [e.department], set(departments))}
    flags = read.resolved("red_flags", read.rows("red_flags", rows.red_flag), lambda f: [f.emergency], set(emergencies))
    flags = read.resolved("red_flags", flags, lambda f: (s for group in f.needs for s in group), set(symptoms))
    selfcare = read.resolved("selfcare", read.rows("selfcare", rows.selfcare), lambda s: [s.department], set(departments))
    return symptoms, emergencies, tuple(read.unique("red_flags", flags, lambda f: f.id)), departments, tuple(selfcare)


def _readable(read: Reader, symptom: Symptom) -> bool:
    """Tell whether every expression of a symptom can be read; one that cannot is noted."""
    try:
        for expression in (*symptom.zh, *symptom.en):
            needs_of(expression)
    except re.error as error:
        read.note("findings", TableError("table_row", table="findings.csv", line=0, reason=f"{symptom.id}: {error}"))
        return False
    return True


def contraindications(read: Reader, known: set[str], conditions: set[str]) -> dict[str, tuple[Contraindication, ...]]:
    """Read the contraindications of each drug or class."""
    allowed = known | {f"condition:{key}" for key in conditions} | {"age", "pregnancy", "lactation", "renal"}
    found = read.resolved(
        "contraindications", read.rows("contraindications", rows.contraindication), lambda c: (c.drug, c.against), allowed
    )
    found = read.unique("contraindications", found, lambda c: (c.drug, c.against, c.low, c.high))
    grouped: dict[str, list[Contraindication]] = {}
    for row in read.unique("contraindications", found, lambda c: c.id):
        grouped.setdefault(row.drug, []).append(row)
    return {key: tuple(group) for key, group in grouped.items()}


def duplications(read: Reader, known: set[str]) -> dict[str, Duplication]:
    """Read the classes of which one medicine is enough."""
    rules = read.resolved("duplications", read.rows("duplications", rows.duplication), lambda d: [f"class:{d.drug_class}"], known)
    return {f"class:{rule.drug_class}": rule for rule in rules}


def stems(read: Reader, known: set[str]) -> tuple[Stem, ...]:
    """Read the parts of words that tell a class."""
    return tuple(read.resolved("stems", read.rows("stems", rows.stem), lambda s: [f"class:{s.drug_class}"] if s.drug_class else [], known))


def limits(read: Reader, known: set[str]) -> dict[str, tuple[OtcLimit, ...]]:
    """Read the label limits of each drug."""
    grouped: dict[str, list[OtcLimit]] = {}
    for row in read.resolved("otc_limits", read.rows("otc_limits", rows.otc_limit), lambda o: [o.drug], known):
        grouped.setdefault(row.drug, []).append(row)
    return {key: tuple(group) for key, group in grouped.items()}


def names_of(
    read: Reader,
    classes: dict[str, DrugClass],
    drugs: dict[str, Drug],
    substances: dict[str, Substance],
    groups: dict[str, AllergyGroup],
    conditions: dict[str, Condition],
) -> NameIndex:
    """Index every name of everything."""
    names = NameIndex()
    for prefix, records in (("class:", classes), ("food:", substances), ("group:", groups), ("condition:", conditions)):
        for key, record in records.items():
            for name in (record.name.zh, record.name.en, *record.names):
                names.add(name, prefix + key)
    spelled = [name for drug in drugs.values() for name in (drug.name.zh, drug.name.en)]
    for key, drug in drugs.items():
        names.add(drug.name.zh, key)
        names.add(drug.name.en, key)
    for row in read.resolved("drug_names", read.rows("drug_names", rows.drug_name), lambda r: [r["drug"]], set(drugs)):
        names.add(row["name"], row["drug"])
        spelled.append(row["name"])
    for words in read.rows("masks", lambda r: r["words"]):
        names.mask(words)
    wide = [name for c in classes.values() for name in (c.name.zh, c.name.en, *c.names)]
    return names.freeze(spelled, wide + [name for g in groups.values() for name in (g.name.zh, g.name.en, *g.names)])


def group_sizes(groups: dict[str, AllergyGroup], lineage: dict[str, frozenset[str]]) -> dict[str, int]:
    """Return how many drugs and classes are in each allergy group."""
    below: dict[str, set[str]] = {}
    for reference, above in lineage.items():
        for wider in above:
            below.setdefault(wider, set()).add(reference)
    return {key: len(set[str]().union(*(below.get(member, set()) for member in group.members))) for key, group in groups.items()}


def lineage_of(read: Reader, drugs: dict[str, Drug], classes: dict[str, DrugClass]) -> dict[str, frozenset[str]]:
    """Return, for each drug and class, everything that a rule about it may be written for."""
    parents = read.acyclic("classes", {key: c.parents for key, c in classes.items()})

    def above(class_id: str) -> set[str]:
        return {f"class:{class_id}"}.union(*(above(parent) for parent in parents[class_id]))

    def of(drug: Drug) -> set[str]:
        own = {drug.id}.union(*(above(key) for key in drug.classes))
        return own.union(*(of(drugs[part]) for part in drug.ingredients))

    lineage = {key: frozenset(of(drug)) for key, drug in drugs.items()}
    return lineage | {f"class:{key}": frozenset(above(key)) for key in classes}


def condition_lineage_of(read: Reader, conditions: dict[str, Condition]) -> dict[str, frozenset[str]]:
    """Return, for each condition, itself and what it is a kind of."""
    parents = read.acyclic("conditions", {key: c.parents for key, c in conditions.items()})

    def above(key: str) -> set[str]:
        return {f"condition:{key}"}.union(*(above(parent) for parent in parents[key] if parent in parents))

    return {f"condition:{key}": frozenset(above(key)) for key in conditions}
