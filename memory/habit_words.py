"""The words for smoking and drinking; patterns for folded text with its numbers in figures (``memory.spoken.figures``)."""

from __future__ import annotations

from dataclasses import dataclass

from memory import patterns as re

_DRAW = r"(?:抽|吸)(?![血筋搐脂痛空水查动穗屉签样风入气氧奶收引管尘积液]|了?(?:几下|过去)|过敏|出)"
_NOUN = (
    r"(?:fags?|ciggies?|cigs?|cigarettes?|smokes|smoking|tobacco|baccy|rollies|roll-?ups|vap(?:e|es|ing)|nicotine|hookah|shisha|bidis?|"
    r"beedis?|"
    r"gutka|cigars?|snus)"
)
_NOT_EN = r"\b(?:don't|dont|do not|doesn't|does not|didn't|never|neither|nor|not)"
_ENDS_EN = r"\b(?:quit|stopped|gave up|given up|give up|packed in|jacked in|kicked|chucked|ditched|dropped|binned|off|cut out|came off)"


@dataclass(frozen=True, slots=True)
class Habit:
    """How one habit is told: that it is, is not, is no more; ``other`` is where its words mean something else."""

    does: re.Pattern
    denies: re.Pattern
    ended: re.Pattern
    other: re.Pattern


