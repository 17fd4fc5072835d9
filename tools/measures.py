"""Ages, weights, heights, numbers, frequencies and lengths of time in the ways people write them."""

from __future__ import annotations

import re

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_ZH = "[零〇一二两三四五六七八九十百]"
_NUMBER = rf"(\d{{1,3}}(?:\.\d+)?|{_ZH}{{1,5}})"

_YEARS = re.compile(rf"{_NUMBER}\s*(?:周?岁|years?[- ]old|y/?o\b|-year-old)(半)?")
_MONTHS = re.compile(
    rf"{_NUMBER}\s*(?:个?多?月(?:大|龄)|months?[- ]old|个月的?(?:宝宝|婴儿|孩子|娃))|(?:宝宝|孩子|婴儿|娃)(?:才|刚|"
    rf"已经)?\s*{_NUMBER}\s*个?月"
)
_DAYS = re.compile(rf"(?:出生|生下来)\s*{_NUMBER}\s*(天|周)|{_NUMBER}\s*(days?|weeks?)[- ]old")
_AGED = re.compile(
    r"\b(?:aged?|i'?m|i am|is|turning) (\d{1,3})\b(?!\s*(?:kg|kilo|lb|pound|cm|weeks?|months?|days?|%|'|ft|feet|stone|\.\d|/))"
)
_WEIGHT = re.compile(
    rf"(?:体重|重|weigh(?:s|t)?(?: is| of|ing)?|,)?\s*{_NUMBER}\s*(公斤|千克|kgs?\b|kilos?\b|kilograms?|市?斤|lbs?\b|pounds?\b|stone\b)"
)
_WEIGHT_BARE = re.compile(r"体重\s*(?:是|为|:)?\s*(\d{2,3}(?:\.\d+)?)(?![\d.]|\s*(?:公斤|千克|kg|斤|磅))")
_CHANGE = re.compile(r"(轻|瘦|胖|减|增|掉|降|长)(?:了|到|掉)?\s*[\d一二两三四五六七八九十]|\b(?:lost|lose|losing|gained?|gaining)\b")
_HEIGHT = re.compile(
    r"(?:身高|个子|height(?: is| of)?|tall|i'?m(?=\s*\d{3}))\s*(?:是|为|[:：])?\s*(\d{2,3}(?:\.\d+)?)\s*(?:厘米|公分|cm)?(?![\d.]|"
    r"\s*(?:公斤|kg|斤|岁|years|lb))|(\d{3})\s*(?:厘米|公分|cm)"
)
_METRES = re.compile(rf"([12一])\s*(?:米|\.|m(?=\d)|点)\s*(\d{{1,2}}|{_ZH}{{1,3}})(?:\s*(?:米|m\b|metres?|meters?))?")
_FEET = re.compile(r"(\d)\s*(?:'|ft|feet|foot)\s*(\d{1,2})?\s*(?:\"|''|in(?:ches)?)?")


def number(words: str) -> float:
    """Return the value of Arabic or Chinese numerals below 1000."""
    if words[0].isdigit():
        return float(words)
    total, digit = 0, 0
    for char in words:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[char]
    return float(total + digit)


def age_months(clause: str) -> float | None:
    """Return an age in months."""
    if match := _MONTHS.search(clause):
        return number(match[1] or match[2])
    if match := _DAYS.search(clause):
        unit = match[2] or match[4]
        days = number(match[1] or match[3]) * (7 if unit.startswith(("周", "week")) else 1)
        return float(int(days / 30.4))
    if match := _YEARS.search(clause):
        return number(match[1]) * 12 + (6 if match[2] else 0)
    if match := _AGED.search(clause):
        return number(match[1]) * 12
    return None


def weight_kg(clause: str) -> float | None:
    """Return a body weight in kilograms."""
    if _CHANGE.search(clause):
        return None  # "瘦了10斤", "lost 20 lbs": how much changed, not how much it is
    if match := _WEIGHT.search(clause):
        unit = match[2]
        half = "斤" in unit and "公斤" not in unit
        factor = 0.5 if half else {"l": 0.45359, "p": 0.45359, "s": 6.35}.get(unit[0], 1.0)
        return round(number(match[1]) * factor, 1)
    if match := _WEIGHT_BARE.search(clause):
        return float(match[1])
    return None


