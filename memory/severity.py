"""How bad a reaction was, and what it was: the words beside an allergy."""

from __future__ import annotations

from memory import patterns as re
from memory.clauses import Clause
from memory.facts import Severity
from memory.substances import category_of
from memory.talk import Talk

_SEVERE = re.compile(
    r"(?:过敏性)?休克|急诊|喘得|喉头?水肿|喉咙?肿|窒息|呼吸困难|喘不[过上]气|喘不上来|憋气|抢救|急救|昏迷|晕(?:倒|"
    r"过去|厥)|住(?:了)?院|送(?:去)?急诊|icu|重症|严重|很厉害|特别厉害|非常厉害|"
    r"差点(?:没命|死)|史蒂文斯|剥脱|大疱|血压(?:下降|掉|低)|要命|"
    r"\b(?:anaphyla\w+|throat (?:\w+ ){0,2}(?:clos\w+|swell\w*|swollen)|couldn't breathe|can't breathe|trouble breathing|"
    r"difficulty breathing|stopped breathing|epi-?pen|adrenaline|hospital\w*|ambulance|\ber\b|emergency room|a&e|icu|"
    r"severe(?:ly)?|life[- ]threatening|nearly (?:died|killed)|almost (?:died|killed)|deathly|deadly|passed out|collapsed|"
    r"stevens|blister\w*|shock|swell\w* (?:of|up)? ?(?:my )?(?:face|lips|tongue|throat))\b"
)
_MILD = re.compile(
    r"轻微|轻度|不严重|有点(?:痒|红)|一点点|\b(?:mild(?:ly)?|slight(?:ly)?|minor|not (?:too |that )?(?:bad|severe|serious))\b"
)
REACTION = re.compile(
    r"(?:全身|浑身|身上|脸上|满身|手上|皮肤|一身|嘴巴?周围)?(?:都|会|就)?(?:起|出|长)(?:过|了|满|一身|大片|很多|"
    r"好多)*[^,，。]{0,4}(?:皮疹|红疹|荨麻疹|风团|疹子?|疙瘩|红点|水疱|大疱|"
    r"包)|荨麻疹|皮疹|红疹|(?:过敏性)?休克|喉头?水肿|(?:嘴唇?|脸|嗓子|喉咙|眼睛|舌头|眼皮)[^,，。]{0,3}肿|"
    r"呼吸困难|喘不[过上]气|会喘(?!不)|喘起来|哮喘发作|胸闷气短|打喷嚏|流(?:清)?鼻涕|流眼泪|鼻塞|耳鸣|(?:嘴|脸|眼)[周边睛巴]?(?:发|会|都|很)?红|(?:全身|浑身|皮肤|身上)(?:发|很|特别)?痒|皮肤(?:发红|瘙痒)|红肿|发红|瘙痒|呕吐|"
    r"恶心|腹泻|拉肚子|头晕|心慌|面色苍白|血压下降|抽搐|史蒂文斯[^,，。]{0,8}|剥脱性皮炎|"
    r"\b(?:hives|rash(?:es)?|welts|anaphyla\w+|swell(?:s|ing|ed)?(?: (?:up|of \w+(?: \w+)?))?|(?:face|lips?|tongue|throat|"
    r"eyes?)[^,.;]{0,12}(?:swell\w*|swollen|clos\w+|puff\w*|itch\w*)|swollen (?:\w+)|itch(?:y|ing|es)?|wheez\w+|"
    r"(?:couldn't|can't|trouble|difficulty|short of) breath\w*|blisters?|vomit\w*|throw(?:s|ing)? up|threw up|nausea|"
    r"nauseous|diarrhoea|diarrhea|stomach (?:cramps?|pain|upset)|breaks? out|broke out|peeling skin|stevens[- ]johnson|"
    r"dizz\w+|passed out|shock|sneez\w+|runny nose|watery eyes|stuffy nose|hay fever)\b"
)


_WENT = re.compile(r"[吃喝用打碰闻接触]|会|起|出|全身|浑身|\b(?:get|gets|got|gives?|gave|breaks?|broke|comes?|came|in)\b")
"""Of a clause that holds the name of a reaction ("荨麻疹"): it says how it went, not what else somebody has."""
_NEXT_ALLERGEN = re.compile(r"(?:and |or |but )*(?:also )?to |对")
_REMARK = re.compile(r"(?P<of>[^\s(（]?)\s*(?:过敏)?\s*[(（](?P<said>[^)）]{2,60})[)）]")


def _own(talk: Talk, clause: Clause, item: Clause, place: int) -> str:
    """Return what a clause tells of the allergen at a place: of several, not what stands in brackets behind another."""
    for other in dict.fromkeys((item, clause)):
        words = other.low
        for remark in reversed([*_REMARK.finditer(words)] if "(" in words or "（" in words else []):
            end = other.start + remark.end("of")
            holder = next((name for name in reversed(talk.names_in(other)) if name.end == end), None)
            if holder and holder.start == place:
                return remark["said"]
            if holder and category_of(holder, talk.tables):
                words = words[: remark.start("said")] + words[remark.end("said") :]
        if other is clause:
            return words
    return clause.low


def _around(talk: Talk, number: int, item: Clause | None = None, place: int = -1) -> str:
    """Return the clause and the ones after it that say how it went, up to the next allergy."""
    here = talk.clauses[number]
    words = [_own(talk, here, item or here, place)]
    for clause in talk.clauses[number + 1 : number + 4]:
        if clause.sentence > here.sentence + 1 or clause.people != here.people or clause.mode != "said" or clause.kind != here.kind:
            break
        if (
            re.search(r"过敏(?!性休克|反应)|allerg", clause.low)
            or _NEXT_ALLERGEN.match(clause.low)
            or (talk.names_in(clause) and not _only_tells(talk, clause))
        ):
            break
        if clause.sentence != here.sentence and not REACTION.search(clause.low) and not _SEVERE.search(clause.low):
            break
        words.append(clause.low)
    return "，".join(words)


def _only_tells(talk: Talk, clause: Clause) -> bool:
    """Tell whether the names in a clause are only those of a reaction: "吃了会起荨麻疹"."""
    if not _WENT.search(clause.low):
        return False
    told = [(clause.start + match.start(), clause.start + match.end()) for match in REACTION.finditer(clause.low)]
    return all(any(start <= name.start and name.end <= end for start, end in told) for name in talk.names_in(clause))


def reaction_in(talk: Talk, number: int, item: Clause | None = None, place: int = -1) -> str:
    """Return the reaction told beside the allergy in a clause, in the patient's words.

    Args:
        talk: the message.
        number: of the clause that holds the word allergy.
        item: the clause in which the allergen stands, where it is another.
        place: where the allergen begins; what brackets tell of another is not its own.
    """
    found = dict.fromkeys(match[0].strip() for match in REACTION.finditer(_around(talk, number, item, place)))
    return ("、" if talk.language == "zh" else ", ").join(found)


def severity_of(talk: Talk, number: int, item: Clause | None = None, place: int = -1) -> tuple[Severity, str]:
    """Return how severe the allergy in a clause is, and the words that tell it; arguments as ``reaction_in``."""
    words = _around(talk, number, item, place)
    if (match := _SEVERE.search(words)) and not re.search(
        r"(?:不|没有?|无|not |no |n't )\s*(?:那么|太|很|too |that |so |any )?$", words[: match.start()]
    ):
        return "severe", match[0] if match[0] in ("严重", "severe", "severely", "重度") else ""
    return ("mild", match[0]) if (match := _MILD.search(words)) else ("", "")
