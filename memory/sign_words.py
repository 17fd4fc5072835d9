"""How vital signs and laboratory values are told; patterns for folded text with its numbers in figures (``memory.spoken.figures``)."""

from __future__ import annotations

from memory import patterns as re
from memory.facts import Kind

PRESSURE = re.compile(
    r"(?:血压|高压|收缩压|压力|\bbp\b|blood pressure|pressure)[^\d,，。]{0,16}(?P<hi>\d{2,3})\s*(?:/|-|\\|over|和|、|到|,|，|比|低压|"
    r"舒张压|mmhg|毫米汞柱|\s)+\s*"
    r"(?:低压|舒张压)?[^\d,，。]{0,4}(?P<lo>\d{2,3})(?!\d)|(?<![\d/.])(?P<hi2>\d{2,3})\s*(?:/|over)\s*(?P<lo2>\d{2,3})(?!\d|"
    r"/)\s*(?:mmhg|毫米汞柱)?"
)
WANTED = re.compile(
    r"目标|控制在|降到|以下|以内|低于|应该|正常|标准|\b(?:under|below|target|goal|wants?|aim\w*|should be|less than|normal is|ideal)\b"
)
HEAT = re.compile(
    r"(?<![\d.])(?P<c>3[4-9]|4[0-2])(?:(?P<dec>\.\d{1,2})\s*(?:度|℃|°\s*c?|degrees?|c\b)?|\s*度\s*(?P<half>半)|\s*度\s*(?P<zh>\d)(?!\d)|"
    r"\s*(?:℃|度|°\s*c?\b|degrees?(?! f)|c\b))|(?<![\d.])(?P<f>9[5-9]|10[0-7])(?:\.\d)?\s*(?:°\s*f\b|f\b|degrees? f|fahrenheit)"
)
BARE_HEAT = re.compile(
    r"(?:体温|烧到|发烧|高烧|低烧|发热|烧|temperature|temp|fever)(?:\s|到|了|有|在|of|is|was|at|up to|about|around|hit|:|：|大概|现在|"
    r"已经|a)*\s*"
    r"(?P<c>3[4-9]|4[0-2])(?!\d|\.|\s*(?:周|天|岁|kg|days|weeks|times|次))|(?:temperature|temp|"
    r"fever)[^\d,.]{0,12}(?P<f>9[5-9](?:\.\d)?|10[0-7](?:\.\d)?)\b"
)
NO_HEAT = re.compile(
    r"近视|散光|水温|室温|气温|烤|空调|以下|超过|以上|低于|高于|\d+\s*度数|角|镜|\b(?:over|above|below|if|oven|water|room|outside|"
    r"weather)\b|[-~到至]\s*3\d\.?\d?\s*度?之?间"
)
HEATED = re.compile(
    r"度|℃|°|烧|体温|发热|温枪|腋|量|temp|fever|under (?:the|his|her|my) arm|\bear\b|forehead|thermometer|degrees|running|reading|"
    r"\d ?[cf]\b|has|hit|burn|[退降]到"
)
_NUMBER = r"\d{1,5}(?:\.\d+)?"
_ROWS: tuple[tuple[Kind, str, str, str, tuple[str, str], str], ...] = (
    ("vital", "heart_rate", r"心率|心跳|脉搏|pulse|heart ?rate|heartbeat|\bhr\b", r"\d{2,3}(?!\d|/|\.)", ("心率", "heart rate"), "bpm"),
    ("vital", "oxygen", r"血氧|指氧|指夹|氧饱和度?|spo2|oxygen|oximeter\S*|\bsats?\b|\bo2\b",
     r"(?:[5-9]\d|100)(?!\d)", ("血氧", "oxygen saturation"), "%"),
    ("vital", "breathing", r"呼吸(?:频率)?|breathing|respirat\w+(?: rate)?|\brr\b",
     r"\d{2}(?=\s*次|\s*times|/min|\b)", ("呼吸", "respiratory rate"), "/min"),
    ("vital", "bmi", r"\bbmi|体重指数", r"\d{2}(?:\.\d+)?", ("BMI", "BMI"), ""),
    ("lab", "hba1c", r"糖化(?:血红蛋白)?|hba1c|\ba1c", r"\d{1,3}(?:\.\d+)?", ("糖化血红蛋白", "HbA1c"), "%"),
    ("lab", "fasting_glucose", r"空腹(?:血糖)?(?![^,，]*(?:片|粒|微克|毫克))|\bfasting(?: (?:blood )?(?:sugar|glucose))?|\bfbs\b",
     _NUMBER, ("空腹血糖", "fasting glucose"), "mmol/L"),
    ("lab", "glucose", r"餐后(?:血糖)?|血糖|blood sugars?|glucose|\bsugars?\b|\bppbs\b|\brbs\b",
     _NUMBER, ("血糖", "blood glucose"), "mmol/L"),
    ("lab", "creatinine", r"肌酐|creatinine", _NUMBER, ("肌酐", "creatinine"), "μmol/L"),
    ("lab", "egfr", r"egfr|肾小球滤过率|\bgfr", _NUMBER, ("eGFR", "eGFR"), ""),
    ("lab", "uric_acid", r"尿酸|uric acid|urate", _NUMBER, ("尿酸", "uric acid"), "μmol/L"),
    ("lab", "alt", r"\balt|sgpt|谷丙(?:转氨酶)?|(?<!草)转氨酶", _NUMBER, ("ALT", "ALT"), "U/L"),
    ("lab", "ast", r"\bast\b|sgot|谷草(?:转氨酶)?", _NUMBER, ("AST", "AST"), "U/L"),
    ("lab", "triglycerides", r"甘油三酯|甘三(?!七)|triglycerides?|\btg\b", _NUMBER, ("甘油三酯", "triglycerides"), "mmol/L"),
    ("lab", "calcium", r"血钙|calcium", r"\d\.\d+", ("血钙", "calcium"), "mmol/L"),
    ("lab", "ferritin", r"铁蛋白|ferritin", _NUMBER, ("铁蛋白", "ferritin"), "ng/mL"),
    ("lab", "ldl", r"低密度(?:脂蛋白)?(?:胆固醇)?|\bldl(?:-c)?", _NUMBER, ("低密度脂蛋白", "LDL"), "mmol/L"),
    ("lab", "cholesterol", r"总胆(?!红素|汁)(?:固醇)?|(?<!蛋白)胆固醇|cholesterol", _NUMBER, ("胆固醇", "cholesterol"), "mmol/L"),
    ("lab", "haemoglobin", r"(?<!糖化)血红蛋白|血色素|ha?emoglobin|hgb|\bhb\b", _NUMBER, ("血红蛋白", "haemoglobin"), "g/L"),
    ("lab", "inr", r"\binr", _NUMBER, ("INR", "INR"), ""),
    ("lab", "tsh", r"\btsh|促甲状腺", _NUMBER, ("TSH", "TSH"), "mIU/L"),
    ("lab", "platelets", r"血小板|platelets?|\bplt\b", _NUMBER, ("血小板", "platelets"), "×10^9/L"),
    ("lab", "white_cells", r"白细胞|white (?:cell|count|blood cell)\w*(?: count)?|\bwbc", _NUMBER, ("白细胞", "white cells"), "×10^9/L"),
    ("lab", "potassium", r"血钾|potassium", r"\d(?:\.\d+)?", ("血钾", "potassium"), "mmol/L"),
    ("lab", "sodium", r"血钠|\bsodium\b", r"1\d\d", ("血钠", "sodium"), "mmol/L"),
    ("lab", "crp", r"c-?反应蛋白|\bcrp", _NUMBER, ("C反应蛋白", "CRP"), "mg/L"),
    ("lab", "esr", r"血沉|\besr\b", _NUMBER, ("血沉", "ESR"), "mm/h"),
    ("lab", "psa", r"\bpsa\b|前列腺特异性抗原", _NUMBER, ("PSA", "PSA"), "ng/mL"),
    ("lab", "afp", r"甲胎蛋白|\bafp\b", _NUMBER, ("甲胎蛋白", "AFP"), "ng/mL"),
    ("lab", "hcg", r"\b(?:beta )?hcg\b", _NUMBER, ("HCG", "hCG"), ""),
    ("lab", "lithium", r"血锂|lithium levels?|lithium(?= (?:was|is|came))", r"\d\.\d+", ("血锂", "lithium"), "mmol/L"),
    ("lab", "vitamin_d", r"25羟?维生素d|(?:vitamin|vit) d levels?", _NUMBER, ("25羟维生素D", "vitamin D"), ""),
    ("lab", "bilirubin", r"胆红素|黄疸值|bilirubin", _NUMBER, ("胆红素", "bilirubin"), ""),
    ("lab", "albumin", r"(?<!球)(?<!尿)白蛋白(?!尿)|\balbumin", _NUMBER, ("白蛋白", "albumin"), "g/L"),
    ("lab", "creatine_kinase", r"肌酸激酶|creatine kinase|\bck\b", _NUMBER, ("肌酸激酶", "CK"), "U/L"),
    ("lab", "ddimer", r"d-?二聚体|d-?dimer", _NUMBER, ("D-二聚体", "D-dimer"), ""),
    ("lab", "bnp", r"\b(?:nt-?pro)?bnp\b", _NUMBER, ("BNP", "BNP"), "pg/mL"),
    ("lab", "homocysteine", r"同型半胱氨酸|homocysteine", _NUMBER, ("同型半胱氨酸", "homocysteine"), "μmol/L"),
    ("lab", "calprotectin", r"钙卫蛋白|calprotectin", _NUMBER, ("钙卫蛋白", "calprotectin"), "μg/g"),
    ("lab", "ige", r"\bige\b", _NUMBER, ("IgE", "IgE"), "IU/mL"),
)  # fmt: skip
_GAP = (
    r"(?:[^\d,，。;；]|1分钟){0,18}?(?:(?:从|went|from|gone|dropped|came down)\s*(?:from )?"
    r"\d[\d.]*\s*%?\s*(?:to|→|-+>|降[到至]|升[到至]|涨[到至]|掉[到至]|到|[^\d,，。]{1,8})\s*)?"
)


