"""Words that look like a drug and are in no table: reported as unknown, never passed over.

A stem tells the class (-floxacin, 沙星) and lets the checks of the class run; a dosage form after an unknown word, or an amount, tells that
a drug is meant. The patterns are narrow: every hit stops advice until somebody looks the name up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tools.names import Name
from tools.records import Stem
from tools.tables import Tables
from tools.text import fold, spans

_FORM_ZH = re.compile(
    r"(?:[吃服用打喝买开试来加换涂喂抹贴擦喷敷滴]|服用|口服|使用|建议|推荐|注射|或|和|与|及|、|点|些|了|过|着|的|种|款|"
    r"叫|名为|是|对|^|[,，。：:])\s*"
    r"(?P<word>[\u3400-\u9fff]{2,9}?)(?:(?P<kind>缓释|控释|肠溶|分散|咀嚼|泡腾)|含|滴|软|硬)?"
    r"(?P<form>(?<![睾血胸镜拍照成切芯瓦脑全飘疏])(?:片|栓|锭|丸|散)|胶囊|颗粒|口服液|注射液|糖浆|滴丸|软膏|乳膏|凝胶|干混悬剂|"
    r"混悬剂|滴眼液|喷雾剂|贴膏|冲剂|胶丸|"
    r"混悬液)(?!剂|状|段|子|面|区|中|里|和|麻疹|热|步|发|开|装|光|瘀|检|血|瘤|期|类)"
)
_WEAK_FORM = re.compile(r"[片栓锭丸散]")
"""Dosage forms of one character end many ordinary words too."""
_TAKES_IN = re.compile(r"(?:口服|服用|使用|推荐的?|[吃服用喝买涂喂抹贴擦敷])(?:点|些|了)?")
_VERB_BEFORE = re.compile(r"(?:[吃服喂涂抹贴擦喷敷买试]|[吃服]用|口服|服用|推荐的?|使用|用)[点些了]?(?:这种|一种|这款)?$")
_AMOUNT_EN = re.compile(
    r"\b(?P<word>[a-z][a-z-]{4,24})\s+(?:\d+(?:\.\d+)?\s?(?:mg|mcg|ug|g|ml|iu)\b|(?:tablets?|capsules?|caplets?|"
    r"pills|syrup|injections?|ointment)\b)"
)
# "heart-failure tablets", "regular-strength capsules": what they are for or like, not what they are called.
_DESCRIPTIVE_EN = re.compile(
    r".*-(?:strength|failure|thinning|lowering|off|release|free|only|acting|dose|coated|size|grade|relief|day|night|pressure|based|"
    r"related|containing|approved|prescribed|label|counter)"
)
# "加用佐伐米特 20 毫克": whatever is measured out in milligrams is a drug.
_MEASURED_ZH = re.compile(
    r"(?:口服|服用|加用|换用|改用|[吃服用打]|"
    r"[一二两半\d][片粒])(?P<word>[\u3400-\u9fff]{3,6}?)\s*(?=\d+(?:\.\d+)?\s*(?:毫克|mg|微克|ug|单位))"
)
_TAKEN = re.compile(
    r"(?:(?:口服|服用|[吃服用打])\s*(?P<zh>[A-Za-z][a-z]{4,20})(?![A-Za-z])|"
    r"\b(?:[Tt]ake|[Tt]aking|[Tt]ry|[Uu]se|[Uu]sing|[Ss]tart(?:ed|ing)?|[Ss]wallow|prescribed|on)\s+(?:(?:two|three|"
    r"one|some|a|an|the|your|my)\s+)?(?P<en>[A-Z][a-z]{4,20})\b|"
    r"\b(?:with|plus|and|of|add|recommend(?:ed)?|suggest(?:ed)?|called|"
    r"brand)\s+(?P<with>[A-Z][a-z]{4,20})\b(?=\s+(?:tablets?|capsules?|for|every|once|twice|daily|\d))|"
    r"\b(?P<form>[A-Z][a-z]{4,20})\s+(?:tablets?|caps|capsules?|caplets?|pills?|lozenges?|spray|drops|syrup|cream|gel|"
    r"injections?|daily|once|twice|every|works|helps|"
    r"will (?:help|fix|clear|lower|cure|sort)|alongside)\b|"
    r"\b(?:[Ww]ould|[Ii]s|[Cc]an|[Cc]ould)\s+(?P<ask>[A-Z][a-z]{4,20})\s+(?:be\s+)?(?:ok|okay|safe|fine|good|help|work|interact|taken)\b)"
)
# "睡不着就吃眠尔康，一次一粒": an ending of brands, after a verb of taking, before a dose or a benefit.
_BRANDISH_ZH = re.compile(
    r"(?:[吃服喝涂抹][点些]?|试试|服用|口服|使用|(?<![作副合联使应利有功疗服])用|换成|改用|来点)"
    r"(?P<word>[\u3400-\u9fff]{2,5}?(?:[灵宁平妥捷舒泰欣达康汀停嗪坦]|司他))"
    r"(?:(?=[,，]?[^,，。]{0,2}(?:一次|一天|一日|每[天次晚日早]|早晚|睡前|饭[前后]|[\d一二两三半]+(?:片|粒|颗|袋|支|毫升|毫克)|退烧|"
    r"止[咳痛痒泻]|消炎|降[压糖脂]|缓解|治|就(?:够|好|行|能)|效果|见效|管用))|(?<=司他))"
)
# "Get some Corvadrine from the chemist", "Zentrivol is perfect for that, two a day": a name that nobody knows in a sentence with a dose.
_BRANDISH_EN = re.compile(
    r"(?:\b(?:[Gg]et|[Gg]rab|[Ww]ants?|[Nn]eeds?|[Bb]uy|[Aa]sk for|swear by|[Pp]ick up|[Dd]ab of|[Rr]ub in|[Rr]ecommend|[Ss]uggest|"
    r"[Pp]refer|"
    r"on|of|is|says)\s+(?:(?:some|a|an|the|your)\s+)?|(?:^|(?<=[.!?:]\s))(?=[A-Z][a-z]+ (?:is|works?|does|will|would|has|\d)))"
    r"(?P<word>[A-Z][a-z]{5,20})\b(?!'|\s+[A-Z])"
)
_DOSED_EN = re.compile(
    r"(\b(?:one|two|three|half|\d+) (?:a day|daily|in the (?:morning|evening)|at (?:night|bedtime)|tablets?|capsules?|sachets?|drops?|"
    r"puffs?)\b|"
    r"\b(?:once|twice|three times|four times) (?:a day|daily)|\bevery (?:\w+ ){0,2}hours\b|\bover the counter\b|\b(?:chemist|drugstore)\b|"
    r"\b\d+ ?mg\b)"
)
# What stands before a dosage form in ordinary speech.
_ORDINARY_ZH = re.compile(
    r"(?:宝宝|孩子|口腔|生理|外用|局部|皮肤|说明书|这|那|复方(?=$)|樟脑|二者|两者|现成)|"
    r"[这那哪几每一两二三四五六七八九十半多少整各种些个的了着过吃服用打喝买开药膏片粒颗含]|"
    r"(?:止痛|退烧|退热|感冒|消炎|降压|降糖|安眠|避孕|止泻|止咳|化痰|抗过敏|过敏|胃|钙|铁|锌|补|营养|维生素|复合|益生菌|中成|"
    r"西|口服|外用|"
    r"儿童|成人|小儿|普通|同|该|此|其|白|黑|红|软|硬|空|薯|面|肉|鱼|饼|麦|图|照|唱|影|名|刀|叶|卡|芯|瓦|鸦|集|发|扩|分|肾上腺|激素|"
    r"抗生素|抗菌|葡萄糖|[生鲜嫩老]姜|柠檬|通便|润|护|凉|热|冷|生理|食|鲜|干|熟|煮|炖|药|单|双|处方|非处方)"
)
_SENTENCE_LIKE = re.compile(r"[或和与及向要会能应当可不没有在时后前且也都就很最被把让使从到为因而但如若即其]|容易|怀疑|突然|引起|疼|痛")
_NAME_MIN, _SHORT = 3, 2
_ENDINGS = ("s", "es", "d", "ed", "ing", "ly")
_LINKS = "双于他其类种些的个或和与用吃等及是服这那为含有抗"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A drug-like word: ``text[start:end]``, and the class that its stem tells."""

    start: int
    end: int
    words: str
    drug_class: str = ""
    form: bool = False
    """Recognised by its dosage form, not by its stem."""


