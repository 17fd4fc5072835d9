"""A message cut into clauses, each with whom it is about and whether it states, asks, supposes or quotes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count as iter_count
from typing import Literal

from memory import patterns as re
from memory.named_later import named_later
from memory.people import Speaker, named_in
from memory.quoted import quoted_spans, told_spans
from memory.sections import Section, sections_of
from tools.text import fold

Mode = Literal["said", "asked", "supposed", "told"]

_MARKS = " \t。.!！?？，,;；\n"
_HAN = "\u3400-\u9fff"
_SENTENCE = re.compile(
    r"[。！？!?]+[”」』）)\"']*|(?<!\d)\.(?:\s|$)(?<!\bdr\.\s)(?<!\bvs\.\s)(?<!e\.g\.\s)|(?<=\d)\.(?=\s+[a-z])|\n+|…{2,}"
)
_CUT = re.compile(
    rf"[，,;；]+|(?<=[{_HAN}])[\s]+(?=[{_HAN}])|(?<=[{_HAN}\d])\s+(?=对)|\s+-\s+|(?=但是?(?!丁))|(?=可是|"
    rf"不过(?![敏喘])|然而|而且|所以|因为|因此|然后|另外|还有(?!点))|(?<=停了)(?=(?:就|又|后|才)?(?:改|换)(?:成|为|吃|用|服|了))|"
    r"\s(?=(?:but|because|which|although|though|while|however|whereas)\b)|\s(?=(?:and|so|since|plus)\s+(?:i|my|our|he|she|we|"
    r"they|am|is|has|have|had|not|no|never|also|his|her|the|started|stopped|switched|now|takes?|uses?|needs?|carries|"
    r"carry|taking|been|was|were|use|if|"
    r"using|sometimes|(?:hubby|husband|wife|mum|mom|mam|dad|gran|nan|grandma|grandpa|grandad|sis)(?:'s)?(?= \w))\b)|"
    r"\s(?=(?:and|so) (?:can|could|should|is|would|may|do|does|what)\b)|"
    r"(?<=[a-z0-9]{3})(?<!\bhow)(?<!what)(?<!which)(?<!when)(?<!where)(?<!\bwhy)(?<!\bwho)(?<!\bwot)(?<!\bwat)(?<!much)(?<!often)(?<!long)(?<!soon)(?<!many)"
    r"\s(?=(?:can|could|should) (?:i|he|she|we)\b)|"
    rf"(?<=[{_HAN}])(?<![给让说跟和对叫帮是像问诉而但为果要讲劝因比以如若设一])(?=我(?:自己|本人|也|没|有|是|对|在|倒))|"
    rf"(?<=[^\d]):\s+(?!\d)|(?<=[{_HAN}])[：:](?=[{_HAN}])|(?<=[{_HAN}])(?=(?:我|他|她)?(?:现在|如今)(?:已经|也|都)?(?:不|没|好|停))|"
    rf"(?<=[{_HAN}\d])(?=(?<!司)[他她](?:\d{{1,2}}(?!\d)|[一二三四五六七八九]?十))|——+"
)
_ASK_ZH = (
    r"(?:还|也|我|他|她|孩子|宝宝|那|就|现在|请问|是不是)*(?:能不能|能否|可不可以|可否|可以|能(?!量|力)|要不要|"
    r"应不应该|该不该|该(?!药)|需不需要|需要|怎么办|用不用|有(?:没有)?(?:什么)?影响|"
    r"要紧|没事吧|会不会(?:有)?(?:影响|事|畸形)|[吃用](?:什么|啥|哪))"
)
_INNER_QUESTION = re.compile(_ASK_ZH)
_ENDS_ASKING = re.compile(r"(?:吗|呢|么|嘛|不|没有|吧)?[?？]+[”」』）)\"']*\s*$|(?:吗|呢|(?<!什)么)\s*[。.!！~]*\s*$")
_QUESTION_WORD = re.compile(
    r"能不能|能否|可不可以|可否|会不会|是不是|是否|要不要|该不该|应不应该|需不需要|有没有|怎么[办样]|如何|为什么|为啥|"
    r"(?<!没)(?<!没有)(?<!对)什么(?!药都|都|也)|哪[个些种里]|多久|多少(?!年)|(?<![这前后好过头第])几(?:[天次片粒支袋滴颗勺包格]|毫升|ml)|过不过敏|算不算|"
    r"好不好|行不行|吗$|吗[”』」']|(?<!检)(?<!访)(?:医生|护士|大夫|有人|他们|别人)问|怎么回事|一般都?有|哪些表现|"
    r"^(?!so (?:does|do|did) \w+$)(?:so |and |but |also |or |please |then )*(?:can|could|should|shall|is|do|does|did|would|may|might|what|"
    r"how|why)\b(?! (?:not |also )?(?:(?:allergic|taking|on|pregnant|diabetic)\b|a |\d))|^(?:explain|tell me|does anyone|anyone (?:know|"
    r"else)|what(?:'s| is| are| do| does| happens| can| should| if)|how (?:do|can|should|long|much|many|bad|safe)|who's meant|"
    r"where can|when (?:can|should))\b|"
    r"\b(?:is it|would it|can i|could i|should i|may i|can he|can she|can we|wondering (?:if|whether)|whether|"
    r"let me know if|tell me if|not sure if)\b"
)
_SUPPOSES = re.compile(
    r"如果|假如|假设|要是|万一|倘若|若是|若(?=[对有是患吃])|比如|例如|譬如|比方|好比|假若|"
    r"(?<!周岁)(?<!虚岁)(?<!年龄)(?<!体重)(?<!身高)(?<!血压)(?<!用药)(?<!吃药)(?<!病史)(?<!平时)(?<!目前)(?<!现在)(?<!最近)(?<!以前)(?<"
    r"!过敏史)(?<![药我他她])的话(?!我)|哪怕|即使|就算|一旦|除非|"
    r"\b(?:if|suppose|supposing|assuming|what if|in case|unless|imagine|let's say|"
    r"(?<!must )(?<!should )(?<!\bi )(?<!they )(?<!doctors )(?<!docs )(?<!people )(?<!i'd )(?<!to )(?<!would )(?<!can )say(?= (?:i|he|"
    r"she|someone|somebody|anyone|anybody|my|a person|a patient|you)\b)|hypothetically|were i|for example|e\.g|"
    r"would)\b(?! (?:he|she|i|you)?'?s? ?(?:it|that) (?:helps|matters))"
)
_UNSURE = re.compile(r"不知道(?:是不是|算不算|是否)|不确定|不清楚是不是|说不准|\b(?:not sure|don't know|unsure|unclear) (?:if|whether)\b")
_OPENS_IF = re.compile(
    r"\bif (?:it|that|this) (?:helps|matters|is relevant|makes)|如果(?:有关|有用|需要|重要|方便|可以)(?:的话)?|\bi would (?:say|add)|"
    r"\bwould like\b|'d like"
)
_GENERAL = re.compile(
    r"(?<!病)的(?:人(?!了)|人群|患者|病人|孩子们|老年人)(?![说的])|患者(?=能|可|不|应|要|禁|慎|用|吃|都|如|有|们|怎|该|适)|"
    r"病人(?=能|可|不|应|要|禁|慎|们|怎|该|适)|人群|过敏者|孕妇(?=能|"
    r"可|不|应|禁|慎|们|怎|该|适|吃|用)|"
    r"(?<![作学记患])者(?=能|可|不|应|要|禁|慎)|(?:老年人|儿童|小孩子|婴幼儿|哺乳期妈妈|宝妈)(?=能|可|不能|应|禁|慎|"
    r"一般|都)|有的人|有些人|很多人|一般人|有人(?!家)|一个[^,，]{1,10}的(?:成年人|成人|正常人|老人|孩子)|有的说|都说|网友|"
    r"我们家?(?:的)?(?:猫|狗)|我家(?:的)?(?:猫|狗)|猫咪|狗子|狗狗|宠物|兽医|别人|人家(?!医|大夫|说|给|那边)|大家(?!好|帮|看)|"
    r"\b(?<!for )(?:(?:anyone|someone|somebody|everyone|many|most|some)(?= (?:who|with|people|allergic|taking|on|like|"
    r"patients|of)\b)|people|(?<!my )patients|persons|those(?= (?:who|with|on|taking|allergic|of))|adults|"
    r"(?<!my )(?<!our )(?<!two )(?<!three )(?<!both )(?<!of )(?:children|kids|babies)|women|men|(?:my|our|the|a|his|her|"
    r"their) (?:\w+ )?(?:dog|cat|pet|puppy|kitten|vet|horse|rabbit|hamster)|vet's|"
    r"diabetics|asthmatics|individuals|pregnant women)\b(?! (?:i\b|in my family))"
)
_OWN_GENERAL = re.compile(
    r"(?:我|他|她|妈|爸|本人|儿子|女儿|老公|老婆|奶奶|爷爷|自己)[^,，]{0,4}(?:是|属于|算|作为)|身为|作为|\b(?:i am|i'm|he is|she is|as) "
)
_AND_I = re.compile(r"(?:^|[,.;] ?)(?:both )?(?:my|our) [\w-]+(?: [\w-]+)?$")
"""What goes on with "and I": "my wife and I both smoke"."""
_STARTS_OWN = re.compile(
    r"^\s*(?:但是?|可是|不过|因为|而且|另外|还有|and |but |so |because |since )?(?:我(?!该|能|可以|要|是不是|会|应)|"
    r"本人|i(?:'m|'ve| am| have| take|"
    r" had| was)|my |she(?:'s| is| has)|he(?:'s| is| has))"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """``message[start:end]``. ``low`` is its folded text; ``kind`` the heading that it stands under."""

    start: int
    end: int
    text: str
    low: str
    people: tuple[str, ...]
    mode: Mode
    kind: str
    sentence: int
    ends: str
    """The mark after it: a list goes on after a comma and not after a full stop."""
    names_person: bool
    number: int = 0
    """Its place among the clauses of the message."""


def read_clauses(message: str, speaker: Speaker) -> Iterator[Clause]:
    """Yield the clauses of a cleaned message in order; ``speaker`` follows whom they are about."""
    thread, low = speaker.current, fold(message)
    re.note(low)
    speaker.hear(low)
    yield from named_later(list(_read(message, low, speaker)), thread, low)


def _read(message: str, low: str, speaker: Speaker) -> Iterator[Clause]:
    number, count = 0, iter_count()
    quoted = quoted_spans(low)
    for section in sections_of(low):
        told = [*quoted, *((a + section.start, b + section.start) for a, b in told_spans(low[section.start : section.end]))]
        for start, end in _sentences(low, section):
            number += 1
            yield from _sentence(message, low, (start, end), section.kind, number, speaker, told, count)


def _sentences(low: str, section: Section) -> Iterator[tuple[int, int]]:
    at = section.start
    for mark in _SENTENCE.finditer(low, section.start, section.end):
        yield at, mark.end()
        at = mark.end()
    if at < section.end:
        yield at, section.end


def _sentence(
    message: str,
    low: str,
    span: tuple[int, int],
    kind: str,
    number: int,
    speaker: Speaker,
    told: list[tuple[int, int]],
    count: Iterator[int],
) -> Iterator[Clause]:
    asks = bool(_ENDS_ASKING.search(low[slice(*span)]))
    parts = list(_parts(low, *span, asks=asks))
    mode: Mode = "said"
    for place, (start, end) in enumerate(parts):
        words = low[start:end]
        re.note(words)
        mode = _mode(words, mode, last=asks and place == len(parts) - 1)
        quoted = any(a <= start < b or a < end <= b for a, b in told)
        here: Mode = "told" if quoted else mode
        named = bool(named_in(words).people)
        people = (speaker.current,) if quoted else speaker.about(words, low[end : end + 300])
        mark = low[end : parts[place + 1][0]] if place + 1 < len(parts) else low[end : span[1]] or "."
        yield Clause(start, end, message[start:end], words, people, here, kind, number, mark.strip(), named, next(count))


def _parts(low: str, start: int, end: int, *, asks: bool) -> Iterator[tuple[int, int]]:
    """Yield the spans of clauses, trimmed; a statement that runs on into a question is cut before the question."""
    marks = [m for m in _CUT.finditer(low, start, end) if not (low.startswith("and i ", m.end()) and _AND_I.search(low, start, m.start()))]
    cuts = [start, *(m.end() for m in marks), end]
    begins = [m.start() for m in marks]
    for number, begin in enumerate(cuts[:-1]):
        stop = begins[number] if number < len(begins) else end
        trimmed = _trim(low, begin, stop)
        if trimmed is None:
            continue
        inner = _INNER_QUESTION.search(low, *trimmed) if asks and number == len(cuts) - 2 else None
        if (
            inner
            and inner.start() > trimmed[0] + 2
            and re.search(rf"[{_HAN}]", low[slice(*trimmed)])
            and not _GENERAL.search(low[slice(*trimmed)])
        ):
            yield trimmed[0], inner.start()
            yield inner.start(), trimmed[1]
        else:
            yield trimmed


def _trim(low: str, start: int, end: int) -> tuple[int, int] | None:
    words = low[start:end].lstrip(_MARKS)
    start = end - len(words)
    end = start + len(words.rstrip(_MARKS))
    return (start, end) if start < end else None


def _mode(words: str, before: Mode, *, last: bool) -> Mode:
    if _UNSURE.search(words) and not last:
        return "said"  # a doubt is no question: the readers keep it as suspected
    if _SUPPOSES.search(words) and not _OPENS_IF.search(words):
        return "supposed"
    if _GENERAL.search(words) and not _OWN_GENERAL.search(words):
        return "supposed"
    if last or _QUESTION_WORD.search(words):
        return "asked"
    if before in ("supposed", "asked") and not _STARTS_OWN.search(words) and not re.match(r"(?:but|但|不过|可是|另外)", words):
        return before if before == "supposed" or not re.search(rf"[{_HAN}]", words) else "said"
    return "said"
