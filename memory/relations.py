"""The words for the people of a family and those near it; patterns for folded text."""

from __future__ import annotations

from memory import patterns as re

_CARED_FOR = r"老人家?|大爷|大妈|奶奶|爷爷|阿姨|叔叔|婆婆|病人|老太太?|老先生|老爷子|老头|人"
RELATIONS: tuple[tuple[str, str], ...] = (
    (
        "care_recipient",
        rf"我?(?:照[顾看料]|护理|看护|服侍|伺候|侍候)的(?:那?位?|1?[个位]|一[个位])?[^,，。]{{0,4}}(?:{_CARED_FOR})|"
        rf"雇主家?(?:的?(?:奶奶|爷爷|老人|阿姨|叔叔|老太太|老爷子))?"
        r"|(?:我的?)?雇主|我的?(?:病人|客户)|院里的?老人|(?:the|an?|this) (?:\w+ ){0,3}?(?:man|woman|lady|gentleman|person|resident|"
        r"patient|client|boy|girl|neighbou?r)"
        r" (?:that |who |whom )?i(?:'m| am)? (?:care|caring|look|looking) (?:for|after)|\bi (?:look after|care for|nanny|mind) (?:an?|"
        r"this) (?:[\w-]+ ){0,2}?(?:man|woman|lady|gentleman|boy|girl|child|resident|chap)\b|\bmy (?:\w+ )?(?:client|patient|resident|"
        r"ward|charge|care recipient)\b|\bthe (?:resident|client)\b",
    ),
    (
        "mother_in_law",
        r"(?:老公|丈夫|先生|老婆|媳妇|对象|爱人)(?:的|他|她)?(?:妈妈?|母亲|娘)|(?<!张)(?<!王)(?<!李)婆婆(?!丁|纳)|家婆|岳母|丈母娘|"
        r"\b(?:mother|mum|mom)[- ]in[- ]law\b|\bmil\b|\b(?:husband|wife|partner)'?s (?:mother|mum|mom)\b",
    ),
    (
        "father_in_law",
        r"(?:老公|丈夫|先生|老婆|媳妇|对象)(?:的|他|她)?(?:爸爸?|父亲|爹)|公公|家公|岳父|老丈人|\b(?:father|dad)[- ]in[- ]law\b|"
        r"\bfil\b|\b(?:husband|wife|partner)'?s (?:father|dad)\b",
    ),
    (
        "sister_in_law",
        r"嫂子|嫂嫂|弟妹|弟媳|小姑子|小姨子|大姑[姐子]|大姨[姐子]|(?:老公|丈夫|先生|老婆|爱人)的?(?:姐姐?|妹妹?)(?![夫夫])|"
        r"\bsister[- ]in[- ]law\b|\bsil\b|\b(?:husband|wife|partner|hubby)'?s (?:\w+ )?sister\b",
    ),
    (
        "brother_in_law",
        r"姐夫|妹夫|小舅子|小叔子|大舅[哥子]|大伯[哥子]|(?:老公|丈夫|先生|老婆|爱人)的?(?:哥哥?|弟弟?)(?![妹媳])|"
        r"\bbrother[- ]in[- ]law\b|\bbil\b|\b(?:husband|wife|partner|hubby)'?s (?:\w+ )?brother\b",
    ),
    (
        "husband",
        r"(?:孩子|孩儿?|娃儿?|宝宝)(?:他|的|她)?(?:爸爸?|爹)|宝爸|老公|老头子|丈夫|我先生|我(?:家)?那口子|当家的|我男人|俺男人|"
        r"我家男人|\bhusband\b|\bhubby\b|\bdh\b|\b(?:my|me|the) (?:old man|fella|bloke|feller)\b|"
        r"\b(?:baby|child|kid)'?s? (?:father|dad)\b",
    ),
    (
        "wife",
        r"(?:孩子|孩儿?|娃儿?|宝宝)(?:他|的|她)妈妈?|老婆|妻子|媳妇(?!儿?们)|[我俺]太太|我婆娘|堂客|内人|\bwife\b|\bwifey\b|\bmissus\b|"
        r"\bdw\b|\bmy old lady\b",
    ),
    (
        "grandmother",
        r"奶奶|外婆|姥姥|外祖母|祖母|阿[嬷嫲]|阿婆|太婆|嫲嫲|婆婆(?=\d)|[我俺]奶(?=[^奶粉水量瓶头嘴嗝汁酪味渍])|\bgrand(?:mother|ma|mum|"
        r"mom)\b|\bgrann(?:y|ie)\b|\bgran\b|\bnann?a?\b|\bnanny\b|\bnonna\b",
    ),
    (
        "grandfather",
        r"爷爷|外公|姥爷|外祖父|祖父|阿公|太爷|俺爷|\bgrand(?:father|pa|d?ad|daddy|da)\b|\bgramps\b|\bgrampa\b",
    ),
    ("granddaughter", r"外?孙女|孙囡|\bgrand-?daughter\b|\b(?:daughter|son)'s (?:daughter|girl|little girl)\b"),
    ("grandson", r"外?孙子|外孙|小孙孙|孙娃|孙儿|大孙|\bgrand-?son\b|\b(?:daughter|son)'s (?:son|boy|little boy)\b"),
    ("daughter_in_law", r"儿媳妇?|\bdaughter[- ]in[- ]law\b"),
    ("son_in_law", r"女婿|\bson[- ]in[- ]law\b"),
    ("niece", r"侄女|外甥女|\bniece\b|\b(?:sister|brother)'s (?:daughter|girl)\b"),
    ("nephew", r"侄子|外甥|侄儿|大侄|\bnephew\b|\b(?:sister|brother)'s (?:son|boy|little one|kid|baby)\b"),
    (
        "daughter",
        r"女儿|闺女|[我俺咱]家?(?:的|大|小|二)?(?:丫头|妮[子儿]?|姑娘|妹仔|千金)|^(?:大|小|二)?姑娘(?![啊，,!！呀们家])|幺女|囡囡|阿囡|"
        r"(?<![大家])小女(?![孩儿生人婴友])|\d岁的?(?:小)?(?:丫头|闺女)|\b(?:step|grown )?daughters?\b|\bdd\d?\b|\b\d{1,2}[- ]?(?:year|"
        r"yr|month|week)s?[- ](?:old|auld) (?:girl|lass)\b|^(?:little|wee) (?:girl|lass)\b|"
        r"\b(?:my|our|ma) (?:\w+ ){0,2}(?:girl|lass|lassie)\b(?!friend)",
    ),
    (
        "son",
        r"儿子|幺儿|犬子|臭小子|[我俺咱]家?(?:的|大|小|二)?(?:小子|崽|仔)|^小子|仔仔|\d岁的?小子|\b(?:my|our|his|her|ma|"
        r"me) (?:[\w-]+ ){0,3}(?:step-?)?sons?\b|\b(?:my|our|ma) (?:\w+ ){0,2}(?:boy|lad|laddie)\b(?!friend)|"
        r"^(?:step)?son\b|\((?:my |our |step)?son\b|\bstep-?son\b|\bds\d?\b|\b\d{1,2}[- ]?(?:year|yr|month|week)s?[- ](?:old|"
        r"auld) (?:boy|lad)\b|^(?:little|wee) (?:boy|lad)\b|\bthe (?:younger|elder|older|youngest|eldest) son\b",
    ),
    (
        "aunt",
        r"(?<!来)(?<!来完)(?<!来了)(?<!的)[大小二三]?(?:姨(?:妈|(?!妈))(?![来走推没还刚痛疼量期完迟晚]|"
        r"(?:也|都|已经|又|[\d一二两三几多半]+个?(?:月|周|星期|天)(?:都|多|了|还)*)*(?:[没不]来|推[迟后]|延迟|迟到))|姑妈?|姑姑|姨姨|婶[婶子]|婶(?=[^婶子])|"
        r"舅妈|伯母|姨母|姑母)(?![息娘父夫丈姐])|\baunt(?:ie|y)?\b",
    ),
    (
        "uncle",
        r"[大小二三]?(?:舅舅|叔叔|伯伯|伯父|姑父|姑丈|姨夫|姨父|舅(?![妈母子])|大伯|二叔|三叔|小叔)|[我俺][叔伯舅](?![母妈子])|\buncle\b",
    ),
    ("cousin", r"[表堂](?:哥|姐|弟|妹)|\bcousin\b"),
    (
        "mother",
        r"我妈[妈咪]?|妈[妈咪]|母亲|我娘|老妈|姆妈|阿妈|老母(?!鸡)|俺娘|老娘|咱[妈娘]|家母|俺妈|阿娘|^妈(?![妈咪呀耶祖蛋])|\b(?:mother|"
        r"mum|mam|mom|mommy|mummy|mama|mamma|stepmum|step-?mother)\b|\b(?:my|me|our|his|her) (?:ma|old dear)\b|"
        r"^ma\b(?! (?:son|wean|daughter|husband|wife|wee|boy|girl|bairn))",
    ),
    (
        "father",
        r"我爸爸?|爸爸|父亲|老爸|老豆|阿爸|[俺我咱老阿]爹|咱爸|家父|俺爸|阿拉爷|俺达|老汉儿|^爸(?!爸)|^爹(?!爹)|\b(?:father|dad|daddy|"
        r"papa|pops|stepdad|step-?father)\b|\b(?:my|me|our) (?:da|pop)\b",
    ),
    ("sister", r"姐姐|妹妹|[我俺][大二三小老]?[姐妹](?![夫仔])|[小大]妹(?!妹子|夫)|家姐|阿[姐妹]|老妹|\bsister\b|\bsis\b"),
    ("brother", r"哥哥|弟弟|[我俺][大二三小老]?[哥弟](?![妹媳])|家兄|阿[哥弟]|细佬|老弟|\bbrother\b|\bmy (?:bro|brother)\b"),
    (
        "partner",
        r"我?对象|男朋友|女朋友|男友|女友|未婚[夫妻]|[我俺]家那位|另一半|\b[bg]f\b|\b(?:my|our|the) (?:partner|spouse|other half|"
        r"better half|significant other)\b|\b(?:boy|girl)friend\b|"
        r"\bfianc[eé]e?\b|^partner\b|\bpartner's\b",
    ),
    ("spouse", r"我?爱人|老伴儿?"),
    (
        "friend",
        r"朋友|干[妈爹爸儿女]|同事|同学|室友|邻居|隔壁[^,，。]{0,3}(?:大爷|大妈|阿姨|叔叔?|奶奶|爷爷|哥|姐|婶|伯)|闺蜜|发小|工友|舍友|"
        r"战友|领导|\b(?:friend|colleague|coworker|co-worker|neighbou?r|room-?mate|"
        r"flat-?mate|housemate|class-?mate|team-?mate|boss|(?:best|my|a|old) mate|pal|buddy)\b",
    ),
    ("other", r"前[夫妻]|前男友|前女友|\b(?:my|an|his|her) ex\b|\bex-?(?:husband|wife|boyfriend|girlfriend)\b"),
    (
        "baby",
        r"(?:我家)?(?<!本)(?:小?宝宝|小宝|宝贝|婴儿|新生儿|小毛头|毛毛(?!虫)|月子里的?娃)|(?<![\u4e00-\u9fff了])[男女](?:宝宝?|婴儿?)|"
        r"\d+个?月(?:大|龄)的?[男女]?[宝娃婴]|"
        r"^(?:宝[^,，]{0,2})?(?:(?:现在|才|刚|刚满|已经)?[\d一二三四五六七八九十]{1,3}个?多?月(?:大|龄)(?!便))|(?:生下来|"
        r"落地)[^,，]{0,2}第?[\d一二三四五六七八九十]{1,3}[天周]|"
        r"\b(?:my |our )?\d{1,2}[- ](?:week|month|day)s?[- ]olds?\b|出生(?:才|刚)?[\d一二三四五六七八九十]{1,3}天|\b(?:my|our|the|"
        r"this) (?:[\w-]+ ){0,4}(?:baby|infant|newborn|bub|bubba|preemie)\b|"
        r"^(?:a )?(?:newborn )?baby\b(?! (?:aspirin|shower|due|powder|oil))|\bbaby (?:girl|boy)\b",
    ),
    (
        "child",
        r"(?<![怀孕了着的是])(?:双胞胎|龙凤胎|三胞胎)(?!妊娠|孕|\d+周(?!岁))|孩子|大宝|二宝|小孩儿?|[我俺]娃|娃娃|娃儿?(?!娃)|伢|崽崽|小朋友|小家伙|患儿|俩娃|^[男女](?:孩|童|娃)|\d岁的?[男女](?:孩|童|"
        r"娃)|\b(?:my|our) \d{1,2} ?(?:yo|y/o|yr old)\b|\b(?:my|"
        r"our) (?:\w+|\d{1,2})[- ]years?[- ]old\b(?! (?:mother|father|wife|husband|mum|dad|mom|son|daughter|grand|boy|girl|niece|nephew))|"
        r"\b(?:for )?(?:a|an|the) (?:\w+|\d{1,2})[- ](?:year|yr)s?[- ](?:old|auld) (?:boy|girl|child|kid|lad|lass)\b|\b(?:my|our|the|"
        r"this) (?:[\w-]+ ){0,4}(?:child|kid|kids|kiddo|twins|bairn|wean|"
        r"toddler|wee one|little one|little man|little lad)\b|\b(?:have|got|had) (?:\w+ ){0,2}(?:twins|triplets)\b|"
        r"^(?:the )?(?:child|kid)\b|\b(?:my|our|the|her|his) (?:eldest|youngest|"
        r"oldest|middle one|first-?born)\b(?! (?:son|daughter|boy|girl|sister|brother))|\bma wean\b|\bmy lo\b",
    ),
    ("relative", r"家里?老人|老太太|老头儿?(?!子)|老爷子|老人(?!人)|老人家|亲戚|家属|\b(?:my|a) relative\b"),
)
KIN = "|".join(f"(?P<{name}>{pattern})" for name, pattern in RELATIONS)
PERSON = re.compile(KIN)


def _of_script(pattern: str, *, han: bool) -> str:
    """Return the alternatives of a pattern that can stand in Chinese, or in English."""
    depth, parts = 0, [""]
    for char in re.findall(r"\\.|.", pattern):
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    kept = [part for part in parts if bool(re.search(r"[\u3400-\u9fff]", part)) == han]
    return "|".join(kept)


_ZH, _EN = ("|".join(f"(?P<{name}>{part})" for name, whole in RELATIONS if (part := _of_script(whole, han=han))) for han in (True, False))
PERSON_ZH, PERSON_EN = re.compile(_ZH), re.compile(rf"(?<![a-z])(?:{_EN})")
"""The relations in one script alone: half the work for a clause that holds only one."""