def unknown_drugs(text: str, found: list[Name], tables: Tables) -> Iterator[Unknown]:
    """Yield the drug-like words in cleaned ``text`` outside of the names already ``found`` there."""
    folded = fold(text)
    # Longest first, and none inside another.
    seen: list[Unknown] = []
    for word in (*_stemmed(folded, text, tables), *_formed(folded, text, tables)):
        if any(_covers(name, word) for name in found) or any(other.start < word.end and word.start < other.end for other in seen):
            continue
        seen.append(word)
        yield word


def _covers(name: Name, word: Unknown) -> bool:
    """Tell whether a known name is what the word says; the name of a class at its head is not all of it: 头孢拉宾胶囊."""
    if name.end <= word.start or word.end <= name.start:
        return False
    wide = all(reference.startswith(("class:", "group:")) for reference in name.references)
    if wide and word.form and word.start <= name.start and name.end <= word.end and len(word.words) > name.end - name.start:
        return False
    across = word.form and word.start < name.start < word.end < name.end
    return not (across and len(name.words) == _SHORT)  # 康乐瑞明胶囊 is no gelatin (明胶)


def _stemmed(folded: str, text: str, tables: Tables) -> Iterator[Unknown]:
    for stem in tables.stems:
        for start, end in _stem_spans(stem, folded):
            if folded[start:end] in tables.words:
                continue  # cholesterol is no -terol
            yield Unknown(start, end, text[start:end], f"class:{stem.drug_class}" if stem.drug_class else "")


