"""How weights and heights are told; patterns for folded text with its numbers in figures (``memory.spoken.figures``)."""

from __future__ import annotations

from memory import patterns as re

_N = r"(?<![\d.])\d{1,3}(?:\.\d{1,2})?"
LIMITS = {"weight": (0.5, 400.0), "height": (30.0, 250.0)}
KILOS = re.compile(rf"({_N})\s*(?:kgs?\b|kilos?\b|kilograms?\b|公斤|千克)(半)?(?!\s*/)")
JIN = re.compile(rf"({_N})\s*(?:多|来)?\s*(?:市斤|斤|jin\b)\s*(?:(\d)\s*两?|(半))?(?!\s*/)")
STONE = re.compile(
    r"(?<!\d)(\d{1,2}(?:\.5)?)(?: and a (half))?\s*(?:stones?\b|st\b(?!\.))\s*,?\s*(?:and\s*)?(?:(\d{1,2})(?![\d.])\s*(?:lbs?|pounds?)?)?"
)
POUNDS = re.compile(rf"({_N})\s*(?:lbs?\b|pounds?\b|磅|#)\s*,?\s*(?:and\s*)?(?:(\d{{1,2}})(?!\d|\.)\s*(?:oz\b|ounces?)?)?")
BARE = re.compile(
    r"(?:体重|净重|\b(?:weight|wt|weigh|weighs|weighing|weighed|mass)\b)\s*(?:is|of|in at|about|around|只有|只剩|大概|大约|现在|目前|"
    r"是|有|为|[:：])*\s*"
    rf"(?P<n>{_N})(?![\d.]|\s*(?:%|mg|g\b|次|天|年|months|weeks|years|stone|st\b|岁|下|个))|(?P<scale>{_N})\s+on (?:the|my|our|"
    rf"a) (?:\w+ )?scales?\b"
)
TOO = re.compile(
    r"[买吃喝举搬提扛拎]|白酒|西瓜|苹果|每公斤|每千克|/\s*kg|/公斤|per (?:kg|kilo|pound)|\b(?:lift|carr|ate|drank|bought|buy|baggage|"
    r"bag|dumbbell|"
    r"dog|cat|puppy)\w*|mg|毫克|毫升|(?:1|每)[天日顿次]"
)
# Right before a weight: another time's, another thing's, or only the difference.
NOT_NOW = re.compile(
    r"(?:目标|减到|上个?月还?|去年|前年|上周|[想要]减到?|目标|争取减到|反弹了?|回升了?|多了|少了|减了|瘦了?|轻了?|胖了?|长了?|掉了?|"
    r"降了?|涨了?|增加?了?|重了|以前|原来|之前|出生(?:时|体重)?|生下来|从|才能|控制在?|低于|超过|不到|不足|"
    r"\b(?:goal|target|ideal|used to (?:weigh|be)|last (?:month|year|week)|was|were|from|born(?: at)?|birth ?weight|birth|lost|lose|"
    r"losing|gain\w*|(?<!just )under|below|(?<!just )over|to lose|"
    r"put on|down by|up by|dropped(?! to)|shed|down(?! to)|put|first|than|(?:get|me|him|her) (?:down )?to|another|every|"
    r"per)\b)[^\d,，。.;]{0,10}$"
)
NOT_NOW_AFTER = re.compile(
    r"\s*(?:的?(?:成年人|成人|人|病人|患者|孩子能)|(?:adult|person|patient|man|woman)\b)|\s*(?:了|的)?(?:重的|酒|米|肉|奶|水|菜|行李)|"
    r"\s*(?:when|at birth|lighter|heavier|less|more than|in (?:a|two|three|\d)|over the|overweight|since|of\b|before|"
    r"ago|to lose|a week|a month)"
)
CHANGE = re.compile(r"\b(?:went|gone|go|dropped|down|up|came|fell)\b[^,.]{0,20}from|从")
NOW = re.compile(
    r"(?:and |but )?(?:now|currently|today|这会儿?|现在|目前|如今|眼下)(?:是|只有?|剩|还剩|降到|减到|瘦到|胖到|i'm|at|down to|up to|"
    r"\s)*\s*(\d{2,3}(?:\.\d)?)\s*(了|$)"
)
BY_NOW = re.compile(r"(?:现在|目前|如今|今早|今天|刚)[^\d,，]{0,6}$|\b(?:now|currently|today)\b[^,.\d]{0,14}$")
NO_HEIGHT = re.compile(
    r"长到|才能|想长|年前|梦想|腰围|头围|胸围|臀围|囊肿|结节|肿块|包块|肌瘤|伤口|宫高|宫颈|胎|B超|结石|息肉|差距|水深|\b(?:away|wide|"
    r"long|fell|deep|apart|"
    r"lump|cyst|mass|nodule|dilated|tumou?r|fibroid|cut|waist|ladder|scar|polyp|wall|feet hurt|aneurysm|wound|rash)\b"
)
CENTI = re.compile(r"(?<![\d.])(\d{2,3}(?:\.\d)?)\s*(?:厘米|公分|cms?\b|centimet(?:er|re)s?)")
METRES = re.compile(
    r"(?<![\d.])([12])?\s*(?:米|m(?=\s?\d\d))\s*(\d{1,2})(?!\d)|(?<![\d.])([12]\.\d{1,2})\s*(?:米|m\b|met(?:er|re)s?)|([12])米(?:半|5)"
)
CHI = re.compile(r"(?<!\d)(\d)\s*尺\s*(\d{1,2}(?:\.\d)?)?\s*寸?")
FEET = re.compile(
    r"(?<![\d./])([3-7])\s*(?:'|’|′|ft\.?|feet|foot|英尺)\s*(?:and )?(?:(\d{1,2})(?:\.\d|½)?(?!\d|/)(?!\s*(?:stone|st\b|kg|lb|years|yo)))?"
)
TALL = re.compile(r"身高|个[子头]|净高|高(?!压|血|烧|热|考|中|二|三|一|危|脂|尿)|\b(?:tall|height|ht)\b")
BARE_HEIGHT = re.compile(
    r"(?:身高|净身高|个[子头]|净高|\bheight|\bht|\bi'?m)\s*(?:is|of|only|about|around|才|只有|有|大概|是|为|[:：])*\s*"
    r"(1[0-9]\d|(?<!i'm )(?<!im )[4-9]\d(?=\s*(?:厘米|公分|cm|$|[,，]))|2[01]\d)(?:\.\d)?(?![\d.]|\s*(?:kg|公斤|斤|lb|pounds|mg|/|岁|"
    r"years))|(?:高\s*(?=1\d\d)|(?=1[4-9]\d的?(?:个[子头儿]|大个)))(1[0-9]\d)(?!\d|/)"
)
BEFORE_WEIGHT = re.compile(r"^(?:我|他|她|本人|男|女)?(?:身高)?(1[3-9]\d)$")
COUNTS = re.compile(
    r"[\d一二两三四五六七八九十半廿]|满月|百天|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|"
    r"thirty|forty|fifty|"
    r"sixty|seventy|eighty|ninety)\b"
)
