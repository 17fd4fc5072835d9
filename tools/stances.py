"""The words by which a clause warns against a drug, permits it, leaves it to a doctor, or only tells of it.

Patterns for folded text, in both languages; ``tools.mentions`` says which of them decides when several match.
"""

from __future__ import annotations

import re

AVOID_BEFORE = re.compile(
    r"([不没别]$|不再考虑|不打|neither [^.;]{0,24}$|stay clear of|would not (?:give|take|use)|wouldn't (?:give|take|"
    r"use)|^\s*(?:please )?stop (?:the|your|taking)|"
    r"滴酒不|不沾|别沾|莫沾|从不|不再|一般不用|才用|才能用|不[敢要得再能][^,，。]{0,6}重复|must never|远离|绕开|绕着|划掉|"
    r"禁服|禁吃|拒绝|打消|避而|排除|没法|无法|不让|不敢|不准|不许|不给|不该|不适宜|"
    r"(?:isn't|is not|aren't|are not|not) (?:for|an option|needed|recommended|advised)|no more|banned|refused|unwise|"
    r"rul(?:es|ing|ed) out|hid(?:es?|den|ing) in(?:side)?\b|lurk(?:s|ing)? in(?:side)?\b|藏着|暗含|掺有|(?:a mistake|a bad idea|foolish|"
    r"risky|"
    r"dangerous|wrong|a gamble) to (?!stop|skip|miss|refuse|leave|avoid|ignore|delay|wait|go without)|steer(?:ing|ed)? (?:you |him |"
    r"her |them )?(?:away from|clear of)|(?:keep|stay)(?:ing|s)? (?:well )?(?:away|off|clear)|"
    r"can't recommend|cannot recommend|"
    r"never-again|contraindicat\w+|withdrew|withdrawn|最好[别不]|尽量[别不]|少[吃用碰]|能不[吃用]就不|切勿|切忌|先别|"
    r"暂时?别|暂停|停掉?|戒掉?|警惕|当心|小心|"
    r"steer clear of|hold off(?: on)?|stay off|keep (?:away|off)|cut out|think twice|wary of|careful with|caution with|rule out|quit|"
    r"discontinu\w*|不能|不可以?|不要|不应|不宜|不得|不建议|不推荐|不适合|别|勿|禁用|禁止|禁忌|避免|避开|忌|慎用|停用|远离|"
    r"avoid|do not|don't|must not|mustn't|should not|shouldn't|cannot|can't|can not|never|not (be )?(safe|suitable|recommended)|"
    r"stay away from|contraindicated|not take|not use|stop taking|don't let (?:anyone|them|anybody)|leave)"
)
AVOID_AFTER = re.compile(
    r"^不沾|^\s*(?:is|are) (?:(?:meant )?only for adults|for adults only)\b|^\s*(?:hides?|lurks?|is hidden)\b|^[^.;,]{0,24}\b(?:is|are|"
    r"was) (?:exactly |precisely |just )?what (?:sets? off|triggers?|"
    r"triggered|"
    r"caused|gave|closed|sent|brings? on|brought on|landed)\b|^(?:[^,，。;；]{0,16}?|[^,，。;；]{0,24}[,，](?:因此|所以|应当?|要|请|都|"
    r"也)?)(最好[别不]|尽量[别不]|"
    r"能不[吃用]就不|少[吃用碰]|就别|就免了|免了|就算了|算了|都?要避开|避开|不再考虑|还给|用不着|早就?(?:吃完|停|"
    r"用完)|碰不得|万万|忌|勿|禁|请勿|请收起|收走|"
    r"收起来|绕着走|也在此列|也不例外|同理|也要排除|排除在外|得划掉|划掉|不开了|"
    r"风险[大高]|太危险|属于禁忌|列入禁用|被停|打消|有[^,，。]{0,8}的?危险|会(?:让|使)|"
    r"(?:isn't|is not|aren't|are not|not) (?:for|an option|needed|recommended|advised|suitable|safe|a good)|(?:is|"
    r"are|was|were|be) (?:contraindicated|ruled out|banned|withdrawn|withheld)|"
    r"all count|count too|as well, since|goes on the never|that door is closed|(?:can|could|may|might|tends? to|"
    r"would) (?:stop|raise|increase|worsen|cause|blunt|lower|harm|make)|"
    r"lowers? the|raises? the|gave you|give it a miss|unsuitable|"
    r"不是(?:个)?(?:好|合适的|首选的?)(?:选择|办法)|不合适|不行(?!吗)|要不得|碰不得|用不得|吃不得|先放一放|先停|"
    r"停一停|不对路|会(?:加重|诱发|害)|"
    r"(?:is|are|would be|isn't|it's) (?:the wrong|a bad|a poor|best avoided|off limits|out of the question|"
    r"off the table|risky|dangerous|harmful|"
    r"not for you|ruled out|too risky|a no-go)|"
    r"(?:has|have|needs?) to be (?:reviewed|checked|stopped|avoided|discussed)|must be (?:reviewed|stopped|checked)|needs? (?:a )?review|"
    r"makes? [^,.;]{0,24}worse|can (?:trigger|harm|worsen|damage)|(?:was|were|has been|have been) (?:stopped|"
    r"discontinued)|不能|不可以?(?!不|少|缺|或缺)|不要|不应|"
    r"不宜|不得|不建议|不推荐|不适合|禁用|禁忌|避免|忌用|慎用|有冲突|冲突|"
    r"(is|are|be) (not|contraindicated|unsafe)|should not|must not|(should|must) be avoided|cannot|can't|not suitable|not safe)"
    r"(?![^,，。;；]{0,4}(空腹|喝酒|饮酒|超|过量|嚼|掰|碾|长期))"  # how to take it, not whether: "布洛芬不可以空腹吃"
)
# "为避免加重请服用……", "avoid complications, take …": the warning is about something else, and the drug comes after a turn to advice.
TURNED = re.compile(
    r"(应|请|就|而(?!且)|但|却|改|并(?!不|非)|赶紧|尽快|马上|推荐|建议|可(?!能|待因)|犹豫|担心|怕|拖|硬扛|忘|误|"
    r"\b(should|must|please|but|so|then|go wrong|by (?:taking|using)|hesitate|wait|worry|delay|mind|fear|"
    r"instead)\b(?! not)|\w+[^.;]*\b(take|use|try|start)\b)"
)
ALLERGY_DENIED = re.compile(
    r"(不会?(?:对)?过敏|过敏[^,，。]{0,8}(很小|不大|罕见|少见|极低)|\b(not|n't|never|no longer) (?:\w+ )?allerg|"
    r"\b(rare|unlikely|uncommon)\b)"
)
DOUBLE = re.compile(
    r"(不要|别|不能|不可|不应|勿|切勿|不建议|不宜|not|n't|never|avoid|cannot)[^,，。]{0,8}"
    r"(停|断|漏|忘|不吃|不用|不服|减量|stop\w*|miss\w*|skip\w*|forget\w*|withhold\w*)"
)
# "青霉素类包括阿莫西林……" tells an allergic patient what to avoid; a word of taking or choosing in it makes it advice again.
DESCRIBES = re.compile(
    r"(属于|包括|含有|都含|侧链|不是同一|成分不一样|\b(belongs? to|includes?|contains?|is an? (penicillin|class|"
    r"type)|are (penicillins|classes)|is an? [a-z -]{0,40}(drug|medicine|antibiotic|painkiller|antidepressant)\b))"
)
TAKING = re.compile(
    r"(吃|服|选|试|治|推荐|建议|首选|适合|有效|安全|放心|可以|没问题|给您|您|你|"
    r"\b(take|taking|use|using|choose|choice|try|treat\w*|recommend\w*|suggest\w*|suitable|safe\w*|effective|works?|"
    r"can|you|your|fine|option)\b)"
)
UNDO = re.compile(
    r"(不在|并非|不是|不属于|没有|无需|不必|不用|not|isn't|aren't|no (need|reason))[^,，。]{0,6}(禁|忌|避免|avoid|contraindicat)"
)
PERMIT = re.compile(
    r"(可以(?!追溯|看出|理解|知道|分为|引发|帮助|致|发生|试试[坐做把]|用(?:生理)?盐水|试试坐|诱发|引起|加重|导致|使|造成|出现|"
    r"刺激|损伤|影响|掩盖|减弱|增加|通过|见于)|可(?=服|用|吃|口服|选)|"
    r"能(?=吃|用|服)|放心|没问题|无妨|安全|推荐(?=服|用|吃|您|你|使用)|建议(?=服|用|吃|"
    r"您服|您吃|您用|你吃|你用|使用|口服)|尽管|照常|继续(?=吃|服|用)|"
    r"\b(you can|can take|may take|safe to|fine to|ok to|okay to|should take|go ahead|recommend|take it)\b)"
)
NOT_PERMIT = re.compile(r"(不|别|勿|是否|能否|可否|才|cannot|can't|not|n't|whether|unless)[^,，。]{0,6}$")
ELSEWHERE = re.compile(
    r"(其他|其它|另外|别的|替代|换|医生|药师|就医|就诊|other|another|different|alternative|instead|doctor|pharmacist|clinician)"
)
# A list of allergens may run over commas: "对花粉、青霉素，头孢都过敏".
ALLERGIC_TO = re.compile(r"对([^。；;！!？?\n]{1,40}?)(?:都|会|也|有|严重|不)*过敏(?!性)")
TO_WHAT = re.compile(r"\b(?:to|including|with)\s+(?:[\w-]+\s+(?:and|or)\s+)*(?:the |any |other |an? )?$")
LISTED = re.compile(r"\s*(?:[,，、/]|\b(?:and|or)\b|[和或与及])(?:\s*(?:,|and|or|any other|other|to|和|或)\b)*\s*$")
ITEM_ENDS = re.compile(r"(类|素|类药物?|等)*\s*($|[,，、/。.;；]|和|或|与|及|等|(and|or|unless|because|for)\b)")
ALLERGEN_ZH = re.compile(r"(过敏|皮试阳性|不耐受)")
ALLERGEN_EN = re.compile(r"(allerg\w*|intoleran\w*|anaphyla\w* to|reaction to)")


