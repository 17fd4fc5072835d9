"""The words for oneself, and how people are told apart in a clause; patterns for folded text."""

from __future__ import annotations

from memory import patterns as re
from memory.relations import RELATIONS

# One pass that is cheaper than trying every relation at every place.
HINT = re.compile(
    r"[妈爸母父娘爹爷奶婆公姥婶姨姑舅叔伯哥弟姐妹嫂侄甥孙儿女囡子夫妻媳爱对友伴偶宝婴娃孩朋同室邻隔闺战领亲属老雇病客你家豆嬷嫲伢崽仔患"
    r"毛俩兄佬达姑丫妮幺内堂当男另前太发工岳生落月胞凤"
    r"]|出生|\byo\b|y/o|[- ](?:olds?|auld)\b|\bex\b|\b(?:mother|mum|mam|mom|mommy|mummy|mama|mamma|ma|mil|fil|sil|bil|dh|dw|ds\d?|"
    r"dd\d?|lo|bf|gf|pal|buddy|father|dad|daddy|da|papa|pops?|parents?|step|son|"
    r"daughter|child|kid|toddler|twins|little|wee|wean|bairn|eldest|oldest|youngest|middle|first|baby|bub|infant|newborn|preemie|boy|"
    r"girl|lad|lass|wife|missus|husband|hubby|old|fella|bloke|feller|"
    r"partner|boyfriend|girlfriend|fianc|spouse|other|better|significant|sis|bro|sister|brother|grand|gran|gramp|nan|nana|nanny|nonna|"
    r"aunt|uncle|cousin|niece|nephew|friend|mate|"
    r"colleague|co|neighbo|room|flat|house|boss|best|ex|client|patient|resident|ward|charge|care|relative|man|woman|lady|gentleman|person)"
)
GENERIC = frozenset({"child", "baby"})
ELDERS = frozenset({"mother", "father", "grandmother", "grandfather", "mother_in_law", "father_in_law", "care_recipient", "uncle", "aunt"})
CHILDREN = frozenset({"son", "daughter", "child", "baby", "grandson", "granddaughter"})
KIN_ZH = (
    r"(?:妈妈?|爸爸?|母亲|父亲|奶奶|爷爷|外婆|外公|婆婆|公公|岳母|岳父|老公|老婆|丈夫|妻子|媳妇|爱人|姐姐?|妹妹?|"
    r"哥哥?|弟弟?|儿子|女儿|孩子|朋友|干[妈爹爸儿女]|同事|同学|室友|邻居|闺蜜|家里?人|男友|女友|对象)"
)
# "我妈说我……", "朋友推荐……", "my husband says I …": who tells or gives is not who is ill.
TELLER = re.compile(
    rf"我?的?(?:老妈|老爸|{KIN_ZH})(?:大妈|大爷|阿姨|大姐|们|就|非|都|也|总|老|一直|跟我|告诉我|对我)*(?:说|讲|让我|叫我|劝我|建议|"
    rf"推荐|告诉|"
    rf"觉得|认为|怀疑|非说|发现我|不给|给喂|不让|带了|带来|送了|送的|炖的|特意|熬的|煮的|捐|过生日|请客|给我|帮我|送我|拿给我|问我|"
    rf"催我|非要我|逼我)(?!自己)"
    r"|\b(?:my|a|our|his|her) (?:\w+ )?(?:mother|mum|mom|mam|father|dad|wife|husband|sister|brother|son|daughter|friend|ex|hubby|boss|"
    r"colleague|"
    r"neighbou?r|partner|grand\w+|aunt|uncle|cousin) (?:also |always |just |keeps? )?(?:says?|said|saying|told|tells|"
    r"thinks?|thought|jokes?|suggest\w*|recommend\w*|gave me|"
    r"gives me|makes me|lets me|won't let me|offered me|asked if|asked whether|bought me|got me|wants me|asked me|insists|reckons|"
    r"swears by)\b|\b(?:granny|gran|nan|mum|mom|mam|dad|grandma|hubby|next[- ]door|mil) (?:always )?(?:says?|said|reckons?|thinks?|"
    r"told|insists?|offered me|keeps saying)\b"
)
# Named beside the one who is ill: "我在照顾孩子", "I live with my mother", "因为生孩子".
BESIDE = re.compile(
    r"(?:照顾着?|陪着?|生(?:了|完)?|怀(?:了|着)?(?:第[一二三]个|[一二三]个)?|有(?:了)?[一两二三四]?个|想要|要(?:个|"
    r"生)|接|送|抱着?|跟着?|像|听|传染给?|遗传(?:自|给)?|"
    r"和(?=[^和]{1,4}(?:吵|一起|住))|(?<!医生)(?:让|叫|请|托|找|问了?|打电话给)|被|"
    r"\b(?:live|living|lives|stay|staying|here) with (?:my |our |the )?|\b(?:look|looking|looked) after (?:my |our |the )?|"
    r"\bpregnant with (?:my |our )?|"
    r"\b(?:have|had) (?:two|three|four|a|one|\d) |\bfrom (?:my |our )?|\b(?:bite|piece|slice|some|bit|sip|spoonful|pack|box|leftover|"
    r"half|one) of (?:my |our |the )?|\b(?:than|unlike|as|at) (?:my |our )|\bbecause of (?:my |our ))$"
)
SELF_ZH = (
    r"(?<!本)我(?!一个|有个|有一个|这个朋友|那个|(?:都|也|就|每天|早晚)+给|妈|爸|娘|母|父|[大二三小]?[姐妹哥弟]|娃|家|"
    r"们|老|妻|太太|先生|女|儿|孩|朋友|奶|爷|外|公|婆|岳|爱人|对象|男|未婚|"
    r"爹|孙|侄|表|堂|舅|叔|姨|姑|"
    r"同事|同学|室友|邻居|闺蜜|的?(?:孩子|女儿|儿子|妈|爸|老|朋友|宝)|(?:很|非常|特别|真|有点|挺|好)(?:担心|害怕|怕|"
    r"着急|想|焦虑|急)|想(?!起)|担心|害怕|怕|着急|觉得|看|发现|听|问|该|应该|可以|能|带|给|喂|帮|替|"
    r"不知道|知道|记得|记错|说错|刚才|刚说|刚刚说|之前说|前面说|上面说|打算给|怀疑|这边|查|以为|量了|用手|摸|来|"
    r"是(?:她|他|家属|护工|保姆|照顾|替|帮|代)|替|需要|很?急|也很?急|说的是|问的是|讲的是|当(?:保姆|护工)|屋头|是(?:护|月嫂|家政)|"
    r"们?家里?的?(?=老)|照顾|护理|看护|照料|雇|陪|和(?!我)|跟)|"
    r"本人|本宝宝|俺(?!娘|爹|妈|爸)|我(?:想起|和我(?=[妈爸老]))"
)
KIN_EN = (
    r"mother|mum|mom|mommy|father|dad|daddy|parents?|son|daughter|child|kid|baby|boy|girl|wife|husband|hubby|partner|"
    r"boyfriend|girlfriend|fiance|spouse|sister|brother|grand\w+|gran|nan|uncle|aunt\w*|cousin|nephew|niece|"
    r"friend|mate|colleague|neighbou?r|room-?mate|flatmate|boss|client|patient|resident|family|(?:mother|father|sister|"
    r"brother|son|daughter)-in-law|dog|cat|doctor|gp|nurse|surgeon|psychiatrist|optician|dentist|allergist"
)
SELF_EN = (
    r"\bim\b|\bi(?:'m|'ve|'d| am| have| was| had)?\b(?!'?(?:m|ve|d)? ?(?:\w+ly )?(?:think|thought|worr\w+|want|wonder\w*|"
    r"notic\w+|g[ai]ve|should|can|could|know|mean|meant|said|told you|forgot|"
    r"guess|believe|suspect|am not sure|'m not sure|not sure|don't know|asking|ask|care|caring|look|looking|need|mentioned|"
    r"just gave|giving|tried giving|writing|calling|her|his))|\bmyself\b|"
    rf"\b(?:my|mine)\b(?! (?:own )?(?:[\w-]+ ){{0,2}}(?:{KIN_EN})s?\b)"
)
SELF = re.compile(rf"{SELF_ZH}|{SELF_EN}")
# Between "my" and the person: "my granny", "my gym buddy", "我一岁半的女儿", "我有个3岁的女儿".
MINE = re.compile(
    r"(?:的|家里?的?|那个?|们家的?|们?屋头|(?:[也还]?有(?:1|一)?个)?[^,，。对吃用给在有和跟把被让说]{0,12}的)?(?:老|小)?|"
    r" (?:(?!(?:and|or|for|from|to|is|are|was|has|had|on|with|by|in|of|after|because)\b|\w+'s\b)[\w-]+ ){0,3}"
)
YOUNG_AGE = re.compile(
    r"\b(?:she|he)(?:'s| is| was)?(?: only| just| nearly| almost| about)? (?:(?:[1-9]|1[0-2]|one|two|three|four|five|six|seven|eight|nine|"
    r"ten|eleven|twelve)(?: and a half)?(?: years?(?: old)?| ?yo)?|\d{1,2} ?(?:months?|weeks?|days?|mo)(?: old)?)(?= ?(?:$|[,.;!?]|"
    r"and\b|but\b))|"
    r"[她他](?:才|刚|今年|现在|只有|快)*(?:[1-9]|1[0-2]|[一两二三四五六七八九十])(?:周?岁|个多?月)"
)
"""A child's age, of one who is only called she or he."""
SHE = re.compile(r"她|\b(?:she|her|hers|she's|herself)\b")
HE = re.compile(
    r"(?<![其吉倍阿洛普伐瑞匹氟司利克])他(?![们汀克莫巴环扎拉米唑卡达昔人乐滨林尼洛定格替酚赛西啶芬酮])|\b(?:he|his|him|he's|"
    r"himself)\b"
)
FEMALE = frozenset(
    {
        "sister_in_law",
        "daughter_in_law",
        "mother",
        "daughter",
        "wife",
        "sister",
        "grandmother",
        "granddaughter",
        "aunt",
        "niece",
        "mother_in_law",
    }
)
MALE = frozenset(
    {"brother_in_law", "son_in_law", "father", "son", "husband", "brother", "grandfather", "grandson", "uncle", "nephew", "father_in_law"}
)
BOTH = re.compile(r"(?:我和|我跟|跟我|和我(?!一起)|\band i\b|\bi and\b|\bboth (?:me|of us)\b|\bme and\b)")
STAFF = re.compile(r"医生|大夫|护士|医师|药师|专家|主任|\b(?:doctor|gp|nurse|pharmacist|surgeon|specialist|consultant|dr)\b")
FOR = re.compile(r"(?:给|喂|帮|替|带|陪|\bfor\b|\bgave\b|\bgive\b|\bgiving\b|\bto\b)[^,，]{0,12}$")
WE_BOTH = re.compile(
    r"我(?:和|跟|与|同)(?!我?医)[^,，。]{1,8}?都|\b(?:both (?:my|our) [\w -]{2,24} and i\b|(?:my|our) [\w -]{2,24} and i (?:both|are|"
    r"have|smoke|take|drink|use)\b)|\b(?:me and|i and) my [\w-]+ (?:both|are|have)"
)
CARER = re.compile(
    r"[是我](?:护理|照顾|照看)的|\bi (?:look after|care for|nanny) (?:an?|this)\b|我是(?:1个|一个|1名|一名|住家)?(?:护工|保姆|护理员?|"
    r"家政|陪护)|当(?:保姆|护工|陪护)|做(?:保姆|护工)|\bi'?m (?:a |an |the |her |his )?(?:[\w-]+ )?(?:carer|caregiver|care (?:staff|"
    r"worker|assistant|home)|care-?taker)\b"
)
CARED_FOR = frozenset({"grandmother", "grandfather", "relative", "uncle", "aunt", "mother_in_law", "friend"})
SIBLINGS = re.compile(
    r"\b(?:big|little|baby) (?:brother|sister)\b.{0,80}\b(?:big|little|baby) (?:brother|sister)\b|(?<!怀)(?<!怀着)(?<!怀了)(?:双胞胎|"
    r"龙凤胎)(?!妊娠)|(?:俩|两个?|2个?)(?:孩子|娃|宝|小孩)|大宝[^。]{0,40}(?:小宝|二宝)|\b(?:both|two|the|my) (?:of )?(?:my )?(?:twins|"
    r"kids)\b"
)
TWINS = {"sister": "daughter", "brother": "son"}
YOUNG = frozenset({"nephew", "niece", "son", "daughter", "grandson", "granddaughter"})
FAMILY = frozenset(name for name, _ in RELATIONS) - {"friend", "other", "relative"}
PART = re.compile(r"[，,。；;!?！？\n()（）:：]|\.(?=\s|$)")
SPOUSE = {"he": "husband", "she": "wife"}
SON_OR_DAUGHTER = {"he": "son", "she": "daughter"}
HERS = re.compile(r"怀|孕|月经|产后|乳腺|子宫|例假|绝经")
HIS = re.compile(r"前列腺|阳痿|精子")
WE = re.compile(r"备孕|我们[俩俩两]|夫妻|结婚|同房|\b(?:we|us|our)\b")
HIMSELF = re.compile(r"^(?:himself|herself) (?:is|has|was|'s)|\b(?:morning|now|,) himself is\b")
