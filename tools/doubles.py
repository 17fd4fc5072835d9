"""One drug under two names: advised beside what is taken already, or twice in one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.findings import Finding
from tools.interactions import same_twice
from tools.profile import PatientProfile
from tools.tables import Tables
from tools.text import fold, spans
from tools.uses import Use

# "对乙酰氨基酚（泰诺林）", "ibuprofen, sold as Nurofen": one thing under two names, not two things.
_SAME_THING = re.compile(
    r"([(（/]|又叫|又名|也叫|也就是|即|就是|俗称|商品名|通用名|这类|等|或|brand|i\.e|also (?:called|known)|sold as|such as|\bor\b|\bis\b)"
)
_EXTRA = re.compile(
    r"(加|配|再|又|另外|补|搭(?!档)|也(?:来|吃|用|服)|换(?!药)|能|可以|可不可以|[吗?？]|\b(?:plus|add\w*|also|too|on top|another|can i|"
    r"take|as well|"
    r"start)\b)"
)
_ADDED_TO = re.compile(
    r"((?:再|另外|额外|同时|加|配|叠|补)+(?:上|用|服|吃|来)?(?:[一二两半\d]+[片粒颗])?|\b(?:add|adding|plus|also take|on top of (?:that|"
    r"it)|start|"
    r"alongside)(?: \w+){0,2}\s*)$"
)
_KEPT = re.compile(
    r"(正在|一直|已经|继续|忘|漏|想起|按时|照常|照旧|照样|坚持|维持|目前|平时|您在|我在|原(?:来的?)?剂量|(?:按|遵)[^,，。]{0,4}(?:医嘱|"
    r"嘱咐)|"
    r"(?:不用|不要|别|无需|不能|不必)(?:擅自|随便|自行)?(?:停|换|减|加量)|\b(?:already|missed|you take|continu\w+|keep|currently|"
    r"your (?:usual|regular"
    r"|own|current|daily|morning|evening)|stay on|carry on|go on|stick (?:with|to)|as (?:usual|before|prescribed)|"
    r"(?:don't|do not|never) (?:stop|change|skip|miss))\b)"
)
_ADDS = re.compile(r"(加|配|再|又|同时|一起|双|另外|补|搭|叠|和|\b(?:plus|on top|and|both|with|together|add\w*)\b)")

_ONE_THING = re.compile(
    r"(同一种|一种药|一回事|同样的成分|成分(?:相同|一样)|重复|不要同时|别同时|就是(?!说)|不超过|最多|"
    r"\bare both\b|\bone of them\b|\bcontains?\b|\bsame (?:ingredient|thing|drug|medicine|tablet)|\bnever\b[^.]{0,16}\b(?:both|"
    r"together)\b|\bin total\b|\bno more than\b|\bat most\b)"
)
_COUNTED = re.compile(
    r"([一二两三四半\d]\s*[片粒颗袋包支勺]|\d\s*(?:mg|毫克)|\b(?:an?|one|two|three|another|couple of|\d) (?:more )?(?!day|week|night|"
    r"time|meal)[a-z-]+(?=\W)|"
    r"\b(?:tablets?|capsules?|caplets?|pills?)\b)"
)


def twice(profile: PatientProfile, uses: list[Use], said: str, tables: Tables, language: str) -> Iterator[Finding]:
    """Find one drug advised under two names: beside one that is taken already, or twice in one sentence."""
    for number, use in enumerate(uses):
        for held in profile.medications:
            if use.reference in held.references and _besides(use, held.words, said, tables):
                finding = same_twice(use.reference, use.words, held.words, tables, language)
                if finding:
                    yield finding.model_copy(update={"span": use.span})
        for other in uses[:number]:
            between = said[other.span[1] : use.span[0]]
            around = fold(said[max(0, other.span[0] - 8) : use.span[1] + 12])
            if (
                other.reference == use.reference
                and other.sentence == use.sentence
                and (use.together or _COUNTED.search(around))
                and fold(other.words) != fold(use.words)
                and between
                and not _SAME_THING.search(between)
                and _ADDS.search(fold(said[other.span[0] : use.span[1] + 12]))
                and not _ONE_THING.search(fold(_sentence(said, use)))
            ):
                finding = same_twice(use.reference, use.words, other.words, tables, language)
                if finding:
                    yield finding.model_copy(update={"span": use.span})


def _besides(use: Use, held: str, said: str, tables: Tables) -> bool:
    """Tell whether what is advised comes on top of the same drug that is ``held`` under another name, rather than being that."""
    if _same_name(fold(use.words), fold(held)):
        return False
    sentence = fold(_sentence(said, use))
    if _ADDED_TO.search(fold(said[max(0, use.span[0] - 40) : use.span[0]])):
        return True
    if _KEPT.search(sentence) or _ONE_THING.search(sentence):
        return False
    drug = tables.drugs.get(use.reference)
    brand = drug is not None and not any(fold(name) in fold(use.words) for name in (drug.name.zh, drug.name.en))
    if brand:
        return True
    around = fold(said[max(0, use.span[0] - 10) : use.span[1] + 10])
    # 立普妥 and 阿托伐他汀 are one prescription; a counted dose of what anybody can buy comes on top of the box at home.
    bought = drug is not None and drug.rx != "rx" and _COUNTED.search(around)
    return bool(bought or (use.together and _EXTRA.search(around)))


def _same_name(said: str, held: str) -> bool:
    """Tell whether one folded name is the other with something added: "ibuprofen 200 mg"; Losec is not inside Prilosec."""
    if said.isascii() and held.isascii():
        words = [set(re.findall(r"[a-z0-9]+", name)) for name in (said, held)]
        return words[0] <= words[1] or words[1] <= words[0]
    return said in held or held in said


def _sentence(said: str, use: Use) -> str:
    return next((part for at, part in reversed(list(spans(said))) if at <= use.span[0]), said)
