"""The knowledge tables, typed and cross-checked, with the indexes that the checks need."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools import rows, sections
from tools.errors import TableError
from tools.linear import LinearModel
from tools.matcher import Matcher
from tools.names import NameIndex
from tools.reach import Reach, partners_of, reach_of
from tools.reader import Reader, uncollected
from tools.records import (
    AllergyGroup,
    Condition,
    Contraindication,
    CrossReaction,
    Drug,
    DrugClass,
    Duplication,
    Interaction,
    OtcLimit,
    Stem,
    Substance,
)
from tools.text import clean, fold
from tools.triage_records import Department, Emergency, Hotline, Policy, RedFlag, SelfCare, Symptom


@dataclass(frozen=True, slots=True)
class Tables:
    """Every table. ``problems`` names the tables that are damaged, changed, stale or missing: nothing may be concluded from them."""

    drugs: dict[str, Drug]
    classes: dict[str, DrugClass]
    substances: dict[str, Substance]
    groups: dict[str, AllergyGroup]
    group_sizes: dict[str, int]
    """How many drugs and classes are in each allergy group."""
    cross_reactions: tuple[CrossReaction, ...]
    interactions: dict[frozenset[str], Interaction]
    partners: dict[str, frozenset[str]]
    """Reference → what some interaction names it with."""
    contraindications: dict[str, tuple[Contraindication, ...]]
    """By drug or ``class:`` reference."""
    duplications: dict[str, Duplication]
    """By ``class:`` reference."""
    otc_limits: dict[str, tuple[OtcLimit, ...]]
    conditions: dict[str, Condition]
    symptoms: dict[str, Symptom]
    signs_zh: Matcher
    """The expressions of the symptoms, under their ids."""
    signs_en: Matcher
    emergencies: dict[str, Emergency]
    red_flags: tuple[RedFlag, ...]
    selfcare: tuple[SelfCare, ...]
    departments: dict[str, Department]
    hotlines: dict[tuple[str, str], Hotline]
    policies: tuple[Policy, ...]
    stems: tuple[Stem, ...]
    terms: dict[str, str]
    names: NameIndex
    lineage: dict[str, frozenset[str]]
    """Drug or ``class:`` reference → everything that a rule about it may be written for: itself, ingredients, classes and their parents."""
    condition_lineage: dict[str, frozenset[str]]
    """``condition:`` reference → itself and the conditions that it is a kind of."""
    stance: LinearModel | None
    """Whether a passage advises what it names."""
    triage: LinearModel | None
    """Whether a message reads like one of somebody in danger."""
    words: frozenset[str]
    """Ordinary English words in lower case, as the project's own documents and messages use them."""
    problems: Mapping[str, TableError]
    reaches: dict[str, Reach] = field(default_factory=dict, repr=False, compare=False)
    """What ``reach`` has worked out already."""
    shares: dict[str, float] = field(default_factory=dict, repr=False, compare=False)
    """What ``prescribed`` has."""
    crosses: dict[str, list[CrossReaction]] = field(default_factory=dict, repr=False, compare=False)
    """What ``crossing`` has."""

    def reach(self, reference: str) -> Reach:
        """Return where rules about pairs can take hold of a reference."""
        if reference not in self.reaches:
            lineage = self.lineage.get(reference, frozenset({reference}))
            parts = self.ingredients(reference)
            self.reaches[reference] = reach_of(self.drugs.get(reference), lineage, parts, self.partners, self.duplications.keys())
        return self.reaches[reference]

    def prescribed(self, reference: str) -> float:
        """Return which part of the drugs of a class needs a prescription; 0 where it has none."""
        if reference not in self.shares:
            members = [drug.rx == "rx" for drug in self.drugs.values() if reference in self.lineage.get(drug.id, ())]
            self.shares[reference] = sum(members) / len(members) if members else 0.0
        return self.shares[reference]

    def crossing(self, groups: Collection[str]) -> Sequence[CrossReaction]:
        """Return the cross-reactions of allergy groups, in the order of the table."""
        if not self.crosses:
            by_group: dict[str, list[CrossReaction]] = {}
            for row in self.cross_reactions:
                by_group.setdefault(row.group, []).append(row)
            self.crosses.update(by_group)  # at once: other threads must not see a part of it
        if len(groups) == 1:
            return self.crosses.get(next(iter(groups)), ())
        return [row for row in self.cross_reactions if row.group in groups]

    def ingredients(self, reference: str) -> frozenset[str]:
        """Return the single substances in a drug; empty for a class or a food."""
        drug = self.drugs.get(reference)
        if not drug:
            return frozenset()
        return frozenset().union(*map(self.ingredients, drug.ingredients)) if drug.ingredients else frozenset({reference})

    def name(self, reference: str, language: str) -> str:
        """Return what people call a reference (``amoxicillin``, ``class:penicillins``, ``food:alcohol``, ``group:penicillins``)."""
        kind, _, key = reference.rpartition(":")
        holders: dict[
            str, dict[str, DrugClass] | dict[str, Substance] | dict[str, AllergyGroup] | dict[str, Condition] | dict[str, Drug]
        ] = {
            "class": self.classes,
            "food": self.substances,
            "group": self.groups,
            "condition": self.conditions,
            "": self.drugs,
        }
        return holders[kind][key].name.in_(language)


