"""What in a message are not the patient's own statements: quotations, pasted articles, orders to the memory."""

from __future__ import annotations

from memory import patterns as re

_MEDIA = (
    r"(?:盒子|药盒|文章|网上|网页|网站|说明书|新闻|帖子|百度|公众号|视频|抖音|书上|书里|广告|报道|科普|资料上|论文|"
    r"知乎|朋友圈|群里|有人|指南|标签上|包装上|电视剧?|电影|动画片?|小红书|"
    r"article|leaflet|website|web page|label|forum|blog|internet|online|google|wikipedia|post|study|guideline|news|book|"
    r"brochure|pamphlet|video|advert|package insert)"
)
_SAYS = (
    r"(?:印着?|说|讲|写|提到|提示|称|显示|介绍|指出|看到|看见|标注|says?|said|states?|stated|reads?|claims?|mentions?|warns?|wrote|tells?)"
)
_OPEN, _CLOSE = '“「『"‘', '”」』"’'
_QUOTE = re.compile(rf"[{_OPEN}](?P<inner>[^{_OPEN}{_CLOSE}\n]{{4,600}})[{_CLOSE}]")
_OWN_RECORD = re.compile(
    r"(?:我的|本人的?|他的|她的|妈的|爸的)?(?:病历|病例|出院小结|医嘱|卡片|出院记录|诊断书|化验单|检查单|报告单?|体检|"
    r"处方|医生|大夫)|(?:my|his|"
    r"her) (?:[\w']+ ){0,3}(?:record|chart|notes|discharge|letter|report|results|plan|summary|card|file|list|prescription)|"
    r"doctor|gp\b"
)
_AFTER_QUOTE = re.compile(
    r"\s*[,，。]?\s*(?:是什么意思|什么意思|这句话|这段话|这种说法|对吗|是真的|靠谱|可信|is (?:this|that) (?:true|"
    r"right)|what does (?:this|that|it) mean|"
    r"mean\b|,? (?:said|says|asked|shouted|announced) (?!i\b)|,? (?:he|she|they|my date|the \w+) (?:said|says|told))"
)
# "网上说……", "I read that …", "说明书上写着：……": to the end of the sentence, or of the paragraph after a colon.
_REPORTED = re.compile(
    rf"(?:{_MEDIA}[^。.!！?？\n]{{0,14}}?{_SAYS}|(?:新闻|电视|网上|视频)里?[^,，。]{{0,3}}(?:那个|有个|1个|一个)|(?:邻居|同事|"
    rf"隔壁[^,，。]{{0,4}}|病友|工友|网友|群里|室友|闺蜜)[^,，。]{{0,4}}说(?:她|他)(?=[^,，。]{{0,2}}[儿女婆老妈爸妹姐哥弟媳亲家])|"
    rf"(?:(?:动画片?|电影|电视剧|小说|剧)里|听说|据说|听(?!医|大夫|"
    rf"护士)[^,，。]{{1,10}}(?<!妈)(?<!爸)(?<!奶奶)(?<!家里人)说(?!我)|看到(?:一[篇条个])?(?:文章|新闻|"
    rf"帖子|说)|刷到|听别人说)|\bi (?:just |once |also )?(?:read|heard|saw) (?:that|about|somewhere|online|an? |on )|"
    rf"\bapparently\b|\bit (?:says|said) (?:that|on|in|:)|\baccording to (?:the |an? )?{_MEDIA})(?P<rest>[着道了的]?\s*[:：]?)"
)
_PASTED = re.compile(
    r"(?:以下(?:是|为)[^\n]{0,20}(?:文章|内容|文字|网上|资料|转载|原文|新闻|说明书)|(?:转载|转发|群里转的|转的|原文|摘录|摘自|来源|"
    r"说明书|药品说明|【?(?:禁忌|不良反应|注意事项|适应症|用法用量)】?)\s*[:：】]|"
    r"\bfrom (?:wikipedia|the internet|a website|the nhs|webmd|google)[^:\n]{0,20}:|\b(?:article|from the (?:website|"
    r"leaflet|article|internet)|pasted|leaflet|quote|excerpt|copied from[^\n:]{0,40}|package insert|contraindications|"
    r"side effects|warnings)\s*:|"
    r"这(?:是|里有)(?:一篇|一段)[^\n]{0,12}(?:文章|文字|内容))[^\n]*(?:\n(?!\s*\n)[^\n]+)*"
)
_LINES = re.compile(r"(?m)^\s*(?:>|&gt;|\|)[^\n]*$|^\s*(?:system|assistant|tool|ai|助手|系统|机器人|user)\s*[:：][^\n]*$")
_FENCED = re.compile(r"```.*?(?:```|$)|<(?P<tag>[a-z_]+)>.*?</(?P=tag)>", re.DOTALL)
# Orders to the memory state nothing: "忽略之前的记录", "forget my allergies", "pretend I have no allergies".
_ORDER = re.compile(
    r"(?:忽略|无视|忘[掉记了]|删(?:除|掉|了)|清空|清除|抹掉|抹去|作废|重置|覆盖|撤销|取消|不要(?:再)?(?:记|记录|保存|"
    r"管)|别(?:再)?(?:记|管))[^。.!！?？\n]{0,24}(?:记录|记忆|"
    r"档案|资料|信息|过敏|病史|历史|"
    r"用药|之前|以前|以上|前面|所有|指令|设定|事实)|(?:把|将)[^。!！?？\n]{0,24}(?:删|清|去掉|抹|划掉|标记|"
    r"设[为成]|覆盖|记成|记为|标成|当作|改(?:成|为)?(?:没|无|不|正常|阴性|[^,，。!！?？\n]{0,6}过敏))|"
    r"(?:把|将)[^。!！?？\n]{0,20}(?:记录|记忆|档案|资料|信息|过敏|病史|历史|身份|状态|列表)[^。!！?？\n]{0,12}改(?!善)|(?:更新|修改|改写|改成|"
    r"设置)[^。!！?？\n]{0,6}(?:记录|记忆|档案|病历|资料)|"
    r"(?:就当|当作|假装|视为|权当|姑且当|你要当)[^。!！?？\n]{0,4}(?:我|没|他|她|没有|你)|(?:存|写|"
    r"记)[到进入][^。]{0,6}记忆|(?:重复|复述)(?:下面|以下|这句)|"
    r"记住\s*[:：]?\s*(?:用户|患者|病人)|从现在(?:起|开始)[^。!！?？\n]{0,10}(?:当|视|认|没有)|"
    r"\b(?:ignore|forget|delete|erase|remove|clear|wipe|reset|overwrite|disregard|purge|drop)\b[^.!?\n]{0,40}\b(?:record|"
    r"records|memory|profile|previous|earlier|above|instructions?|allerg\w+|history|everything|list|notes|facts?|"
    r"medications?|chart|said)\b|\b(?:update|change|set|mark|edit|rewrite|store|save|write|log|"
    r"record)\b[^.!?\n]{0,20}\b(?:record|memory|profile|allergy list|database|file|as)\b|"
    r"\b(?:pretend|act as if|act like|treat me as|assume)\b|\bfrom now on\b[^.!?\n]{0,30}\b(?:no|not|without)\b|"
    r"\bremember\s*:?\s*(?:that )?the (?:user|patient)\b|\bnote that the user\b"
)
_FICTION = re.compile(
    r"写(?:的|一[本部篇])?(?:小说|剧本|故事)|主角|女主|男主|情节|编剧|(?:考试|练习|选择)题|题目\s*[:：]|病例分析|(?:布置|给)的(?:案例|"
    r"病例|题)|"
    r"护考|这道题|一道题|考研|考题|真题|题干|(?:题目?|考点|护考题?)求解|下列(?:哪|关于|说法|选项|药)|以下哪[种项个]|选[a-e](?:对|吗|项|"
    r"，)|单选|多选题|案例分析|模拟题|剧本杀|"
    r"\b(?:usmle|comlex|plab|ukmla|mrcp|mrcgp|nclex|mcat|neet|osce|mock exam|exam)(?:[- ](?:style|type|prep|like))? "
    r"(?:question|stem|vignette|scenario)s?\b|\bclinical vignette\b|"
    r"(?:执业医师|执医|规培|主治|药师|护士|医考)(?:资格)?(?:考试|考|真|模拟|练习)[^,，。!！?？\n]{0,3}(?<!问)题|"
    r"\bfor (?:my|a|an|our) (?:\w+ ){0,2}(?:essay|assignment|coursework|dissertation|thesis|osce|mock|revision|case study|presentation|"
    r"seminar)\b|\b(?:mcq|multiple choice|practice question|"
    r"which of the following|case study|board question|revision question|flash ?cards?)\b|"
    r"\b(?:writing an? (?:novel|story|screenplay|"
    r"script|book|play)|my (?:novel|character|story|screenplay|protagonist)|protagonist|exam question|homework|"
    r"for a (?:class|course|quiz|role-?play))\b"
)
# "昨晚梦见……，醒来……": until the dreamer wakes.
_DREAM = re.compile(
    r"(?:做(?:了个?)?梦|梦见|梦到|梦里)|\b(?:(?:i|she|he) (?:\w+ )?dream(?:t|ed)|had (?:a|the|this) (?:\w+ )?(?:dream|nightmare)|"
    r"in (?:my|the|a) dream|on (?:telly|tv|house|netflix|casualty|holby)|"
    r"in (?:a film|a movie|the film|the movie|house|an episode)|on a (?:show|drama|soap))\b"
)
_AWAKE = re.compile(r"醒|现实|\b(?:woke|wake|awake|in real life|actually)\b")
_NOT_MINE = re.compile(
    r"(?:捡到|寄错|发错|拿错|认错|别人的|人家的)[^。！？\n]{0,10}(?:处方|病历|报告|化验单|药单|体检|信)[^\n]*|\b(?:came|meant|"
    r"addressed|sent) (?:\w+ )?(?:for|to) the wrong (?:patient|person|address|house)[^\n]*|"
    r"\b(?:someone|somebody) else'?s (?:letter|prescription|notes|results|medication)[^\n]*|\bfound (?:a|this|"
    r"someone's) (?:prescription|letter|wallet)[^\n]*"
)
_SENTENCE_END = re.compile(r"[。！？!?\n]|\.(?=\s|$)")
_OWN_START = re.compile(r"[，,]\s*(?=(?:我(?!们)|但我|可我|而我|my |but i|i(?:'m| am| have| take|'ve) ))")


