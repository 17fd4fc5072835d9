"""Which medicines a clause names: those of the tables, those only recognised by their form, and general ones such as "降压药"."""

from __future__ import annotations

from collections.abc import Iterator

from memory import medicine_words as say
from memory import patterns as re
from memory.clauses import Clause
from memory.talk import Talk
from tools.names import Name
from tools.unknown import unknown_drugs

_OTHER = re.compile(r"(?:别的|其他|什么|任何|哪种|other|any) ?$")


def medicines_in(talk: Talk, clause: Clause) -> Iterator[Name]:
    """Yield the medicines named in a clause: those of the tables, those only recognised by their form, and "降压药"."""
    known = [name for name in talk.names_in(clause) if name.drugs and not _no_medicine(talk, name)]
    named = [name for name in known if not all(r.startswith("class:") for r in name.drugs)]
    known = [name for name in known if name in named or not _OTHER.search(clause.low[: name.start - clause.start])]
    known = [name for name in known if name in named or not any(abs(specific.start - name.end) <= 3 for specific in named)]
    known = [name for name in known if name in named or not told_next(talk, clause, name)]
    yield from known
    spoken = known + [name for name in talk.names_in(clause) if name not in known]
    for pattern in () if known or not say.GENERIC.search(clause.low) or _names_next(talk, clause) else (say.GENERIC_ZH, say.GENERIC_EN):
        for match in pattern.finditer(clause.low):
            if _OTHER.search(clause.low[: match.start()]):
                continue
            start, end = clause.start + match.start(), clause.start + match.end()
            if not any(name.start < end and start < name.end for name in spoken):
                spoken.append(Name(start, end, talk.message[start:end], frozenset()))
                yield spoken[-1]
    if clause.kind == "medication" or (say.DRUGLIKE.search(clause.text) and say.NOW.search(clause.low)):
        inside = [Name(n.start - clause.start, n.end - clause.start, n.words, n.references) for n in spoken]
        for word in unknown_drugs(clause.text, inside, talk.tables):
            if say.NO_DRUG.fullmatch(word.words.lower()):
                continue
            yield Name(word.start + clause.start, word.end + clause.start, word.words, frozenset())


def _names_next(talk: Talk, clause: Clause) -> bool:
    """Tell whether the next clause names the medicine: "an allergy pill, Claritin"."""
    _, following = talk.neighbours(clause.number)
    return bool(following and talk.only_names(following))


def told_next(talk: Talk, clause: Clause, name: Name) -> bool:
    """Tell whether the next clause names which one of a class is taken: "on blood thinners, Eliquis 5 mg"."""
    if clause.end - name.end > 1 or not _names_next(talk, clause):
        return False
    _, following = talk.neighbours(clause.number)
    first = talk.names_in(following)[0] if following and talk.names_in(following) else None
    held = {group for drug in (first.drugs if first else ()) if drug in talk.tables.drugs for group in talk.tables.drugs[drug].classes}
    above = {parent for group in held if group in talk.tables.classes for parent in talk.tables.classes[group].parents}
    return any(f"class:{group}" in name.drugs for group in held | above)


def lists(clause: Clause) -> bool:
    """Tell whether a clause without a medicine of the tables says that something is taken, and a list follows."""
    return (
        clause.ends.startswith((",", "，"))
        and bool(say.NOW.search(clause.low))
        and not say.PLANNED.search(clause.low)
        and not say.NOT.search(clause.low)
    )


def _no_medicine(talk: Talk, name: Name) -> bool:
    vaccine = any("vaccine" in reference for reference in name.references)
    return vaccine or bool(
        re.match(
            r"\s*(?:levels?|tests?|水平|值|含量|偏[高低]|抵抗|resistance|sensitivity|deficien\w*|缺乏)", talk.low[name.end : name.end + 14]
        )
    )


def claimed(talk: Talk, name: Name) -> bool:
    """Tell whether an allergy or a reaction has claimed a name already."""
    return any(start <= name.start and name.end <= end for start, end in talk.taken)
