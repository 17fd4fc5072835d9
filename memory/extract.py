"""Facts from the patient's own words, by rule: on the critical path of every turn, in milliseconds, without a model.

A message is cut into clauses; each knows whom it is about and whether it states, asks, supposes or quotes. Readers for the kinds of fact
then look at the names in a clause and at the words that frame them. What is asked, supposed or quoted is no fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from memory.afterwards import later_words
from memory.clauses import read_clauses
from memory.corrections import read_corrections, settled
from memory.ellipses import read_ellipses
from memory.facts import Fact
from memory.more import more_names
from memory.people import Speaker
from memory.read_allergies import read_allergies
from memory.read_conditions import read_conditions
from memory.read_denials import read_denials
from memory.read_measures import read_measures
from memory.read_medicines import read_medicines
from memory.read_procedures import read_procedures
from memory.read_reactions import read_reactions
from memory.read_states import read_states
from memory.review import reviewed
from memory.talk import Talk
from tools.names import Name
from tools.tables import Tables
from tools.text import clean, fold, language_of

_READERS = (
    read_reactions,
    read_allergies,
    read_medicines,
    read_conditions,
    read_procedures,
    read_states,
    read_measures,
    read_denials,
    read_ellipses,
    read_corrections,
)

_CONDITIONS = {
    "htn": "hypertension", "dm": "diabetes", "dm2": "type_2_diabetes", "t2dm": "type_2_diabetes", "t1dm": "type_1_diabetes",
    "cad": "coronary_heart_disease", "chf": "heart_failure", "ckd": "chronic_kidney_disease", "af": "atrial_fibrillation",
    "afib": "atrial_fibrillation", "hld": "hyperlipidaemia", "gerd": "gerd", "bph": "benign_prostatic_hyperplasia",
}  # fmt: skip
_SHORT = re.compile(rf"(?<![a-z0-9-])({'|'.join(sorted(_CONDITIONS, key=len, reverse=True))})(?:[ -]?[1-5][ab]?)?(?![a-z0-9-])")
_ALLERGY = re.compile(r"过敏$|\s*allerg(?:y|ies)$")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one message says: its facts, each once, and whom the thread is about now."""

    facts: list[Fact] = field(default_factory=list)
    subject: str = "self"
    unclear: bool = False
    """A fact may be about one of several people, and nothing tells which: the patient should be asked."""


def read(
    message: str,
    tables: Tables,
    *,
    subject: str = "self",
    known: Sequence[Fact] = (),
    language: str | None = None,
    topic: str = "",
    thread: str = "",
    turn: str = "",
    at: str = "",
) -> Reading:
    """Read the facts in one cleaned message.

    Args:
        message: the patient's words.
        tables: names of drugs, allergens and conditions.
        subject: whom the thread was about before this message.
        known: what was said before, oldest first: "I stopped it" ends a medicine of these.
        language: of the values; ``None`` takes that of the message.
        topic: the kind of fact that the assistant has just asked about, so that a bare "青霉素" or "no" is understood.
        thread: provenance, like ``turn`` and ``at`` (ISO time).
        turn: id of the turn.
        at: when it was said.
    """
    speaker = Speaker(subject, tuple(dict.fromkeys(fact.subject for fact in known)))
    talk, found = by_rule(message, tables, speaker, known=known, language=language, topic=topic)
    found = list(settled(_plain(later_words(talk, reviewed(talk, found))), known))
    kept: dict[str, Fact] = {}
    for fact in (f.model_copy(update={"thread": thread, "turn": turn, "at": at}) for f in found):
        kept.pop(fact.id, None)  # said again after something else was said: it stands where it was said last
        kept[fact.id] = fact
    return Reading(list(kept.values()), speaker.current, speaker.unclear and bool(kept))