def height_cm(clause: str) -> float | None:
    """Return a body height in centimetres."""
    if (match := _METRES.search(clause)) and re.search(r"(米|身高|个子|tall|height|\dm)", clause):
        rest = match[2]
        if not rest.isdigit() and not set(rest) & {"十", "百"}:
            rest = "".join(str(_DIGITS[char]) for char in rest)[:2]  # "一米七五" is digit by digit
        tail = float(rest.ljust(2, "0")) if rest.isdigit() else number(rest)
        return number(match[1]) * 100 + tail
    if match := _HEIGHT.search(clause):
        return float(match[1] or match[2])
    if match := _FEET.search(clause):
        return round((int(match[1]) * 12 + int(match[2] or 0)) * 2.54, 0)
    return None


_ENGLISH = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"
)
_WORDS = {word: float(n) for n, word in enumerate(_ENGLISH.split(), start=1)} | {
    "thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "half": 0.5, "a dozen": 12.0, "dozen": 12.0, "a": 1.0, "an": 1.0,
    "another": 1.0, "a couple of": 2.0, "a half": 0.5, "half a": 0.5, "once": 1.0, "twice": 2.0, "thrice": 3.0,
}  # fmt: skip
_PLACES = {"十": 10, "百": 100, "千": 1000, "万": 10000}
_SAID = "|".join(sorted((word for word in _WORDS if word not in ("once", "twice", "thrice", "a", "an", "another")), key=len, reverse=True))
COUNT = rf"\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?|[零一二两三四五六七八九十百千万半]+|\b(?:{_SAID})\b"
"""A number in any of its spellings, to be put into a group and read by ``quantity``."""
_TIMES = re.compile(
    rf"(?:(?:每[天日]|一[天日]|日服?|全天|24小时)[^\d,，。一二两三四五六七八九十]{{0,5}}({COUNT})\s*[次回顿轮遍]|"
    rf"({COUNT}|once|twice|thrice)\s*(?:(?<!once)(?<!twice)(?<!thrice)\s*times\s*|(?<=once)\s*|(?<=twice)\s*|(?<=thrice)\s*)"
    r"(?:a |per |each |every |in )?(?:day|daily|24 hours|today|tonight)\b|\b(qd|bid|tid|qid)\b)"
)
_MEALS = (
    (3.0, re.compile(r"(早[、/]?中[、/]?晚|三餐|顿顿|morning,? noon,? and (?:night|evening)|(?:with|after|before) (?:each|every) meal)")),
    (2.0, re.compile(r"(早晚|早上?[^,，。]{0,6}晚上?各|morning and (?:night|evening)|breakfast and (?:dinner|supper|tea))")),
    (1.0, re.compile(r"(每晚|睡前|每早|every (?:night|morning|evening)|nightly|at (?:bedtime|night)|before bed)")),
)
_HOURS = re.compile(
    rf"(?:(?:每隔?|(?<!间)隔(?:上|个)?)?(?<!间隔)(?<!间隔至少)\s*({COUNT})\s*(?:到|至|-|~)?\s*({COUNT})?\s*个?(?:小时|钟头|"
    rf"h\b)(?=\s*(?:就|可以?|要|能)?"
    rf"(?:[一来]?[一次回轮顿遍]|吃|服|喂|用|滴|喷|再|后再|后又|来|喝))|"
    rf"\b(?:every|each|repeat(?:ed)? (?:in|after|every))\s+({COUNT})(?:\s*(?:-|to|or)\s*({COUNT}))?[\s-]*(?:hours?|hrs?|h)\b|\bq(\d+)h\b)"
)
_HOURLY = re.compile(r"(每个?(?:小时|钟头)|\bhourly\b(?<!\d[ -]hourly)|\bevery hour\b)")
_MOST = re.compile(
    rf"(?:最多|不超过|不能超过|至多|\b(?:no more than|up to|at most|max(?:imum)?(?: of)?|not more than|limit of)\b)\s*({COUNT})\s*"
    rf"(?:[次回顿]|(?:times|doses)\b)"
)
_LENGTH = re.compile(
    rf"(?:(?:连(?:着|续)?|坚持|一直|长期|吃|服用?|用|滴|喷|喝)+(?:上|满|它|够|足|着)*\s*(?:整整)?(?:大半|半(?=[个年])|({COUNT}))\s*个?"
    rf"(天|日|周|星期|礼拜|月|年)|\bfor\s+(?:a good |about |at least |up to |the next )?({COUNT}|an?)[ -]*(?:whole |full |more |straight )?"
    rf"(days?|weeks?|fortnights?|months?|years?)|\b(all) (winter|summer|spring|autumn|year|month|week)\b)"
)
_UNIT_DAYS = {
    "天": 1,
    "日": 1,
    "周": 7,
    "星": 7,
    "礼": 7,
    "月": 30,
    "年": 365,
    "d": 1,
    "w": 7,
    "f": 14,
    "m": 30,
    "y": 365,
    "s": 90,
    "a": 90,
}

