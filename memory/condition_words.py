"""The words by which people say that they have, had or fear a disease; patterns for folded text."""

from __future__ import annotations

from memory import patterns as re

HAS = re.compile(
    r"有(?!关|助|效|可能)|这次|又|最近|反复|经常|说是|一查|就是|查(?:了)?是|爆发|复发|不知道(?:用|怎么)|(?:医生|大夫|"
    r"医院)[^,，]{0,6}说|考虑|患|得(?:了|过|的)?|确诊|诊断|查出|检查出|"
    r"病史|多年|\d+\s*[多几]?\s*(?:年|个月)|十?[一二两三四五六七八九十几]+年|患者|病人|^(?:我|他|她)?是个?|伴|合并|犯|"
    r"发作|老毛病|基础病|治疗|控制|被(?:诊|确)|"
    r"\b(?:have|has|had|having|got|diagnosed|suffer\w*|history of|hx of|with|my|his|her|living with|lives with|for|is|am|"
    r"was|i'm|due to|because of|treated|born with|include|being|battling|chronic|(?:might|may|could) be|thinks? it|type)\b"
)
DENIES = re.compile(
    r"(?:没有?(?:得过?|患过?|什么|任何)?|无|否认|不是|未(?:患|有|发现|查出)|排除了?|并非|不存在|没得过?|未曾|"
    r"从未)(?:[^,，但有]{0,14})$|(?:\b(?:no|not|never|"
    r"without|denies|deny|nor|neither|negative for|rules? out|ruled out|free of)\b|n't\b)(?:[^,.;]{0,40})$"
)
NOT_DENIED = re.compile(
    r"不(?:知道|舒服|好|规律|太好|能|可以|敢|仅|只|但|想|稳)|没(?:有)?(?:控制|按时|治|去|好转|什么用)|\bnot (?:sure|"
    r"only|well|feeling|controlled|"
    r"sleeping)\b"
)
DOUBT = re.compile(
    r"可能|好像|似乎|怀疑|疑似|大概|也许|不确定|估计|考虑|貌似|\b(?:might|maybe|possibly|perhaps|think|suspect\w*|"
    r"probably|could (?:have|be)|"
    r"may have|query|borderline|suspected|possible|wonder)\b"
)
PAST = re.compile(
    r"(?:得|患|有|生|犯)过|曾经?|以前|小时候|过去|早年|治好了?|治愈|痊愈|已经?好了|年轻时|康复|已愈|根除|切除了|"
    r"好了(?!吗)|\b(?:used to have|previously|in the past|"
    r"as a (?:child|kid|baby|teen\w*)|when i was|had|years ago|recovered|cured|in remission|resolved|went away|gone now|"
    r"childhood|cleared up|beat|survivor|grew out of|outgrew|all clear)\b|\bat (?:age )?\d{1,2}$"
)
NOT_PAST = re.compile(
    r"查出|确诊|诊断|\bdiagnosed\b|\b(?:have had|has had|'ve had|had (?:\w+ ){1,3}for (?:\d|many|years|a long)|still)\b|现在(?:还|也|"
    r"仍)|仍然|还没好|一直有"
)
BLOCK_AFTER = re.compile(
    r"(?:手术|术后|切除|药|片|丸|胶囊|颗粒|冲剂|灵(?!敏)|的(?:可能|概率|感染者|情况下?)|引起|疫苗|科|症状|风险|怎么|的症|检查|筛查|"
    r"饮食|食谱|指南|专家|医院|阴性|正常|排除|的预防|防治|前期知识|患者(?!\d|$|"
    r"[,，])|的人|\s*(?:repair|surgery|operation|vaccine|shot|jab|clinic|test(?:s|ing)?|screening|risk|symptoms?|medicine|"
    r"medication|meds|tablets?|pills?|diet|specialist|negative|attack risk|prevention)\b)"
)
ASKED = re.compile(
    r"\b(?:do|does|did|could|can|might|may|would) (?:i|he|she|we|they|it|my \w+) (?:also |really |still |maybe )?(?:have|be)\b|"
    r"\b(?:am i|is (?:he|she|it|my \w+)|are we) (?:having|getting)\b|\bhave (?:i|we) (?:got|caught)\b"
)
"""Before a disease: whether somebody has it is the very question."""
ASKED_AFTER = re.compile(r"(?:病|症)?(?:了|的)?(?:吗|么|嘛|没有)[?？]*$")
"""Behind it, in Chinese: "我有高血压吗", "我得了乙肝吗"."""
BLOCK_BEFORE = re.compile(
    r"(?:会?起了?$|怕|担心|害怕|预防|防止|避免|会不会|是不是|像是?|区别|什么是|查一?下|想查|会(?:得|引起|导致)|容易|是否|以免|"
    r"导致|引发|警惕|符合|不知道是|抗|跟|类似|比如|小心|\b(?:worr\w+|"
    r"afraid|scared|prevent\w*|avoid\w*|risk of|could it be|is it|is this|looks? like|like[^,.]{0,20}|against|what is|fear\w*|"
    r"get checked for|tested for|test for|screened for|caus\w+|lead to|leads to))(?:[^,，.。]{0,10})$"
)
COMPLICATION = re.compile(
    r"(?:性)?(?:肾脏?病变?|心脏病|心肌病|脑病|足|(?:周围)?神经病变|视网膜病变|眼底病变|眼病)(?!的?人)|"
    r" (?:kidney disease|nephropathy|neuropathy|retinopathy|eye disease|foot(?: ulcer)?|heart disease|cardiomyopathy|encephalopathy)\b"
)
"""What is told of an organ right behind the disease that has harmed it."""
KIDNEYS = re.compile(r"肾|kidney|nephro")
OF_MOTHERS = re.compile(
    r"乳腺炎|乳头|妊娠|产后|先兆流产|子痫|mastitis|postpartum|post-natal|postnatal|gestational|pre-?eclampsia|morning sickness"
)
"""Diseases of being pregnant and nursing; in a clause about a child they are the mother's who writes."""
STATES = frozenset(
    {
        "condition:pregnancy",
        "condition:breastfeeding",
        "condition:smoking",
        "condition:heavy_drinking",
        "condition:lactose_intolerance",
        "condition:dental_surgery",
        "condition:planned_surgery",
        "condition:recent_surgery",
        "condition:stomach_surgery",
        "condition:cataract_surgery",
        "condition:bariatric_surgery",
        "condition:heavy_alcohol_use",
    }
)
SYMPTOMS = re.compile(
    r"^(?:发热|发烧|咳嗽|头痛|头疼|头晕|腹泻|拉肚子|便秘|恶心|呕吐|发炎|胸闷|胸痛|乏力|水肿|皮疹|fever|cough|"
    r"headaches?|diarrhoea|diarrhea|vomiting|nausea|"
    r"dizziness|rash|hives|constipation|swelling|fatigue|chest pain)$"
)
NOT_IN_NAME = "想做吃服治我他她你有是的了过为不没在去会怕说所其别些点患得现从但只疑确基因起抗输按开和及或与来看老大小一两几多"
UNKNOWN_ZH = re.compile(
    rf"(?:有|得了|得过|患有?|患过|确诊(?:为|了|是|过)?|查出(?:来|有|了)?|诊断(?:为|是|了)?|检查出(?:有)?|说是|一查是|"
    rf"就是|既往|合并|伴有?|没有|无|否认|、|和|及|^|"
    rf"(?=过敏性))(?P<what>(?:小|大|多发性|慢性|急性|老年性|[A-Za-z]{{1,4}})?[^\W\da-z{NOT_IN_NAME}]{{1,8}}?(?:病(?!毒|"
    rf"情|理|历|史|人|房|因|程|症|例)|"
    rf"(?<![发消])炎(?!症|热)|癌|瘤|综合[征症]|结石|息肉|结节|囊肿|硬化|肌瘤|疝气?|溃疡|贫血|骨折|突出|狭窄|肥大|"
    rf"脂肪肝|增生|功能不全|功能减退|衰竭?|缺损|梗死|梗塞|脑出血|紫癜|静脉曲张|抑郁|失眠|"
    rf"近视|麻痹|早搏|房颤|心律失常|(?<=[虑郁迫闭闷怖血酸尿脂盲食便孤想力常分足低多减])症))(?![\u4e00-\u9fff]*(?:药|疫苗|科|史阴))"
)
NO_NAME = re.compile(
    r"(?:疾|慢性|基础|遗传|传染|大|重|老毛|生|看|这|那|什么|其他|别的|任何|各种|职业|毛|发|急性?|慢性?|轻|重|危|后遗|"
    r"并发|陈旧)(?:疾?病|症|炎)$|生病|得病|患病|起病|发病|发炎|消炎"
)
UNKNOWN_EN = re.compile(
    r"(?:\b(?:have|has|had|possible|since|just|only|diagnosed with|history of|suffer(?:s|ing)? from|living with|got|with|of|"
    r"and|my|for|no|don't have|denies)\s+|^)(?:a |an |some |mild |severe |chronic |bad |early |the |"
    r"been diagnosed with )*(?P<what>(?:[a-z'-]+ ){0,3}?(?:[a-z]{3,}(?:itis|osis|oma|emia|aemia|pathy|algia|plegia)|disease|"
    r"syndrome|cancer|disorder|deficiency|hypothyroid|hyperthyroid|stones|fibroids|infections?|reflux|croup|metastas[ei]s|"
    r"fracture|adhesions|concussion|sciatica|scoliosis|tinnitus|apn[oe]{1,2}a|palsy|failure|fibrillation|hernia|arrhythmia|"
    r"cysts?|ulcers?))\b(?! (?:vaccine|shot|test|screening))"
)
FAMILY = re.compile(
    r"家族(?:里|中|性|有|史|遗传)?|家里(?:人)?(?:都|有人|好几个|有)|遗传史|一家人|\b(?:family history|runs in (?:my|"
    r"the|our) family|family has|"
    r"in my family|fhx?)\b"
)
RELATIVE = re.compile(
    r"父亲|母亲|爸爸?|妈妈?|爷爷|奶奶|外公|外婆|姥姥|姥爷|祖父|祖母|兄弟|姐妹|哥哥|弟弟|姐姐|妹妹|叔叔|伯父|姑姑|舅舅|"
    r"姨妈?|父母|双亲|\b(?:mother|father|mum|mom|dad|brother|"
    r"sister|parents?|grand\w+|aunt|uncle|cousin|maternal|paternal|siblings?)\b"
)
BLOOD = frozenset({"mother", "father", "brother", "sister", "grandmother", "grandfather", "aunt", "uncle", "cousin"})
INHERITED = re.compile(r"去世|过世|走的|没了|死于|\b(?:died|passed away|death)\b|\bhad (?:a |an )?[\w ]{3,24} at (?:age )?\d\d|\bmy late\b")
LEAD_EN = re.compile(
    r"^(?:.*\b(?:has|have|had|got|caught) )?(?:(?:been|treated|for|history|of|this|that|these|her|his|my|the|a|an|some|said|says|now|"
    r"then|also|is|was|really|bad|severe|mild|and) )*"
)
ENDINGS = re.compile(
    r"[病炎癌瘤征症石肉节肿化疝疡血折出窄大生全退衰损梗郁眠视痹搏颤常癜脉]|itis|osis|oma|emia|path|algia|plegia|disease|syndrome|cancer|"
    r"disorder|deficien|thyroid|infection|reflux|croup|metasta|fracture|adhesion|concussion|sciatica|scoliosis|tinnitus|apn|palsy|"
    r"failure|fibrillation|hernia|arrhythmia|cyst|ulcer|stones|fibroids"
)
SETTLES = re.compile(r"排除|推翻|不是|ruled|turned")
"""What a clause must hold at all before the longer patterns are tried."""
