"""Evidence of one turn: what it refers to, spelled out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from graphs.state import Citation, ConsultState, EvidenceRef
from memory.facts import HOLDING
from retrieval.documents import Chunk
from retrieval.orders import material
from retrieval.search import Retriever
from tools.bmi import SOURCE as BMI_SOURCE
from tools.bmi import bmi
from tools.drugs import drug_card
from tools.errors import InvalidArgument
from tools.labels import is_called
from tools.mentions import mentions
from tools.profile import PatientProfile
from tools.tables import Tables

_MAX_CARDS = 3
_MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Evidence:
    """One numbered source with its text, as it may be read by a model and shown to a patient."""

    n: int
    ref: EvidenceRef
    text: str
    title: str
    section: str = ""
    kind: str = "tool"
    publisher: str = ""
    source: str = ""
    year: int = 0
    language: str = ""

    def citation(self, quoted: str) -> Citation:
        """Return what the reader sees; the offsets mark ``quoted`` in the snippet where it stands there word for word."""
        start = max(self.text.find(quoted), 0) if quoted else 0
        end = start + len(quoted) if quoted and quoted in self.text else 0
        return Citation(
            n=self.n,
            id=self.ref.id,
            version=self.ref.version,
            document=self.title,
            section=self.section,
            publisher=self.publisher,
            source=self.source,
            year=self.year,
            snippet=self.text,
            start=start if end else 0,
            end=end,
        )


def resolve(refs: list[EvidenceRef], retriever: Retriever) -> list[Evidence]:
    """Return the evidence behind the references; one whose chunk has since gone, changed or says nothing to a patient is left out."""
    found = []
    for ref in refs:
        if ref.kind == "tool":
            found.append(Evidence(ref.n, ref, ref.text, title=ref.title or ref.source, source=ref.source, year=ref.year))
        elif (chunk := retriever.chunk(ref.id)) and chunk.version == ref.version:
            found.append(_from_chunk(ref, chunk))
    return [item for item in found if item.text]


def _from_chunk(ref: EvidenceRef, chunk: Chunk) -> Evidence:
    title, section, publisher, source = (_name(words) for words in (chunk.title, chunk.section, chunk.publisher, chunk.source))
    return Evidence(ref.n, ref, material(chunk.text), title, section, chunk.kind, publisher, source, chunk.year, chunk.language)


@lru_cache(maxsize=4096)
def _name(words: str) -> str:
    """Return a title or the name of a source as one short line."""
    return " ".join(material(words[:_MAX_NAME]).split())


def tool_evidence(state: ConsultState, profile: PatientProfile, tables: Tables) -> list[EvidenceRef]:
    """Return what the tools say to this question, decided by rule so that no model is needed for it."""
    language = state["language"]
    refs = _bmi_evidence(state, profile, language)
    stopped = {name for finding in state["warnings"] if finding.stops for name in (finding.drug, finding.with_)}
    drugs = [min(m.name.drugs) for m in mentions(state["question"], tables.names) if m.stance != "allergen" and m.name.drugs]
    for drug in list(dict.fromkeys(d for d in drugs if d in tables.drugs))[:_MAX_CARDS]:
        card = drug_card(drug, tables, language)
        if not any(is_called(name, card.name, language) for name in stopped):
            text = (" " if language == "en" else "").join(card.sentences(language))
            refs.append(EvidenceRef(n=0, kind="tool", id=f"drug:{drug}", text=text, title=card.name, source=card.source, year=card.year))
    return refs


def _bmi_evidence(state: ConsultState, profile: PatientProfile, language: str) -> list[EvidenceRef]:
    said = {fact.kind for fact in state["facts"] if fact.status in HOLDING}
    wanted = "bmi" in state["requests"] or {"height", "weight"} <= said
    if not wanted or profile.height_cm is None or profile.weight_kg is None:
        return []
    try:
        result = bmi(profile.height_cm, profile.weight_kg)
    except InvalidArgument as error:
        return [EvidenceRef(n=0, kind="tool", id="bmi", text=error.message(language), source=BMI_SOURCE, year=2013)]
    return [EvidenceRef(n=0, kind="tool", id="bmi", text=result.sentence(language), source=BMI_SOURCE, year=2013)]


def numbered(refs: list[EvidenceRef]) -> list[EvidenceRef]:
    """Return the references counted from 1."""
    return [ref.model_copy(update={"n": n}) for n, ref in enumerate(refs, start=1)]
