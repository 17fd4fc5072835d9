"""The words by which a sentence advises, and those by which it only tells a fact; patterns for folded text, in both languages."""

from __future__ import annotations

import re

# What makes a sentence advice at all: somebody takes, chooses, may or should. A sentence without any of it tells a fact.
ADVICE = re.compile(
    r"(吃|服|喝|打(?!算)|含|涂|抹|贴|喷|滴|注射|输液|吊|挂(?!号)|喂|塞|敷|(?<![作副合联使应利有功疗滥费])用(?!于|途|"
    r"法|药史|户|量|以|处|意)|"
    r"加|补|换|选|试|来[一两点片粒]|买|推荐|建议|首选|上[点个]?|可以|能(?!量)|行(?!动|业)|好(?!像|发)|有效|管用|见效|"
    r"奏效|即可|安全|放心|没事|没问题|"
    r"不影响|不冲突|继续|照|接着|就[是行]|压(?!力)|退烧|缓解|搞定|开[点些一两个]|"
    r"\b(?:take|takes|taking|use|using|try|give|giving|have|start|add|continue|keep|stay|put|pop|grab|reach|swap|"
    r"pick|choose|go (?:for|with|on|up|ahead)|"
    r"can|could|should|may|will|would|shall|let|fine|ok|okay|good|great|safe|best|better|effective|suitable|works?|"
    r"helps?|clears?|calms?|stops?|eases?|"
    r"relieves?|treats?|recommend\w*|suggest\w*|prescrib\w*|choice|option|bet|fix|dose|duo|combo|powerful|daily|twice|once|tablets?|"
    r"capsules?|shots?|mg|enough|harmless|"
    r"handle|handles|do the trick|cover|won't|perfectly|adequate|decent|reasonable|appropriate)\b)"
)
TEACHES = re.compile(
    r"(是一种|属于|又叫|最初|最早|历史|原理|机制|代谢|研发|发现|有影响|影响|说明书[里上]|意思|教材|经典|包括|"
    r"都在其中|追溯|简称|缩写|增强|削弱|打折扣|占住|合用会|同服会|"
    r"\b(?:stands? for|belongs?|causes?|exists? because|includes?|included|began|was developed|known as|history|labels? (?:says?|turn)|"
    r"mechanism|metaboli\w+|abbreviat\w+|"
    r"is an? \w+|are \w+s|turn out|class of|pairing|comes? as|family of)\b)"
)
ASKS_WHY = re.compile(
    r"(为什么|为何|怎么回事|什么意思|属于[^,，。]{0,8}(?:吗|类)|是(?:不是)?同?一类|是(?:不是)?一回事|是什么(?:药|意思)?|"
    r"有什么区别|有何区别|哪一?类|是不是因为|有没有不用|"
    r"\b(?:why|what is|what are|what does|which class|related to|stands? for|difference between|is there (?:a|any) way)\b)"
)
# What a sentence says a drug does or is; with no word of advice beside it, it only tells.
TELLS_FACT = re.compile(
    r"((?:会|可能|可|能|将|易)(?:明显|显著|大大|使|让|互相|相互|会|被)*[^,，。]{0,4}(?:增加|升高?|加强|增强|减弱|削弱|降低|"
    r"加重|引起|引发|导致|诱发|造成|损伤|损害|伤|抑制|妨碍|阻断|致畸|打折扣|蓄积|变慢"
    r"|过慢|过高|过低|出血|危险|吸收|缓解|加快|发生)|"
    r"是一家|同一?家族|结构(?:相近|类似)|交叉(?:过敏|反应)|有(?:影响|害|毒性)|是[^,，。]{1,4}级|追溯|一般不用|常用的|用来|用于|"
    r"用途|是[^,，。]{0,16}(?:药|剂|类|原因|例子)(?![店房片])|都是|属于"
    r"|误服|成分里|常与|常因|也?常引起|只适合|都含|也含|含有|包括|来自|致畸|风险|不在此列|不涉及|仅供了解|如[^,，。]{1,20}[、和]|"
    r"新生儿[^,，。]{0,4}不能|期间[^,，。]{0,12}(?:应|要|立即|必须)|后[^,，。]{0,24}(?:应|要|立即|马上)[^,，。]{0,8}(?:就医|"
    r"停药|拨打|医院|医生|联系|查)|"
    r"\b(?:can|may|might|could|would|will) (?:\w+ ){0,3}?(?:affect|be \w+ed by|raise|increase|cause|strengthen|weaken|disturb|"
    r"stop|slow|worsen"
    r"|harm|damage|trigger|lower|reduce|interfere|build|make|lead|turn)\b|"
    r"\b(?:risks?|riskier|changed into|used (?:to|for|in)|is an? |are (?:an? )?\w+s\b|is one of|belongs?|includes?|such as|contains?"
    r"|more likely|react badly|works? by|was (?:first|once|originally)|need(?:s|ed)? (?:urgent|emergency|prompt|medical|blood)"
    r"|in one tablet|combined with|taken together))"
)
ADVISES = re.compile(
    r"(没事|没关系|没问题|没什么|放心|无妨|不要紧|不影响|不冲突|不用(?:担心|怕|管|停|等)|不必(?:担心|停)|问题不大|无所谓|安全|"
    r"尽管|照(?:吃|用|服|常|样|旧|打|喝)|"
    r"(?<!不)建议(?!停|避|不|先|暂|就|改|去|咨|尽)|(?<!不)推荐|(?<!不)可以(?!引|诱|导|使|加|造|出|损|减|降|追|帮)|就(?:行|好|"
    r"可以|吃|用|服|加|上)|一[次天日]|每[次天日晚早]|"
    r"[\d一二两三四半]\s*[片粒颗支袋滴]|(?:您|你)(?:就|可|先|再|吃|用|服|加|试)|试试|[吃喝用][点些上个]|来[点些一两]|加(?:上|"
    r"点|服|一)|换(?:成|吃)|再(?:吃|加|配|来|补)|"
    r"搭配|配上|继续|接着|坚持|无需|不需要|多吃|先吃|直接|赶紧|就能|管用|有效|见效|首选|合适|给我|就去|要给|挂上|打上|"
    r"开[点些一两个]|离不开|多久|对吧|好吗|吗\s*[?？。]?$|"
    r"\b(?:fine|ok|okay|safe(?:ly)?|no (?:harm|problem|issue|worry|worries|risk)|harmless|go ahead"
    r"|(?<!who )(?<!not )(?<!people )(?<!to )takes?|try|start|add|give(?! you)|grab|pop|"
    r"pick|choose|recommend|suggest|great|good|won't|doesn't|isn't|daily|twice|once|\d+ ?mg|keep|continue|stay on|enjoy|let's|i'd|duo"
    r"|combo|treats?|nicely|works|clears?|sorts?|cures?|relieves?|calms?|settles?|stronger|faster|better|best|helps?|perfectly"
    r"|adequate|reasonable|"
    r"should (?:sort|do|help|be fine|clear|work)|you (?:can|could|should|may)|can (?:take|use|have|be (?:taken|used|combined))|can i"
    r"|could i|is it|are they|will (?:help|fix|clear|sort|do|calm|settle))\b)"
)
# "科普……不代表您需要用药", "not a suggestion to take any of the drugs named here"; a bare 仅供参考 stands under every kind of advice.
DISCLAIMS = re.compile(
    r"(科普|小知识|(?:只|仅)供(?:您|大家)?(?:了解|学习|科普)|(?:不|并非|不是|并不)(?:代表|意味着|构成|等于|作为|是)[^,，。;；]{0,10}"
    r"(?:需要|建议|推荐|该吃|要吃|用药|服用|让您|诊疗|处方)|"
    r"\b(?:background|general) (?:reading|information|knowledge)\b|\bfor (?:interest|information|education) only\b|"
    r"\b(?:not|none of (?:this|it|these) is|isn't|is no) (?:meant (?:as |to be )?|intended (?:as |to be )?)?(?:a |an |"
    r"any )?(?:personal |medical )?"
    r"(?:suggestion|recommendation|advice|invitation|endorsement|reason) (?:to|that you|for you to) (?:take|use|start|try|buy)\b)"
)
# A danger played down: with such words a sentence is advice whatever else it says.
REASSURES = re.compile(
    r"(没事|没关系|没问题|放心|无妨|不要紧|不影响|不冲突|不用(?:担心|怕|管|问|等|理)|不必(?:担心|问|等|理)|无需|问题不大|"
    r"无所谓|(?<!不)安全|尽管|照(?:吃|用|服|样|旧|打|喝)|(?<!不)(?:建议|推荐)(?:您"
    r"|你)?(?:吃|用|服|加|喝|打)|"
    r"\b(?:fine|perfectly|no (?:harm|problem|issue|worry|worries|risk|need)|harmless|go ahead|don't worry|doesn't matter|won't"
    r"|nothing to)\b)"
)
