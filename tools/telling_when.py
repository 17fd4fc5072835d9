"""When and where what a message tells takes place: here and now, long ago, in a film, in a joke.

A clause is silenced only when its own words, or those beside it, place it elsewhere; in doubt it is here and now.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tools.text import clauses

_LONG_AGO = re.compile(
    r"(去年|(?<!目)前年|(?<![天时周钟月日])以前(?!从不|从来|从没|没|都?不|好好)|曾经|小时候|年前|很久以前|从前(?!天)|"
    r"(?<![晕昏厥睡死背憋疼痛])过去(有|得|曾)|当年|"
    r"年轻(时|的时候|那)|"
    r"(小学|初中|高中|中学|大学)[^,，]{0,3}(时|那[会年])|上学那会|(小学|初中|高中|中学|大学)[^,，]{0,6}[吃有受摔得住]过|"
    r"牙[^,，]{0,2}(?:做了|镶了|装了)(?:烤瓷|义齿|假牙|种植)|"
    r"(?:\d+|[一二两三四五六七八九十几多半]+)岁(时|那年|那会|的时候|得过|因为[^,，]{1,8}过)|[初高大][一二三四][^,，]{0,2}(?:时|得过|"
    r"的时候|那[会年])|那一年|上一胎|头胎时|(?:头胎|第一胎)[^,，]{0,4}当时|(怀|生)老大时|"
    r"过[^,，]{0,4}(?:[一二三四五六七八九]?十[一二三四五六七八九几多来]?|\d\d)年|"
    r"\b(?:last year|years? ago|yrs? ago|months? ago|decades? ago|long ago|used to|in the past|previously(?! (?:well|healthy|fit|normal|"
    r"fine))|"
    r"as an? (?:\w+ )?(?:child|kid|toddler|teen\w*|boy|girl|baby)|in (?:19\d\d|20[01]\d|202[0-4])|in hospital at \d+|"
    r"when (?:i|he|she|we|they) (?:was|were) (?:\d+|young|little|small|born|at school|an? (?:child|kid|toddler|teen\w*|baby|boy|girl))|"
    r"from (?:my|his|her) (?:early |late )?(?:teens|twenties|childhood|school days|youth)|in (?:my|his|her) (?:childhood|youth)|"
    r"from school days)\b|"
    r"^(?:i )?(?:took|had|got|did|was|fainted|tried|attempted)\b.{0,40}\bat (?:[4-9]|[1-5]\d)$)"
)
# "Fever at 8 weeks old. She's eleven months now": long ago only because of what follows.
_AT_AGE = re.compile(
    r"\bat (?:day \w+|\w+ (?:days?|weeks?|months?|years?)(?: old)?)\b|\b(?:twice|once) as an?\b|\bwhen (?:she|he) was \w+ (?:weeks|"
    r"months)"
)
_OLDER_NOW = re.compile(
    r"\b(?:he|she)(?:'s| is) (?:nearly |almost |over )?(?:\w+ (?:months|years)|one|two|three|four|five|six|seven|eight|nine|ten|\d+)\b"
    r"(?! (?:weeks|days))|^now (?:nearly |almost )?(?:\w+ (?:months|years)|\d+|two|three|four|five|six|seven|eight|nine|ten)\b"
)
_NOW = re.compile(
    r"(现在|今天|今早|今晚|今儿|刚(?!好)|突然|忽然|(?<!血)又(?![没不])|这[两几]天|这会|昨[天晚夜]|正在|此刻|小时(?!候)|分钟|"
    r"一直(?![没很都正稳]|挺好)|"
    r"\b(?:now|today|again(?! at \d)|just|suddenly|tonight|this (?:morning|week|evening|afternoon)|yesterday|last night|hours?|"
    r"minutes?)\b)"
)
# What began long ago and goes on is no history.
_ONGOING = re.compile(
    r"(开始|至今|到现在|一直(?![没很都正稳]|挺好)|越来越|加重|"
    r"(?<!nothing )(?<!nothing ever )(?<!never )(?<!none )(?<!not )(?<!normal )(?<!fine )\bsince\b|\b(?:still|ongoing|having|currently|"
    r"at the moment|started|began|"
    r"worse|ever since)\b|"
    r"\b(?:and|but|so) (?:i|he|she|they|(?:my|his|her) \w+)(?:'ve| have| has|'m| am| is|'s| feels?| can't| cannot| keeps?)\b)"
)
_STABLE = re.compile(r"(没变化|没有变化|一直没变|\b(?:no change|unchanged|never changed|same for years)\b)")
# The sign of long ago is here once more.
_AGAIN = re.compile(
    r"((?<!血)又(?![没不])|再次|复发(?!过)|还在|仍|依旧|更(?:厉害|严重|重|频)|和(?:那|上)次一样|跟(?:那|上)次一样|"
    r"\b(?:again(?! at \d)|returned|came back|come back|is back|are back|still|worse|just like (?:then|last)|same (?:pain|feeling|"
    r"thing))\b)"
)
_NOT_AGAIN = re.compile(
    r"(没再|没有再|再没|再也没|没又|未再|不再|没复发|未复发|没有复发|想再|能再|会再|会复发|"
    r"\b(?:never|not|no|nothing|can|could|may|might|should|will|would|do|does|when|haven't|hasn't|if|"
    r"normal|brown|fine|well|healthy) (?:\w+ ){0,5}(?:again|return\w*|come back|came back|worse|still)\b)"
)
# What was is over for good.
_OVER = re.compile(
    r"(没再|没有再|再没|再也没|没复发|未复发|年没犯|治好|治愈|养好|痊愈|走出来|早(?:就|已)?好|恢复得?[挺很]好|"
    r"\b(?:never (?:again|since|after)|none (?:since|after)|nothing for \w+ (?:years|months)|"
    r"recovered (?:completely|fully|well)|fully recovered|(?:brown|normal|fine|clear) (?:again )?since)\b)"
)
_NEVER_SINCE = re.compile(r"(年没犯|\b(?:never (?:again|since)|none (?:since|after)|last month)\b)")
_WELL = re.compile(
    r"(没再|没有再|再没|没复发|走出来|挺好|很好|都好|多年了|情绪好|想开了|没有消极|美满|红火|"
    r"\b(?:never again|never since|happily|content|life is good|well now|been (?:well|fine)|life['’]s good|long behind me|years? clean|"
    r"feel (?:great|fine|well)|happy)\b)"
)
_RECENT = re.compile(
    r"(今[天早晚儿]|昨[天晚夜]|刚(?!好)|小时(?!候)|分钟|天前|"
    r"\b(?:today|tonight|yesterday|last night|this (?:morning|week|evening|afternoon)|hours?|minutes?|days? ago|just)\b)"
)
_RECENT_ZH = re.compile(r"([天周月]前|星期前|礼拜前|上周|上个?月)")
_PAST_VERB = re.compile(r"(过|\b(?:had|was|were|took|got|did|went|turned|\w+ed)\b|^\w+ (?:twice|once)\b)")
_EXPERIENCE = re.compile(r"(?<![通超难经不])过(?![来去敏程度年节多分])")
_THAT_WAS = re.compile(
    r"(天前的事|周前的事|月前的事|年前的事|昨天的事|前天的事|上周的事|上个?月的事|去年的事|\b(?:that|this|it) was\b.{0,16}\b(?:months?|"
    r"years?) ago\b)"
)
_FINE = re.compile(r"(就好了|没事|照样|好好的|不[疼痛]了|全好了|\b(?:fine|well|okay|ok|recovered)\b)")
_BUT = re.compile(r"(但|不过|可是|就是|[吐晕困烧喘]|\bbut\b)")
# What is told there is in a film, a lesson, a leaflet, a dream, and not with the person.
_ELSEWHERE = re.compile(
    r"((?:短?视频|纪录片|电影|电视剧?|小说|新闻|(?<!加)剧|动漫|综艺|抖音|小红书|公众号|朋友圈|网上|帖子|文章)"
    r"(?:里|上)?(?:都|有人|经常|老)?(?:看到|看见|刷到|说|讲|里|播|演|报|那个|那段|的?(?:登山|主角|人))(?!.{0,16}(?:命令|对我|跟我|和我|"
    r"让我|叫我|骂我|监视|点名|暗示|控制))|群里(?:有人|都)?(?:说|讲|聊)(?=.{1,8}(?:可怕|吓人))|"
    r"梦[见到]|课(?:上)?讲|听(?:人|别人|朋友|邻居)?[说讲](?=[^,，]{0,6}(?:会|容易|[\"“]))|口诀|海报|传单|段子|稿子|一朝被蛇咬|谚语|成语|"
    r"\b(?:leaflets?|posters?|essay|documentary|documentaries|tiktok|novels?|(?:in|watch\w*|saw|seen) (?:a|the|that|this) (?:film|movie|"
    r"show)|video of|article|podcast|"
    r"coursework|lectures?|murder mystery|reasoning behind|rationale (?:for|behind)|i dreamt|i dreamed|dream about)\b)"
)
_LISTED = re.compile(r"((?:那些|那种|之类的?|等等|什么的)$|\betc$)")
_SELF = re.compile(
    r"(突然|忽然|我(?!家|的)|他|她|[妈爸]|老公|老婆|爷爷|奶奶|自己|现在|今天|昨天|刚|结果|跟着|照着|学着|之后|醒来|"
    r"\b(?:i|i'm|i've|my|me|he|she|his|her|dad|mum|mom|suddenly|now|while|during|just)\b)"
)
_ME_TOO = re.compile(
    r"(我也|就是我|跟我|和我一样|我现在(?:也|就是|正)|\b(?:me too|so do i|i have (?:it|that|this|the same)|same as me|just like me)\b)"
)
# What might be, is feared or is to be prevented.
_NOT_YET = re.compile(
    r"((?:怎么|怎样|如何|想|要|为了|提前|平时|夏天|冬天)(?:预防|防)(?!疫|晒)|[怎如]\S{0,8}(?:不容易|才不会|避免)|几度算|多少度算|多少算|"
    r"以为(?!.{0,2}(?:没事|是|只是))|火灾时|着火时|说(?:如果|要是|一旦|万一)?(?:发烧|发热|出血)了?(?:就|要|得|需)|打算(?:怀|要)|"
    r"准备(?:明年|今年|后年|要)|备孕|备二胎|要二胎|"
    r"\bbring it up with\b|\bdifferences? for\b)"
)
_FALSE_ALARM = re.compile(r"(虚惊|结果[^,，]{0,8}(?:找到|都在|没少|没吞)|其实没|原来没|\b(?:false alarm|turned up under|found it)\b)")
# A manner of speaking.
_LAUGH = re.compile(
    r"(哈哈|hhh|(?<=[^哈打])哈(?=[,，。!！]|$)|笑死|😅|😂|🤣|\[裂开\]|\[笑哭\]|不是真|没真[吐疼的]|嘴上说|开玩笑|挺开心|"
    r"其实(?:就)?是[烦困累]|其实办公室|"
    r"\b(?:lol|haha\w*|lmao|rofl|just kidding|jk)\b)"
)
_FIGURE = re.compile(
    r"((?:[气笑坑亏热冷累忙补困烦吵吓美贵丑撸骂学写改熬夜班卷])(?:得|到|成)我?[^,，]{0,8}|[\"“‘][^\"”’]{2,12}[\"”’]|直接心脏骤停|"
    r"原地|头都?要炸|"
    r"早八[^,，]{0,3}我?想死|半身不遂瘫|\bmakes? me want to (?:smother|strangle|murder|kill) (?:him|her|them)\b|\bfrom my boss\b)"
)
_ALWAYS_FIGURE = re.compile(
    r"(笑得[^,，]{0,3}[喘岔]|(?<![生闷])气得我?(?:想)?吐血|(?:工作|压力|生活|学业|房贷|kpi)[^,，]{0,3}压得[^,，]{0,3}[喘透]|"
    r"[做写改背算]得我?(?:脑袋|头)[^,，]{0,3}炸|(?:房价|房贷|物价|票价|学费|彩礼|价格)[^,，]{0,2}得[^,，]{0,12}|钱包大出血|"
    r"\b(?:nearly|almost|practically) (?:fainted|passed out|collapsed|died|had a (?:heart attack|stroke)) when i (?:saw|heard|opened|"
    r"read|got)\b.{0,30}"
    r"\b(?:prices?|bill|cost|results|invoice|total|fees?)\b|\bblood money\b)"
)
# No laughter makes light of it.
_MEANT = re.compile(r"(不想活|自杀|割|药|消失|遗|没意思|没人|\b(?:suicid\w*|pills?|cut|note)\b)")
_DIED = re.compile(r"(走了?的?$|去世|过世|没了$|\b(?:died|took (?:his|her) (?:own )?life)\b)")
# For the means to die only what cannot be a cry for help.
_TAUGHT = re.compile(
    r"(预防|热线|研究|论文|报道|新闻|电影|电视剧|小说|志愿者|培训|讲座|课程|课上|统计|干预|科普|段子|翻译|稿子|编辑|角色|剧本杀|我演|"
    r"演(?:上吊|割腕|跳楼)|备课|问卷|在传|寿险|守门人|网上说[^,，]{0,3}让人|慢性自杀|演习|"
    r"安宁疗护|不是想不开|没有消极|"
    r"\b(?:prevent\w*|research|statistics?|news|films?|movies?|novels?|training|volunteers?|awareness|essay|course|leaflets?|posters?|"
    r"articles?|box warning|onstage|documentar\w+|anti-suicidal|translat\w*|(?:asks?|asked) (?:me |us )?(?:about|if|whether))\b)"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A clause and where it belongs."""

    text: str
    """Without what is told of a film, a dream or in a manner of speaking."""
    grave: str
    """What of it counts when it speaks of dying: nearly everything."""
    past: bool
    gone: bool
    """Past, and the person is well."""


