"""Conditions from the patient's own words, those of the family, and those that a form lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from memory import condition_words as say
from memory import patterns as re
from memory.clauses import Clause
from memory.facts import Fact, Kind, Status
from memory.read_states import mothers
from memory.talk import Talk, details, value_of
from tools.names import Name
from tools.text import fold


def read_conditions(talk: Talk) -> Iterator[Fact]:
    """Yield what a message says about diseases."""
    frame: tuple[int, Status | None] = (0, None)
    for clause in talk.clauses:
        if clause.mode in ("told", "supposed") or clause.kind not in ("", "condition", "family_history", "medication", "person"):
            continue
        family = clause.kind == "family_history" or bool(say.FAMILY.search(clause.low))
        found = [*_known(talk, clause), *_unknown(talk, clause)]
        if not found and clause.mode == "said" and say.SETTLES.search(clause.low):
            yield from _settled(talk, clause)
        for name in found:
            status = _status(talk, clause, name, frame, family=family)
            frame = (clause.sentence, status)
            if status == "denied" and not any(name.end == known.end for known in talk.names):
                name = replace(name, references=frozenset())  # who has no diabetic foot may have diabetes
            if status:
                yield from condition(talk, clause, name, "family_history" if family else "condition", status)


def _known(talk: Talk, clause: Clause) -> list[Name]:
    found = [
        _whole(name, talk)
        for name in talk.names_in(clause)
        if name.of("condition") - say.STATES and not say.SYMPTOMS.match(name.words.lower())
    ]
    ends = [0, *(name.end for name in found)]
    return [
        name
        for name, end in zip(found, ends, strict=False)
        if name.start >= end and not name.drugs and not re.search(r"怀孕|备孕|pregnan", name.words.lower())
    ]


def _whole(name: Name, talk: Talk) -> Name:
    """Return a disease with the organ that it has harmed, which stands for both: "糖尿病肾病", "diabetic nephropathy"."""
    harmed = say.COMPLICATION.match(talk.low, name.end)
    if harmed is None:
        twin = next((other for other in talk.names if other.start == name.end and other.of("condition") & name.of("condition")), None)
        return replace(name, end=twin.end, words=name.words + twin.words, spelled="") if twin else name  # "乙肝小三阳"
    organ = {reference for other in talk.tables.names.find(harmed[0]) for reference in other.of("condition")}
    kidneys = {"condition:chronic_kidney_disease"} if say.KIDNEYS.search(harmed[0]) else set()
    words = talk.message[name.start : harmed.end()]
    return replace(name, end=harmed.end(), words=words, spelled="", references=name.references | organ | kidneys)


def _unknown(talk: Talk, clause: Clause) -> Iterator[Name]:
    """Yield words that end like a disease where the clause says that somebody has it."""
    if not say.ENDINGS.search(clause.low):
        return
    for pattern in (say.UNKNOWN_ZH, say.UNKNOWN_EN):
        for match in pattern.finditer(clause.low):
            start, end = clause.start + match.start("what"), clause.start + match.end("what")
            start += lead.end() if (lead := say.LEAD_EN.match(match["what"])) else 0
            if not say.NO_NAME.search(match["what"]) and not any(
                name.start < end and start < name.end for name in talk.names if name.references
            ):
                yield Name(start, end, talk.message[start:end], frozenset())


def _settled(talk: Talk, clause: Clause) -> Iterator[Fact]:
    """Read "后来排除了" after a disease was suspected."""
    last = talk.last("condition", clause.people)
    if last and re.match(
        r"(?:后来|最后|结果|检查)?[^,，。]{0,8}(?:排除了|已排除|推翻了|不是的?)$|.*\b(?:ruled (?:it|that) out|"
        r"was ruled out|turned out not to be)\b",
        clause.low,
    ):
        yield last.model_copy(update={"status": "refuted", "quote": clause.text, "span": (clause.start, clause.end)})


def _status(talk: Talk, clause: Clause, name: Name, frame: tuple[int, Status | None], *, family: bool) -> Status | None:
    low = clause.low
    before, after = low[: name.start - clause.start], low[name.end - clause.start :]
    if say.BLOCK_AFTER.match(after) or (clause.mode == "asked" and not _by_the_way(before, after)):
        return None
    denied = say.DENIES.search(before)
    if denied and not say.NOT_DENIED.search(before):
        return "denied"
    if clause.kind in ("condition", "family_history"):
        return (
            "denied"
            if re.match(r"\s*(?:无|没有|否认|no\b|none|denies)", low) and "有" not in before[2:]
            else "past"
            if _past(low)
            else "active"
        )
    if talk.only_names(clause) and frame[0] == clause.sentence and frame[1]:
        return frame[1]
    if say.BLOCK_BEFORE.search(before):
        return None
    bare = talk.only_names(clause) or not name.references
    if bare and not clause.ends and not clause.names_person and name.references and not clause.kind and len(talk.clauses) > 1:
        return None  # "高血压能吃布洛芬吗"
    subject = clause.names_person and len(before) <= 8
    treated = re.match(r"(?:一直|现在|也)?(?:在|正在)?(?:吃|服|用|打|治|过|也?(?:治好|好了))|\s*(?:is|was|are|confirmed)\b", after)
    if not (
        bare
        or subject
        or family
        or treated
        or ((len(after) <= 4 or re.match(r"\s*(?:stage|type|grade)\b", after)) and not before)
        or say.HAS.search(before)
        or say.HAS.search(after)
    ):
        return None
    if clause.mode == "asked":
        return "active"
    if say.DOUBT.search(before) or re.match(r"可能|\s*(?:is )?(?:possible|likely|suspected)", after):
        return "suspected"
    return "past" if _past(before + " " + after) or re.match("过(?!敏|度)", after) else "active"


def _by_the_way(before: str, after: str) -> bool:
    """Tell whether a question about something else says that somebody has a disease: "is it safe with my asthma?"."""
    if say.ASKED.search(before) or say.ASKED_AFTER.match(after):
        return False
    return bool(
        re.search(
            r"\b(?:my|with my|having|i have|since i have|given my)\s+(?:\w+ )?$|(?:我|他|她|^)(?:有|得了|患有|这次)[^,，]{0,6}$", before
        )
    )


def _past(words: str) -> bool:
    return bool(say.PAST.search(words)) and not say.NOT_PAST.search(words)


def condition(talk: Talk, clause: Clause, name: Name, kind: Kind, status: Status) -> Iterator[Fact]:
    """Yield a disease of the people of a clause, or of their family."""
    references = tuple(sorted(name.of("condition")))
    if kind == "condition" and clause.people[0] in say.BLOOD and say.INHERITED.search(clause.low):
        kind = "family_history"
    if kind == "family_history":
        status = "denied" if status == "denied" else "active"
        relative = say.RELATIVE.search(clause.low)
        said = talk.message[clause.start + relative.start() : clause.start + relative.end()] if relative else ""
        fact = next(talk.facts(clause, kind, value_of(name, references, talk), words=name.words, status=status, references=references))
        yield fact.model_copy(
            update={
                "subject": "self" if relative or clause.people[0] in say.BLOOD or fact.subject == "self" else fact.subject,
                "detail": said,
                "facets": {"relation": said} if said else {},
            }
        )
        return
    since = re.search(
        r"(?:\d+|[一二两三四五六七八九十]+)[多几]?(?:年|个月)|\bfor (?:\w+ ){1,2}years?\b|\bsince (?:\d{4}|\w+)\b|(?:19|20)\d\d年?",
        clause.low,
    )
    said = talk.message[clause.start + since.start() : clause.start + since.end()] if since else ""
    if say.OF_MOTHERS.search(fold(name.words)):  # "宝宝4个月，乳腺炎发烧": not the baby's
        clause = replace(clause, people=tuple(mothers(clause)))
    yield from talk.facts(
        clause, kind, value_of(name, references, talk), words=name.words, status=status, references=references,
        detail=details(said), facets={"since": said} if said else {},
    )  # fmt: skip
