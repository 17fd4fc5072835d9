"""The deterministic auditor: what may not stand in an answer, whoever wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from typing import Literal

from configs.locales import text
from graphs.auditor.known import on_record
from graphs.evidence import Evidence
from graphs.state import Draft, Sentence, TriageNote
from retrieval.verify import Failure, Passage, Verifier
from tools.checks import check_advice
from tools.findings import Finding
from tools.interactions import check_interactions
from tools.mentions import mentions, permits
from tools.profile import PatientProfile
from tools.records import Severity
from tools.tables import Tables
from tools.text import fold, language_of

# "不能根治", "nobody can guarantee": the promise is denied, not made.
_DENIED = re.compile(
    r"(不能|无法|不可能?|不要相信|不要轻信|宣称|声称|所谓|\b(nobody|no one|cannot|can't|claims? to)( can)?)[^,，。;；]{0,8}$"
)


def audit(
    draft: Draft,
    evidence: list[Evidence],
    profile: PatientProfile,
    triage: TriageNote,
    tables: Tables,
    language: str,
    unread: Set[int] = frozenset(),
) -> list[Finding]:
    """Return everything that is wrong with a draft for this patient; same input, same output, no model.

    Args:
        draft: what was written.
        evidence: what it may cite.
        profile: of the patient.
        triage: of the question.
        tables: what is known of drugs.
        language: of the reasons.
        unread: sentences that no reviewer has read or will read; they need a source of their own language whatever they are about.
    """
    if not draft.sentences:
        return [Finding(kind="no_evidence", severity="major", rule="draft.empty", reason=text(language, "findings.no_evidence"))]
    by_number = {item.n: item for item in evidence}
    passages = {item.n: _passage(item) for item in evidence}
    verifier = Verifier(tables)
    cited = any(sentence.cites for sentence in draft.sentences)
    findings: list[Finding] = []
    for index, sentence in enumerate(draft.sentences):
        found = [
            *(_raised(f, sentence.text) for f in check_advice(profile, sentence.text, tables, language)),
            *(
                ()
                if cited and not sentence.cites and on_record(sentence.text, profile, tables)
                else _citations(sentence, passages, verifier, cited, language, index in unread)
            ),
            *_phrases(sentence, by_number, triage, tables, language),
        ]
        findings += [finding.model_copy(update={"sentence": index}) for finding in found]
    return findings + list(_across(draft, profile, tables, language))


def _raised(finding: Finding, said: str) -> Finding:
    """A possible cross-reaction may be explained with a caution; a sentence that lets the patient take the drug goes."""
    if finding.kind == "allergy" and not finding.stops and permits(said):
        return finding.model_copy(update={"severity": "major"})
    return finding


def _citations(
    sentence: Sentence, evidence: dict[int, Passage], verifier: Verifier, cited: bool, language: str, unread: bool
) -> Iterator[Finding]:
    """Yield what the verifier objects to. Courtesy needs no source, but an answer that has none at all is no answer."""
    verdict = verifier.verify(sentence.text, sentence.cites, evidence)
    failures = verdict.failures if verdict.medical or (cited and not unread) else (Failure("citation.missing"),)
    if unread and not failures and not any(language_of(evidence[n].text) == language_of(sentence.text) for n in sentence.cites):
        failures = (Failure("support.words"),)  # between languages only numbers, names and people are compared
    for failure in failures:
        words = text(language, "findings.joiner").join(failure.words)
        reason = text(language, f"findings.{failure.rule.replace('.', '_')}", words=words)
        kind: Literal["citation", "support"] = "citation" if failure.rule.startswith("citation.") else "support"
        yield Finding(kind=kind, severity="major", rule=failure.rule, reason=reason)


def _passage(item: Evidence) -> Passage:
    # Evidence that has gone or changed since the search was left out when it was resolved; citing it is citing nothing.
    return Passage(id=item.ref.id, text=item.text, title=item.title, section=item.section, version=item.ref.version)


def _phrases(sentence: Sentence, evidence: dict[int, Evidence], triage: TriageNote, tables: Tables, language: str) -> Iterator[Finding]:
    folded = fold(sentence.text)
    quoted = any(sentence.text in evidence[n].text for n in sentence.cites if n in evidence)
    for policy in tables.policies:
        found = policy.pattern.search(folded) if policy.kind in ("certainty", "prescription", "dose", "delay") else None
        if not found or (policy.kind == "certainty" and _DENIED.search(folded[: found.start()])):
            continue
        if policy.kind == "delay":
            if triage.level in ("emergency", "urgent"):
                yield _phrase("emergency", "contraindicated", "emergency.delayed", language, str(policy.origin))
        elif policy.kind == "dose":
            # What a cited label says word for word, and says to be a label's, is a label fact; anything else is a personal dose.
            if not (quoted and any(word in folded for word in ("说明书", "标签", "label", "leaflet"))):
                yield _phrase("dose", "major", "dose.personal", language, str(policy.origin))
        else:
            yield _phrase(policy.kind, "major", f"{policy.kind}.phrase", language, str(policy.origin))


def _phrase(kind: str, severity: Severity, rule: str, language: str, source: str) -> Finding:
    reason = text(language, f"findings.{rule.replace('.', '_')}")
    return Finding(kind=kind, severity=severity, rule=rule, reason=reason, source=source)


def _across(draft: Draft, profile: PatientProfile, tables: Tables, language: str) -> Iterator[Finding]:
    """Check drugs advised in different sentences against each other."""
    where: dict[str, int] = {}
    for index, sentence in enumerate(draft.sentences):
        for mention in mentions(sentence.text, tables.names) if permits(sentence.text) else ():
            if mention.stance == "advised":
                for drug in mention.name.drugs & tables.drugs.keys():
                    where.setdefault(drug, index)
    for finding in check_interactions(where, tables, language):
        if finding.kind == "interaction" and finding.severity == "contraindicated":
            index = max(i for drug, i in where.items() if tables.name(drug, language) in (finding.drug, finding.with_))
            yield finding.model_copy(update={"sentence": index})