def placed(folded: str) -> list[Part]:
    """Return the clauses of a folded message with the time and place of each."""
    told = [clause for _, clause in clauses(folded)]
    well, laughs = bool(_WELL.search(folded)), bool(_LAUGH.search(folded))
    there = not _ME_TOO.search(folded)
    older = any(_OLDER_NOW.search(clause.strip()) for clause in told)
    past = _past(told, folded, older)
    unreal = bool(_FALSE_ALARM.search(folded))
    parts: list[Part] = []
    before = ""
    for clause, long_ago in zip(told, past, strict=True):
        figure = _ALWAYS_FIGURE.search(clause) or (laughs and _FIGURE.search(clause))
        listed = bool(parts) and _LISTED.search(clause) and _ELSEWHERE.search(before)
        text = "" if figure or listed or _imagined(clause, unreal) else _here(clause) if there else clause
        before = clause
        meant = not (figure and not _MEANT.search(clause)) and not _TAUGHT.search(clause)
        parts.append(Part(text, clause if meant else "", long_ago, long_ago and (well or bool(_DIED.search(clause)))))
    return parts


def _imagined(clause: str, unreal: bool) -> bool:
    found = _NOT_YET.search(clause)
    return bool(found and not _NOW.search(clause) and (unreal or "以为" not in found[0]))


