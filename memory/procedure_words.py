"""The words for operations and vaccinations; patterns for folded text."""

from __future__ import annotations

from memory import patterns as re

WHAT_ZH = re.compile(
    r"(?P<what>(?!做|了|过|的|是|有|要|不|没|在|去|刚|又|我|他|她|因为|因|年|月|后来|曾|行|术|动|以前|之前|"
    r"手术)[\u4e00-\u9fffA-Z]{0,8}?(?:切除术?|成[形型]术|置换术?|"
    r"移植术?|搭桥(?:手?术)?|支架(?:植入)?(?:手?术)?|剖[宫腹]产(?:手?术)?|剖(?=的)|[破刨]腹产(?:手?术)?|"
    r"人流(?:手?术)?|人工流产|碎石(?:手?术)?|结扎(?:手?术)?|开颅(?:手?术)?|"
    r"开胸(?:手?术)?|清宫(?:手?术)?|刮宫|介入(?:手?术)?|起搏器(?:植入)?|修补术?|摘除术?|引流术|甲状腺全切|全切|"
    r"微创(?:手?术)?|手术|(?<![手艺技学战魔美心])术(?=后)))"
)
CONTEXT_ZH = re.compile(
    r"搭过|剖的|做过|做了|动过|动了|开过|开了|接受过?|行(?!\w|不|吗)|术后|切除?了|切掉|过(?!敏|程|来|去)|年前|去年|"
    r"前年|\d{4}年|\d+月|小时候|曾|既往|史|植入|装了|放了|安了|装过|放过|"
    r"个月前|因[^,，]{1,10}(?:做|行|切)|切了|刚做|已做|生孩子|生的"
)
REMOVED_ZH = re.compile(
    r"(?P<organ>阑尾|胆囊?|扁桃体|子宫|甲状腺|脾脏?|胃|肾|卵巢|乳房|前列腺|智齿|肺叶|腺样体|痔疮|息肉|囊肿|肌瘤|"
    r"胆结石|白内障)(?:已经|都|全|被|在\d+年|\d+年前?)*(?:切(?:除|掉)?了|"
    r"摘(?:除|掉)?了|切除|割了|摘除)|(?:切(?:除|掉)?了|摘(?:除|掉)?了|割了?)(?:一侧|左侧|右侧|部分|"
    r"半个?)?(?P<organ2>阑尾|胆囊?|扁桃体|子宫|甲状腺|脾脏?|胃|肾|卵巢|乳房|腺样体|"
    r"痔疮|息肉)"
)
JOINT_ZH = re.compile(
    r"(?P<joint>膝|髋|肩|踝)?(?:盖|部)?(?:(?:的)?关节)?(?:都)?换(?:过|了)(?:[一1两2]个?|人工)*(?P<joint2>膝|髋|肩|踝)?关节"
)
PLANNED = re.compile(
    r"(?:要|准备|打算|需要|建议|想|下周|明天|后天|下个?月|安排|等着?|预约|约了|即将|计划|考虑|要不要|能不能|可以|必须|"
    r"得|应该)[^,，。]{0,12}(?:做|动|行|切|手术|开刀|术)|(?:术前)|"
    r"\b(?:scheduled|going to|need(?:s|ing)?|plan(?:ned|ning)?|upcoming|waiting|recommend\w*|suggest\w*|about to|will|might|"
    r"may|consider\w*|next (?:week|month)|before (?:my|the)|should|would|could|wants? (?:me )?to|due to have|if)\b"
)
DENIES = re.compile(
    r"(?:没有?(?:做|动|接受)?过?|无|否认|未(?:做|行)?过?|从未)[^,，。]{0,6}$|\b(?:no|never|not|denies|without|n't)\b[^,.]{0,24}$|"
    r"n't [^,.]{0,20}$"
)
EN = re.compile(
    r"\b(?P<what>(?:[a-z]+ )?(?:c-?section|caesarean(?: section)?|cesarean(?: section)?|\w+ectomy|\w+oplasty|\w+ostomy|"
    r"(?:\w+ )?bypass(?: surgery)?|(?:\w+ )?transplant|(?:knee|hip|shoulder|valve|joint)s? (?:replacement|replaced)|"
    r"hernia (?:repair|surgery|operation)|(?:coronary |heart )?stents?|pacemaker|tubal ligation|vasectomy|d&c|"
    r"cataract (?:surgery|removal|operation)|lasik|"
    r"(?:open[- ]heart|back|knee|hip|heart|brain|gastric|sinus|spinal|spine|shoulder|eye|ankle|wrist|foot|hand|thyroid|"
    r"gall ?bladder|bowel|breast|plastic|weight[- ]loss|bariatric|neck|prostate|kidney|abdominal|rotator cuff|acl|"
    r"carpal tunnel|hernia|bunion|meniscus|ear) (?:surger(?:y|ies)|operation|repair|reconstruction|fusion|sleeve)))\b"
)
REMOVED_EN = re.compile(
    r"\b(?P<organ>gall ?bladder|appendix|tonsils(?: and adenoids)?|adenoids|wisdom teeth|spleen|uterus|thyroid|ovar(?:y|"
    r"ies)|womb|colon|kidney|cataracts?|fibroids|cyst|mole|prostate|breast)\b(?: (?:was|were|is|has been|had been|being|"
    r"got))? (?:taken out|removed|out\b)|\b(?:removed?|took out|removal of)(?: of)? (?:my |his |her |the |"
    r"an? )?(?P<organ2>gall ?bladder|appendix|tonsils|adenoids|wisdom teeth|spleen|uterus|thyroid|ovar(?:y|ies)|womb|"
    r"prostate)\b"
)
BESIDE_REMOVED = re.compile(
    r"\b(?P<organ>gall ?bladder|appendix|tonsils|adenoids|spleen|uterus|womb|thyroid|ovaries)(?:,| and) "
    r"(?:(?:my|his|her|the) )?(?=[\w ]{4,24} "
    r"(?:taken out|removed|out\b))(?P<organ2>)"
)
"""The first of two organs that are told together: "gallbladder and appendix removed"."""
ECTOMY = {
    "appendix": "appendectomy",
    "tonsil": "tonsillectomy",
    "gallbladder": "cholecystectomy",
    "gall bladder": "cholecystectomy",
    "thyroid": "thyroidectomy",
    "uteru": "hysterectomy",
    "womb": "hysterectomy",
    "spleen": "splenectomy",
    "prostate": "prostatectomy",
    "ovarie": "oophorectomy",
    "ovary": "oophorectomy",
    "adenoid": "adenoidectomy",
    "breast": "mastectomy",
    "kidney": "nephrectomy",
    "colon": "colectomy",
}
_COUNT = r"(?:about|around|almost|over|an?|one|two|three|four|five|six|seven|eight|nine|ten|\d+|few|couple|of|several|many)"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
WHEN = re.compile(
    r"(?:19|20)\d\d年?(?:\s*\d{1,2}月)?|\d+[多几]?(?:年|个月|周|天)前|[一二两三四五六七八九十]+(?:年|个月)前|去年|"
    r"前年|今年|小时候|上个?月|上周|\d{1,2}岁(?:时|的时候)|"
    rf"\b(?:in (?:19|20)\d\d|in {_MONTH}(?: (?:19|20)\d\d)?|(?:{_COUNT} )+(?:years?|months?|weeks?|days?) ago|"
    rf"last (?:year|month|week|spring|summer|fall|autumn|winter|{_MONTH})|this (?:year|month|week|spring|summer|fall|winter)|"
    r"at (?:age |the age of )?\d{1,2}(?= |$)|as a (?:child|kid|baby|teen\w*)|(?:19|20)\d\d)\b"
)
VACCINE_ZH = re.compile(r"(?P<what>[\u4e00-\u9fffA-Za-z0-9]{0,8}?疫苗|破伤风针?|狂犬针|百白破)")
GOT_ZH = re.compile(
    r"打(?:了|过|完|的)|接种(?:了|过|完|已)?|已(?:经)?(?:打|接种)|注射(?:了|过)|种(?:了|过)|针都打|打全|第[一二三123]针|加强针"
)
NOT_GOT_ZH = re.compile(r"(?:没有?|未|不|还没)(?:有)?(?:打|接种|注射|种)")
LEAD_ZH = re.compile(
    r"^.*?(?:打(?:了|完|过|的)?|接种(?:了|过|完)?|注射(?:了|过)?|种(?:了|过))(?=[^打种射]*$)|^(?:我|他|她|孩子|大前天|"
    r"上午|下午|早上|宝宝|刚|已经?|也|都|今年|去年|昨天|上周|"
    r"上个?月|前天|今天|年前|月前|打|接种|注射|种|了|过|完|的|第[一二三123]针|加强针|三针|两针|一针|过两针|没有?|未|"
    r"还没|每年|年|月|都打|一支|剂)+"
)
VACCINE_EN = re.compile(
    r"\b(?P<what>(?:flu|influenza|covid(?:-19)?|tetanus|tdap|mmr|hpv|shingles|shingrix|pneumonia|pneumococcal|"
    r"hepatitis [ab]|hep [ab]|rabies|polio|chickenpox|varicella|measles|bcg|rsv|meningitis|yellow fever|typhoid|"
    r"whooping cough|rotavirus|dtap|gardasil)(?: (?:and|/) \w+)?(?: (?:booster|vaccine|vaccination|shots?|jabs?|"
    r"immuni[sz]ation)s?)?)\b"
)
GOT_EN = re.compile(
    r"\b(?:boosters?|had|got|gotten|received|vaccinated|immuni[sz]ed|up to date|given|took|has had|have had|getting|boosted|"
    r"shot|vaccine|jab)\b"
)
NOT_GOT_EN = re.compile(r"\b(?:haven't|hasn't|not|never|didn't|no|refused|declined|unvaccinated|don't)\b")
HINTS = re.compile(
    r"(?P<vaccination>疫苗|破伤风|狂犬针|百白破|vaccin|shots?\b|jabs?\b|booster|immuni[sz])|"
    r"(?P<surgery>[术切摘割刀剖刮]|支架|碎石|换[过了]|搭过?桥|起搏|人流|流产|结扎|引流|surger|operation|section|caesarean|cesarean|"
    r"ectomy|plasty|ostomy|bypass|"
    r"transplant|replace|repair|stent|pacemaker|ligation|d&c|lasik|fusion|sleeve|remov|taken out|took out|\bout\b)"
)

CONTEXT_EN = re.compile(
    r"\b(?:had|have|has|underwent|got|after|since|s/p|status post|history of|previous|prior|years? ago|in (?:19|20)|last|my|"
    r"a|via|by|no|never|fitted|implanted|placed|put in|done|repair)\b"
)
LEAD_EN = re.compile(
    r"^(?:a|an|my|had|the|previous|prior|emergency|recent|of|and|via|by|two|have|underwent|any|no|elective|his|her|got|for|"
    r"post|ago|after) "
)
LEAD_WORDS_ZH = re.compile(r"^.*?(?:年前|月前|天前|去年|前年|曾经?|因为?|做过?了?|放了?|装了?|过|了|的)(?=[^了过的做前]{2,}$)")
"""What stands before the name of an operation: "三年前气胸手术", "心梗放了支架"."""