def _begins(words: str) -> str:
    """Return words of which a Latin one may stand right behind a Chinese one: "上周INR 2.5"."""
    return re.sub(r"(^|\|)\\b", r"\1(?<![a-z0-9])", words)


SIGNS: tuple[tuple[Kind, str, re.Pattern, re.Pattern, tuple[str, str], str], ...] = tuple(
    (
        kind,
        key,
        re.compile(
            rf"(?:{_begins(words)}){_GAP}(?<!type )(?<!stage )(?<!grade )({number})(?!\d*\s*(?:am\b|pm\b|tomorrow|o'clock|mcg|毫克|"
            rf"mg\b(?!/)|片|粒|个月|年(?!龄)|天|岁|次(?!/)))"
        ),
        re.compile(rf"(?:{_begins(words)})\W*$"),
        names,
        unit,
    )
    for kind, key, words, number, names, unit in _ROWS
)
"""Kind, key, pattern with the number as its group, its name alone at the end of a clause, names in both languages, the usual unit."""
BARE = re.compile(
    r"^(?:是|有|才|只有|都|就|it's|its|is|was|came(?: back)?(?: at)?|about|around)?\s*(\d{1,4}(?:\.\d+)?)(?!\d)\s*(?:mmol|mg/|g/|u/l|"
    r"μmol|%|$)"
)
SIGNED = re.compile(
    r"血压|高压|收缩压|心率|心跳|脉搏|体温|烧|发热|量|血氧|氧|指夹|糖化|血糖|空腹|餐后|肌酐|滤过|尿酸|谷[丙草]|转氨酶|甘油三酯|甘三|"
    r"总胆|血[钙钾钠锂沉]|蛋白|呼吸|"
    r"低密度|胆固醇|血色素|血小板|白细胞|平时|/|度|℃|°|bmi|体重指数|甲状腺|抗原|维生素|胆红素|黄疸值|激酶|二聚体|半胱|bp|pressure|"
    r"pulse|heart|hr\b|"
    r"temp|fever|spo2|ox|sats?|o2|a1c|sugar|glucose|fasting|fbs|rbs|ppbs|creatin|gfr|ur[ia]|alt|ast|sgpt|sgot|trigly|tg\b|calcium|"
    r"ferritin|breath|respir|"
    r"rr\b|ldl|cholesterol|globin|hgb|hb\b|inr|tsh|platelet|plt|wbc|white|potassium|sodium|crp|esr|psa|afp|hcg|lithium|level|bilirubin|"
    r"albumin|ck\b|dimer|"
    r"bnp|homocys|calprotectin|ige|over|arm|thermometer|degrees|\d ?[cf]\b|3[5-9]\.\d|4[01]\.\d"
)
UNIT = re.compile(
    r"\s*(mmol/?l|mg/?dl|mg/?l|[μu]mol/?l|g/?dl|g/?l|%|miu/?l|m?iu/?ml|ml/?min|ng/?ml|pg/?ml|[μu]g/?g|u/?l|iu/?l|mmol/mol|次/?分?|bpm|mm/h)"
)
