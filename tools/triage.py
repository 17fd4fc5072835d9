"""Triage: from the findings in a message to a level of urgency. It may raise a level, never lower one.

Levels follow the Chinese four-level standard (急诊预检分诊 I-IV) as the rows of ``red_flags.csv`` state, with their sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tools.profile import PatientProfile
from tools.records import LEVELS, Level
from tools.tables import Tables
from tools.telling_when import placed
from tools.text import fold
from tools.triage_records import Emergency, RedFlag, SelfCare

# The nearest negation: in "没咳过没发烧" the second one is about the fever.
_NEGATION_ZH = re.compile(r"(?:没有|没|无|否认|未见|未出现|并无|从不|从未|并未)(?P<between>(?:(?!没|无|否认|未)[^,，。;；]){0,14})$")
_NEGATION_NEAR_ZH = re.compile(r"(不|不太|不怎么|不是|并不|也不|又不|都不)(会|想|那种|这种)?$")
# "没吃饭就胸痛", "无明显诱因胸痛", "没缓解": the negation is about something else. "没发生过手麻", "没晕过胸痛" deny all of it.
_NOT_ABOUT_IT = re.compile(
    r"(诱因|原因|缘|故|端|夜|刻|比|意[中间]|征兆|预兆|事|吃|喝|睡|干|做|动|休息|注意|想|就|突然|忽然|一直|缓解|好转|减|停|用|效|敢|人|"
    r"法|办|"
    r"力|(?<![生现有见晕疼痛烧吐咳犯抽喘摔])过|过[敏夜]|多久|想到|感觉到|料|几|一会|知)"
)
_NEGATION_EN = re.compile(
    r"\b(no|not|denies|denied|without|never|don't|doesn't|didn't|haven't|hasn't|isn't|aren't|wasn't|"
    r"negative for)\b(?P<between>[^.;,]{0,40})$"
)
_NOT_ABOUT_IT_EN = re.compile(
    r"\b(but|relief|idea|reason|help\w*|stop\w*|longer|better|improv\w*|know|sure|able|until|warning|matter|only|go|"
    r"gone|going|away|and (?:is|has|have|am|are|was|he|she|they|i|my|his|her|now|it|the)|eat\w*|sleep|slept|breathe|move)\b"
)
_EDUCATION = re.compile(
    r"(什么是|是什么(意思|病)|有哪些(症状|表现)|的?症状有哪些|科普|如何(预防|识别|判断)|怎么(预防|识别)|的(定义|概念|原理|区别)|"
    r"what (is|are) (a |an |the )?(signs?|symptoms?|causes?|difference|definition)?|how (to|can i|do i) (prevent|"
    r"recogni[sz]e)|difference between|\bexplain\b)"
)
_PERSON = re.compile(
    r"(我|俺|咱|孩子|宝宝|娃|妈|爸|爷|奶|老公|老婆|丈夫|妻子|女儿|儿子|他|她|朋友|同事|病人|患者|现在|刚才|刚刚|突然|"
    r"\b(i|i'm|i've|my|me|he|she|his|her|we|our|now|suddenly|just)\b)"
)
# What was, counts: a stent of years ago makes today's chest pain worse.
_HISTORY = {
    *("known_heart_disease", "known_asthma", "diabetes", "immunosuppressed", "anticoagulant", "adrenal_risk", "hyperthyroid"),
    *("recent_immobility", "sh_despair", "sh_ill", "sh_missing", "aneurysm", "hernia", "gallstones", "stone", "dialysis_pt", "pd_patient"),
    *(
        "known_aneurysm",
        "myasthenia",
        "alcoholic",
        "after_surgery",
        "eating_disorder",
        "family_sudden_death",
        "opioid_drug",
        "lithium_drug",
    ),
}
# A question about the means to die is never a textbook question; one about prevention, help or the news is.
_NEVER_TEXTBOOK = {"suicidal", "suicide_method", "self_harm", "harm_others"}
# What happened long ago and shows only now.
_LATER = {"animal_bite": {"hydrophobia", "aerophobia", "throat_spasm", "muscle_spasm"}}
# What is to be expected is no alarm, unless something beside it speaks against it.
_EXPECTED = {
    "black_stool_check_black_stool": ("iron_taken", {"stool_tarry", "anticoagulant", "elderly_person", "alcohol_heavy", "abdominal_pain"}),
    "reduced_fetal_movement_reduced_fetal_movement": ("early_weeks", {"preterm", "kick_less"}),
    "bowel_obstruction_check": ("bowels_moved", {"vomiting", "abdominal_pain", "severe_abdominal_pain"}),
}
_INFANT_MONTHS = 6
_YOUNG_MONTHS, _OLD_MONTHS = 24, 75 * 12
_COUNTS_AS = {
    **dict.fromkeys(("condition:coronary_heart_disease", "condition:heart_failure", "condition:cardiomyopathy"), "known_heart_disease"),
    **dict.fromkeys(("condition:angina", "condition:myocardial_infarction", "condition:atrial_fibrillation"), "known_heart_disease"),
    "condition:asthma": "known_asthma",
    "condition:diabetes": "diabetes",
    **dict.fromkeys(("condition:immunodeficiency", "condition:leukaemia", "condition:organ_transplant"), "immunosuppressed"),
    **dict.fromkeys(("condition:hiv_infection", "class:immunosuppressants"), "immunosuppressed"),
    **dict.fromkeys(("class:anticoagulants", "class:antiplatelets"), "anticoagulant"),
    "condition:adrenal_insufficiency": "adrenal_risk",
    "condition:hyperthyroidism": "hyperthyroid",
}
_LASTS = re.compile(
    r"([一二两三四五六七八九十几多\d]\s*(个)?(多)?(周|星期|礼拜|月|年)|半个?月|半年|好久|很久|一直不好|老不好|反复|"
    r"越来越|加重|严重|厉害|剧烈|受不了|止不住|"
    r"高烧|发烧|血|肿得|\b(weeks?|months?|years?|severe|worse|worsening|unbearable|excruciating|bleeding|fever|"
    r"spreading|keeps coming back)\b)"
)
_POPULATIONS = {
    "infant": re.compile(r"(新生儿|婴儿|满月|刚出生|出生(才|刚)?[一二三四五六七八九十\d]+天|月子里|\b(newborn|infant|neonate)\b)"),
    "child": re.compile(
        r"(孩子|小孩|儿子|女儿|闺女|娃|宝宝|宝贝|幼儿|婴儿|孙子|孙女|\b(child|kid|toddler|baby|son|daughter|infant|boy|girl)\b)"
    ),
    "elderly": re.compile(r"(老人|爷爷|奶奶|外公|外婆|姥姥|姥爷|老年|高龄|\b(elderly|grand(ma|pa|mother|father))\b)"),
    "pregnant": re.compile(r"(怀孕|怀着|孕(妇|期|\d|早|中|晚)|妊娠|怀了|胎动|\bpregnan)"),
    "postpartum": re.compile(r"(产后|生完|刚生|坐月子|分娩后|剖腹产后|\b(postpartum|gave birth|after (the )?(birth|delivery))\b)"),
    "immunosuppressed": re.compile(
        r"(化疗|移植|免疫抑制|白血病|淋巴瘤|艾滋|\bhiv\b|粒细胞缺|白细胞低|\b(chemo\w*|transplant|immunosuppress\w*|"
        r"leuk\w+|neutropeni\w*)\b)"
    ),
}
NOBODY = PatientProfile()
_SPACES = re.compile(r"[^\S\n]+")
_TOUCHING = re.compile(r"(?<=[a-z'])(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])(?=[a-z])")


@dataclass(frozen=True, slots=True)
class Triage:
    """How urgent a message is and why."""

    level: Level
    cn_level: str
    red_flags: tuple[RedFlag, ...]
    findings: tuple[str, ...]
    selfcare: SelfCare | None = None
    """The minor complaint that the message is about, when it is about nothing worse."""

    @property
    def first(self) -> RedFlag | None:
        """The most urgent red flag."""
        return self.red_flags[0] if self.red_flags else None


def triage(message: str, tables: Tables, profile: PatientProfile = NOBODY, *, signs: frozenset[str] | None = None) -> Triage:
    """Read the findings in cleaned ``message`` and compose them to red flags.

    Args:
        message: what the patient wrote, of any length.
        tables: the knowledge tables.
        profile: what is known of the person. A rule for an age or for pregnant women does not fire for somebody known to be another;
            when it is not known it fires if the message names the group. Conditions and medicines count as findings.
        signs: what ``findings_in`` has read in the message, where somebody has asked already.
    """
    found = (findings_in(message, tables) if signs is None else signs) | _background(profile, tables)
    folded = fold(message)
    # Hundreds of rules, and most messages hold nothing that the first group of any of them asks for.
    flags = [f for f in tables.red_flags if not (f.needs and f.needs[0].isdisjoint(found)) and _fires(f, found, folded, profile)]
    flags.sort(key=lambda f: (LEVELS.index(f.level), f.cn_level))
    told = tuple(sorted(found))
    if flags:
        return Triage(flags[0].level, flags[0].cn_level, tuple(flags), told)
    minor = _minor(folded, tables, profile)
    return Triage("selfcare" if minor else "routine", "IV", (), told, minor)


def _background(profile: PatientProfile, tables: Tables) -> frozenset[str]:
    """Return the findings that the person's record holds: a known heart disease makes today's chest pain worse."""
    own = {r for known in profile.conditions for r in known.references}
    had = own.union(*(tables.condition_lineage.get(r, frozenset()) for r in own))
    taken = {above for known in profile.medications for r in known.references for above in tables.lineage.get(r, ())}
    return frozenset(finding for reference, finding in _COUNTS_AS.items() if reference in had | taken and finding in tables.symptoms)


def _minor(folded: str, tables: Tables, profile: PatientProfile) -> SelfCare | None:
    """Return the minor complaint that is all a message is about; nobody frail, nothing severe and nothing that lasts."""
    months = profile.age_months
    if profile.pregnant or (months is not None and (months < _YOUNG_MONTHS or months >= _OLD_MONTHS)):
        return None
    if _LASTS.search(folded) or any(_POPULATIONS[who].search(folded) for who in ("infant", "pregnant", "postpartum", "immunosuppressed")):
        return None
    return next((row for row in tables.selfcare if any(p and p.search(folded) for p in (row.zh, row.en))), None)


def emergency_of(result: Triage, tables: Tables) -> Emergency | None:
    """Return the emergency of the most urgent red flag; ``None`` when no rule names one."""
    return tables.emergencies.get(result.first.emergency) if result.first else None


def findings_in(message: str, tables: Tables) -> frozenset[str]:
    """Return the ids of the findings that the message affirms: not negated, not history, not a textbook question."""
    folded = _SPACES.sub(" ", fold(message))
    someone = _PERSON.search(folded)
    now: set[str] = set()
    once: set[str] = set()
    for part in placed(folded):
        # A textbook question silences its own clause only: "crushing chest pain; what are the signs of a heart attack?" stays an emergency.
        taught = not someone and _EDUCATION.search(part.text)
        said = set(_shown_in(part.text, tables))
        grave = said if part.grave == part.text else set(_shown_in(part.grave, tables))
        (once if part.past else now).update(set() if taught else said - _NEVER_TEXTBOOK)
        now |= set() if part.gone else grave & _NEVER_TEXTBOOK
    return frozenset(now | (once & _HISTORY) | {key for key in once if now & _LATER.get(key, set())})


def _shown_in(clause: str, tables: Tables) -> Iterator[str]:
    """Yield the ids of the symptoms that a folded clause affirms."""
    found: set[str] = set()
    # "can't breathe救命": a Chinese character is a letter to \b, so the scripts are set apart for the English patterns.
    for text, matcher in ((clause, tables.signs_zh), (_TOUCHING.sub(" ", clause), tables.signs_en)):
        for key, pattern in matcher.possible(text):
            if key not in found and pattern.search(text) and _affirmed(pattern, text):
                found.add(key)
                yield key


def _affirmed(pattern: re.Pattern[str], clause: str) -> bool:
    return any(not negated(clause, match.start()) for match in pattern.finditer(clause))


def negated(clause: str, start: int) -> bool:
    """Tell whether what begins at ``start`` is denied by words before it in its clause; in doubt it is not."""
    before = clause[:start]
    if _NEGATION_NEAR_ZH.search(before):
        return True
    zh = _NEGATION_ZH.search(before)
    if zh and not _NOT_ABOUT_IT.search(zh["between"]):
        return True
    en = _NEGATION_EN.search(before)
    return bool(en and not _NOT_ABOUT_IT_EN.search(en["between"]))


def _fires(flag: RedFlag, found: frozenset[str], folded: str, profile: PatientProfile) -> bool:
    if not all(group & found for group in flag.needs) or _expected(flag, found):
        return False
    pregnant = profile.pregnant
    if profile.age_months is not None:
        return _in_age(flag, profile.age_months) and _in_population(flag, folded, pregnant)
    # The age is not known: a rule for an age group fires only when the message names the group.
    if flag.age_max_months is not None and flag.age_max_months <= _INFANT_MONTHS:
        return bool(_POPULATIONS["infant"].search(folded))
    if flag.age_min_months is not None or flag.age_max_months is not None or flag.population == "child":
        return (flag.population != "any" and bool(_POPULATIONS[flag.population].search(folded))) or flag.population == "any"
    return _in_population(flag, folded, pregnant)


def _expected(flag: RedFlag, found: frozenset[str]) -> bool:
    reason, against = _EXPECTED.get(flag.id, ("", set[str]()))
    return reason in found and not against & found


def _in_age(flag: RedFlag, age_months: int) -> bool:
    low, high = flag.age_min_months, flag.age_max_months
    return (low is None or age_months >= low) and (high is None or age_months <= high)


def _in_population(flag: RedFlag, folded: str, pregnant: bool | None) -> bool:
    if flag.population in ("any", "child", "elderly"):
        return True  # the age limits of the rule have decided
    if flag.population == "pregnant" and pregnant is not None:
        return pregnant
    return bool(_POPULATIONS[flag.population].search(folded))
