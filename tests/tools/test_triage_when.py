"""Triage: what was long ago, is told of a film, is a manner of speaking or is to be expected is no alarm; its twin here and now is one."""

from __future__ import annotations

import pytest

from tools.tables import Tables
from tools.telling_when import placed
from tools.text import clean, fold
from tools.triage import findings_in, triage

SILENT = {
    "long ago": """
十年前被家里猫抓破过皮当时没打针，人和猫都好好的，现在想起来要补打吗
前年手腕骨折钢板取了，现在阴天发酸，要不要做骨密度
年轻时酒喝吐血洗过一次胃，戒了十年了，今年胃镜浅表性胃炎，平常注意什么
上一胎子痫前期，孩子三岁了血压正常，打算要二胎要提前做什么
八年前有过轻生的想法，早就走出来了，现在生活挺好
Fainted once when I was 12 at a school vaccination. Next week I've another jab, any tips?
In 2010 I coughed a fleck of blood with bronchitis, scans were clear. Nothing ever since.
Took an overdose at 19, was treated, never again, happily married. Should I mention it?
fainted once giving blood last year, never since. Can I donate again?
Our daughter had fever for a day at 8 weeks old and hospital checked her. She's eleven months now, thriving.
I used to self-harm at school. Haven't in fifteen years, life's good.
""",
    "elsewhere": """
刷短视频看到洗澡触电的，热水器接地没问题，洗澡时还要关电源吗
梦见被蛇咬了，总做噩梦怎么改善
一朝被蛇咬十年怕井绳，有没有不怎么疼的疫苗
生物课讲酮症酸中毒，烂苹果味是啥物质
刷到一个段子说"活着好累但是火锅好香"，第二天长痘怎么破
The sepsis poster in our staff room says 'slurred speech' etc. Which letter does the P stand for?
Student midwife, what's the reasoning behind knee chest position in cord prolapse? essay due
The pharmacy leaflet says antidepressants can raise thoughts of self-harm in young people. Does that bit matter to me?
I volunteer at a community centre, what helpline leaflets should we put up about domestic abuse?
""",
    "a manner of speaking": """
被男朋友气得吐血（不是真吐），想找人聊聊
股票套牢亏得我想跳楼哈，也就亏两千块，老婆笑我
这双鞋我咬牙买了，钱包大出血，脚后跟磨了个小水泡
刚刚路过他身边我直接心脏骤停hhh
nearly fainted when i saw the price of concert tickets haha. what's a good cheap iron-rich lunch
hubby's snoring makes me want to smother him lol, nasal strips any good?
""",
    "not yet, or not at all": """
小朋友怎么防触电，买插座盖行不行
虚惊一场，以为娃吞了遥控器里的电池，结果在沙发缝找到了
下周第一次化疗，护士说发烧要当天处理，目前没发烧
准备明年怀孕，想先把水痘疫苗补上
游泳课呛了一小口水，咳两声就好了，昨天的事，今天照样上学吃饭不咳
""",
    "denied": """
有颈动脉斑块，没堵，没发生过手麻说不出话，斑块能变小吗
我也没晕过胸痛，一般查心电图够吗
产后42天要复查了，恶露干净了也不发烧，会查些什么项目
孩子咳嗽两天有点痰，不是那种犬吠声，嗓子没哑，不发烧
""",
    "normal": """
体检血钾4.6，医生说正常，我爱吃香蕉，要限制吗
Kidney nurse says my potassium is 4.8 and fine
刚量血压135/85，我吃着药，没啥不舒服
孕16周产检血压118/72，尿蛋白阴性，平时该注意哪些
锂盐血药浓度0.7，医生说刚好，手不抖
doing keto diet, strips show trace ketones, I have no diabetes and feel fine
贫血在吃铁片，大便发黑绿色，成形的，人没别的不舒服
才15周还没感觉到胎动，产检B超都正常
""",
    "other words": """
Stretch marks on my hips after a growth spurt, do oils actually fade them?
Hearing aid whistles since I had my hair cut, does it need re-fitting?
Had a tooth crown fitted in June, now floss shreds there
Foot blisters from new boots, intact and small. Pop or no pop?
室友都说我打呼噜小声像猫，偶尔，白天不困
朋友叫我去跳舞，我也愿意去
昨晚压着胳膊睡，早上手麻了两三分钟，甩甩就好了
""",
}
ALARM = {
    "again": """
十年前得过心梗，今天胸口又开始闷痛
八年前想过自杀，这几天又有这个念头
去年吐过血，今天又吐了一大口血
以前晕倒过一次，刚刚又晕倒了
前年被狗咬过没打针，这两天怕水怕风
高中的时候抑郁过，现在还是不想活
老伴去年没了，今年过年一个人，煤气阀我拧开又关上好几回
I had a heart attack in 2015 and I have chest pain
I tried to kill myself at 19 and I want to die again
Last year I had a clot, now I'm breathless and my calf is swollen
""",
    "now": """
被车撞了，当时就昏过去了，现在头疼
两小时以前吃了一整瓶安眠药
她昏过去有十分钟了
大学哮喘发作喘不上气
She's in her twenties and collapsed
Previously healthy 30 year old with chest pain
Fainted this morning, never since, but my heart is racing
""",
    "here": """
看短视频的时候突然半边身子动不了
网上说嘴歪是中风，我老公嘴歪了，说话不清
视频里看到我妈嘴歪了
头痛加剧说话不清
电视里的主持人一直命令我，让我从楼上跳下去
watching a film her face drooped on one side
The leaflet says slurred speech is a stroke sign and my husband has slurred speech
I'm a volunteer and the man next to me collapsed and isn't breathing
""",
    "meant": """
我想死哈哈哈
烦得不想活了哈哈
气得我心口疼，左胳膊也麻，直冒汗
haha I took 30 paracetamol
lol my chest hurts and my arm is numb
""",
    "happened": """
想学怎么防触电，刚才我爸触电倒地了
以为是胃疼，结果胸痛出冷汗
昨天游泳呛了好多水，今天一直咳，喘
备孕中突然胸痛出冷汗
我是家暴受害者，他刚才又打我
""",
    "not denied": """
没吃饭突然胸痛
没发烧但是脖子硬头痛得厉害
无意中吃了一整瓶安眠药
爸爸无缘无故晕了一下
""",
    "not normal": """
血钾6.8，心慌没劲
ketones 3.2 and vomiting
血压118/40，人发冷出汗迷糊，发烧
吃着铁剂，大便黑色像沥青，又粘又臭
吃铁片好几天，大便黑得像柏油，头晕站不住
孕30周，今天一直没感觉到胎动
地高辛吃了五片，恶心
""",
    "these words": """
Blood is spurting from his arm
He's fitting on the floor
his breathing is crowing in and out
toes waxy and hard after skiing
有个声音叫我跳下去
""",
}


