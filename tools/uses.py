"""Which drugs a text lets somebody take, by whom, and which of them together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tools.findings import Finding
from tools.interactions import interacting
from tools.judging import advises
from tools.mentions import Mention, mentions, permits
from tools.population import named_in, whom
from tools.profile import PatientProfile
from tools.records import Severity
from tools.stances import LEFT_TO_DOCTOR
from tools.tables import Tables
from tools.telling import ADVISES, DISCLAIMS
from tools.text import clauses, fold, spans

_ASKS = re.compile(
    r"([吗么嘛呢?？]\s*$|能不能|可不可以|可以.{0,12}[吗么]|能否|可否|是否|行不行|要不要|该不该|会不会|^\s*(?:can|"
    r"could|may|should|is|are|do|does|will|would)\b)"
)
_REFUSES = re.compile(
    r"^(?:sorry,? )?(?:no[,.!]|not (?:an option|for you|safe|suitable|while|during|with|in)\b|(?:please )?(?:avoid|don't|do not|never"
    r"|leave|skip)\b"
    r"(?! (?:worry|hesitate|wait))|give (?:it|that|them) a miss|[^.?!]*\bso no\b\s*\.?$|(?:不行|不能|不可以|不要|不建议|别|"
    r"千万别|那可不行)(?!只|光|担心|怕|犹豫|不))"
)
_BOTH = re.compile(
    r"^\s*(?:(?:just |you can )?(?:take|use|have|give) (?:them )?both|both (?:are|of)|两[种个样]?(?:药)?(?:都|一起|同时)|一起(?:吃"
    r"|用)|都(?:吃|可以|能))"
)
# A question about something that the sentence warns of asks for leave to take it: "医生说不能吃布洛芬，我能不能吃一片？".
_ASKS_TO_TAKE = re.compile(
    r"(能不能|可不可以|可以[^,，。]{0,10}[吗么]|能[^,，。]{0,6}吗|行不行|行吗|没事吧|\b(?:can|could|may|should) i\b)"
)
_EATS = re.compile(r"(吃|喝|尝|来点|来些|用|戴|涂|擦|抹|敷|\b(?:eat|drink|wear|use|try|have|apply|rub|dab)\b)[^,，。.]{0,8}$")
# Two drugs in one sentence are meant together where it speaks of taking and not of what that may do.
_TOGETHER = re.compile(
    r"(吃|服|用|喝|打|输|加|配|补|喂|选|搭|上|一起|同时|联合|再来|\b(?:takes?|taking|plus|add\w*|combin\w*|together|"
    r"on top|try|use|using|give|giving|"
    r"continue|keep|stay on|pair|layer\w*|enjoy|with|bother|let|by (?:day|night)|at bedtime|in between|times a day|"
    r"(?:one|two|three|couple of) (?:tablets?|capsules?|caplets?|sachets?|pills?))\b|[一二两三半\d]\s*[片粒颗袋包支勺]|各一)"
)
_TELLS_RISK = re.compile(
    r"(风险|增加|升高|增强|加重|危险|中毒|出血|禁忌|相互作用|冲突(?!没)|影响(?!不)|降低|减弱|警惕|监测|慎|导致|引起|可致|抵消|"
    r"\b(?:risks?|increas\w+|rais\w+|bleed\w*|contraindicat\w+|danger\w*|interact\w*|toxic\w*|caution|monitor\w*|reduces?|weakens?"
    r"|lead to|"
    r"cause[sd]?|unreliable|serious|listed)\b)"
)
_OWN = re.compile(
    r"(我自己|自己的?|我(?!妈|爸|们|奶|爷|姐|哥|弟|妹|老公|老婆|家|的?孩子|儿子|女儿)|\b(?:i|i'm|i've|my own|myself|"
    r"she is asking|he is asking)\b)"
)
_YOU = re.compile(r"(^|[^给帮替])(?:你|您)(?!妈|爸|儿|女|孩|老|家)|\byour? own\b")
# "A cousin takes it for her cough, and you could": said of the one drug that was named.
_YOU_TOO = re.compile(
    r"(?:你|您)(?:也|同样|不妨|完全)?(?:可以|能|不妨|试|该)(?!不|怀疑|看|去|问)[^,，。]{0,8}$|(?:你|您)也(?:可以|能|试|吃|用|来)|"
    r"\byou (?:could|can|should|might|may)(?: as well| too| also| try(?: it)?| take (?:it|one|some)| do the same)?\s*[.!]?\s*$|"
    r"\b(?:so|and) (?:you )?(?:could|can|should|might) you\b"
)
_STATES = re.compile(
    r"(正?在[吃服用打]|[吃服用打]过|开过|(?:was|were) (?:prescribed|given|put on)|(?:is|has been) (?:on|taking)|\btakes\b)[^吗?？]*$"
)
_FOR_OTHER = re.compile(
    r"((?:他|她|孩子|我妈|我爸|妈妈|爸爸|爷爷|奶奶)(?:能|可以|该|要)|给(?:他|她|孩子|我妈|我爸)|\b(?:can|should|"
    r"could) (?:he|she|they|my \w+)\b)"
)
_ADDED = re.compile(
    r"(再(?:补|加|吃|配|来|用)|加(?:上|用|服|点)|可以(?:补|加|配|再)|"
    r"\b(?:add|adding|start|on top of|as well|no harm|let's|together with|put in|plus|also take)\b)"
)


_OR = re.compile(r"(或者?|还是|\bor\b)")
_JOINED = re.compile(r"(一起|同时|都(?:吃|用|行|可以)|加上|轮流|交替|\b(?:both|together|alternat\w*|plus|on top)\b)")


@dataclass(frozen=True, slots=True)
class Use:
    """A drug that the text lets somebody take: who is meant, where it stands, and in which sentence."""

    reference: str
    words: str
    profile: PatientProfile
    sentence: int
    together: bool
    """Whether the sentence speaks of taking, so that two drugs in it are meant to be taken together."""
    span: tuple[int, int]


def uses_in(profile: PatientProfile, said: str, tables: Tables, asked: bool | None) -> Iterator[Use]:
    """Yield what a cleaned text advises, or names when it is a question."""
    parts, whole = list(spans(said)), fold(said)
    for number, (offset, sentence) in enumerate(parts):
        folded = fold(sentence)
        answer = fold(parts[number + 1][1]) if number + 1 < len(parts) else ""
        if asked is None and folded.endswith(("?", "？")) and _REFUSES.search(answer):
            continue  # "Lisinopril? Not an option during pregnancy."
        question = bool(_ASKS.search(folded)) if asked is None else asked
        taking = (
            question or bool(_BOTH.search(answer)) or permits(sentence) or bool(_TOGETHER.search(folded) and not _TELLS_RISK.search(folded))
        )
        about_taking = taking or bool(ADVISES.search(folded))
        found = [
            mention
            for mention in mentions(sentence, tables.names)
            if _advised(mention, asked, tables, whole, offset, folded)
            or (asked and mention.stance != "allergen")
            or (question and mention.stance == "avoided" and _ASKS_TO_TAKE.search(folded) and not LEFT_TO_DOCTOR.search(folded))
        ]
        names = tables.names.find(sentence) if found and about_taking else []
        for mention in found:
            last = not any(other.drugs for other in tables.names.find(sentence[mention.name.end :]))
            if _another_takes(folded, mention.name.start) and not (last and _YOU_TOO.search(folded, mention.name.end)):
                continue
            about = named_in(sentence, mention.name.start, names, profile) if about_taking else profile
            span = (offset + mention.name.start, offset + mention.name.end)
            things = mention.name.drugs | mention.name.of("food")
            if not things and _EATS.search(folded[: mention.name.start]):
                things = mention.name.of("group")  # 花生, latex: no drug, but something that an allergy is about
            for reference in sorted(things):
                yield Use(reference, mention.name.words, about, number, taking, span)


def _advised(mention: Mention, asked: bool | None, tables: Tables, whole: str, offset: int, sentence: str) -> bool:
    """Tell whether a mention in the folded sentence at ``offset`` is advised.

    In a question all that is named is meant; with damaged tables the rules, which take too much for advice, decide alone.
    """
    if asked or mention.turned or tables.problems:
        return mention.stance == "advised"
    stance = mention.stance
    if stance == "advised" and not ADVISES.search(sentence) and DISCLAIMS.search(whole):
        stance = "described"
    return advises(tables.stance, whole, offset + mention.name.start, offset + mention.name.end, stance)


def _another_takes(folded: str, at: int) -> bool:
    """Tell whether the drug at ``at`` is what another person takes while the sentence asks for the speaker: "爷爷在吃华法林，我……"."""
    here, subject, own = "?", "?", False
    for offset, part in clauses(folded):
        named = whom(part, "?")
        subject = named if named != "?" else subject
        own = own or bool(_OWN.search(part) or (named == "?" and _YOU.search(part)))
        if offset <= at:
            here = subject
    if here in ("?", "self") or _FOR_OTHER.search(folded):
        return False
    return own or bool(_STATES.search(folded))


def pairs(profile: PatientProfile, uses: list[Use], said: str, tables: Tables, language: str) -> Iterator[Finding]:
    """Check everything advised against everything taken, and what is advised together in one sentence.

    Two drugs in different sentences are usually a choice: only what must never meet is reported then.
    """
    taken = {r for known in profile.medications for r in known.references if r in tables.lineage}
    before = {r for known in profile.medications if not known.now for r in known.references}
    where: dict[str, list[Use]] = {}
    for use in uses:
        if not use.reference.startswith("group:"):
            where.setdefault(use.reference, []).append(use)
    for pair, finding in interacting({*taken, *where}, tables, language, where):
        said_of = [where[reference] for reference in pair if reference in where]
        if not said_of:
            continue
        if not any(reference in taken for reference in pair) and not _meant_together(
            said_of[0], said_of[1], said, severity=finding.severity
        ):
            continue
        # What somebody takes already was decided by a doctor: that is for the next visit, unless the two must never meet.
        settled = finding.severity == "major" and all(reference in before for reference in pair) and not _added(said_of, said)
        yield finding.model_copy(update={"span": said_of[-1][0].span} | ({"severity": "moderate"} if settled else {}))


def _added(said_of: list[list[Use]], said: str) -> bool:
    """Tell whether one of the drugs is added or brushed aside as harmless, rather than restated as taken."""
    around = [fold(said[max(0, use.span[0] - 14) : use.span[1] + 14]) for uses in said_of for use in uses]
    return any(_ADDED.search(words) for words in around)


def _meant_together(left: list[Use], right: list[Use], said: str, *, severity: Severity) -> bool:
    together = [(a, b) for a in left for b in right if a.together and b.together and not _either(a, b, said)]
    return any(a.sentence == b.sentence or severity == "contraindicated" for a, b in together)


def _either(a: Use, b: Use, said: str) -> bool:
    """Tell whether two drugs are a choice or a mere list: "红霉素或阿奇霉素", "普利类或沙坦类", "ibuprofen or naproxen"."""
    first, second = sorted((a.span, b.span))
    between = fold(said[first[1] : second[0]])
    return bool(len(between) <= 24 and _OR.search(between) and not _JOINED.search(fold(said[first[0] : second[1] + 16])))