SMOKING = Habit(
    does=re.compile(
        rf"抽烟|吸烟|烟[民龄瘾枪斗]|电子烟|雪茄|[旱水]烟|叶子烟|{_DRAW}[^,，不没]{{0,8}}烟|\d+\s*(?:来|多)?包烟|(?:1天|每天|"
        rf"天天)[^,，]{{0,3}}\d+[^,，]{{0,2}}(?:包|根烟|支烟|根$|支$)|"
        rf"(?:天天|每天|整天|一直|还在|还|就|也|老在|在[^,，]{{1,3}})(?:里)?{_DRAW}|{_DRAW}(?:了|着)?[^,，]{{0,2}}\d+\s*多?年|"
        rf"烟[^,，]{{0,4}}(?:\d+[包支根]|每天|1天|天天|断不了|戒不|没戒|离不)|{_DRAW}[两几]口|"
        r"\b(?:smokes?(?!d? (?:alarm|detector|salmon|free))|smoker|smoking|chain-?smok\w+|vap(?:e|es|er|ing)|cigarettes?|(?:the |"
        r"my )(?:fags|ciggies)|tobacco|nicotine user|bidis?|beedis?|gutka|"
        r"hookah|shisha|cigars?|rollies|roll-?ups|packs? (?:a|per) day|pack[- ]years?|\d+ (?:fags|cigs|ciggies)|"
        r"^\d{1,2} a day (?:since|for)|\d ?ppd)\b"
    ),
    denies=re.compile(
        rf"(?:不|没有?|从不|从来不|从没|从未|无|否认|未)[^,，。]{{0,3}}(?:吸烟|抽烟|烟(?![瘾龄台]))|不(?:会|怎么)?(?:抽(?![血筋搐脂])|"
        rf"吸(?=烟|$))(?!了)|(?:没|未|从没)(?:有)?(?:抽|吸)过|"
        rf"烟[^,，]{{0,6}}(?:不沾|不碰|不抽|没[^,，]{{0,2}}[碰抽沾]|从来?不|[1一][根口]不)|不烟不酒|烟酒[^,，]{{0,3}}(?:不|无|没)|"
        rf"无(?:不良)?烟酒|"
        rf"\bnon[- ]?smok\w+|\bnever (?:ever )?(?:been a smoker|smoked?|vaped?|touched (?:a |an )?{_NOUN}|had a {_NOUN})\b|"
        rf"{_NOT_EN} (?:drinks? (?:or|nor|and) |actually |even )?(?:smoke|vape|smoking|vaping|a smoker)\b|\bno (?:smoking|{_NOUN})\b|"
        r"\b(?:smok(?:er|ing|es?)|tobacco|cigarettes)\s*[:?\-]+\s*(?:no\b|never|none|nil|denie)|\bdenies (?:smoking|tobacco)"
    ),
    ended=re.compile(
        r"戒(?:了|掉|的)[^,，酒]{0,4}烟|(?<![吃用贴打]药)戒烟(?=了|\d|好|多|成功|半|整|$)(?<!的戒烟)|烟[^,，不没戒]{0,6}[戒断掐](?!不)|"
        r"把烟戒|以前(?:抽|吸)|曾经?(?:抽|吸)|不(?:抽|吸)(?:烟)?了|戒了[^,，酒]{0,4}年|戒的烟|"
        rf"{_ENDS_EN} (?:[\w']+ ){{0,2}}?{_NOUN}\b|\b(?:ex[- ]?(?:smok|vap)er|(?:former|past) smoker|used to (?:smok|vap)e|smoke-?free|"
        r"haven't (?:smoked|vaped|had a (?:fag|cig\w*|smoke))|smoked (?:for|until|till|from|in)|without a (?:cigarette|fag|smoke)|"
        r"^\d+ a day from|no longer smok\w+|(?:don't|doesn't) smoke any ?more)\b|\bquit\b"
    ),
    other=re.compile(
        r"二手烟|吸(?:猫|氧|入|奶)|\bsecond-?hand\b|\bsmoked (?:salmon|fish|meat|ham|haddock)|smoke (?:alarm|detector|from|inhal)|"
        r"\bcan i\b|\bsafe\b|patch(?:es)? (?:ok|safe)"
    ),
)
ALCOHOL = Habit(
    does=re.compile(
        r"喝酒|饮酒|酗酒|酒[量龄瘾]|嗜酒|贪杯|小酌|应酬|(?:喝|整|来|抿|搞|弄|倒|造)[^,，不没]{0,8}(?:[白啤红黄米药洋]酒|白的|啤的|酒|"
        r"[两二2几](?:口|盅|两|杯))|[白啤红黄]酒|\d两(?:白|酒|的|半|$)|"
        r"离不[了开](?:那口|酒)|好(?:这|那)口|酒[^,，]{0,8}(?:沾|来|喝|抿)1?点|酒[^,，]{0,4}(?:断不了|戒不|没戒|没断|照喝)|"
        r"\b(?:drink(?:s|ing|er)?(?! (?:\w+ ){0,3}(?:coffee|tea|water|milk|well|juice|mugs?|tablets?|medicine|pills?|enough|plenty|"
        r"lots|fluids|cola|coke))|alcohol(?:ic)?|beers?|wines?|whisky|"
        r"whiskey|vodka|gin|rum|brandy|scotch|bourbon|lager|cider|pints?|shandy|sherry|prosecco|cocktails?|booze|boozer|etoh|pegs|"
        r"units (?:a|per) week)\b"
    ),
    denies=re.compile(
        r"(?:不|没有?|从不|从来不|无|否认|未|滴酒|很少)[^,，。能]{0,4}(?:喝酒|饮酒|酒|沾)|不烟不酒|不抽(?:烟)?不喝|"
        r"烟酒[^,，]{0,3}(?:不|无|没)|(?:平常|平时|从来|一般|我|他|她|也|都)不喝(?:的)?$|酒[^,，]{0,4}(?:不沾|不碰|不喝|1滴)|"
        rf"{_NOT_EN} (?:smokes? (?:or|nor|and) |really |actually |ever )?drinks?(?! (?:\w+ ){{0,3}}(?:coffee|tea|water|milk|enough|"
        rf"much|any ?more))\b|\bteetotal\w*|\bno (?:alcohol|drinking|etoh|booze|drink)\b|"
        r"\bnon[- ]?drinker|\b(?:doesn't|don't|never|not) (?:touch|touched|had|have) (?:alcohol|a drop|a drink|drink|booze)|"
        r"\bdenies alcohol|\b(?:alcohol|drink(?:s|ing|er)?|etoh)\s*[:?\-]+\s*(?:no\b|never|none|nil|denie)|"
        r"\bnot (?:a |much of a )?drinker|\bavoid (?:\w+ and )?alcohol"
    ),
    ended=re.compile(
        r"戒(?:了|掉)?[^,，烟]{0,3}酒|酒[^,，不没]{0,6}[戒断](?!不)|以前(?:爱)?(?:喝|饮)|(?:早|已经|现在)[^,，]{0,2}不喝酒?了|不喝酒了|"
        rf"{_ENDS_EN} (?:the |my |all )?(?:drink(?:ing)?|booze|alcohol|sauce|beers?|wine|bottle)\b|\b(?:sober|used to drink|"
        rf"former drinker|recovering alcoholic|on the wagon|no longer drinks?|"
        r"not drinking any ?more|(?:don't|doesn't) drink any ?more|dry (?:since|for)|haven't (?:had a drink|touched (?:a drop|alcohol)))\b"
    ),
    other=re.compile(
        r"喝(?:了)?酒(?:后|会|能|可以|吗|就)|(?:能|可以|不能|要|(?<!不)会|敢)喝酒|喝(?:点|完)酒?(?:就|会|能)|1喝|喝[^,，]{0,4}就|"
        r"酒精(?:消毒|擦|棉|过敏)|\bcan i\b|\bsafe\b|after drinking|hand (?:gel|wipes)|"
        r"rubbing|\ballerg|react|swell|flush|headache|makes? me|gives? me|ginger|vinegar|cake|\bdrink (?:it|this|every morning the|"
        r"medicine)\b|gin-|\bmilk\b|\bwater\b|my drink\b"
    ),
)
REGULAR = re.compile(
    r"每[天日周晚顿回次]|[1两2]周|1(?:礼拜|星期|个月|回|顿|场)|酒[量龄瘾]|团建|经常|偶尔|有时|长期|常年|\d+多?年|应酬|社交|少量|习惯|"
    r"史|爱喝|喜欢|嗜|酗|平时|平常|天天|顿顿|逢年|过节|夏天|晚上|睡前|离不|断不了|照喝|好[这那]口|贪杯|"
    r"小酌|\d两|\b(?:every|daily|weekly|nightly|occasional\w*|social\w*|sometimes|a (?:day|week|night|month)|per (?:day|week|night)|"
    r"heavy|heavily|too much|a lot|weekends?|most (?:nights|days)|"
    r"now and (?:then|again)|odd|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|evenings?|at night|glass\w*|with (?:dinner|meals|lunch|"
    r"food)|parties|drinker|alcoholic|units|boozer|i drink|he drinks|she drinks|maximum)\b"
)
ONCE = re.compile(
    r"昨|前天|今[天晚早]|刚[刚才]?喝|上周|那天|年会|聚会喝了|\b(?:last night|yesterday|tonight|earlier|this (?:morning|evening)|"
    r"just had|had (?:a|one|two|some) [^.]{0,20}(?:ago|last|on))\b"
)
NOT_ENDED = re.compile(
    r"[想打算要准备]戒|戒不|没戒|断不了|戒了又|失败|\b(?:want\w*|trying|need\w*|should(?: i)?|hope|going|plan\w*|can't|cannot|"
    r"struggl\w+) (?:to )?(?:quit|stop|give)|\b(?<!had )(?<!decided )to (?:quit|stop|give up)\b"
)
AMOUNT = re.compile(
    r"(?:每[天日周晚]|1[天日周])[^,，。]{0,12}|\d+[^,，。]{0,2}年|\d+[^,，]{0,2}包|偶尔|经常|少量|\b(?:half a pack|\w+ packs?|"
    r"(?:an? )?(?:couple|few|glass(?:es)?|bottles?|cans?|pints?)(?: of)? [^,.;]{3,24}|"
    r"(?!of\b)\w+ (?:cigarettes|beers?|pints|drinks|units)[^,.;]{0,16}|in (?:19|20)\d\d|"
    r"socially|occasionally|sometimes|daily|every \w+|for \w+ years|\w+ years ago|on weekends|heavily)\b"
)
ONE_KIND = re.compile(r"\b(?:cigarettes?|cigs|ciggies|fags)\b|[真卷纸香]烟|普通烟|传统烟")
"""Not smoked by who smokes something else."""
HINT = re.compile(
    r"烟|[抽吸]|戒|酒|喝|[口盅杯两]|应酬|smok|cig|vap|tobacco|pack|nicotine|ppd|fags?|baccy|roll|bidi|beedi|gutka|hookah|shisha|snus|"
    r"quit|drink|drank|alcohol|beer|wine|whisk|vodka|\bgin\b|rum\b|brandy|"
    r"scotch|bourbon|lager|cider|pint|shandy|sherry|prosecco|cocktail|units a|units per|booz|etoh|teetotal|sober|touch|peg|wagon|"
    r"\bdry\b|i never do|a day since|a day for"
)
QUIT_ALONE = re.compile(r"[^,，]{0,6}戒(?:了|掉了?)|(?:but |and )?(?:i |he |she )?(?:have |has )?quit(?: last year| in \d{4})?")
NEVER_DO = re.compile(r"^(?:and |but )?(?:i|he|she) (?:never do(?:es)?|don't|doesn't)$")
BOTH_NOT = re.compile(
    r"不抽(?:烟)?不喝|不喝不抽|不烟不酒|烟酒[^,，]{0,3}(?:不|无|没)|无(?:不良)?烟酒|\bneither (?:smokes?|drinks?) (?:n?or) (?:smokes?|"
    r"drinks?)|(?:don't|doesn't|never) (?:smoke|drink) (?:or|and|nor) (?:smoke|drink)"
)
