"""One wording for what can be said in several: lay words by the table of terms, everyday verbs and set phrases by the list below."""

from __future__ import annotations

import re
from collections.abc import Mapping

import ahocorasick

from tools.text import clean, fold

_SAME = """
持续|不缓解 未缓解 不见缓解 缓解不了 不好转 未好转 不见好转 不见好 没见好 不改善 不退 没退 未退 不消退 不消
持续|老不好 总不好 一直不好 不停 不断 一直
乏力|没力气 没劲 没有力气 无力 疲乏 疲倦 疲劳 软弱
食欲差|没胃口 胃口差 胃口不好 食欲不振 食欲下降 食欲不好 不想吃饭 不想吃 吃不下 不爱吃饭 吃不下饭
昏迷|叫不醒 唤不醒 不省人事 意识丧失 失去意识 丧失意识
吞咽困难|咽不下 吞不下 吞不下去 咽不下去
口齿不清|说话不清 说不清话 说话含糊 言语不清 言语含糊 说话不清楚 讲话不清
视物模糊|看不清 看不清楚 视力模糊 看东西模糊 视线模糊
站不稳|走不稳 步态不稳 走路不稳 站立不稳
失眠|睡不着 睡不好 睡眠差 睡眠不好
尿潴留|尿不出 排不出尿 尿不出来 解不出小便
异常|不正常
无效|没用 没效果 不管用 不起作用 起不到作用
无需|用不着 不必 不需要 不用着 没必要 没有必要
免疫力低|抵抗力差 抵抗力低 抵抗力弱 抵抗力不好 免疫力差 免疫力低下 免疫力不好
免疫力低|免疫低下 免疫功能低下 免疫功能差 免疫功能受损
腹泻|拉肚子 拉稀 泻肚
跌倒|摔倒 摔跤 滑倒 摔了 摔下
晕厥|晕倒 昏倒 昏厥 晕过去 昏过去
意识不清|神志不清 意识模糊 神志模糊 神志不清楚 意识不清楚 人不清醒 糊涂
呼吸困难|喘不上气 喘不过气 透不过气 上不来气 气短 气促 气喘 呼吸费力 呼吸急促 憋气 喘憋
老年|年纪大 年龄大 上了年纪 上年纪 高龄 老人 老年人 年长 年老
进食|吃东西 吃饭 用餐 饮食
饮酒|喝酒 沾酒 酒精 酒
用|服用 使用 口服 服食 食用 应用 吃 服
用药|吃药 服药 用药物
舒服|
不舒服|
克服|
衣服|
服务|
吃力|
停|停用 停药 停服 停止使用 停止服用 停掉 停下来
上学|去学校 去上学 去幼儿园
缺少|缺乏
去掉|去除 除去 取下 摘下
问|咨询 询问 请教 问问 问一问 问清 问一下
医生|大夫 医师
就医|看医生 就诊 去医院 上医院 到医院 看病 求医 看大夫 去看
引起|导致 造成 引发 诱发 招致
告诉|告知 说明 说清 讲清 讲明 说一下
重复|重叠 重复地
等待|等着 等到 久等 拖
购买|买
怀疑|疑似
需要|必需
伤|损害 损伤 伤害 有害 危害 损坏
致命|危及生命 生命危险 有生命危险 死亡 致死 要命 没命
严重|厉害 剧烈 很重 重度 特别重
恶化|加重 更严重 变重 变差 更重
减轻|缓解 好转 改善 变好
减少|降低 减弱 减低 削弱 打折扣 下降 变低 降下来 变少 减小
增加|升高 提高 增高 加大 变高 增多 上升 变多
痛|疼 疼痛
肿|肿胀 浮肿 肿起来
呕吐|吐
血糖|血里的糖
照护|照顾 护理 照看
分娩|生产 生孩子 生完孩子 生小孩 产后 娩出 生出来 接生
夜间|晚上 夜里 半夜 夜晚 起夜
孩子|儿童 小孩 患儿 小儿 小朋友 宝宝 婴儿 幼儿
家人|家里人 家属 亲人
抗菌药|抗生素 抗菌药物 消炎药
退热|退烧 降温
发热|发烧
医嘱|医生的嘱咐 医生要求 医生的要求 医生安排 医生的安排
定期|按时 规律 定时
最近|近期 近来 不久前
脱水|缺水
忌口|忌食
双倍|加倍 两倍 翻倍
补用|补服 补吃 补上 补
可能|也许 或许
最|最为
常见|典型 多见
病人|患者
常|经常 常常 时常 大多 多数 多半 通常 往往
不同|不一样 不一致 不相同 不一定一致 有差别 有区别
persist|persists;persistent;persisting;lasting;does not go away;won't go away;doesn't go away;do not go away;don't go away
persist|does not improve;doesn't improve;do not improve;don't improve;isn't getting better;is not getting better
persist|does not get better;doesn't get better
unresponsive|not responding;isn't responding;is not responding;doesn't respond;does not respond;unconscious
unresponsive|cannot be woken;can't be woken;won't wake up;can't wake up
breathless|breathing trouble;trouble breathing;breathing difficulty;breathing difficulties;difficulty breathing;difficulties breathing
breathless|shortness of breath;short of breath;breathlessness;hard to breathe;breathing problems;trouble with breathing
breathless|struggling to breathe;cannot breathe;can't breathe;hard breathing
faint|fainting;fainted;faintness;pass out;passes out;passing out;passed out;collapse;collapses;collapsed;collapsing;faints;black out
ambulance|911;999;112;emergency services;emergency number
abdominal|belly;tummy;stomach;abdomen
doctor|gp;physician;clinician;prescriber
need|needs;require;requires;required;necessary;needed;call for;calls for
cause|causes;caused;causing;lead to;leads to;bring on;brings on;brought on;trigger;triggers;triggered;result in;results in;set off
check|checks;checked;assess;assessed;assessment;examine;examined;examination;evaluate;evaluated;evaluation;review;reviewed;seen
lower|reduce;reduces;reduced;lowers;decrease;decreases;weaken;weakens;cut;cuts;lessen;lessens
raise|strengthen;strengthens;boost;boosts;enhance;enhances;raises;increase;increases;increased;higher;elevate;elevates
worsen|worse;worsens;make worse;makes worse;aggravate;aggravates
ease|relieve;relieves;relief;eases;help with;helps with;soothe;soothes
use|take;takes;taken;taking;used;uses;using;give;gives;given;giving;get;gets;have
start|begin;begins;began;begun;started;starting;beginning
stop|stopped;stopping;quit;discontinue;come off;coming off
avoid|stay away from;steer clear of;keep away from;refrain from
fatal|kill;kills;deadly;life-threatening;life threatening;death;die
pregnant|pregnancy;expecting
mild|harmless;minor;slight
rare|uncommon;unusual
same-day|same day
emergency|urgent;urgently;emergencies;a&e;emergency room
soon|prompt;promptly;quickly;early;as soon as possible;right away;at once;immediately;straight away;without delay
contain|containing;contains
haemorrhoids|piles;hemorrhoids
child|children;kid;kids
baby|babies;infant;infants;newborn;newborns
severe|bad;serious;intense
glucose|sugar;blood sugar;blood glucose
unable|inability;being unable;not able;not being able
pass urine|pee;wee;urinate;peeing;urinating;passing urine
go away|clear;clears;disappear;disappears;resolve;resolves
get better|improve;improves;heal;heals;recover;recovers
oestrogen|estrogen
diarrhoea|diarrhea
nappies|diapers
fear|afraid;scared;frightened;fears
fall|falls;fallen;fell;falling
ask|talk to;speak to;consult;check with;speak with;talk with;discuss
long-term|long term;for a long time;for years;long-standing;chronic
usual|usually;mostly;most;often;generally;commonly;common;typically
"""
_KNOWN: dict[int, tuple[Mapping[str, str], Wording]] = {}
_HELD = 4