_UNIT = r"(?P<unit>毫克|mg|毫升|ml|millilit(?:er|re)s?|milligrams?|克|grams?|g|微克|micrograms?|ug|mcg|μg|国际单位|单位|iu|units?)(?![a-z])"
AMOUNT = re.compile(rf"(?P<amount>{COUNT})\s*(?:(?:到|至|-|~|to)\s*(?P<upper>\d+(?:\.\d+)?))?\s*个?(?:extra )?{_UNIT}")
_FORM = (
    r"(?:片|粒|颗|支|袋|包|小?勺|小?匙|(?:tablets?|tabs?|capsules?|caps|caplets?|pills?|gelcaps?|softgels?|sachets?|lozenges?|"
    r"teaspoon(?:ful)?s?|tsps?|tablespoon(?:ful)?s?|tbsps?|spoonfuls?|of (?:them|those|these))\b)"
)
PIECES = re.compile(
    rf"(?<!盒)(?<!瓶)(?<!装)(?<!含)(?<!第)(?<!有)(?<![\d.])(?P<count>{COUNT})(?![\d.])(?:来|多)?\s*(?:(?:到|至|-|~|or|"
    rf"to)\s*(?P<upper>{COUNT}))?"
    rf"\s*(?:(?:x|×|whole|of (?:the|these|those|your))\s*)?(?:\d+(?:\.\d+)?\s?(?:mg|mcg|g)\s+)?(?:(?!mg|mcg|ml|hours?|days?|times?|weeks?)"
    rf"[a-z-]+ ){{0,2}}?(?P<form>{_FORM})(?!刻|面包|生?姜|柠檬|叶|糖|牙|烟|体温|笔|痘|痣|区|装|盒|里|一?瓶| (?:pack|box|bottle))"
)
"""So many pieces: "三片", "six of the 25 mg pills"; a box of 24, a slice of bread and "一片模糊" are none."""
LOOSE = re.compile(
    rf"\b(?P<count>{COUNT}|another)\s+(?:today|tonight|at once|at a time|in one go|together|a day|per day|daily|at bedtime|"
    r"every (?:\w+ )?(?:hours?|day|night|morning)|(?:\w+ )?times (?:a|per) day|(?:once|twice) (?:a day|daily)|hourly)\b"
)
"""So many of what was just named: "twenty today"."""

