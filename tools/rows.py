"""From a CSV row to a typed record; what does not fit raises ``ValueError`` or ``KeyError`` and the reader names the line."""

from __future__ import annotations

import re
from typing import get_args

from tools.records import (
    AllergyGroup,
    Bilingual,
    Condition,
    Contraindication,
    CrossReaction,
    Drug,
    DrugClass,
    Duplication,
    Interaction,
    Level,
    Origin,
    OtcLimit,
    Severity,
    Stem,
    Substance,
)
from tools.triage_records import Department, Emergency, Exemplar, Hotline, Policy, RedFlag, SelfCare, Symptom

Row = dict[str, str]


def _origin(row: Row) -> Origin:
    if not row["source"]:
        raise ValueError("a row without a source")
    return Origin(row["source"], int(row["year"]), row["reviewed"].lower() == "true")


def _both(row: Row, stem: str = "") -> Bilingual:
    texts = Bilingual(row[f"{stem}zh"].strip(), row[f"{stem}en"].strip())
    if not texts.zh or not texts.en:
        raise ValueError(f"{stem}zh and {stem}en are both needed")
    return texts


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part for raw in cell.split(";") if (part := raw.strip()))


def _named(row: Row) -> tuple[str, ...]:
    return _list(row["names_zh"]) + _list(row["names_en"])


def _months(cell: str) -> int | None:
    return int(cell) if cell else None


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def _pattern(cell: str) -> re.Pattern[str] | None:
    parts = _list(cell)
    return re.compile("|".join(f"(?:{part})" for part in parts)) if parts else None


def _choice(cell: str, allowed: tuple[str, ...]) -> str:
    if cell not in allowed:
        raise ValueError(f"{cell!r} is none of {', '.join(allowed)}")
    return cell


def drug_class(row: Row) -> DrugClass:
    """Build a row of its table."""
    return DrugClass(row["id"], _both(row), _named(row), _list(row["parents"]), _origin(row))


def drug(row: Row) -> Drug:
    """Build a row of its table."""
    return Drug(
        id=row["id"],
        name=_both(row),
        atc=row["atc"],
        classes=_list(row["classes"]),
        ingredients=_list(row["ingredients"]),
        route=_list(row["route"]),
        rx=_choice(row["rx"], ("otc", "rx", "both")),  # type: ignore[arg-type]
        use=_both(row, "use_"),
        caution=_both(row, "caution_"),
        origin=_origin(row),
    )


def substance(row: Row) -> Substance:
    """Build a row of its table."""
    return Substance(row["id"], _both(row), _named(row), _origin(row))


def group(row: Row) -> AllergyGroup:
    """Build a row of its table."""
    return AllergyGroup(row["id"], _both(row), _named(row), _list(row["members"]), _origin(row))


def condition(row: Row) -> Condition:
    """Build a row of its table."""
    return Condition(row["id"], _both(row), _named(row), _list(row.get("parents", "")), row["icd10"], _origin(row))


def cross(row: Row) -> CrossReaction:
    """Build a row of its table."""
    severity = _choice(row["severity"], (*get_args(Severity), "none"))
    return CrossReaction(row["group"], row["to"], severity, _both(row, "reason_"), _both(row, "action_"), _origin(row))  # type: ignore[arg-type]


def interaction(row: Row) -> Interaction:
    """Build a row of its table."""
    severity = _choice(row["severity"], get_args(Severity))
    texts = (_both(row, "mechanism_"), _both(row, "effect_"), _both(row, "action_"))
    return Interaction(row["id"], row["a"], row["b"], severity, *texts, _origin(row))  # type: ignore[arg-type]


def symptom(row: Row) -> Symptom:
    """Build a row of its table."""
    return Symptom(row["id"], _both(row), _list(row["patterns_zh"]), _list(row["patterns_en"]), _origin(row))


def emergency(row: Row) -> Emergency:
    """Build a row of its table."""
    call = _choice(row["call"], ("ambulance", "crisis", "poison", "none"))
    return Emergency(row["id"], _both(row), _both(row, "advice_"), call, row["department"], _origin(row))  # type: ignore[arg-type]


