"""The words by which people say that a medicine is taken, was stopped, is planned or advised; patterns for folded text."""

from __future__ import annotations

from memory import patterns as re

VERB_ZH = r"(?:喂|嚼|灌|含服|泡|吃|服用?|用|打|注射|喝|含|涂|抹|贴|喷|吸|滴|输|挂|口服|使用|外用|雾化|吊|敷|擦|塞)"
NOW = re.compile(
    rf"(?:正?在|一直|长期|天天|每天|每日|每晚|每早|每周|目前|现在|平时|常年|常规|规律|坚持|持续|继续|还在|仍在|仍然|"
    rf"最近|近期|这几天|这两天|靠|依赖)[^,，。不没未]{{0,10}}?{VERB_ZH}|"
    rf"{VERB_ZH}(?:着|了(?!就|会|之后会)|上了|的是|有)|"
    rf"(?:刚刚?|已经|昨天|今天|昨晚|今早|早上|中午|晚上|上午|下午|前天|前几天)[^,，。不没未]{{0,8}}?{VERB_ZH}|"
    rf"{VERB_ZH}[^,，。]{{0,14}}(?:控制|维持|治疗|中$|降压|降糖|"
    rf"调理)|用药|服药|常备|备着|随身带|一般|通常|药物?(?:有|是|为)|(?:开|配|拿|换|改|加)了|开的|(?:换|改)(?:成|为|用|吃)|"
    r"\b(?:im|\w+'s|i'm|i am|he's|he is|she's|she is|been|currently|still|now|also|and|me|him|her|them|were|was|we're|is|"
    r"are|remains?|stay(?:ing)?|put|went|started|kept|already|just|only|mainly|usually) (?:back |currently |now |also |"
    r"already |only |just |still |taking |using |getting )*(?:on|taking|using|having)\b|"
    r"\b(?:i|we|they|she|he|who|do|did|does|mum|mom|dad|mother|father|wife|husband|son|daughter|usually|also|regularly|"
    r"occasionally|sometimes|still|currently|always|only|just|daily|baby|and|have to|grandm\w+|grandf\w+|patient|partner|"
    r"uncle|aunt|brother|sister|gran|nan)\b(?:'?(?:ve|d))? (?:\w+ ){0,3}?(?:take|takes|took|taken|use|uses|used(?! to be)|"
    r"swallow|inject|injects|apply|applies|pop|need|needs|get|gets|have(?= \w+ (?:every|daily|\d)))\b(?! (?:to|care|place|"
    r"part|a (?:bath|nap|look|break|walk)|it easy))|"
    r"\b(?:began|begun|carr(?:y|ies)|prescribed|put (?:me|him|her|them) on|started (?:me|him|her|them)? ?on|"
    r"started (?:taking|using)|gave (?:me|him|her)|had (?:a|one|two|\d|several|\w+) doses? of|given|giving (?:him|her|them|"
    r"my)|switched|changed|moved) ?|^(?:taking|using|on|took|takes|take(?= \w+ (?:\d|every|daily|for|twice|once)))\b|"
    r"\b(?:controlled|managed|treated|maintained) (?:with|by|on)\b|\b(?:meds|medications?|medicines?|tablets) (?:are|"
    r"include|is|:)|\bhas (?:me|him|her) on\b|"
    r"(?<=[a-z] )(?:takes|is taking|is on)\b(?! (?:to|care|place|part|after|it|time|top|about|ages|forever|hours|days|weeks|a|"
    r"the (?:time|whole|way)|"
    r"(?:my|his|her) (?:time|way|feet|own)|holiday|vacation|leave|sick)\b)"
)
VERB_BEFORE = re.compile(
    rf"(?:(?:^|[我他她妈爸奶爷婆公姐妹哥弟儿女子孩宝人也还都就在天晚早后要时药,，：:]){VERB_ZH}|{VERB_ZH}(?:了|着|"
    rf"过))(?:了|着|过|的是|的|点|上|一?些|"
    rf"[一二两三四半\d]+[片粒颗支袋包滴毫克mg]*的?)*[^,，]{{0,6}}$"
)
OF_MINE = re.compile(
    r"(?:我|他|她)(?:在|正在|现在|平时|每天)?(?:吃|服|用|打)的[^,，。]{0,6}$|\b(?:my|his|her|their|our|the usual) (?:\w+ ){0,2}$"
)
STOPPED = re.compile(
    rf"(?:停了|停用|停药|停掉|停服|停止|已停|断了|断药|戒了|戒掉|不(?:再|用)?(?:{VERB_ZH})了|"
    rf"没(?:有)?再?(?:继续)?{VERB_ZH}了|不(?:再)?{VERB_ZH}[啦咯]|不敢(?:再)?{VERB_ZH}了?$|撤[了掉]|[吃用打]光了|停的|没往下{VERB_ZH}|不用了|(?:吃|用|打|喝|服)完了?|"
    rf"疗程(?:已经?|都)?(?:结束|完|满)|已(?:经)?(?:结束|完成)|减停|没再|停\b|刚停|早停|"
    r"\b(?:stopped|quit|came off|come off|coming off|discontinued|no longer|not (?:\w+ )?any ?more|anymore|ended|ran out|"
    r"finished|completed|off (?:it|them|of)|weaned|taken off|took (?:me|him|her) off|dropped|gave up|binned|ditched|tossed (?:it|"
    r"them)|chucked|"
    r"packed (?:it |them )?in|yanked|whipped (?:it |them )?(?:away|out)|ripped off|jacked (?:it|them) in|moved (?:me|him|her) off|"
    r"am off|i'm off|"
    r"been off|until|used to)\b)"
)
PAST = re.compile(
    r"以前|曾经?|小时候|过去|当年|原来|原先|早年|之前(?!开)|前(?:年|些年|几年)|去年|上个?月|上次|年轻时|\d+年前|"
    r"几年前|(?:19|20)\d\d年|(?:吃|服|用|打|喝|输|试)(?:用)?过|"
    r"\b(?:used to|previously|in the past|as a (?:child|kid)|years? ago|months? ago|last (?:year|month|winter|summer|spring|"
    r"autumn|time)|was (?:on|taking|using)|were on|had been (?:on|taking)|before (?:that|this)|back in|tried|when i was|"
    r"formerly|once took)\b"
)
RECENT = re.compile(
    r"刚|今天|昨天|昨晚|今早|早上|中午|晚上|前天|小时前|现在|目前|最近|这几天|\b(?:today|yesterday|tonight|"
    r"this morning|last night|hours? ago|"
    r"minutes? ago|just|now|currently|still|again)\b"
)
NOT = re.compile(
    rf"(?:没有?|未|不|从不|从来没|从没|尚未|暂未|否认|拒绝|无)(?:在|再|有|敢|能|曾|会|规律|按时|正规)?{VERB_ZH}(?!饭|"
    rf"早饭|午|晚饭|东西|什么东西|完|了)|还没(?:有)?(?:开始)?{VERB_ZH}|"
    r"(?:\b(?:not|never|nor)|n't) (?:\w+ ){0,2}?(?:on|tak\w*|us(?:e|ing|ed)|have|"
    r"had|been on|been taking)\b(?! (?:an? |any |the )?(?:\w+ )?(?:problems?|issues?|trouble|reactions?|bother|side|bad|time)\b)|"
    r"(?:\bit'?s|\bthat'?s|\bis|\bwas) not (?:the |my )?(?=\w+$)|\bno (?:longer )?(?:\w+ )?(?=\w+$)|\brefus\w+|\bavoid\w*"
)
OPENS_LIST = re.compile(
    r"的药(?:有|是|包括)|药物?(?:有|是|包括)$|(?:在|平时|现在)(?:吃|用|服)?的药|吃的药|用的药|就[一两三]样|\b(?:meds|"
    r"medications?|medicines|tablets|pills) (?:are|is|include)|"
    r"following (?:meds|medications?)|\btakes? (?:something|one|tablets|pills|an? (?:\w+ ){0,2}(?:pill|tablet|inhaler|"
    r"injection|patch|spray))\b"
)
IRREGULAR = re.compile(r"(?:没有?|不)(?:规律|按时|正规|坚持|每天|天天|经常|怎么)")
MISSED = re.compile(
    r"(?:今天|今早|昨天|昨晚|早上|晚上|中午|[一二三四五六七两几\d]+(?:天|顿|次)|忘了?|漏了?)(?:都|就|还|又)?(?:没|忘|漏)[了记]?[吃服用打]$|"
    r"(?:忘(?:了|记)?|漏)[吃服用打]了?$|\b(?:haven't|hasn't|have not|didn't|forgot to|forgotten to|forgets to) (?:taken |had |take |have )"
    r"(?:my|his|her) $"
)
"""Before a medicine: a dose of it was left out, so it is taken otherwise."""
PLANNED = re.compile(
    rf"(?:想|打算|准备|要不要|能不能|可以|可不可以|能否|敢|是不是该)(?:把|自己停|停)|(?:能|可以|可不可以|能不能|要不要|"
    rf"该不该|应不应该|想(?:要|吃|用|试|换|买|停|去)|想先|应该|打算|是否|需不需要|"
    rf"需要|适合|准备|计划|考虑|建议|推荐|下周|下个?月|明天|以后|将来?|犹豫|不敢|害怕|"
    rf"担心|最好|要是|让我(?:试|考虑|去买)|听说|劝我|叫我|会不会|必须|禁用?|忌|避免|别|请(?:开|给)|想开|"
    rf"求)[^,，]{{0,10}}{VERB_ZH}|(?:说|让|建议|推荐|要)(?:我|他|她|"
    rf"给我)?(?:可以|可能|先|再|要|需要)[^,，]{{0,6}}{VERB_ZH}|(?:建议|推荐)|不(?:能|可以|敢|想|要|愿|让)(?:给|"
    rf"再)?(?:我|他|她|孩子)?{VERB_ZH}|"
    r"\b(?:can|could|should|(?<!in )(?<!since )(?<!last )(?<!of )(?<!until )(?<!from )may|might|would|will|shall|safe to|ok to|"
    r"okay to|want(?:s|ed)?(?: me| him| her)? (?:to|on)|"
    r"need to|needs to|going to|plan(?:ning|s)? to|thinking (?:of|about)|consider\w*|about to|(?:before|after|"
    r"avoid)(?= (?:taking|using|starting|i take|you take))|recommend\w*|suggest\w*|advis\w*|(?:was |were )?told (?:me |him |"
    r"her )?to|due to start|supposed to|start(?:ing)? (?:\w+ )?(?:on )?(?:next|tomorrow|soon)|scared to|afraid to|hesitant|"
    r"rather|prefer\w*|reluctant|(?:don't|doesn't|didn't) want to|allowed to|must|cannot|can't|instead of|if|to buy|ask(?:ed|"
    r"ing)? (?:for|about)|tempted|offered|wanted to (?:put|start|"
    r"give))\b"
)
REACT = re.compile(r"过敏|不耐受|皮试|allerg|anaphyl|intoleran|can't tolerate|cannot tolerate")
NOTHING = re.compile(
    r"(?:没有?|不|无|未)(?:在|有)?(?:长期|规律|常规|正在|在)(?:吃|服用?|用|使用)(?:着|过)?(?:任何|什么|其他|别的|"
    r"啥)?的?(?:药物?|药品)(?!过敏)|(?:没有?|不|无|未)(?:在|"
    r"有)?(?:吃|服用?|用|使用)(?:着)?(?:任何|什么|啥)的?(?:药物?|药品)(?!过敏)|(?:无|没有?)(?:任何|长期|常规|"
    r"在)+(?:用药|服药)|平时(?:都|也)?不(?:吃|用)药|"
    r"什么药(?:物)?(?:都|也)?(?:没|不)(?:有|在)?(?:在)?(?:吃|用|服)|(?:从来|从不|一直|都)不(?:吃|用)药$|"
    r"没(?:有)?在?(?:吃|用|服)药$(?<=在吃药)|"
    r"\b(?:not|don't|doesn't|isn't|never|do not|does not|am not) (?:currently |regularly |really )?(?:on|take|taking|using|"
    r"use) (?:any|no)(?: other| regular| prescription)? ?(?:medication|medicine|meds|drugs|pills|tablets|thing)|"
    r"\bno (?:current |regular |prescription |daily )?(?:medications?|medicines?|meds)\b|\btake nothing\b|\bnot (?:on|"
    r"taking) (?:anything|any)\b"
)
NONE = re.compile(r"\s*[(（]?(?:无|没有|否认|未|暂无|没吃|没用|不吃|none|nil|no\b|n/a|-+$|/$)")
SWITCH = re.compile(
    r"\b(?:switched|changed|moved)(?: me| him| her)? (?:over )?to (?:[^,.]{3,30}?) from (?P<left>[^,.]{3,30})|(?:从|"
    r"由|把|将)?(?P<old>[^,，。从由]{2,16}?)(?:已经)?(?:换|改)(?:成|为|用|吃|服|到)了?|\b(?:switched|changed|"
    r"moved)(?: me| him|"
    r" her)? (?:over )?from (?P<from>.{3,40}?) (?:on)?to\b|\b(?:swapped|replaced) (?P<swapped>.{3,30}?) (?:for|with|by)\b|"
    r"\b(?P<into>switched|changed|moved)(?: me| him| her)? (?:over )?(?:on)?to\b"
)
ANAPHOR = re.compile(
    r"^[^,，。]{0,14}?(?<!月经)(?:停(?:了|掉|用|药|服|的)|不(?:再)?吃了|没再吃|吃完了|(?:刚|都|已经?|正好)[吃用打喝]完|不用了|没吃了|断了|结束了)[^,，。]{0,6}$|"
    r"\b(?:stopped (?:it|that|them|this|taking (?:it|them|that))|(?:have|has|had|just|'ve|i|he|she|then|but|"
    r"and) stopped\b(?! (?:by|at|smok|drink|breath|work|eat))|quit (?:it|them|that)|c[ao]me off (?:it|them|that|about)|"
    r"finished (?:it|the course|them)|discontinued it|off (?:it|them) now|took (?:me|him|her) off (?:it|them|that)|"
    r"(?:dropped|binned|ditched|tossed|chucked) (?:it|that|them)|(?:packed|jacked) (?:it|them) in|no longer (?:takes?|taking|on|"
    r"use) (?:it|them|that)|until \w+$)|"
    r"^(?:now |since |recently |just |but |and )*(?:stopped|quit|discontinued|finished)(?= (?:in|last|on|after|since|because|as|due|two|"
    r"three|\d|a|it|january|jan|feb|march|april|may|june|july|aug|sept|oct|nov|dec)|$)"
)
NAMELESS = re.compile(
    r"[停药吃用服断换改]|结束|stop|quit|c[ao]me off|finish|discontinu|took|off (?:it|them)|drop|no longer|until|meds|medic|drugs|pills|"
    r"nothing|anything|\b(?:on|take|takes|taking) (?:it|them|that|this)\b"
)
SWITCHED_TO = re.compile(
    r"(?:我|他|她|后来|现在|目前|医生|大夫|又|就|给|上周|上个?月|刚|最近|已经|所以|然后|前几天)*(?:换|改)(?:成|为|吃|用|服|了)+"
    r"(?P<what>[\u4e00-\u9fff]{2,6}?)(?:片|胶囊|颗粒)?(?=\s*\d|$)"
)
"""What was switched to has a name that no table holds: "现在换了欣然"."""
NO_BRAND = re.compile(
    r"^新(?!的?药?$)|[夫医院科季房奶水床衣洗牙人城班家针打做环食量半厂牌号早晚中时法方份心]|工作|手机|地方|姿势|包装|治疗|手术|国产|进口|口味|电话|一[下点些]"
)
OTHER_ONE = re.compile(r"(?:(?:别|其他|其它|另外)的?|另?一种|另外一种|新的?)+药?")
STOPPED_BY = re.compile(
    r"\b(?:stopped|quit|came off|come off|discontinued|taken off)(?: taking| using)? (?:the |my |his |her )?$|停(?:了|用|掉)?$"
)
"""Right before a medicine: it was stopped, whatever else it did."""
TAKEN = re.compile(r"[吃用打喝服涂抹输挂]|\b(?:on|dose|course|tablets?|took|taking|started|given|gave|prescribed|after)\b")
NOT_STARTED = re.compile(
    r"还?没(?:有)?(?:开始|敢|动|拆)?(?:吃|服|用|打)?(?:呢|过(?!敏)|$)|一[粒片颗]都没|还没(?:吃|开始|用|打)|没(?:吃|动)过|"
    r"\b(?:haven't|have not|hasn't|didn't|"
    r"did not|never|not yet) (?:\w+ )?(?:taken|started|start|take|took|begun|picked|filled|touched|used)\b"
)
ON_IT = re.compile(
    r"\b(?:been on|i'm on|am on|he's on|she's on|take|takes|taking|on) (?:it|them|that|this)\b|(?:一直|正?在|每天)(?:都|在)?(?:吃|用|"
    r"服)(?:它|这个|着|这种)"
)
NEVER_AFTER = re.compile(
    rf"(?:片|胶囊|颗粒)?(?:我|他|她)?(?:倒|也|都|是|从来?|从未|还|一直|全|一概|1概)*(?:(?:没有?|未){VERB_ZH}过|(?:全|都|一概|1概)不{VERB_ZH}(?!了|完|惯|得))"
)
"""What follows on a medicine never taken: "激素没用过", "钙片我一概不吃"."""
GENERIC_ZH = re.compile(
    r"(?<![\u4e00-\u9fff])?(?:感冒|退烧|退热|消炎|止痛|止疼|降压|降糖|降脂|降血脂|安眠|止咳|抗过敏|避孕|抗抑郁|激素|"
    r"靶向|抗凝|抗病毒|止泻|胃|心脏|甲状腺|抗癫痫|利尿|降尿酸|中成|"
    r"中)药(?!店|房|师|盒|物)|中草药|抗生素"
)
DRUGLIKE = re.compile(
    r"[片栓锭丸散剂液浆膏胶粒素林星平汀普利坦洛唑]|胶囊|[A-Z][a-z]{3}|\d ?m?c?g|tablet|capsule|pill|[a-z]{4}(?:in|ol|"
    r"ide|ine|one|ate|il|am|an)\b"
)
GENERIC = re.compile(r"[药素片剂粒]|pill|tablet|meds|medic|antibiotic|painkill|thinner")
GENERIC_EN = re.compile(
    r"\b(?:blood pressure|cholesterol|sleeping|water|diabetes|thyroid|heart|pain|birth control|contraceptive|diet|iron|"
    r"allergy|anxiety|seizure)\s(?:pills?|tablets?|meds?|medication|medicine)\b|\bantibiotics?\b|\bpainkillers?\b|"
    r"\bblood thinners?\b|\bcold medicine\b|\bthe pill\b"
)

NO_DRUG = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|may|june|july|august|september|october|november|"
    r"december|christmas|easter|facebook|google|amazon|tesco|boots"
)
"""Capitalised words that are no names of drugs."""
ON_EN = re.compile(
    r"(?<!based )(?<!depends )(?<!effect )(?<!effects )(?<!read )(?<!up )\b(?:on|(?:just |have |'ve |has |recently |"
    r"i |he |she )(?:started|begun|began)(?: on)?) (?:an? |the |my |low-dose |daily |some )*$"
)
