"""Which sentences need no source: courtesy, the assistant about itself, and the advice to ask a doctor when worried."""

from __future__ import annotations

import re

from retrieval.verify.amounts import amounts
from retrieval.verify.names import referents
from tools.tables import Tables
from tools.text import clean, fold

_PLAIN = tuple(
    re.compile(pattern)
    for pattern in (
        # Courtesy.
        r"(?:您|你)好|(?:谢谢|感谢)(?:您|你)?的?(?:提问|咨询|信任|理解|来信|耐心)?|不(?:客气|用谢)|(?:祝|愿)(?:您|你)?.{0,6}(?:早日康复|健康|平安|好转|好起来)|"
        r"希望(?:以上|这些|上述)?(?:信息|内容|回答|建议|说明)?(?:能|可以)?(?:对|帮)(?:您|你)(?:有所?帮助|到您|到你)?|(?:请|别|不用)?(?:多)?保重",
        r"(?:hello|hi|dear \w+|thanks?(?: you)?(?: for (?:asking|your question|writing|reaching out))?|you(?:'re| are) welcome|"
        r"take care|get well soon|"
        r"best wishes|i hope (?:this|that|it) (?:helps?|is helpful)|i hope you (?:feel better|get well)(?: soon)?|i(?:'m|"
        r" am) (?:very )?sorry (?:to hear (?:that|this)|that you(?:'re| are) (?:going through this|not feeling well|unwell)))",
        # The assistant about itself.
        r"(?:我|本助手|本系统)(?:是|只是|作为)(?:一个|一名)?(?:ai|人工智能)?.{0,8}(?:助手|助理|程序)?(?:[,，]?(?:我)?(?:不是医生|不能(?:代替|替代)医生|不能(?:做|作出|给出)?诊断|"
        r"不能开(?:处方|药)))?",
        r"我(?:不是医生|不能(?:代替|替代)医生(?:的诊断)?|不能(?:做|作出|给出)诊断|不能开(?:处方|药))",
        r"(?:以上|这些|上述)(?:内容|信息|回答)(?:由ai生成)?(?:[,，])?(?:仅供参考|不(?:是|能代替|能替代)(?:诊断|处方|医生的?(?:诊断|意见|建议)))(?:[,，]?(?:不|也不)(?:是|能代替|"
        r"能替代).{0,12})?",
        r"(?:i(?:'m| am) (?:only |just )?an? (?:ai|assistant|ai assistant|computer program)(?:,? (?:and|so) )?(?:i )?(?:cannot|can't|"
        r"not a doctor)?(?: (?:diagnose|prescribe|replace a doctor))?)",
        r"(?:i (?:cannot|can't|am not able to) (?:diagnose|prescribe|make a diagnosis|replace (?:a|your) doctor))|i(?:'m| am) not a doctor",
        r"(?:this|the above) (?:information )?(?:is|does) not (?:a diagnosis|a prescription|medical advice|replace (?:a|"
        r"your) doctor)(?:.{0,30}(?:diagnosis|prescription))?",
        # Ask a doctor when worried; never a word against it.
        r"(?:如果?|若)?(?:您|你)?(?:还|仍)?(?:有(?:任何)?(?:疑问|担心|顾虑|不放心)|(?:感到)?(?:担心|不放心|不确定|拿不准))(?:的话)?[,，]?(?:请|可以|建议|应|应当)?(?:您|你)?(?:及时|尽快|"
        r"随时)?(?:咨询|询问|看|问|去看|联系)(?:医生|大夫|药师|医生或药师)",
        r"(?:如果?|若)?(?:您|你)?(?:感到)?(?:担心|不放心)(?:的话)?[,，]?(?:请|可以|建议)?(?:及时|尽快|随时)?(?:去)?(?:就医|就诊|看医生|去医院)",
        r"(?:please )?(?:see|ask|consult|talk to|speak to|contact) (?:a|your) (?:doctor|gp|pharmacist|"
        r"doctor or pharmacist)(?: or pharmacist)? (?:if|when) you(?:'re| are) (?:worried|unsure|not sure|concerned|in doubt)",
        r"if you(?:'re| are) (?:worried|unsure|not sure|concerned|in doubt),? (?:please )?(?:see|ask|consult|talk to|speak to|"
        r"contact) (?:a|your) (?:doctor|gp|pharmacist)(?: or pharmacist)?",
        # What holds the text together.
        r"(?:以下|下面)(?:是|为|这些)?.{0,8}(?:建议|信息|说明|要点|供(?:您|你)参考)|"
        r"(?:here(?:'s| is| are)) (?:what|some|the) .{0,40}(?:know|information|"
        r"points|advice|sources? say)",
    )
)
_MARKS = " 。.!！~～,，:：;；?？"


def needs_source(sentence: str, tables: Tables) -> bool:
    """Tell whether a sentence says something medical, which only evidence may vouch for. In doubt it does.

    Args:
        sentence: without citation marks.
        tables: a sentence that names a drug or a disease is never a courtesy.
    """
    cleaned = clean(sentence)
    folded = fold(cleaned).strip(_MARKS)
    if not folded:
        return False
    if not any(pattern.fullmatch(folded) for pattern in _PLAIN):
        return True
    return bool(amounts(folded)) or any(name.drug for name in referents(cleaned, tables))
