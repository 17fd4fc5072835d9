"""The one function behind the auditor, the tools, the scripts and the page: what is wrong with this text for this patient?

Same input, same output; no model, no network. What cannot be checked is said (``unverified``), never passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache

from configs.locales import text
from tools.allergies import check_allergies
from tools.contraindications import check_contraindications
from tools.dosing import check_dose, read_dose
from tools.doubles import twice
from tools.findings import Finding, Kind, worst_first
from tools.intolerances import check_intolerances
from tools.labels import labelled
from tools.linear import hashed
from tools.names import Name
from tools.prescribing import prescribed, prescribed_dose
from tools.profile import Known, PatientProfile
from tools.records import LEVELS, Severity
from tools.tables import Tables
from tools.text import fold, sentences, spans
from tools.triage import findings_in, triage
from tools.unknown import Unknown, unknown_drugs
from tools.uses import Use, pairs, uses_in

_URGES = re.compile(
    r"(120|110|999|911|112|119|988|12356|急诊|急救|医院|救护车|就医|拨打|求助|报警|抢救|\b(?:emergency|ambulance|"
    r"hospital|er|a&e|paramedics?|call|dial|"
    r"urgent care|crisis line|hotline)\b)"
)
_SUPPOSES = re.compile(
    r"(既然|可就|就麻烦|上次|那次|当年|曾|起过|会|可能|如果|若|一旦|万一|容易|导致|引起|加重|风险|期间|预防|\b(?:might|may|"
    r"could|can|would|if|during|after|"
    r"risks?|worsens?|raises?|lowers?|prevents?)\b)"
)
_ASKS_SELF = re.compile(r"([?？]\s*$|怎么办|怎么回事|[吗呢么]\s*[。.!！]?$|要不要紧|\b(?:what should i|should i|what do i)\b)")
_NONE = re.compile(r"(无|没有?|否认|无过敏史|没有过敏|无药物过敏史?|none|nil|no|n/a|nkda|nka|no known (?:drug )?allergies)[。.]?")
"""What forms hold where somebody has nothing to tell."""
_PUT_OFF = re.compile(
    r"(?:不好|不行|没好|不见好|还不好|不退)(?:了)?(?:再|就)[^,，。]{0,4}(?:去|上|看)[^,，。]{0,4}(?:医院|急诊|医生)|(?:不用|"
    r"不必|无需|没必要|不需要|别)[^,，。]{0,8}(?:医院|急诊|就医|120)|"
    r"\b(?:no need|needn't|don't need|not need|rather than|instead of)\b[^.;]{0,24}\b(?:hospital|ambulance|er|emergency|911|999)\b"
)
_QUOTES = re.compile(
    r"((?:说明书|标签|药盒|【禁忌】|禁忌(?:症|栏|一栏|项)|注意事项)[^。]{0,200}(?:禁用|慎用|禁忌|不得使用|不宜|不能用)|(?:者|患者|病人|"
    r"人群|妇女)(?:均)?(?:禁用|慎用)|"
    r"\b(?:leaflet|label|package insert|data sheet|contraindications?|do not (?:take|use) (?:this|it|"
    r"if))\b[^.]{0,300}\b(?:contraindicat\w*|"
    r"do not|must not|should not|not be (?:used|taken)|avoid\w*|ulcers?|severe|active|hypersensitiv\w*)\b)"
)
"""The list of those who must not take a medicine, as its leaflet words it."""
_DEPENDS: dict[str, Kind] = {
    "allergy_groups": "allergy",
    "cross_reactions": "allergy",
    "interactions": "interaction",
    "substances": "interaction",
    "contraindications": "contraindication",
    "conditions": "contraindication",
    "otc_limits": "dose",
    "findings": "emergency",
    "red_flags": "emergency",
    "emergencies": "emergency",
}
_CALM = -1.5
"""Log-odds below which a text does not read like one of somebody in danger."""
_EVERYTHING: Kind = "unknown_drug"
"""Without names and classes nothing at all can be recognised."""


def check(profile: PatientProfile, said: str | Iterable[str], tables: Tables, language: str, *, asked: bool | None = None) -> list[Finding]:
    """Check a text, or a list of names of drugs, for one person.

    Args:
        profile: what is known of the person.
        said: cleaned text, an answer's sentence or a question; or names of drugs that are to be taken together.
        tables: the knowledge.
        language: ``zh`` or ``en``, of the findings.
        asked: the text is a question, so that everything named in it is meant; ``False``: advice, in which a warning is no
            recommendation; ``None``: each sentence by its form.

    Returns:
        Each finding once, the most severe first.
    """
    if not isinstance(said, str):
        said = text(language, "findings.joiner").join(name.replace("_", " ") for name in said)
        asked = True
    profile = _with_allergic_conditions(profile)
    uses = list(uses_in(profile, said, tables, asked))
    found = [*_damaged(tables, language, anything=bool(uses))]
    for use in uses:
        found += [finding.model_copy(update={"span": use.span}) for finding in _single(use.profile, use.reference, tables, language)]
    found += twice(profile, uses, said, tables, language)
    found += pairs(profile, uses, said, tables, language)
    found += _doses(profile, said, uses, tables, language)
    found += _unknown(profile, said, uses, tables, language)
    signs = cache(lambda: findings_in(said, tables))
    if not asked:
        found += _phrases(said, tables, language, signs)
        found += prescribed(profile, said, tables, language)
    if asked is None:
        found += _missed(profile, said, tables, language, signs)
    return worst_first([*labelled(found, profile, uses, tables, language)])


def check_question(profile: PatientProfile, question: str, tables: Tables, language: str) -> list[Finding]:
    """Check everything that a question names, except what it names as an allergen."""
    return check(profile, question, tables, language, asked=True)


def check_advice(profile: PatientProfile, sentence: str, tables: Tables, language: str) -> list[Finding]:
    """Check what a sentence of an answer advises; drugs that it warns against are not advice."""
    return check(profile, sentence, tables, language, asked=False)


def _with_allergic_conditions(profile: PatientProfile) -> PatientProfile:
    """Let a disease that is listed as an allergy count as a disease too: 阿司匹林哮喘, heparin-induced thrombocytopenia."""
    named = tuple(known for known in profile.allergies if any(r.startswith("condition:") for r in known.references))
    return replace(profile, conditions=(*profile.conditions, *named)) if named else profile


def _single(profile: PatientProfile, reference: str, tables: Tables, language: str) -> Iterator[Finding]:
    yield from check_allergies(profile, reference, tables, language)
    yield from check_intolerances(profile, reference, tables, language)
    yield from check_contraindications(profile, reference, tables, language)


def _doses(profile: PatientProfile, said: str, uses: list[Use], tables: Tables, language: str) -> Iterator[Finding]:
    ordered = sorted({use.span: use for use in uses}.items())
    for number, (span, use) in enumerate(ordered):
        end = ordered[number + 1][0][0] if number + 1 < len(ordered) else len(said)
        start = ordered[number - 1][0][1] if number else 0
        dose = read_dose(said, start, span, end)
        if not dose:
            continue
        if finding := check_dose(use.profile, use.reference, dose, said, tables, language):
            yield finding
        yield from prescribed_dose(use.profile, use.reference, dose, said, tables, language, use.span[1])


def _unknown(profile: PatientProfile, said: str, uses: list[Use], tables: Tables, language: str) -> Iterator[Finding]:
    for word in unknown_drugs(said, tables.names.find(said), tables):
        yield _not_known(word.words, (word.start, word.end), language)
        if word.drug_class and word.drug_class in tables.lineage:
            yield from _of_class(profile, word, tables, language)
    for use in uses:
        for known in profile.medications:
            if not known.references and not use.reference.startswith("food:"):
                yield _not_known(known.words, use.span, language, drug=tables.name(use.reference, language))


def _of_class(profile: PatientProfile, word: Unknown, tables: Tables, language: str) -> Iterator[Finding]:
    for finding in _single(profile, word.drug_class, tables, language):
        yield finding.model_copy(update={"span": (word.start, word.end), "drug": word.words})


def _not_known(words: str, span: tuple[int, int], language: str, drug: str = "") -> Finding:
    reason = text(language, "findings.unknown_with" if drug else "findings.unknown_drug", name=words, drug=drug)
    action = text(language, "findings.ask_pharmacist")
    return Finding(
        kind="unknown_drug",
        severity="unverified",
        rule="drug.unknown",
        drug=drug or words,
        with_=words if drug else "",
        reason=reason,
        action=action,
        span=span,
    )


def _phrases(said: str, tables: Tables, language: str, signs: Callable[[], frozenset[str]]) -> Iterator[Finding]:
    """Find a prescription being written and an emergency being brushed off."""
    folded = fold(said)
    for policy in tables.policies:
        match = policy.pattern.search(folded) if policy.kind in ("prescription", "delay") else None
        if not match:
            continue
        if policy.kind == "prescription":
            yield _phrase("prescription", "major", "prescription.phrase", match.span(), language, str(policy.origin))
        elif LEVELS.index(triage(said, tables, signs=signs()).level) <= LEVELS.index("urgent"):
            yield _phrase("emergency", "contraindicated", "emergency.delayed", match.span(), language, str(policy.origin))


def _missed(profile: PatientProfile, said: str, tables: Tables, language: str, signs: Callable[[], frozenset[str]]) -> Iterator[Finding]:
    """Find an emergency in a whole text that advises something else than help at once."""
    own = "".join(sentence for _, sentence in spans(said) if not _QUOTES.search(fold(sentence)))
    if len(own) < len("".join(sentences(said))):
        said, signs = own, lambda: findings_in(own, tables)  # a leaflet's list of contraindications is nobody's complaint
    folded = fold(said)
    if _URGES.search(_PUT_OFF.sub(" ", folded)) or _ASKS_SELF.search(folded) or _SUPPOSES.search(folded):
        return
    if tables.triage and tables.triage.score("red", hashed([("", folded)])) < _CALM:
        return  # advice that names a sign reads quite unlike somebody who has it
    result = triage(said, tables, profile, signs=signs())
    if result.level == "emergency" and result.first:
        yield _phrase("emergency", "contraindicated", "emergency.missed", (0, len(said)), language, str(result.first.origin))


def _phrase(kind: Kind, severity: Severity, rule: str, span: tuple[int, int], language: str, source: str) -> Finding:
    reason = text(language, f"findings.{rule.replace('.', '_')}")
    return Finding(kind=kind, severity=severity, rule=rule, reason=reason, source=source, span=span)


def _damaged(tables: Tables, language: str, *, anything: bool) -> Iterator[Finding]:
    """Say which checks could not be made because their tables are damaged, changed, stale or missing."""
    for table in tables.problems:  # why is for whoever runs it: `doctor` and the log say it
        kind = _DEPENDS.get(table, _EVERYTHING)
        if anything or kind in (_EVERYTHING, "emergency"):
            reason = text(language, "findings.table_damaged", table=table)
            action = text(language, "findings.ask_pharmacist")
            yield Finding(kind=kind, severity="unverified", rule=f"table.{table}", reason=reason, action=action)


def known(words: Iterable[str], tables: Tables) -> tuple[Known, ...]:
    """Return what words as people say them stand for: drugs, classes, groups and conditions; nothing for what no table knows."""
    return tuple(Known(said, _references(said, tables)) for said in words if said.strip() and not _NONE.fullmatch(fold(said).strip()))


def _references(said: str, tables: Tables) -> frozenset[str]:
    exact = tables.names.references(said)
    found: list[Name] = [] if exact else tables.names.find(said)
    return exact or frozenset().union(*(name.references for name in found))
