"""The words by which an allergy is denied, doubted, taken back or past; patterns for folded text."""

from __future__ import annotations

from memory import patterns as re

NONE = re.compile(
    r"(?:没有?|无|否认|未发现有?|未见|不存在|没发现)(?:任何|别的|其他|其它|什么|明确|已知|特别|药物?|食物|药品|及|和|"
    r"或|与|、|的|有|过|史|对|确切|明显|啥)*(?:过敏)(?!性(?!反应)|原|体质)|"
    r"(?:过敏史?|过敏情况|过敏的?药物?)\s*[:：]?\s*(?:无|没有|否认|未发现|暂无)|(?:对)?(?:什么|啥|任何|"
    r"所有)[^,，。过]{0,6}(?:都|也)?(?:不|没)(?:会|有)?过敏|(?:没有?|"
    r"无)(?:什么|任何)?会?过敏的|没(?:有)?对[^,，。]{0,6}(?:什么|任何)[^,，。]{0,4}过敏|"
    r"从(?:来|小到大|小)(?:就|都)?(?:没有?|不)过敏|从(?:来|小到大|小)?没过?敏过|(?:没有?|无)(?:一|1)个过敏|\bnil allerg|\bno allergys\b|"
    r"\ballergic to no(?:wt|ught)\b|\ballergic to nothing\b|\bnothing i(?:'m| am) allergic to\b|\bno (?!idea|clue)(?:\w+ ){0,3}?allerg(?:y|"
    r"ies)\b(?! to (?!any|drugs?\b|med|foods?\b|things\b)\w)|\bnk?d?a\b|\bnkfa\b|\b(?:not|never been|isn't|"
    r"aren't) allergic to (?:any|a single|anything|drugs|"
    r"medic)|(?:don't|do not|doesn't|does not|haven't|hasn't|have not|denies|without|"
    r"never had|not aware of|don't think i have)(?: got| have| any| know of| an?| a single)*(?: known| drug| food| medication| medicine|"
    r" other)* allerg|\ballerg(?:y|ies)[ :-]*(?:none|nil|no\b|nkda|n/a)|^(?:not|i'm not|no,? i'm not) allergic$"
)
PRESUPPOSED = re.compile(
    r"^(?:possible|suspected|query)\b|\b(?:my|his|her)\b[^,.]{0,30}\ballerg|(?:我|他|她)(?:有|的)[^,，]{0,10}过敏(?!吗)"
)
OTHER = re.compile(r"其他|其它|别的|另外的|\bother\b|\belse\b")
FOOD_ONLY = re.compile(r"食物|food")
DRUG = re.compile(r"药|drug|medic|any\b|nkda")
EXCEPT = re.compile(
    r"(?:除(?:了|开|去)?|\b(?:except(?: for| to)?|other than|apart from|besides|but for|aside from|just|"
    r"only)\b)\s*(?P<what>.{1,40})"
)
NOTHING = re.compile(r"\s*[(（“\"]?(?:无|没有|否认|未发现|暂无|没|不过敏|none|nil|nkda|nka|nkfa|no known|no\b|n/a|-+|/|x\b)")
UNKNOWN = re.compile(r"不知道|不清楚|不详|未知|不明|没查|没测|记不清|忘了|unknown|not sure|unsure|don't know|never (?:been )?tested")
DENIED = re.compile(
    r"(?:不|没有?|并不|从不|从来不|从没|未|无|否认|不是|不会|没再|也不|都不|并非|不再)(?:对|会|是|有|算|再|曾|任何|"
    r"真的?|严重|什么|过|[^,，。]{0,1})*$|"
    r"(?:\b(?:not|never|no longer|no|isn't|aren't|wasn't|without|denies|neither|nor)|n't)\b(?: (?:actually|really|in fact|"
    r"been|have|had|got|be|a|an|any|known|truly|true|think i'?m|have any|currently|now|even))*\s*$"
)
DENIED_AFTER = re.compile(r"(?:的|史|反应)?(?:一个|1个)?(?:都|也)?(?:没有|没得|没)(?:过|的)?(?:$|[,，。!！])|的?(?:1个|一个)(?:都|也)没")
JUST = re.compile(r"\s*(?:just|only|but for)\b(?! to\b)")
"""What opens an exception and as often goes on with something else: "not allergic, just windy"."""
NOT_ONLY = re.compile(r"不(?:仅|但|只|光|单)[^,，。]*$|不是不$|\bnot (?:only|just)\b[^.]*$")
CORRECTS = re.compile(
    r"搞错|弄错|说错|记错|误会|更正|纠正|误诊|其实|证实|证明|确认|排除|推翻|取消|后来|复查|重新|激发试验|actually|"
    r"correction|mistake|turned out|de-?label|no longer|"
    r"challenge|outgrew|outgrown|misdiagnos|wrong|ruled out"
)
REVOKED = re.compile(
    r"\b(?:that|it|this)(?:'s| is| was) (?:all |just |simply |completely )?(?:wrong|not true|untrue|nonsense|rubbish|a mistake|an error|"
    r"incorrect|a myth)\b|(?:那|这)(?:个|条)?(?:都)?是(?:错的|弄错|搞错|误会|误诊)|"
    r"(?:激发试验|皮试|过敏原?(?:检测|测试|检查)|复查|重新(?:做|查|测)|脱敏)[^。!！?？]{0,24}(?:阴性|正常|通过|没事|"
    r"没问题|不过敏)|(?:标签|记录|诊断)[^。,，]{0,6}(?:取消|去掉|"
    r"撤销|划掉)|(?:后来|最后|已经?|医生)[^。,，]{0,10}(?:排除了?过敏|证实不是|推翻|说不是过敏)|"
    r"\bturned out (?:to be|not|i)\b|\b(?:took|taken|removed) (?:it |that |this )?(?:off|from) (?:my|the|his|her)\b|"
    r"\bde-?label\w*|\btests? (?:\w+ ){0,3}(?:was|were|came back|is) (?:negative|fine|clear)\b|\btested negative\b|"
    r"\bpassed (?:the|an|a) (?:\w+ )?challenge"
)
REVOKES = re.compile(
    r"阴性|正常|通过|没事|没问题|排除|不是|推翻|取消|去掉|撤销|划掉|不过敏|turned out|took|taken|removed|label|negative|fine|clear|passed"
)
HINT = re.compile(r"过敏|皮试|aller|alerg|anaph|react|sensitiv|nka|nkda|nda")
DOUBTED = re.compile(
    r"算不算|是不是|可能|好像|似乎|怀疑|大概|也许|不确定|不知道是不是|疑似|估计|说不准|不知道是否|不清楚是不是|八成|"
    r"应该是|貌似|或许|拿不准|不太确定|"
    r"\b(?:might|maybe|possibly|perhaps|think|suspect\w*|not sure (?:if|whether)|probably|could be|may be|don't know (?:if|"
    r"whether)|seem\w*|appears?|unsure|likely|wonder\w*|may have|possible|query|\?)\b|(?:^|[\s:])\?\s*\w"
)
SUSPECTS = re.compile(r"(?:怀疑|疑心|可能|好像|似乎|大概)(?:是|说)?$")
"""At the end of the clause before, without a mark between: "医生怀疑｜我对碘过敏"."""
PAST = re.compile(
    r"以前|曾经?|小时候|过去|当年|原来|早年|\b(?:used to be|previously|in the past|as a (?:child|kid|baby)|when i was|outgr[eo]w\w*|was)\b"
)
NO_MORE = re.compile(
    r"(?:现在|后来|如今|长大|目前|已经)[^。]{0,10}(?:不|没)(?:再|会|有)?(?:过敏|事)|不过敏了|(?:现在|后来|"
    r"已经)[^。]{0,4}(?:好了|脱敏|能吃了|可以吃)|\b(?:no longer|"
    r"not any ?more|anymore|outgr[eo]w\w*|grew out|fine with (?:it|them) now|can (?:eat|take|have) (?:it|"
    r"them) (?:fine )?now|am fine now)\b"
)
ANSWERS_NO = re.compile(
    r"^(?:um |uh |oh |well |actually )*(?:no|nope|none|nothing|never|not (?:that|really|to|at all|as far)|nah|没有?|无|否|不|"
    r"都没)(?![a-z])"
)
ANSWERS_YES = re.compile(r"^(?:um |uh |oh |well |ah )*(?:yes|yeah|yep|just|only|有|是的?|对)\b")
ALSO = re.compile(
    r"^(?:oh |and |also |plus )*(?:and|also|plus)(?: also)? to (?P<en>[a-z ,]+)$|^(?:对)?(?P<zh>[^,，]{1,8}?)也(?:一样|不行|过敏)$"
)
USES = re.compile(
    r"(?:爱|喜欢|想|常|经常|总|老|得|要|能|可以|刚|才|先)(?:吃|用|服|喝|打|抽)|^(?:我)?(?:吃|用|服|喝)(?:着|过)?的?(?:是|药)|"
    r"\b(?:i|he|she|we|they|who) (?:\w+ )?(?:takes?|uses?|took|used|eats?|ate|likes?|loves?|drinks?|needs?|wants?)\b|"
    r"\b(?:taking|using|on) [a-z]{4}"
)
"""What is taken, eaten or liked: no answer to the question what somebody bears badly."""
MAY_NOT = re.compile(r"不(?:能|敢|可以)(?:吃|用|服|喝|碰|打|沾)|受不了")
"""Asked about allergies, "不能吃虾" names one."""
UNABLE = re.compile(r"不(?:能|敢|可以?|得|行|了|舒服)|[不没]法|受不了|\b(?:can'?t|cannot|not|never|don't|doesn't|no longer|avoid)\b")
"""What turns it into one: "吃不得", "I can't take"."""