class Wording:
    """Rewrites folded text so that what means the same reads the same; for comparing only, offsets are lost."""

    def __init__(self, terms: Mapping[str, str]) -> None:
        """Take lay words with the standard ones; the list of this module goes before them."""
        written: dict[str, str] = {}
        for lay, standard in terms.items():
            lay, first = fold(clean(lay)), fold(clean(standard)).split(" " if standard > "\u3400" else "\0")[0]
            if len(lay) > 1 and lay != first:
                written[lay] = first
        for line in _SAME.strip().splitlines():
            kept, _, others = line.partition("|")
            written |= dict.fromkeys(filter(None, others.split(";" if kept.isascii() else " ")), kept)
            written[kept] = kept
        self._automaton = ahocorasick.Automaton()
        for word, instead in written.items():
            self._automaton.add_word(word, (word, written.get(instead, instead)))
        self._automaton.make_automaton()

    def __call__(self, folded: str) -> str:
        """Return the text in the words that stand for all others."""
        parts, last = [], 0
        for end, (word, instead) in self._automaton.iter_long(folded):
            start = end - len(word) + 1
            if start >= last and _whole(folded, start, end + 1):
                parts += [folded[last:start], instead]
                last = end + 1
        return "".join((*parts, folded[last:]))


_LETTER = re.compile(r"[a-z0-9]")


def _whole(folded: str, start: int, end: int) -> bool:
    if not _LETTER.match(folded[start]):
        return True
    return not (start and _LETTER.match(folded[start - 1])) and not (end < len(folded) and _LETTER.match(folded[end]))


def wording(terms: Mapping[str, str]) -> Wording:
    """Return the wording for a table of terms; built once for each table."""
    known = _KNOWN.get(id(terms))
    if known is None:
        if len(_KNOWN) >= _HELD:
            _KNOWN.clear()
        known = _KNOWN[id(terms)] = (terms, Wording(terms))
    return known[1]
