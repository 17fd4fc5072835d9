"""Operations and vaccinations from the patient's own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from memory import patterns as re
from memory import procedure_words as say
from memory.clauses import Clause
from memory.facts import ANY, Fact, Status
from memory.talk import Talk, details

_HAN = re.compile(r"[\u4e00-\u9fff]")


def read_procedures(talk: Talk) -> Iterator[Fact]:
    """Yield the operations and vaccinations that a message tells."""
    for _, clause in talk.stated():
        hints = {str(match.lastgroup) for match in say.HINTS.finditer(clause.low)}
        if clause.kind == "surgery" or ("surgery" in hints and clause.kind in ("", "condition", "person")):
            yield from _surgery(talk, clause)
        if clause.kind != "vaccination" and "vaccination" not in hints:
            continue
        if clause.kind in ("", "vaccination", "condition", "person"):
            yield from _vaccination(talk, clause)


def _surgery(talk: Talk, clause: Clause) -> Iterator[Fact]:
    yield from _none(talk, clause)
    if say.PLANNED.search(clause.low):
        return
    headed = clause.kind == "surgery"
    found = [*_removed(clause), *_named_en(talk, clause, headed=headed), *_named_zh(talk, clause, headed=headed)]
    if headed and not found and not re.match(r"\s*(?:无|没有|否认|未|none|no\b|nil|n/a|-)", clause.low):
        words = say.WHEN.sub("", clause.text).strip(" ：:,，.、在于")
        found = [(words if talk.language == "zh" else words.lower(), 1)] if 1 < len(words) <= 30 else []
    whens = when_of(clause, [place for _, place in found])
    for (value, place), when in zip(found, whens, strict=True):
        yield from _operation(talk, clause, value, place, when)


def when_of(clause: Clause, places: Sequence[int]) -> list[str]:
    """Return when each of what stands at some places in a clause was done: of several, each has the time told beside it.

    English tells the time behind, Chinese before: "gallbladder in 2019 and a knee last spring", "去年切阑尾，前年切胆囊".
    """
    told = [match.span() for match in say.WHEN.finditer(clause.low)]
    if len(places) < 2:
        return [clause.text[slice(*told[0])] if told else ""] * len(places)
    found = []
    for place in places:
        low = max((other for other in places if other < place), default=0)
        high = min((other for other in places if other > place), default=len(clause.low))
        before = [span for span in told if low <= span[0] < place]
        after = [span for span in told if place <= span[0] < high]
        near = (before[-1:] or after[:1]) if _HAN.search(clause.low) else (after[:1] or (before[-1:] if low == 0 else []))
        found.append(clause.text[slice(*near[0])] if near else "")
    return found


def _removed(clause: Clause) -> Iterator[tuple[str, int]]:
    """Yield the operations told by the organ that is gone, with their place in the clause."""
    if match := say.JOINT_ZH.search(clause.low):
        yield f"{match['joint'] or match['joint2'] or ''}关节置换术", match.start()
    for pattern in (say.REMOVED_ZH, say.BESIDE_REMOVED, say.REMOVED_EN):
        for match in pattern.finditer(clause.low):
            organ = clause.text[slice(*match.span("organ" if match["organ"] else "organ2"))]
            name = re.sub(r"s$| and adenoids$", "", organ.lower())
            yield f"{organ}切除术" if pattern is say.REMOVED_ZH else say.ECTOMY.get(name, f"{organ.lower()} removal"), match.start()


def _named_en(talk: Talk, clause: Clause, *, headed: bool) -> Iterator[tuple[str, int]]:
    before, _ = talk.neighbours(clause.number)  # "I had a heart attack in 2018, bypass surgery": the next of a list
    listed = (
        before is not None and before.mode == "said" and say.EN.fullmatch(clause.low) and re.search(r"\b(?:had|history of)\b", before.low)
    )
    if headed or listed or say.CONTEXT_EN.search(clause.low):
        for match in say.EN.finditer(clause.low):
            yield say.LEAD_EN.sub("", match["what"]), match.start()


def _named_zh(talk: Talk, clause: Clause, *, headed: bool) -> Iterator[tuple[str, int]]:
    if not (headed or say.CONTEXT_ZH.search(clause.low)):
        return
    told = [match.span() for match in say.REMOVED_ZH.finditer(clause.low)]
    for match in say.WHAT_ZH.finditer(clause.low):
        start, end = match.span("what")
        words = say.LEAD_WORDS_ZH.sub("", clause.text[start:end])
        if (
            any(a < end and start < b for a, b in told)
            or words in ("手术", "术")
            or words.startswith(("无", "没", "否认"))
            or re.search(r"疗程|技术|艺术", words)
        ):
            continue
        yield words, start


def _none(talk: Talk, clause: Clause) -> Iterator[Fact]:
    """Read "没做过手术" and "Operations: none"."""
    bare = clause.kind == "surgery" and re.match(r"\s*(?:无|没有|否认|未|none|no\b|nil|n/a|-)", clause.low)
    if bare or re.search(
        r"(?:(?:没有?|未|无)(?:做|动|行|接受)?过(?:任何|什么|大|外科)*手术史?|(?:没有|无)(?:任何|什么)?手术史?)$|\b(?:no|"
        r"never had (?:any |an )?|"
        r"haven't had any) ?(?:previous |"
        r"prior )?(?:surger(?:y|ies)|operations?)\b",
        clause.low,
    ):
        yield from talk.facts(clause, "surgery", ANY, status="denied")


def _operation(talk: Talk, clause: Clause, value: str, place: int, when: str) -> Iterator[Fact]:
    status: Status = "denied" if say.DENIES.search(clause.low[:place]) else "past"
    yield from talk.facts(clause, "surgery", value, status=status, detail=details(when))


def _vaccination(talk: Talk, clause: Clause) -> Iterator[Fact]:
    low, headed = clause.low, clause.kind == "vaccination"
    if re.search(
        r"想打|要打|准备|打算|能打|可以打|该打|预约|\b(?:should|want|plan\w*|can|due|going to|need|before|book\w*|considering|if|or)\b", low
    ):
        return
    for pattern, got, missed in ((say.VACCINE_ZH, say.GOT_ZH, say.NOT_GOT_ZH), (say.VACCINE_EN, say.GOT_EN, say.NOT_GOT_EN)):
        matches = [*pattern.finditer(low)]
        for match, when in zip(matches, when_of(clause, [match.start() for match in matches]), strict=True):
            denied = bool(missed.search(low))
            if pattern is say.VACCINE_EN and not headed and not re.search(r"vaccin|shots?\b|jabs?\b|booster|immuni[sz]", low):
                continue
            if not (headed or denied or got.search(low)):
                continue
            words = talk.message[clause.start + match.start("what") : clause.start + match.end("what")]
            value = (
                say.LEAD_ZH.sub("", words)
                if pattern is say.VACCINE_ZH
                else re.sub(r" (?:shots?|jabs?|vaccinations?|immuni[sz]ations?|booster)$", " vaccine", words.lower())
            )
            value = value if pattern is say.VACCINE_ZH or value.endswith("vaccine") else f"{value} vaccine"
            if value and value != "疫苗":
                yield from talk.facts(
                    clause,
                    "vaccination",
                    value,
                    status="denied" if denied else "past" if talk.language == "zh" else "active",
                    detail=details(when),
                )
