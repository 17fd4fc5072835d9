"""How ages are told; patterns for folded text with its numbers in figures (``memory.spoken.figures``)."""

from __future__ import annotations

from memory import patterns as re

_KIN_EN = (
    r"mother|mum|mom|mam|father|dad|wife|husband|son|daughter|boy|girl|lad|lass|sister|brother|child|kid|baby|toddler|partner|"
    r"boyfriend|girlfriend|gran\w*|nan|nanna|niece|nephew|aunt\w*|uncle|cousin|friend|patient|resident|client|man|woman|lady|guy|male|"
    r"female"
)
_NO_UNIT = (
    r"(?!\s*(?:[.:/'\"%°+]\s*\d|[/'\"%°+x]|kgs?\b|kilos?\b|lbs?\b|pounds?\b|stone\b|st\b|cm\b|ft\b|feet\b|foot\b|m?g\b|mcg\b|ml\b|units?\b|"
    r"weeks?\b|wks?\b|months?\b|mths?\b|days?\b|hours?\b|hrs?\b|minutes?\b|mins?\b|times\b|am\b|pm\b|o'clock|of\b|out\b|bpm\b|degrees|"
    r"mm|puffs?\b|tabs?\b|tablets?\b|pills?\b|pack|cig|drinks?\b|pints?\b|th\b|nd\b|rd\b|years? (?:clean|sober|in|post|younger|older|ago)|"
    r"and a half|down|over|per|a day|or\b|to \d|-\s*\d|公斤|斤|千克|厘米|公分|米|年|天|周(?!岁)|个?月|度|次|片|粒|颗|支|包|瓶|杯|分|号|"
    r"点|楼|"
    r"多?块|元|℃|的?(?:单位|毫|微)|针|岁))"
)
# Right before a number: it is no age of now, or of nobody.
BEFORE = re.compile(
    r"(?:过完?年|明年|马上|下个?月|下周|再过)[^,，\d]{0,8}$|(?:未满|不满|小于|大于|低于|高于|超过|年满|骨龄|偏[小大]|相差|[大小]我?|差|"
    r"工龄|烟龄|酒龄|生我(?:的时候|时)?|时候|那时|当时|那会儿?|当年|"
    r"那年[他她我]?|从|至|活到|到|[-~])\s*$|虚岁?\s*(?:是|都|已经)?$|"
    r"\b(?:(?<!now )at|when|since|before|until|till|by|from|under|over|like|was|were|above|below|between|after|as|first|turns?|to|than|"
    r"past|"
    r"age range|for|last|next|every|within|another)(?: (?:i|he|she|they|the age of|age|aged|about|around|i'?m|i was|he was|she was|"
    r"\w+ was|(?:i|he|she) turned))?\s*$"
)
AFTER = re.compile(
    r"[^,，\d]{0,6}那年|\s*(?:多|半|了|左右|出头)?\s*(?:的?时候|那年|那会|时(?!常|不时)|以[上下前后内]|之?[前后](?!天|几)|起|开始|"
    r"就(?!诊|医)|得|患|做|切|生(?!日|病)|"
    r"结婚|发病|确诊|查出|走的|去世|没的|的?(?:小?孩子?|儿童|老人|成人|患者|人)?(?:能|可以|应该|要)|[-~到至]\s*\d)|"
    r"\s*(?:years?|yrs?)?[ -]*(?:old )?(?:ago|younger|later|or (?:over|older|under|younger|so ago)|and (?:over|under|above)|to \d|"
    r"-\s*\d+ (?:years?|yr))"
)
# Whole numbers with what they count; years, months, weeks and days are named groups.
FORMS: tuple[re.Pattern, ...] = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<years>\d{1,2})\s*(?:周?岁|y(?:ea)?rs?(?: old)?|y)\s*(?:零|又|过|,? and|,)?\s*(?P<months>\d{1,2})\s*(?:个?多?月|months?|"
        r"mths?|m\b)",
        r"(?P<halves>\d{1,2})\s*(?:周?岁半|½|and a half(?:[ -]years?| yrs?|$)|(?:[ -]years?|[ -]yrs?) and a half)|(?P<six>半岁)",
        r"(?:出生|生下来|生后|落地|生)(?:了|后|才|刚|到现在|今天|已经|第|有|大概)*\s*(?P<days>\d{1,3})\s*(?:天|日(?!期))",
        r"(?:出生|生下来|生后|落地)(?:了|后|才|刚|到现在|今天|已经|第|有|大概)*\s*(?:(?P<weeks>\d{1,2})\s*(?:周|个?星期|个?礼拜)|"
        r"(?P<months>\d{1,2})\s*个?多?月)",
        r"\bborn (?:just |only |about )?(?:(?P<weeks>\d{1,2}) weeks?|(?P<days>\d{1,2}) days?|(?P<months>\d{1,2}) months?) ago",
        r"(?P<days>\d{1,3})[ -]?(?:days?)[ -](?:old|auld)|(?P<weeks>\d{1,3})[ -]?(?:weeks?|wks?|wk)[ -](?:old|auld)|"
        r"(?P<months>\d{1,2})[ -]?(?:months?|mths?|mos?)[ -](?:old|auld)\w*",
        r"(?P<months>\d{1,2})\s*(?:个?多?月(?:大|龄|的?(?:小?[男女]?[宝娃孩婴]|男|女))|m/o\b)|(?P<days>\d{1,3})\s*天(?:大(?!便)|龄|"
        r"的(?:小?[宝娃孩婴新]))",
        r"(?P<years>\d{1,3}(?:\.\d)?)\s*(?:多|来|几|出头)?\s*周?岁",
        r"周岁(?:的话|是|都|已经|才|刚)*\s*(?P<years>\d{1,3})",
        r"(?P<years>\d{1,3}(?:\.\d)?)[ -]?(?:years?|yrs?|yr|y)[ -]?(?:old|auld|olds|of age)\b|(?P<years2>\d{1,3})\s*(?:yo|y/o|y\.o\.?|"
        r"yrs? ?old)\b",
        r"\b(?:aged|age|age:|age is|age about|aged about|aged around)\s*:?\s*(?P<years>\d{1,3})\b" + _NO_UNIT,
        r"\b(?:i|he|she|who|age|mother|father|wife|husband|son|daughter|patient|sister|brother)(?: also)? (?:have|has|"
        r"got) (?P<years>\d{1,3}) years\b"
        r"(?! (?:of|with|since|experience))",
        r"(?:^|[\s,，/(])(?P<years>\d{1,3})\s*(?:yo|y/o|yrs?|y)?\s*[/,]?\s*(?:m|f|male|female)\b(?![/'])|(?:^|[\s,，/(])(?:m|f|male|"
        r"female)\s*[/,]?\s*"
        r"(?P<years2>\d{2,3})\b" + _NO_UNIT,
        r"(?:^|[\s,，])(?:男|女)(?:性|生)?[\s,，]*(?P<years>\d{1,3})(?!\d)" + _NO_UNIT,
        r"(?:今年|现年|年龄|岁数|(?<!虚)(?<!周)岁(?=是)|高龄|年纪|贵庚|^(?:我|他|她|本人|[^\d,，心血体]{1,4})?(?:都快?|已经|快|才|"
        r"刚))\s*(?:是|有|都|快|已经|刚|才|也|该)*\s*(?P<years>\d{1,3})(?=[了啦咯喽哦]|$|的人|[\s,，])" + _NO_UNIT,
        r"^(?:[^\d,，]{0,9})(?<![第约共年号点压量药吃服片])(?P<years>\d{2,3})(?:[了啦咯喽]|的人[了啦]?|高龄了?)(?:[^\d]|$)" + _NO_UNIT,
        r"^(?:我|他|她|本人|家[父母]|老爷子|老太太|爸|妈|爷爷|奶奶|外公|外婆|姥姥|姥爷|公公|婆婆|岳母|岳父)(?P<years>\d{2})(?:整|周岁|岁)?$"
        + _NO_UNIT,
        r"^(?P<years>\d{2}) this (?:year|month|week|january|february|march|april|may|june|july|august|september|october|november|"
        r"december)\b",
        r"\b(?:my|for my|had my|coming up for my) (?P<years>[2-9]0)th\b",
        r"我(?:才|都|已经|今年)(?P<years>\d{2})(?!\d)" + _NO_UNIT,
        r"\b(?:i'?m|i am|he'?s|she'?s|he is|she is|shes|hes|who is|who's|am|turned|turning|just turned)(?: (?:now|only|just|already|"
        r"about|nearly|almost|currently|still))?"
        r" (?P<years>\d{1,3})(?=$|[ ,.!;)\-–])" + _NO_UNIT,
        rf"\b(?:{_KIN_EN}) (?:of|aged) (?:about )?(?P<years>\d{{1,3}})\b" + _NO_UNIT,
        rf"\b(?:{_KIN_EN})(?:'?s| is| are|,| \()?\s*\(?\s*(?:now |only |just |is )?(?P<years>\d{{1,3}})(?=$|[ ,.!;:)])" + _NO_UNIT,
    )
)
# Told of a child: the number of months, weeks or days alone.
YOUNG: tuple[re.Pattern, ...] = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:宝宝?|娃儿?|孩子|新生儿|小家伙|崽|女儿|儿子|闺女|他|她)(?:才|刚|现在|今天|已经|也|快|都|今年|刚满|"
        r"满)*第?\s*(?P<days>\d{1,3})天(?=大|了?$|[,，])",
        r"(?:宝宝?|娃儿?|孩子|小家伙|崽|女儿|儿子|闺女|外?孙[子女]?|他|她)(?:才|刚|现在|今天|已经|也|快|都|今年|刚满|"
        r"满)*\s*(?P<months>\d{1,2})个?多?月(?=大|了|的|该|就|还|不|都|$|[,，])",
        r"\b(?:they'?re|they are|both(?: are)?) (?:now |only |just |both |nearly |almost )*(?P<years>\d{1,2})(?=$|[ ,.!;)])" + _NO_UNIT,
        r"(?:(?:is|'s|she's|he's|shes|hes|only|just|now|at|about|old|aged|\(|girl|boy|baby|son|daughter|child|"
        r"^)[ ,(]*)(?:(?P<months>\d{1,2}) ?(?:months?|mths?|mo)\b|"
        r"(?P<weeks>\d{1,2}) ?(?:weeks?|wks?)\b|(?P<days>\d{1,2}) ?days?\b)(?! (?:ago|of|before|after|pregnant|later|in a row|"
        r"now since|straight|running|each|per))",
    )
)
FULL_MONTH = re.compile(r"(?:刚|才|还没|没|快|已经)?满月(?:了|子)?|(?<!\d)百天|(?<!\d)100天(?=了|大)")
PREGNANT = re.compile(r"怀|孕|揣|肚子里|胎|pregnan|gestation|along|gone|expecting|due")
ILL_FOR = re.compile(r"烧|咳|病|拉|吐|疼|痛|痒|吃了|喝了|没(?:拉|吃|睡|好)|for \d|ago|前|past|last")
BORN = re.compile(
    r"(?:出生(?:日期|于|在)?|生日|生于|dob|date of birth|birthday|born(?: on| in)?)\s*(?:是|为|[:：])?\s*"
    r"(?:(?P<y>(?:19|20)\d\d)\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})|"
    r"(?P<d2>\d{1,2})[-/.](?P<m2>\d{1,2})[-/.](?P<y2>(?:19|20)\d\d)|"
    r"(?P<y3>(?:19|20)\d\d))|(?P<y4>(?:19|20)\d\d)年?(?:\d{1,2}月)?(?:\d{1,2}[日号])?(?:生人?|出生)(?![^\s,，的了])"
)
OWN_STATE = frozenset({"self", "wife", "partner", "sister", "mother", "friend"})