def quoted_spans(low: str) -> list[tuple[int, int]]:
    """Return the spans of a whole folded message that are pasted, quoted or made up."""
    if _FICTION.search(low):
        return [(0, len(low))]
    spans = [_pasted(low, match) for match in _PASTED.finditer(low) if not _OWN_RECORD.search(_head(match[0]))]
    spans += [match.span() for pattern in (_LINES, _FENCED) for match in pattern.finditer(low) if not _OWN_RECORD.search(match[0][:60])]
    spans += [match.span() for match in _NOT_MINE.finditer(low)]
    spans += [match.span("inner") for match in _QUOTE.finditer(low) if _foreign(low, match)]
    return [span for span in spans if span[1] > span[0]]


def _head(words: str) -> str:
    """Return what announces a pasted text, to its colon."""
    mark = re.search(r"[:：】]", words)
    return words[: mark.end()] if mark and mark.end() <= 60 else words[:60]


def _pasted(low: str, match: re.Match[str]) -> tuple[int, int]:
    """Return the span of a pasted text: what stands in quotation marks after its heading, or else all to the end of the paragraph."""
    begin = match.start() + len(_head(match[0]))
    opened = re.match(rf"\s*(?P<open>[{_OPEN}【])", low[begin:])
    if opened is None:
        return match.span()
    close = "】" if opened["open"] == "【" else _CLOSE
    ends = [low.find(mark, begin + opened.end()) for mark in close]
    ends = [end for end in ends if end > 0]
    return (match.start(), min(ends) + 1) if ends else match.span()