def red_flag(row: Row) -> RedFlag:
    """Build a row of its table."""
    needs = tuple(frozenset(group.strip().strip("()").split("|")) for group in row["needs"].replace(" ", "").split("+"))
    return RedFlag(
        id=row["id"],
        emergency=row["emergency"],
        needs=needs,
        age_min_months=_months(row["age_min_months"]),
        age_max_months=_months(row["age_max_months"]),
        population=row["population"] or "any",
        level=_choice(row["level"], get_args(Level)),  # type: ignore[arg-type]
        cn_level=_choice(row["cn_level"], ("I", "II", "III", "IV")),  # type: ignore[arg-type]
        origin=_origin(row),
    )


def department(row: Row) -> Department:
    """Build a row of its table."""
    patterns = (_pattern(row["keywords_zh"]), _pattern(row["keywords_en"]))
    return Department(
        row["id"], _both(row), *patterns, _months(row["age_max_months"]), row.get("sex", ""), _both(row, "note_"), _origin(row)
    )


def contraindication(row: Row) -> Contraindication:
    """Build a row of its table."""
    return Contraindication(
        id=row["id"],
        drug=row["drug"],
        against=row["against"],
        low=_number(row["min"]),
        high=_number(row["max"]),
        severity=_choice(row["severity"], (*get_args(Severity), "none")),  # type: ignore[arg-type]
        reason=_both(row, "reason_"),
        action=_both(row, "action_"),
        origin=_origin(row),
    )


def duplication(row: Row) -> Duplication:
    """Build a row of its table."""
    return Duplication(row["class"], _choice(row["severity"], get_args(Severity)), _both(row, "reason_"), _origin(row))  # type: ignore[arg-type]


def otc_limit(row: Row) -> OtcLimit:
    """Build a row of its table."""
    limits = (_number(row["single"]), _number(row["daily"]))
    if not any(limits):
        raise ValueError("neither a single dose nor a daily one")
    return OtcLimit(
        drug=row["drug"],
        age_min_months=_months(row["age_min_months"]),
        age_max_months=_months(row["age_max_months"]),
        single=limits[0],
        daily=limits[1],
        unit=_choice(row["unit"], ("mg", "ml", "g", "ug", "iu")),
        per=_choice(row["per"], ("dose", "kg")),  # type: ignore[arg-type]
        max_days=_months(row["max_days"]),
        note=Bilingual(row["note_zh"], row["note_en"]),
        origin=_origin(row),
    )


def selfcare(row: Row) -> SelfCare:
    """Build a row of its table."""
    patterns = (_pattern(row["patterns_zh"]), _pattern(row["patterns_en"]))
    return SelfCare(row["id"], _both(row), *patterns, _both(row, "advice_"), _both(row, "see_doctor_"), row["department"], _origin(row))


def exemplar(row: Row) -> Exemplar:
    """Build a row of its table."""
    language, level = _choice(row["lang"], ("zh", "en")), _choice(row["level"], get_args(Level))
    return Exemplar(row["text"], language, level, row["emergency"])  # type: ignore[arg-type]


def stem(row: Row) -> Stem:
    """Build a row of its table."""
    language, where = _choice(row["lang"], ("zh", "en")), _choice(row["where"], ("prefix", "suffix"))
    return Stem(row["stem"], language, where, row["class"], _origin(row))  # type: ignore[arg-type]


def term(row: Row) -> Row:
    """Check a row of its table."""
    if not row["term"] or not row["standard"]:
        raise ValueError("term and standard are both needed")
    return row


def drug_name(row: Row) -> Row:
    """Check a row of its table."""
    if not row["name"]:
        raise ValueError("a name is needed")
    return row


def hotline(row: Row) -> Hotline:
    """Build a row of its table."""
    return Hotline(row["region"], row["call"], row["number"], _both(row, "name_"), _origin(row))


def policy(row: Row) -> Policy:
    """Build a row of its table."""
    return Policy(row["kind"], re.compile(row["pattern"]), _origin(row))