def _stem_spans(stem: Stem, folded: str) -> Iterator[tuple[int, int]]:
    if stem.stem not in folded:
        return
    part = re.escape(stem.stem)
    if stem.language == "en":
        pattern = rf"\b[a-z]{{3,14}}{part}\b" if stem.where == "suffix" else rf"\b{part}[a-z]{{3,14}}\b"
    else:
        pattern = rf"(?:(?![{_LINKS}])[\u3400-\u9fff]){{1,2}}{part}" if stem.where == "suffix" else rf"{part}[\u3400-\u9fff]{{2}}"
    for match in re.finditer(pattern, folded):
        yield match.span()


def _formed(folded: str, text: str, tables: Tables) -> Iterator[Unknown]:
    for start, end in (*_taken(text, folded, tables), *_dosed(folded), *_measured(folded, tables), *_branded(text, folded, tables)):
        yield Unknown(start, end, text[start:end], form=True)


def _taken(text: str, folded: str, tables: Tables) -> Iterator[tuple[int, int]]:
    for match in _TAKEN.finditer(text):
        start, end = next(match.span(group) for group in ("zh", "en", "with", "form", "ask") if match[group])
        opens = not text[:start].strip() or text[:start].rstrip().endswith((".", "!", "?", ":", "\n", "。"))
        if not tables.names.masked(folded[start:end]) and not (opens and _ordinary(folded[start:end], tables)):
            yield start, end


def _ordinary(word: str, tables: Tables) -> bool:
    """Tell whether a folded English word, or what it is an inflection of, is one that people use for other things than drugs."""
    return word in tables.words or any(
        word.endswith(ending) and (word[: -len(ending)] in tables.words or f"{word[: -len(ending)]}e" in tables.words)
        for ending in _ENDINGS
    )


def _measured(folded: str, tables: Tables) -> Iterator[tuple[int, int]]:
    for match in _MEASURED_ZH.finditer(folded):
        if not _ORDINARY_ZH.search(match["word"]):
            yield match.span("word")
    for match in _AMOUNT_EN.finditer(folded):
        word = match["word"]
        if not tables.names.masked(word) and not _DESCRIPTIVE_EN.fullmatch(word) and not _ordinary(word, tables):
            yield match.span("word")


def _branded(text: str, folded: str, tables: Tables) -> Iterator[tuple[int, int]]:
    for match in _BRANDISH_ZH.finditer(folded):
        word = match["word"]
        if not _ORDINARY_ZH.search(word) and not _SENTENCE_LIKE.search(word) and not tables.names.masked(word):
            yield match.span("word")
    for offset, sentence in spans(text) if _DOSED_EN.search(text) else ():
        for match in _BRANDISH_EN.finditer(sentence) if _DOSED_EN.search(sentence) else ():
            word = fold(match["word"])
            if not tables.names.masked(word) and not _ordinary(word, tables):
                yield offset + match.start("word"), offset + match.end("word")


def _dosed(folded: str) -> Iterator[tuple[int, int]]:
    for match in _FORM_ZH.finditer(folded):
        start, end = match.span("word")
        if inner := [*_TAKES_IN.finditer(folded, start, end)]:
            start = inner[-1].end()  # "种情况可以吃赛洛维泰胶囊": the name begins after the last verb
        word = folded[start:end]
        if len(word) < 2:
            continue
        # After a verb of taking, what is left beside the ordinary words must itself be long enough to be a name.
        verb = _VERB_BEFORE.search(folded[:start]) and not _SENTENCE_LIKE.search(word)
        rest = max((len(part) for part in _ORDINARY_ZH.split(word) if part), default=0) if verb else 0
        if rest >= (_NAME_MIN if _WEAK_FORM.fullmatch(match["form"]) and not match["kind"] else _NAME_MIN - 1) or (
            not _ORDINARY_ZH.search(word) and not _SENTENCE_LIKE.search(word)
        ):
            yield start, end