def _plain(facts: list[Fact]) -> list[Fact]:
    """Return facts without what the same message calls an allergy and an intolerance at once: the allergy is the safer reading."""
    allergic = {(fact.subject, fact.value) for fact in facts if fact.kind == "allergy" and fact.holds}
    return [fact for fact in facts if fact.kind != "intolerance" or (fact.subject, fact.value) not in allergic]


def by_rule(
    message: str, tables: Tables, speaker: Speaker, *, known: Sequence[Fact] = (), language: str | None = None, topic: str = ""
) -> tuple[Talk, list[Fact]]:
    """Return a message as the readers see it, and what they read by rule alone; arguments as ``read``."""
    low = fold(message)
    clauses = list(read_clauses(message, speaker))
    names, more = more_names(message, _all_names(message, low, tables), tables)
    talk = Talk(message, low, clauses, names, tables, language or language_of(message), known, topic, more=more)
    for reader in _READERS:
        for fact in reader(talk):
            talk.found.append(fact)
    return talk, list(settled(talk.found, known))


def _all_names(message: str, low: str, tables: Tables) -> list[Name]:
    names = list(_names(message, tables))
    short = [name for name in _abbreviations(low, message, tables) if not any(n.start < name.end and name.start < n.end for n in names)]
    return sorted([*names, *short], key=lambda name: name.start) if short else names


def _abbreviations(low: str, message: str, tables: Tables) -> Iterator[Name]:
    """Yield what notes abbreviate and the tables leave out because it is too short to be safe in running text."""
    for match in _SHORT.finditer(low):
        reference = f"condition:{_CONDITIONS[match[1]]}"
        if _CONDITIONS[match[1]] in tables.conditions:
            yield Name(match.start(1), match.end(), message[match.start(1) : match.end()], frozenset({reference}))


def _names(message: str, tables: Tables) -> Iterator[Name]:
    """Yield the names in a message; of "乳胶过敏" and "pollen allergy", which are names of their own, the allergen."""
    for name in tables.names.find(message):
        tail = _ALLERGY.search(fold(name.words))
        inner = tables.names.find(name.words[: tail.start()]) if tail else []
        if tail and (inner or name.of("group")):
            words = name.words[: tail.start()]
            yield Name(name.start, name.start + len(words), words, inner[0].references if inner else name.references)
        else:
            yield name


def extract(
    message: str, tables: Tables, *, subject: str = "self", thread: str = "", turn: str = "", at: str = "", known: Sequence[Fact] = ()
) -> tuple[list[Fact], str]:
    """Return the facts in a cleaned message and whom the thread is about after it; see ``read``."""
    reading = read(message, tables, subject=subject, known=known, thread=thread, turn=turn, at=at)
    return reading.facts, reading.subject


def subject_after(message: str, previous: str = "self") -> str:
    """Return whom a thread is about after a cleaned message; ``previous`` is whom it was about before."""
    speaker = Speaker(previous)
    for _ in read_clauses(message, speaker):
        pass
    return speaker.current


def read_turns(turns: Iterable[str], tables: Tables, *, language: str | None = None) -> list[Fact]:
    """Return every statement in a patient's messages, oldest first; ``turn`` counts from 0."""
    said: list[Fact] = []
    subject = "self"
    for number, words in enumerate(turns):
        reading = read(clean(words), tables, subject=subject, known=said, language=language, turn=str(number))
        said += reading.facts
        subject = reading.subject
    return said


def talks(turns: Iterable[str], tables: Tables, *, language: str | None = None) -> Iterator[tuple[Talk, list[Fact]]]:
    """Yield each of a patient's messages as the readers see it, with what they read by rule alone: what the model learns from."""
    said: list[Fact] = []
    subject = "self"
    for number, words in enumerate(turns):
        speaker = Speaker(subject, tuple(dict.fromkeys(fact.subject for fact in said)))
        talk, found = by_rule(clean(words), tables, speaker, known=tuple(said), language=language)
        yield talk, found
        said += [fact.model_copy(update={"turn": str(number)}) for fact in found]
        subject = speaker.current