def told_spans(low: str) -> list[tuple[int, int]]:
    """Return the spans of one part of a folded message that only report, or give orders to the memory."""
    spans = [_whole_sentence(low, *match.span()) for match in _ORDER.finditer(low) if not _reported_done(low, match)]
    spans += [_rest(low, match) for match in _REPORTED.finditer(low)]
    spans += [_dream(low, match) for match in _DREAM.finditer(low)]
    return [span for span in spans if span[1] > span[0]]


def _reported_done(low: str, match: re.Match[str]) -> bool:
    """Tell whether it is no order but what a doctor did: "医生让我把过敏史划掉了"."""
    by_staff = re.search(r"(?:医生|大夫|医院|doctor|gp|clinic|allergist)[^。.!?\n]{0,16}$", low[: match.start()])
    return bool(by_staff) or low.startswith("了", match.end())


def _foreign(low: str, match: re.Match[str]) -> bool:
    """Tell whether a quotation is of somebody else than the patient or who treats them."""
    before = low[max(0, match.start() - 40) : match.start()]
    if _OWN_RECORD.search(before):
        return False
    return bool(
        re.search(rf"{_MEDIA}[^.。]*$|{_SAYS}\s*[着:：,，]?\s*$|这句|这段|一句", before)
        or _AFTER_QUOTE.match(low, match.end())
        or match.end() - match.start() > 40
    )


def _rest(low: str, match: re.Match[str]) -> tuple[int, int]:
    colon = match["rest"] and match["rest"].rstrip().endswith((":", "：")) if match["rest"] else False
    if colon:
        end = low.find("\n", match.end())
        return match.start(), len(low) if end < 0 else end
    own, stop = _OWN_START.search(low, match.end()), _SENTENCE_END.search(low, match.end())
    ends = [found.start() for found in (own, stop) if found]
    return match.start(), min(ends, default=len(low))


def _dream(low: str, match: re.Match[str]) -> tuple[int, int]:
    begin = max((mark.end() for mark in _SENTENCE_END.finditer(low, 0, match.start())), default=0)
    ends = [found.start() for found in (_AWAKE.search(low, match.end()), _SENTENCE_END.search(low, match.end())) if found]
    return begin, min(ends, default=len(low))


def _whole_sentence(low: str, start: int, end: int) -> tuple[int, int]:
    before = [m.end() for m in _SENTENCE_END.finditer(low, 0, start)]
    after = _SENTENCE_END.search(low, end)
    return (before[-1] if before else 0), after.start() if after else len(low)
