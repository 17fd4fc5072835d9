"""How much, how often, since when and until when a medicine is taken, in the patient's words."""

from __future__ import annotations

from memory import patterns as re
from memory.clauses import Clause
from memory.facts import Facet
from memory.talk import Talk
from tools.text import fold

_N = r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十半]+|\b(?:one|two|three|four|five|six|half|a)\b)"
_DOSE = re.compile(
    rf"(?:一次|每次|每回|各)?\s*(?<![\d.岁]){_N}\s*(?:/\s*\d+\s*)?(?:毫克|mg|mcg|微克|ug|μg|g(?![a-z])|克|毫升|ml|国际单位|单位|iu\b|"
    rf"units?\b)(?!/?d?l)|(?:一次|每次|各|吃了?|服了?|早晚各|每[天日晚早])?{_N}\s*(?:片|粒|颗|支|袋|包|滴|喷|揿|丸)(?!剂)|"
    rf"\b{_N} (?:tablets?|tabs?|capsules?|caps?|pills?|puffs?|drops?|sprays?|sachets?)\b",
)
_FREQUENCY = re.compile(
    rf"每[天日晚早周月](?:[早中晚]+)?(?:[早中晚饭后前]*)(?:{_N}\s*[次回顿])?|一?[天日周]{_N}\s*[次回顿]|(?:早|中|晚|"
    rf"睡)(?:饭)?[前后]|早晚各?(?:一次)?|睡前|隔[天日]|"
    rf"每隔?{_N}个?(?:小时|天)(?:一次)?|必要时|偶尔|疼的时候|天天|长期|"
    rf"\b(?:once|twice|{_N} times|thrice)(?: (?:a|per|every|each) (?:day|week|month)| daily| weekly)?\b(?! (?:ago|before))|"
    rf"\b(?:every (?:day|night|morning|evening|other day|{_N} (?:hours?|days?|weeks?)|week|month)|daily|nightly|weekly|"
    rf"monthly|"
    r"at (?:night|bedtime)|in the mornings?|as needed|when needed|when i need it|prn|bd|bid|tid|tds|qid|qds|qd|od|qn|hs|"
    r"q\d+h|occasionally|regularly|per day|a day|(?:with|before|after) (?:meals|food|breakfast|lunch|dinner|bed))\b",
)
_SINCE = re.compile(
    rf"(?:吃|用|服|打)了(?:有|快|大概|已经)?\s*{_N}[多几来]?\s*(?:个?(?:年|月|星期|礼拜)|[天周年])(?:多|半)?|(?:从|"
    rf"自)?[^,，。]{{0,8}}(?:开始|起|以来)|"
    rf"{_N}[多几来]?(?:年|个月|个?星期)(?:了|多了?)|连续?{_N}天|"
    rf"\bfor (?:the (?:last|past) |about |over |almost |nearly |more than )?(?:{_N}|many|several|a few|a couple of|"
    rf"\w+) (?:days?|weeks?|months?|years?|decades?)\b|\bfor (?:years|ages|months|weeks)\b|\bsince [\w ]{{2,24}}|"
    rf"\bstarted [\w ]{{2,20}}ago\b",
)
_UNTIL = re.compile(
    rf"(?:上个?[周月]|昨天|前天|今天|去年|前年|{_N}[多几]?(?:天|年|个月|周|个?星期)前|刚)[^,，。]{{0,8}}(?:停|断|不吃|"
    rf"吃完)|(?:停|断)(?:了|药)[^,，。]{{0,10}}|吃完了?|疗程(?:已经)?结束|"
    rf"\b(?:stopped|quit|finished|ended|came off)[^,.;]{{0,30}}|\b(?:last (?:week|month|year)|yesterday|{_N} (?:days?|weeks?|"
    rf"months?|years?) ago)\b",
)


_BARE = re.compile(r"\s+(\d{2,4}(?:\.\d+)?)(?=\s*(?:$|[,，.;；。]|at night|once|twice|daily|a day|every|qd|bd|bid|每|一[天日]|睡前))")


def bare_dose(low: str, end: int) -> str:
    """Return the number alone right behind a medicine that ends at ``end`` of a folded message: "allopurinol 300"."""
    match = _BARE.match(low, end)
    return match[1] if match else ""


def facets_of(words: str, *, ended: bool = False) -> dict[Facet, str]:
    """Return dose, frequency, since and (of a medicine that is no longer taken) until, as far as ``words`` say them."""
    low = fold(words)
    patterns: tuple[tuple[Facet, re.Pattern], ...] = (("dose", _DOSE), ("frequency", _FREQUENCY), ("since", _SINCE))
    found: dict[Facet, str] = {}
    for facet, pattern in (*patterns, ("until", _UNTIL)) if ended else patterns:
        said = dict.fromkeys(words[m.start() : m.end()].strip() for m in pattern.finditer(low))
        if said:
            found[facet] = " ".join(list(said)[:3])
    return found


def next_dose(talk: Talk, clause: Clause) -> dict[Facet, str]:
    """Read the amounts in the clause after a medicine: "在吃二甲双胍，每天两次，一次一片"."""
    found: dict[Facet, str] = {}
    for other in talk.clauses[clause.number + 1 :][:3]:
        if other.sentence != clause.sentence or other.mode != "said" or talk.names_in(other) or len(other.low) > 24:
            break
        found = facets_of(other.text) | found
    return found
