"""The words for pregnancy, lactation and sex; patterns for folded text with its numbers in figures (``memory.spoken.figures``)."""

from __future__ import annotations

from memory import patterns as re

_MONTH = r"\b(?:(?:jan|febr)(?:uary)?|feb|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep\w*|oct\w*|(?:nov|dec)\w*|\d)"
PREGNANT = re.compile(
    r"怀孕(?!前|后期?禁)|怀(?:着(?!希望|心|疑)|上了?(?!当)|了(?!疑)|[二三2-3]胎|的(?:是|双)|双胞|龙凤)|有孕|有喜|已孕|"
    r"孕妇?\s*\d{1,2}\s*\+?\d?\s*(?:周|个?多?月)|孕(?:早|中|晚)期|(?:早|中|晚)孕|"
    r"妊娠(?!糖尿|纹|期糖|高血压)|(?:我|她|妻子|老婆|媳妇|是|个)(?:是|1名|个|名)?孕妇|\d个?多?月身孕|验孕[^,，。]{0,6}(?:阳|[2两]条|"
    r"[2两]道)|[2两]道杠|[2两]条杠|中队长|双身子|大着肚子|"
    r"揣(?:着|了|上|个)|肚子里?(?:这个|有(?:了|个)?(?:娃|宝|孩子)|怀|的(?:娃|宝))|预产期|准妈妈|孕妈|孕\s*\d{1,2}(?:周|w)|"
    r"\bpregnant\b(?! (?:women|woman|people|with anger))|\bpreg(?:gers|gie|go|s)?\b|\b\d{1,2} ?(?:\+ ?\d )?(?:weeks?|wks?|"
    r"months?) (?:along|gestation|gone|preg\w*)\b|"
    r"\bexpecting (?:a baby|our|my|twins|a (?:boy|girl)|in|number)\b|\b(?:we're|i'm|she's|i am|she is) expecting\b|\bg\d ?p\d\b|"
    r"\b(?:first|second|third|1st|2nd|3rd) trimester\b|"
    rf"(?:\b(?:baby(?:'s| is)?|i'm|i am|im|we're|she's|is) |^)due (?:in|on|date|end of|around|this|next)?\s*(?:the )?(?:\d{{1,2}}(?:st|"
    rf"nd|rd|th)? (?:of )?)?{_MONTH}|\bwith child\b|\bpregnancy\b(?= (?:is|at|week))|"
    r"\b(?:up the duff|bun in the oven|knocked up|in the family way|embarazada|my bump|baby on the way)\b|\b(?:two|2) (?:pink |blue |"
    r"clear )?lines\b|\bbfp\b|\b(?:positive (?:pregnancy )?test|tested positive)"
    r"(?= (?:for pregnancy|this morning|at home))|\bpregnancy test (?:was |is |came (?:up|back) )?positive|\b(?:i'm|i am|im|she's|shes|"
    r"wife's|wife is|partner's|girlfriend's|gf's|sister's) (?:about |now |only |just |nearly |almost |"
    r"already )?\d{1,2}(?:\+\d)? ?(?:weeks?|wks?)\b(?! old| ago| in\b| into| on\b| clean| post| sober| after| late| away)|"
    r"\b\d{1,2} ?(?:weeks|wks) with my (?:first|second|third)|^\d{1,2}\s?\+\s?[0-6]\b(?= ?(?:weeks|wks|$|,|and|with|today|now))"
)
HANDHELD = re.compile(r"^\s*(?:i'm |im |am |now )?(?P<n>[4-9]|[1-3]\d|4[0-2])\s?\+\s?[0-6]\b(?!\s*(?:=|mg|ml|kg|\d))")
"""Weeks as midwives write them: "31+4"."""
NOT_PREGNANT = re.compile(
    r"\bno (?:\w+ )?(?:possibility|chance|way)\b[^.]{0,20}pregnan|(?:没有?|未|不(?:可能|会|是)?|并未|否认|不在|避免|防止|"
    r"排除)[^,，怀]{0,5}(?:怀孕?(?!疑|念)|(?<!避)孕|妊娠)|没怀|白板|[1一]条杠|"
    r"(?:\b(?:not|no longer|isn't|never been|denies|no chance (?:of|i'm)|ruled out|nope)|n't)\b[^,.]{0,16}pregn|"
    r"\bpregnan\w+ test (?:was |is |came back )?negative|\bnegative (?:pregnancy )?test|验孕[^,，]{0,6}阴|"
    r"\bpregnan(?:t|cy)\s*[:?\-]+\s*(?:no\b|n/a|none|nil|negative)"
)
NO_STATE = re.compile(
    r"(?<!就)(?<!不)要怀孕|备孕|想要?(?:怀|孩子|个?孩)|准备(?:怀|要)|计划(?:怀|要)|打算(?:怀|要)|怀疑(?!怀|是怀)|怀不上|怀过|以前怀|"
    r"去年怀|上次怀|上[1一]次|第[1一]次怀|第[12一二]胎时|"
    r"怀孕(?:的?时候|期间|时|过|那会)|怀(?:老大|老二|大宝|二宝|第[1一]胎|他|她|我)(?:的?时|那)|产后|生完|孕前|避孕|梦|孕酮|"
    r"\b(?:trying (?:to|for)|plan\w*|want\w* to|hope to|hoping to|get pregnant|become pregnant|getting pregnant|was pregnant|"
    r"were pregnant|been pregnant|"
    r"when i was|when pregnant|last pregnancy|previous pregnanc\w+|first pregnancy|during my (?:last|first|second)|postpartum|"
    r"after (?:my )?pregnancy|if)\b"
)
LOST = re.compile(
    r"流产|流掉|胎停|没胎心|没有胎心|清宫|人流|药流|引产|宫外孕(?:手术|切)|没保住|孩子没了|没保下|掉了个?孩子|打掉|"
    r"\bmiscarr\w+|\blost (?:the|our|my|a) (?:baby|pregnancy)|\bterminat(?:ed|ion)\b|\babortion\b|\bstillb\w+|\bno heartbeat\b|"
    r"\bectopic\b|\bd ?& ?c\b"
)
GAVE_BIRTH = re.compile(
    r"产后(?!抑郁|风)|刚生完|刚生了|卸货|(?:生|剖)(?:了|完)(?:孩子|宝宝|娃)?[^,，]{0,4}(?:天|周|个?月)|\bgave birth\b|\bpost-?partum\b|"
    r"\bc-?section (?:\w+ ){1,2}(?:weeks?|days?) ago\b|"
    r"\bhad (?:my|our|a|the) baby\b|\bdelivered (?:my|our|the|a|last|on)\b"
)
MAYBE = re.compile(
    r"可能|好像|怀疑|估计|也许|疑似|会不会|是不是|[1一]深[1一]浅|不知道|应该是|\b(?:might|may(?= be| have)|could|maybe|possibly|"
    r"thinks?|probably|wonder\w*|not sure|faint)\b"
)
LATE = re.compile(
    r"(?:月经|例假|大姨妈|姨妈|生理期|那个)[^,，。]{0,6}(?:推|晚|迟|没来|不来|延)|试纸|停经|\b(?:period(?:'s| is|"
    r" was)? (?:[\w-]+ ){0,3}(?:late|overdue)|missed (?:my |a )?period|days late)\b"
)
SUSPECTS = re.compile(r"[1一]深[1一]浅|\b(?:could|might|may) be pregnan|\bfaint (?:second )?line")
WEEKS = re.compile(r"(?P<n>(?<![\d.])\d{1,2})\s*(?:\+\s*\d)?\s*(?:个)?(?P<unit>多?周|多?月|weeks?|wks?|w\b|months?)(?:\s*\+\s*\d)?")
RECOUNT = re.compile(
    r"(?:是|算|现在|已经|到|应该|推)(?:是)?\s*(?P<n>\d{1,2})\s*周|\b(?:now|actually|really|it's|"
    r"i'm) (?:about )?(?P<e>\d{1,2}) (?:weeks|wks)"
)
LACTATING = re.compile(
    r"(?:全|纯|还|混合)?母乳(?!蛋白|分析|代用|不足|期?前)(?=喂|养|$|中|[,，]|着|的)|喂[\d两几]*次奶|喂(?:着)?(?:奶|母乳)|哺乳期?|亲喂|"
    r"背奶|吸奶|奶着(?:娃|孩|他|她)|追奶|奶水(?:足|多|少|不足|不够)|退奶|混合喂养|涨奶|堵奶|奶娃|全母|纯母|"
    r"\bpump(?:ing)?\b(?! (?:iron|up|gas|inhib))(?: \w+)* (?:a day|for my|milk|at work|every)|\b(?:am|still|exclusively) pumping\b|"
    r"\b(?:breast-?feed(?:s|ing)?|bf(?:ing)?(?= (?:my|him|her|mum|mom))|breast-?fed|ebf|nursing (?:a|my|mother|mom|mum|our|her|him|"
    r"the baby|mama)|lactating|still nursing|(?:am|i'm|she's) nursing|breast milk for|"
    r"on the (?:boob|breast))\b"
)
NOT_LACTATING = re.compile(
    r"(?:没有?|不(?!是[^,，]{0,6}嘛)|未|非|已经?不|不在)(?!过敏|知|停|敢)[^,，]{0,4}(?:哺乳|喂奶|母乳|喂母乳)|断奶|回奶|"
    r"母乳[^,，]{0,3}没|没(?:有)?奶|全?奶粉(?:喂养|$)|"
    r"\b(?:not|no longer|stopped|never|finished|isn't|weaned|don't|didn't|gave up)\b[^,.]{0,14}(?:breast|nurs|lactat)|"
    r"\bweaned\b(?! (?:\w+ )?(?:off|meself|myself))|\b(?:breast-?feeding|lactating|nursing)\s*[:?\-]+\s*(?:no\b|n/a|never)"
)
WHILE = re.compile(
    r"\b(?:while|whilst|when|if) (?:i'm )?(?:breast-?feeding|nursing|lactating)\b|(?:我(?:在|现在)?|正在|还在)[^,，]{0,2}(?:哺乳|喂奶)"
)
MY_BABY = re.compile(r"\b(?:my|our) (?:[\w-]+ ){0,3}(?:baby|newborn|little one|son|daughter)|\bbaby(?:'s| is)\b|宝宝|孩子")
WEANED = re.compile(r"断奶|回奶|weaned|stopped|no longer|finished|不喂(?:奶|母乳)?了|gave up")
SEX = re.compile(
    r"(?:性别)\s*[:：是为]?\s*(?P<a>男|女)|(?:我是|本人|患者|病人|患儿|是个?|1[名个位]|生了个)(?:1[名个位]|个)?(?P<b>男|女)(?!朋|友|儿|"
    r"同|士们|科|医|婿|方家)(?:性|的|生|士|人|孩|宝|患者|娃)?|"
    r"(?<![\u4e00-\u9fff])(?P<c>男|女)(?:性|孩|宝宝?|士|童|婴|娃|的|生)?(?![\u4e00-\u9fff])|(?<![\u4e00-\u9fff])(?P<n>男|女)(?=\d{1,3}岁)|"
    r"(?:\d{1,3}\s*(?:周?岁|个月)?|大|个)[的,，\s]*(?:小)?(?P<d>男|女)(?:性|孩|宝|生|士|的|婴|娃|童)(?!朋友|友|儿)|\d\s*(?:周?岁|"
    r"个月)[的,，\s]*(?P<m>男|女)(?!朋|友|儿|婿)|"
    r"\b(?:i'm|i am|he's|she's|he is|she is|patient is|is|as|for|from|my|our|year[- ]old|yo|"
    r"y/o)\s+(?:an? )?(?:\w+ )?(?:\d+[- ]?(?:year|yr|month|y/?o)s?[- ]?(?:old)? )?(?:\w+ )?"
    r"(?P<e>man|woman|male|female|guy|bloke|chap|lady|gentleman|gal)\b(?!friend)|^an? (?P<k>girl|boy)$|\b\d{1,3} ?(?:yo|y/o|yr old|"
    r"year old)? ?[/,]? ?(?P<f>m|f|male|female)\b(?![/'])|"
    r"\b(?<!')(?P<g>m|f|male|female)[ ,/]*\d{1,3}\b(?! ?(?:mg|kg|weeks))|^(?P<h>male|female|man|woman|m|f)$|(?P<i>小公主|小棉袄)|"
    r"(?P<j>小王子|小伙子)|"
    r"^(?:an? )?(?P<l>baby girl|baby boy)\b"
)
FEMALE = {"小公主", "小棉袄", "女", "woman", "female", "f", "lady", "gal", "girl", "baby girl"}
# Which of them a clause can be about at all: one cheap pass instead of a dozen.
HINTS = re.compile(
    r"(?P<pregnancy>孕|怀|妊|产|生完|[生剖][了完]|[两2二]道|[两2二]条|白板|条杠|一深|中队长|双身|大着肚|揣|肚子|卸货|流掉|胎|清宫|人流|"
    r"药流|没保住|孩子没了|打掉|有喜|姨妈|试纸|pregn|preg|expecting|trimester|\bdue\b|gave birth|"
    r"post-?partum|section|had (?:my|our|a|the) baby|g\d ?p\d|with child|along|gestation|gone|duff|oven|knocked|family way|bump|"
    r"lines?\b|bfp|\d ?\+ ?\d|miscarr|lost|terminat|abort|stillb|heartbeat|ectopic|deliver|embaraz)|"
    r"(?P<lactation>哺乳|奶|亲喂|母乳|breast|nurs|lactat|pump|wean|boob|\be?bf)|(?P<sex>[男女]|公主|小棉袄|王子|小伙|\d ?[mf]\b|\bm\b|"
    r"\bf\b|\b[mf]\d|man\b|male|lady|guy|bloke|chap|gal\b|girl|boy|gentle)|"
    r"(?P<weeks>[周月]|weeks?|wks)"
)