def lines(groups: dict[str, str]) -> list[str]:
    return [line for told in groups.values() for line in told.strip().splitlines()]


@pytest.mark.parametrize("message", lines(SILENT))
def test_what_is_not_here_and_now_is_no_alarm(tables: Tables, message: str) -> None:
    assert triage(clean(message), tables).level in ("routine", "selfcare")


@pytest.mark.parametrize("message", lines(ALARM))
def test_what_is_here_and_now_is_one_however_it_is_told(tables: Tables, message: str) -> None:
    assert triage(clean(message), tables).level in ("emergency", "urgent")


@pytest.mark.parametrize(
    ("message", "past"),
    [
        ("小时候抽过，现在好好的", [True, False]),
        ("去年开始胸痛", [False]),
        ("年轻时胃出血，住过院，今天胸痛", [True, True, False]),
        ("三天以前摔了头", [False]),
        ("she had croup as a toddler, she coughs today", [True, False]),
    ],
)
def test_each_clause_has_its_time(message: str, past: list[bool]) -> None:
    assert [part.past for part in placed(fold(message))] == past


def test_what_makes_todays_complaint_worse_counts_though_it_is_long_ago(tables: Tables) -> None:
    found = findings_in("三年前查出主动脉瘤，今天后背像撕裂一样痛", tables)
    assert {"aneurysm", "tearing_pain"} <= found
    assert "animal_bite" not in findings_in("前年被狗咬过", tables)
    assert "animal_bite" in findings_in("前年被狗咬过，现在怕水怕风", tables)