# "不是青霉素", "不含磺胺", "not statins": what something is not; "跟青霉素没有关系", "阿奇霉素和阿莫西林…却是两类药": a comparison.
NOT_IT = re.compile(
    r"(不是|并非|不含有?|不属于|\b(?:not|isn't|aren't|is not|no|without|free of|free from)(?: (?:an?|any|in|the))?|"
    r"\b(?:it's|it is|that's|this is)(?: an?)?)\s*$"
)
COMPARES = re.compile(
    r"(没有?(?:任何|什么)?关系|无关|两回事|两码事|不是一回事|不是同一|两类药|两种药|不同类|一字之差|只有一个字|名字(?:很)?像|"
    r"\b(?:related to|not the same|two different|unrelated|sounds? like|starts? like|looks? like|spelled like)\b)"
)
# "把青霉素换成阿奇霉素", "swapped penicillin for azithromycin": what was replaced or stopped is not advised.
REPLACED_BEFORE = re.compile(
    r"(与其[^,，。]{0,8}|本来(?:打算|想)(?:给您|给你)?(?:开|用|吃|给)?|比起(?:吃|用|服|打)?|而不是|代替|替代|取代|"
    r"\b(?:instead of|rather than|in place of|replaces?"
    r"|swap(?:ped)?|"
    r"switch(?:ed)? (?:\w+ )?from|come off|rather than (?:reaching for|taking|using|having|buying)|"
    r"stopped|stop taking|leave out|skip(?:ped)?|exchange|trade))\s*(?:the |your |any |that |this )?$"
)
REPLACED_AFTER = re.compile(
    r"^[^,，。;；不别勿无必需]{0,6}?(?:都|也|已经?|就|先|全|给我?|已让我|暂时|建议|最好|要|应当?|必须|得)*(?:暂停|停了|停掉|"
    r"停用|换成|换为|"
    r"换掉|(?:改成|改为)(?!每|一[次天日片粒]|\d|半)|撤了)|"
    r"^\s*(?:is out\b|isn't an option|is not an option|is off the table|was (?:stopped|swapped|replaced)|has been (?:stopped|replaced))"
)
# "请医生评估能不能用头孢", "ask before taking ibuprofen": somebody else is to decide.
DECIDES = re.compile(
    r"((?:问|请|让|由|跟|和|找|告诉)[^,，。]{0,6}(?:医生|大夫|药师|专科|医师)[^,，。]{0,8}(?:能不能|可不可以|是否|"
    r"要不要|该不该|再决定|评估|判断|商量)|"
    r"(?:能不能|可不可以|是否|要不要|该不该)(?:吃|用|服)?[^,，。]{0,10}(?:由|问|请|听|要看)[^,，。]{0,4}(?:医生|大夫|药师)|"
    r"\b(?:ask|check with|talk to|see|speak to|tell)\b[^.;]{0,40}\bbefore (?:you )?(?:tak|us|start|hav)\w*|"
    r"\b(?:ask|check with|let)\b[^.;]{0,30}\b(?:whether|if|decide)\b)"
)
TESTED = re.compile(
    r"^(?:类|素)?(?:做|的)?(?:皮试|皮肤试验|激发试验|过敏试验|过敏原检测)|^[\w ]{0,12}\b(?:skin|patch|allergy|"
    r"challenge) test|^ (?:allergy )?testing\b"
)
DENIES = re.compile(r"(不要|别|不能|不可|勿|not|n't|never)\s*$")
DECIDED = re.compile(
    r"^[^。.;；]{0,16}(?:要|得|应|该)?由[^,，。]{0,10}(?:医生|医师|大夫|药师|科)|^[^.;]{0,24}\bis for (?:your|the) [\w ]{2,30} to decide"
)
# A verdict in the next clause about what this clause named: "想加圣约翰草，这个念头请打消", "lisinopril? Not an option …".
VERDICT = re.compile(
    r"^[^,，。;；.?？!！]{0,24}[,，?？.;；]\s*(?:那|这个?药?|它们?|所以|因此|您|你|都|也|就|请|还是|最好|可|千万|另外几种)*"
    r"(?:这个?(?:念头|想法|打算)[^,，。]{0,4}打消|打消|算了|免了|绕着走|绕开|避开|(?:也|都)?要(?:避开|排除|远离)|也?(?:别|不要|"
    r"不能|不可以?|不宜|勿|不建议|不推荐)"
    r"(?:自行|随便|再|同时|一起|擅自)*(?:吃|用|服|碰|联用|合用|叠|加|混用|选)(?:它|了|的|药)?\s*(?:[,，。;；!！]|$)|"
    r"not (?:an option|for you|suitable|safe|advised|recommended|while|during|with|in|on)\b|give (?:it|that|them|this) a miss|"
    r"(?:so )?(?:that's a )?no\b(?! (?:harm|problem|issue|worries|risk|need|reason))|leave (?:it|them|that)\b|skip (?:it|them|that)\b|"
    r"(?:please )?(?:don't|do not|avoid) (?:it|them|that|both)\b|(?:it's|it is|they're|they are|so it's|that's) (?:off limits|out"
    r"|unsafe|contraindicated|not for you)|"
    r"(?:it |they )?(?:is|are) contraindicated)|^[^.;?!]{0,60},\s*(?:simply |just |really )?(?:won't|will not|wouldn't|do(?:es)?n't|"
    r"do(?:es)? not|cannot|"
    r"can't) (?:help|work|touch|cure|shift|fix|treat)\b(?! (?:alone|by itself|on its own|if|unless|until|without))|"
    r"^[^.;?!]{0,60},\s*do(?:es)? "
    r"nothing\b|^[^.;?!]{0,60}[,;] so (?:leave|skip|avoid|do not|don't|stay)\b|"
    r"^[^,.;?!]{0,60}\b(?:must|should) (?:not|never|be avoided)\b(?! (?:be )?(?:stop|skip|miss))|"
    r"^[^。;；]{0,40}[,，][^,，。]{0,14}(?:不要|不能|不可|不应|不宜|请勿)(?:自行|当成[^,，。]{0,16})?(?:使用|服用|服|吃|用|"
    r"叠加|合用)[。]?\s*$|"
    r"^[^。;；]{0,60}[,，](?:另外|其他|其余|剩下)(?:几种|那些|两种|的)?[^,，。]{0,6}(?:别|不要|不能)|^[^。;；]{0,40}[,，](?:也|"
    r"都)?(?:要|得|应|需)(?:排除|避开|绕开|远离|划掉|停掉)"
)
# "X 让您喘不上气", "the erythromycin that closed your throat": what a drug once did to the patient names an allergen.
REACTED = re.compile(
    r"^(?:类|这类药?|曾经?|以前|上次|当年)*(?:让|使|害得?)(?:您|你|我|他|她|孩子|宝宝)(?!放心|安心|好|舒服|睡)|"
    r"^[^,，。]{0,6}有过[^,，。]{0,6}(?:皮疹|过敏|休克|反应)|"
    r"^\s*(?:that |which |once |already )*(?:gave|closed|made|sent|landed|put) (?:you|your|him|her|me|my)\b(?! better)|"
    r"^(?:过敏)?[^,，。]{0,4}(?:当年|那次|上次)[^,，。]{0,8}(?:皮疹|休克|过敏|反应)"
)
REACTED_BEFORE = re.compile(r"过敏的(?:药|东西)?[是叫]?$|(?:您|你|我|他|她|孩子)?(?:对)?过敏的$|\breact\w* to (?:the |that )?$")
# "先问医生再说", "由心内科医生决定", "tell your doctor before …": said about the drug, and it is no advice to take it.
ASKS_FIRST = re.compile(
    r"^[^,，。;；]{0,24}?(?:前|都|请|要|得|应当?|须|必须|务必|一定|可以)*(?:先)?(?:问过?|咨询|请教|告诉|告知|听|征求|联系|"
    r"遵)(?:一下|过|问)?(?:您的?|你的?)?"
    r"[^,，。]{0,4}(?:医生|药师|大夫|医师|牙医|专科|医嘱|[内外妇儿眼皮]科)|^[^,，。;；]{0,24}?(?:由|待|"
    r"等)[^,，。]{0,10}(?:医生|药师|大夫|医师|科)[^,，。]{0,8}(?:定|决定|评估|判断|选"
    r"|安排|看)|"
    r"^[^,，。;；]{0,30}(?:前)?[^,，。;；]{0,4}(?:先)?(?:做|测|查)(?:过|一次|一下)?[^,，。]{0,8}(?:肾功能|皮试|血药浓度|妊娠试验|G6PD)|"
    r"^[^.;]{0,40}\b(?:unless|until|before)\b[^.;]{0,24}\b(?:doctor|gp|pharmacist|specialist|clinic|consultant|prescriber)\b|"
    r"^[^.;]{0,40}\b(?:ask|check with|talk to|tell|speak to|see)\b[^.;]{0,20}\b(?:doctor|gp|pharmacist|specialist|clinic|consultant"
    r"|prescriber)s?\b[^.;]{0,12}\b(?:first|about|whether)?"
)
LEFT_TO_DOCTOR = re.compile(
    r"(请[^,，。]{0,8}(?:医生|大夫|医师|药师|专科|科)[^,，。]{0,10}(?:评估|判断|决定|再定|定夺|另选|安排|看看|把关)|(?:由|待|"
    r"等)[^,，。]{0,10}(?:医生|医师|药师|大夫"
    r"|科)[^,，。]{0,10}(?:再?定|决定|评估|判断|安排|选)|我说去?问医生|去问医生|不下结论|没法替您|不能替您|"
    r"(?:医生|大夫|医师)(?:看过?|评估)[^,，。]{0,10}(?:再|后)[^,，。]{0,3}(?:说|定|决定)|(?:复诊|"
    r"就诊)时请?[^,，。]{0,6}(?:医生|提|问)|(?:跟|和|向)[^,，。]{0,8}(?:医生|药师"
    r"|大夫)[^,，。]{0,6}(?:讲|说|确认|沟通|商量)|"
    r"(?:是否|能否|能不能|要不要)[^,，。]{0,12}[,，]?(?:由|要|得|须|让|请)[^,，。]{0,8}(?:医生|药师|大夫)|"
    r"医生可能(?:会)?[^,，。]{0,12}(?:处方|用|开)|(?:必须|都?要|应当?|得)(?:先"
    r"|再)?(?:告诉|问|告知)(?:过)?(?:医生|药师)|"
    r"\b(?:ask|tell|talk to|speak to|check with|consult) (?:your|a|the) (?:\w+ )?(?:doctor|gp|pharmacist|specialist|team|nurse|clinic"
    r"|consultant|dentist|midwife|prescriber)\b|"
    r"\b(?:doctor|gp|specialist|clinic|consultant|team)s? (?:may|might|will|can|must|should|needs? to|has to|have to) (?:decide"
    r"|prescribe|judge|weigh|choose|review|consider)|"
    r"\b(?:need|needs|requires?)\b[^.;]{0,24}\b(?:advice|test|check|review)\b|\bonly when a doctor\b|\bis for (?:your"
    r"|the) [^.;]{2,30} to decide)"
)