def load_tables(folder: Path, extra: Sequence[Path] = (), *, strict: bool = True, sealed: bool = True) -> Tables:
    """Read and cross-check every table in ``folder``, and add the rows of the ``extra`` folders.

    Args:
        folder: the complete set, with its manifest.
        extra: folders with some tables of the same shape, a hospital's own for example.
        strict: raise at the first defect; otherwise the defects are in ``Tables.problems``.
        sealed: compare with the manifest.

    Raises:
        TableError: strict, and a file is missing, a row has the wrong number of cells, a value is not of its kind, a reference points to
            nothing, two rows are about the same thing, something is above itself, or a file is not the one that the manifest lists.
    """
    with uncollected():
        return _load(Reader(folder, extra, strict=strict), sealed)


def _load(read: Reader, sealed: bool) -> Tables:
    classes, drugs, substances = sections.things(read)
    known = {*drugs, *(f"class:{key}" for key in classes), *(f"food:{key}" for key in substances)}
    stored_groups = read.keyed("allergy_groups", rows.group)
    groups = {g.id: g for g in read.resolved("allergy_groups", stored_groups.values(), lambda g: g.members, known)}
    everything = known | {f"group:{key}" for key in groups}
    crosses = read.resolved("cross_reactions", read.rows("cross_reactions", rows.cross), lambda x: (f"group:{x.group}", x.to), everything)
    interactions = read.resolved("interactions", read.rows("interactions", rows.interaction), lambda x: (x.a, x.b), known)
    interactions = read.unique("interactions", interactions, lambda x: frozenset((x.a, x.b)))
    conditions = read.closed("conditions", read.keyed("conditions", rows.condition), lambda c: c.parents)
    symptoms, emergencies, flags, departments, selfcare = sections.triage(read)
    lineage = sections.lineage_of(read, drugs, classes)
    tables = Tables(
        drugs=drugs,
        classes=classes,
        substances=substances,
        groups=groups,
        group_sizes=sections.group_sizes(groups, lineage),
        cross_reactions=tuple(read.unique("cross_reactions", crosses, lambda x: (x.group, x.to))),
        interactions={frozenset((x.a, x.b)): x for x in interactions},
        partners=partners_of(interactions),
        contraindications=sections.contraindications(read, known, set(conditions)),
        duplications=sections.duplications(read, known),
        otc_limits=sections.limits(read, known),
        conditions=conditions,
        symptoms=symptoms,
        signs_zh=Matcher((key, expression) for key, symptom in symptoms.items() for expression in symptom.zh),
        signs_en=Matcher((key, expression) for key, symptom in symptoms.items() for expression in symptom.en),
        emergencies=emergencies,
        red_flags=flags,
        selfcare=selfcare,
        departments=departments,
        hotlines={
            (h.region, h.call): h for h in read.unique("hotlines", read.rows("hotlines", rows.hotline), lambda h: (h.region, h.call))
        },
        policies=tuple(read.rows("policies", rows.policy)),
        stems=sections.stems(read, known),
        terms={fold(clean(r["term"])): r["standard"] for r in read.rows("terms", rows.term)},
        names=sections.names_of(read, classes, drugs, substances, groups, conditions),
        lineage=lineage,
        condition_lineage=sections.condition_lineage_of(read, conditions),
        stance=read.model("stances"),
        triage=read.model("exemplars"),
        words=frozenset(read.rows("words", lambda r: r["word"])),
        problems=read.problems,
    )
    if sealed:
        read.check_manifest()
    return tables