COUNTED = re.compile(
    rf"(?:(?:吃|服|用|喂|来|吞|喝)了?\s*(?P<zh>{COUNT})\s*(?:片|粒|颗)的?|(?:\b(?:take|taken|took|takes|swallow|swallowed|have|give|had|of|"
    rf"pop|popped|year-old|child|baby|toddler|him|her|them|kids?|son|daughter|yourself)\s+|^\s*|[,.;:]\s*)(?P<en>{COUNT})\s+(?!m?g\b|ml\b|"
    r"mcg\b|grams?\b|units?\b)(?:x\s+|whole\s+)?(?:of (?:your|the) )?(?:[a-z-]+ ){0,2}(?:\d+(?:\.\d+)? ?m?c?g )?(?:[a-z-]+ )?)$"
)
DAY_BEFORE = re.compile(r"(一[天日]|每[天日]|全天|24小时|总共|总量|一共)(?![^,，。]{0,6}[次回顿])[^,，。]{0,6}$")
DAY_AFTER = re.compile(
    r"^[^,，。.;]{0,16}?(?:\b(?:a|per|each|every) day\b|\bdaily\b|\bin 24 hours\b|\btoday\b|\b(?:over|across) the day\b|/d(?:ay)?\b)"
    r"|^[,，]? (?:a|per|each|every) (?:day|morning|night)"
)
IN_PARTS = re.compile(r"[^,，。]{0,4}分[成两三二四\d]{1,2}次")
BOXED = re.compile(r"\b(?:in|per) (?:one|a|an|each|the|every) (?:box|pack|packet|blister|bottle)\b")
AT_MOST = re.compile(
    r"(?:不超过|不能超过|最多|至多|\b(?:no more than|not more than|up to|at most|max(?:imum)?(?: of)?))\s*(?:可以|能)?[吃服用]?\s*$"
)
MORE = re.compile(r"(再|又|另外|\b(?:then|again|another|plus|later|followed by)\b)[^,，。]{0,12}$")
SAME_AGAIN = re.compile(r"\bthe same (?:again |amount )?(?:at|with|before|after|in|again)\b|照样再来一")
BOTTLE = re.compile(
    r"(?:喝|吃|灌|服)(?:完|掉|下)?[^,，。]{0,3}(?:整|[一两]|半)[^,，。]{0,2}瓶|(?<!took a )(?<!took the )\b(?:whole|entire|full|half"
    r"(?: of)?(?: the| a)?) (?:bottle|pack|packet|box)\b"
)
RATIO = re.compile(
    r"(?:每|in|per)?\s*(?P<ml>\d+(?:\.\d+)?)\s*(?:毫升|ml)\s*(?:含|有|contains?|[:=/])\s*(?P<mg>\d+(?:\.\d+)?)\s*(?:毫克|mg)|"
    r"(?P<mg2>\d+(?:\.\d+)?)\s*(?:毫克|mg)\s*(?:/|per|in|in each)\s*(?P<ml2>\d+(?:\.\d+)?)?\s*(?:毫升|ml)"
)

WARNS = re.compile(
    r"(不要|不能|不可|不应|不宜|不得|不超过|别|勿|避免|医生|大夫|医嘱|药师|就医|仍|没好|不好|不退|不见好|"
    r"\b(?:not|never|no (?:longer|more)|more than|longer than|unless|avoid|doctor|gp|pharmacist|prescri\w+|still|lasts?)\b|n't\b)"
)
SMALL = re.compile(r"(儿童|小儿|咀嚼|chewable|children's|kids|regular[- ]strength)")
ADULTS = re.compile(r"(成人|大人|\badult)")


def quantity(words: str) -> float:
    """Return the value of a number as ``COUNT`` finds it; of "两三" the larger."""
    words = words.strip().replace(",", "")
    if words[0].isdigit():
        return float(words)
    if words in _WORDS:
        return _WORDS[words]
    total, digit = 0.0, 0.0
    for char in words:
        if char == "万":
            total, digit = (total + digit or 1) * 10000, 0
        elif char in _PLACES:
            total, digit = total + (digit or 1) * _PLACES[char], 0
        else:
            digit = 0.5 if char == "半" else float(_DIGITS[char])
    return total + digit


def hours_between(folded: str) -> float | None:
    """Return after how many hours a thing is taken again; of a range the longer."""
    if match := _HOURS.search(folded):
        said = [quantity(group) for group in match.groups() if group]
        return max(said) or None
    return 1.0 if _HOURLY.search(folded) else None


def times_a_day(folded: str) -> float | None:
    """Return how often a day a folded text lets somebody take a thing; a limit that it names counts."""
    times: float | None = None
    if match := _TIMES.search(folded):
        said = match[1] or match[2]
        times = quantity(said) if said else {"qd": 1.0, "bid": 2.0, "tid": 3.0, "qid": 4.0}[match[3]]
    elif hours := hours_between(folded):
        times = 24 / hours
    else:
        times = next((number for number, pattern in _MEALS if pattern.search(folded)), None)
    if times and (most := _MOST.search(folded)):
        times = min(times, quantity(most[1]))
    return times


def days_of(folded: str) -> float | None:
    """Return for how many days a folded text lets somebody take a thing; of several lengths the longest."""
    lengths = []
    for match in _LENGTH.finditer(folded):
        count = match[1] or match[3]
        unit = match[2] or match[4] or match[6]
        key = "a" if unit.startswith("au") else "s" if unit.startswith(("su", "sp")) else unit[0]
        key = "s" if unit == "winter" else key
        lengths.append((quantity(count) if count else 1.0 if match[5] else 0.5) * _UNIT_DAYS[key])
    return max(lengths, default=None)