def _here(clause: str) -> str:
    """Return a clause without what it tells of a film, a leaflet or a dream, up to where the person comes in."""
    away = _ELSEWHERE.search(clause)
    if not away:
        return clause
    back = _SELF.search(clause, away.end())
    return f"{clause[: away.start()]} {clause[back.start() :] if back else ''}"


def _past(told: list[str], folded: str, older: bool) -> list[bool]:
    """Tell of each clause whether it speaks of long ago."""
    past = [_is_past(told, number, older) for number in range(len(told))]
    recent = bool(_RECENT.search(folded))
    ago = any(past) or bool(_NEVER_SINCE.search(folded))
    for number, clause in enumerate(told):
        before = number > 0 and past[number - 1]
        if before and _EXPERIENCE.search(clause) and not (_NOW.search(clause) or _ONGOING.search(clause) or _RECENT_ZH.search(clause)):
            past[number] = True
        over = any(_OVER.search(near) for near in told[number : number + 3])
        if over and ago and not recent and _PAST_VERB.search(clause) and not _once_more(told, number):
            past[number] = True
        if _THAT_WAS.search(clause) and _FINE.search(folded) and not any(map(_BUT.search, told[number:])):
            past[:number] = [True] * number
    return past


def _is_past(told: list[str], number: int, older: bool) -> bool:
    clause = told[number].strip()
    if not (_LONG_AGO.search(clause) or (older and _AT_AGE.search(clause))):
        return False
    if _ONGOING.search(clause) and not any(map(_STABLE.search, told[number : number + 2])):
        return False
    return not _NOW.search(clause) and not _once_more(told, number)


def _once_more(told: list[str], number: int) -> bool:
    near = told[max(number - 1, 0) : number + 2]
    return any(_AGAIN.search(clause) and not _NOT_AGAIN.search(clause) for clause in near)
