"""Names as people said them beside the names of the tables: somebody who asked about 芬必得 may not know that this is 布洛芬."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from configs.locales import text
from tools.findings import Finding
from tools.profile import PatientProfile
from tools.tables import Tables
from tools.text import fold
from tools.uses import Use

_LONGEST = 24
"""Characters of what may be a name; a form's whole line is none."""


def labelled(found: Iterable[Finding], profile: PatientProfile, uses: list[Use], tables: Tables, language: str) -> Iterator[Finding]:
    """Yield the findings with ``布洛芬（芬必得）`` where the text or the record called the drug by another name than the tables do."""
    labels = _labels(profile, uses, tables, language)
    for finding in found:
        drug, other = labels.get(finding.drug, finding.drug), labels.get(finding.with_, finding.with_)
        reason = _with(_with(finding.reason, finding.drug, drug, finding.with_), finding.with_, other, finding.drug)
        changed = {"drug": drug, "with_": other, "reason": reason}
        yield finding.model_copy(update=changed) if reason != finding.reason or (drug, other) != (finding.drug, finding.with_) else finding


def is_called(label: str, name: str, language: str) -> bool:
    """Tell whether the name in a finding, labelled or not, is this name of the tables."""
    return label == name or label.startswith(text(language, "findings.also_called", drug=name, words="\0").partition("\0")[0])


def _labels(profile: PatientProfile, uses: list[Use], tables: Tables, language: str) -> dict[str, str]:
    labels: dict[str, str] = {}
    held = [(known.words, next(iter(known.references))) for known in profile.medications if len(known.references) == 1]
    for words, reference in [*((use.words, use.reference) for use in uses), *held]:
        drug = tables.drugs.get(reference)
        if not drug or len(words) > _LONGEST:
            continue
        name, said = drug.name.in_(language), fold(words)
        if not any(fold(known) in said for known in (drug.name.zh, drug.name.en)):
            labels.setdefault(name, text(language, "findings.also_called", drug=name, words=words))
    return labels


def _with(reason: str, name: str, label: str, other: str) -> str:
    """Put the label in place of the first mention of the name, unless that may stand inside the other name."""
    return reason if name == label or not name or name in other else reason.replace(name, label, 1)
