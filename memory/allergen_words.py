"""The words around the name of an allergen; patterns for folded text."""

from __future__ import annotations

from memory import patterns as re

ANCHOR = re.compile(
    r"(?<!抗)过敏(?!性(?!反应|休克)|原|科|体质|季|源|药(?!物)|鼻炎|紫癜|哮喘|皮炎)|皮试[^,，。]{0,8}?(?:阳性|阳|不过|没过|\+)|"
    r"\b(?:allerg(?:y|ies|ic)|alergic|allegric|alergy|alergies|allergc)\b(?! (?:rhinitis|asthma|conjunctivitis|dermatitis|"
    r"season|tests?\b|testing|clinic|medicine|medication\b(?! ?:)|tablets?|pills?|meds?\b(?! ?:)|relief|eczema|shots?))|"
    r"\banaphyla(?:xis|ctic)\b|\b(?:bad|severe|adverse|terrible|serious|nasty|awful|horrible) reactions? (?=to|from)|"
    r"\breact(?:s|ed)? (?:badly|poorly|terribly|horribly|severely)? ?(?=to\b)|\bsensitiv(?:e|ity) (?=to\b)"
)
TO_ZH = re.compile(r"对(?!于|照|方|症|付|比|称|象|我|面)")
TO_EN = re.compile(
    r"\s*(?:reactions? |shock )?(?:to|from|with|of|are|is|include|includes|including|:|when i (?:take|have|eat)|"
    r"after(?: taking| eating)?)\b:?\s*"
)
NOTHING_BETWEEN = re.compile(r"\s*")
TO = re.compile(r"\s*(?:(?:reactions? |shock )?(?:to|of|include[sd]?|including)\b|:|$|are\b|is\b)")
LIST_AFTER = re.compile(
    r"\s*(?:的?药物?|食物|原)?\s+(?=\S)|\s*(?:史|的)?(?:的?(?:药物?|东西|食物|有|是|包括|为|源|原))+\s*[:：]?\s*|\s*[:：]\s*"
)
BETWEEN = re.compile(
    r"(?:[\s我他她和及与跟、/&+,，·]|以及|还有|或者?|这?[一几二两三]?[类种个]|类?药物?|素|等|制剂|的|有点?|会|都|也|全都?|"
    r"均|很|非常|特别|极其|严重|重度|轻度|中度|有过?|曾|产生|出现|发生|引起|"
    r"药物|打针|皮试|一吃就|就|明显|又|是|吃了|"
    r"注射|史|家族|不|没有?|并不|从来|其实|实际上|好像|可能|似乎|应该|算|真的?|再|and|or|drug|skin|severe|bad|mild|"
    r"serious|known|food|contact)*"
)
BARE = re.compile(
    r"(?:因为|我|他|她|孩子|宝宝|就|会|要|都|也|很|容易|一|吃|用|喝|碰|打|沾|了|后|老是|总是|严重|有点|是)*过敏(?:的|了|啊|呀|性反应|反应)*|"
    r"(?:because |as |since |and )?(?:my [a-z' -]{2,24} is |i'?m |i am |he'?s |she'?s |he is |she is |we'?re |they'?re )?(?:very |"
    r"highly |severely |badly |also |"
    r"really |so )*allergic(?: to (?:it|them|that))?(?: too)?|(?:i |he |she )?(?:have |has |get |gets |had )?(?:an? )?(?:bad |severe )?"
    r"allerg(?:y|ies)"
)
"""A clause that says that there is an allergy and no more."""
SHUNS = re.compile(
    r"不能?[吃用喝碰打沾]|不可以[吃用喝碰打]|[吃用喝碰打沾]不(?:了|得)|不敢[再吃用喝碰打]|别给|忌[吃用]|从不[吃用]|[吃用喝打碰抹涂]了|一[吃用喝打碰]|"
    r"[吃用喝打碰]完|"
    r"\b(?:can't|cannot|can not|mustn't|must not|don't|doesn't|never|avoid\w*|couldn't|no|not)\b"
)
CONTAINS = re.compile(r"含|里面?有|有没有|成分|\b(?:contain\w*|is there|are there|made (?:with|of|from)|in (?:it|this|that|them))\b")
OPENS_ZH = re.compile(r"(?:药物?|食物|有)?过敏(?:史|的药物?|的食物|的东西)?(?:有|是)?$")
"""A clause that ends with the word allergy and leaves to the next what it is to: "有药物过敏史，青霉素和磺胺"."""
JOINS = re.compile(r"[\s、,，/&+和及与跟]*")
CUT = re.compile(
    r"\b(?:but|because|so|can|could|should|since|has|have|does|doesn't|isn't|means?|i (?:am|have|take|also|was|had|got|get|"
    r"can't|break|think|don't|carry)|is it|what|and i|which|that|when|if|or anything|for|it|he|she|they|my|as|"
    r"who|with|we|you|ever|since|though|makes?|gives?|gave|made|causes?|caused|last|years?|in (?:19|20|the)|at age|at the|"
    r"at \d+|needed|required|ended|went|haha|lol|carry|carries|takes?|uses?|needs?|like|says?|though|right now|now|"
    r"anymore|at all|either|too|as well|either|"
    r"during|while|whilst|on (?:my|the)|at (?:my|the)|in (?:my|hospital|school)|today|yesterday|the last time|"
    r"except|apart from|other than|besides|but for|just|badly|severely|really|very|according|apparently|actually|there|this|these|"
    r"those)\b|[(\[]"
)
REMARK = re.compile(r"[(\[][^)\]]{1,60}[)\]]\s*(?:,|;|/|&|and\b|or\b|plus\b)?\s*")
"""What is told in brackets of one member of a list, before the next."""
REMARK_LAST = re.compile(r"\s*[(\[][^)\]]{1,60}[)\]]$")
LEAD_EN = re.compile(
    r"^(?:(?:and|or|to|the|a|an|any|all|some|my|both|certain|most|many|several|also|only|even|things? like|stuff like|such as|"
    r"namely|like|kinds? of|types? of|forms? of|iv|lots of|other|drugs? (?:such as|like|called)|medicines? (?:called|like)|"
    r"something called|uh|um|well|oh|yes|yeah|just)\s+)+"
)
TAIL_EN = re.compile(r"\s+(?:drugs?|antibiotics?|medications?|medicines?|products?|family|class|too|allerg(?:y|ies)|and|or|bites?)$")
LEAD_ZH = re.compile(
    r"^(?:我|他|她|本人|妈|爸|妈妈|爸爸|孩子|宝宝|儿子|女儿|老公|老婆|奶奶|爷爷|外婆|外公|婆婆|公公|丈夫|妻子|父亲|"
    r"母亲|哥哥|弟弟|姐姐|妹妹|朋友|她|自己|自身|从小|一直|小时候|以前|曾经|之前|因为|"
    r"由于|医生说|说|检查|查出|发现|确诊|好像|可能|是|有|"
    r"会|也|还|都|就|不|没有?|对|吃|喝|用|打|服用?|注射|接触|碰|闻|摸|一|某些|某种|一些|一种|部分|各种|各类|所有|任何|"
    r"什么|其他|个别|严重|轻度|已知|明确|目前|的|了|过|但|而|且|又|容易|特别|非常|"
    r"只|仅|应该|大概|似乎|怀疑|除了|如|像|少数|现在|新换的?|新买的?|那个|这个|我家的?|自己的|"
    r"家里的?)+"
)
TAIL_ZH = re.compile(
    r"(?:都|也|会|有|严重|非常|特别|有点|不|没|的|等|之类|什么|起|很|是|过|就|明显|药物|这[种类个](?:药|东西)?|这些|"
    r"那种|一类|类|好像|可能|一直|产生|出现|史|又|以前|小时候|那个|这个|倒|倒是|从小)+$"
)
EMPTY = re.compile(
    r"(?:什么|啥|它|他|她|这个?|那个?|这种|那种|哪些?|哪种|任何|其他|别的|药物?|食物|药品|食品|东西|皮肤|鼻子|脸|眼睛|"
    r"全身|身体|身上|手|嘴唇?|药|针|季节|春天|换季|反复|经常|急性|慢性|轻微|严重|"
    r"抗|脱|防|不|没|我|本人|自己|体质|别|其它|所以|耐药|[一二三四五六七八九十\d]+|"
    r"一直|环境|冷空气(?!\w)|反应|以前|过去|现在|史|情况|无|没有|否|性|接触性|医院|打|吃|疫苗接种后|先天|遗传|不少|"
    r"很多|好多|多|少|个|一个|有一个|怕|算|还有|其余|做家务|上班|上学|学习|工作|洗澡|"
    r"早起|开会|加班|运动|老板|数学|钱|"
    r"it|that|this|them|anything|what|something|everything|nothing|these|those|none|some|drugs?|food|foods|medicine|"
    r"medicines|medication|medications|seasonal|skin|severe|bad|my|a|an|any|no|have|known|food|other|"
    r"me|him|her|certain|reaction|reactions|allergy|allergies|an? few|few|multiple|several|also|not|yes|yeah|the|to|things|"
    r"stuff|many|certain things|mild|said|says?|about|for|wrote|called|true|real|proper|possible|suspected|serious|nothing|"
    r"otherwise nothing|all|mornings?|exercise|work|mondays?|people|school|idea|of|with|from|an? true|life-threatening|"
    r"threatening|under review|review|nil|nowt|naught|bar|wot|and|or|plus|so|in|in theatre|you mean|tablets?|annoying|doon|down|"
    r"then|rare|common|unknown|new|old|past|childhood|lifelong|medicine|to)+"
)
SENTENCE_LIKE = re.compile(
    r"其余|其他|[啊呀哦嘛吧哈是有在会后时就了很太被把去说因年月天度不没吗呢]|出现|引起|医生|急诊|护士|自己|"
    r"[做给查看问写怕算想按我你他她让填]|以为|判断|怀疑|面部|脸|皮肤|全身|眼睛?$|鼻|嘴|体质|炎|疹|症|呼吸|忘记|感冒|发烧|休克|痒|紧张|"
    r"容易|拉稀|打吊针"
)
SPLIT = re.compile(
    r"[、,，/;；&+\s]*(?:和|及|与|跟|以及|还有|或者?)[、,，\s]*|[、,，/;；&+]+|\s+(?:and|or|plus|also|&)\s+|"
    r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])"
)
POINTS_BACK = re.compile(
    r"(?:说(?!怕|担心|会)|讲|对它|对这个?药?|就是|算|算不算|是不是|诊断|考虑|确诊|怀疑|属于|判断|认为|应该是|可能是|是)[^,，。]{0,6}$|"
    r"(?:\b(?:said|says|called|call|it's|it was|was|"
    r"is|be|an|a|possible|likely|probably|suspected|diagnosed|noted|noticed|flagged|documented|recorded|to it|to that|as|"
    r"i'm|im|i am|he's|she's)\s+(?:it |that |this |an? |my |true |proper |real |severe |mild )*)$"
)
