"""Text into the terms of keyword search: Latin words and numbers, Chinese character bigrams, and what of a question carries content."""

from __future__ import annotations

import re

from tools.text import clean, fold

# What questions are made of besides their subject. Phrases go before bigrams are formed, so that none crosses from a question word into
# its neighbour.
_QUESTION_ZH = """
去医院 医院 看医生 挂什么科 女儿 儿子 老公 老婆 爸爸 妈妈 父亲 母亲 爷爷 奶奶 外婆 外公 姥姥 朋友 同事
怎么办 怎么回事 怎么样 怎么了 怎么 怎样 如何 什么时候 什么原因 是什么 什么 为什么 为啥 多少钱 多少 多久 多长时间 几天 哪里 哪些
哪个 哪种 哪 谁 是不是 有没有 能不能 可不可以 要不要 会不会 该不该 需不需要 可以 能否 可否 应该 应当 需要 必须 一定 是否 请问
我想问 想问 问一下 咨询 医生 大夫 您好 你好 谢谢 帮我 告诉我 有用吗 正常吗 严重吗 安全吗 好吗 行吗 对吗 办法 处理 治疗 怎么治 注意
小心 时候 时间 原因 情况 东西 方法 一下 一点 有点 一直 总是 老是 经常 最近 现在 突然 已经 还是 或者 以及 而且 但是 因为 所以 如果
我的 我们 我 你 您 他 她 它 自己 家里 家人 别人 两天 三天 一天 一个 几个 两个 两种 次 天 个 月 年 岁 了 吗 呢 啊 吧 呀 嘛 的 得 地
着 过 和 跟 与 或 在 是 有 要 会 能 想 就 都 也 还 又 再 很 太 更 最 不好 不了 不能 没有 不 没 把 被 给 让 对 从 到 上 下 里 去 来
一 二 三 两 几 厉害 开始 吃 打 做 用 喝 马上 立刻 同时 一起 老 该 请 这 那 些 这个 那个 这样
"""
_QUESTION_EN = """
dad daughter doctor father friend gp hospital husband mother mum son wife
a about after again ago all also always am an and any are aren't around as at be because been before being best better between
both but by came can can't cannot cause caused causes come coming could day days did do does doesn't doing don't done down each
either else enough ever every everything explain feel feeling feels five for four from get gets getting give go goes going good
got had happen happens has hasn't have haven't having he help helping her here hers him his how however i i'd i'll i'm i've if in
into is isn't it it's its itself just keep know last let like long made make makes many may me mean means might month months more
most much must my myself need needs never no normal not now of off ok okay old on once one only or other our out over own people
per person please put really right safe same say see serious she should shouldn't since so some someone something still stop such
sure take taking tell than thank that that's the their them then there these they thing things think this those though three
through time to today together tomorrow too treat treated treatment try two under until up upon us use used using very want was
way we week weeks well went were what what's when where whether which while who whom whose why will with within without won't work
works would wouldn't year years yes yesterday yet you you're your yours
"""
_STOP_EN = frozenset(_QUESTION_EN.split())
_STOP_ZH = re.compile("|".join(sorted(map(re.escape, _QUESTION_ZH.split()), key=len, reverse=True)))
_SUFFIX = re.compile(r"(?<=...)(?:ing|ed|es|s)$")
_STEM_CHARS = 6
_TERM = re.compile(r"[a-z0-9\u00b5-\u024f\u0370-\u03ff]+(?:[.'’][a-z0-9]+)*|[\u3400-\u9fff\U00020000-\U0003134f]+")


def tokens(text: str) -> list[str]:
    """Return the terms of ``text`` in order.

    Chinese has no spaces and no word list knows what patients write; overlapping character pairs beat dictionary words on both sets
    that we measured. A single character between other signs is a term of its own.
    """
    terms: list[str] = []
    for run in _TERM.findall(fold(clean(text))):
        if run[0] < "\u3400" or len(run) == 1:
            terms.append(run)
        else:
            terms += [run[i : i + 2] for i in range(len(run) - 1)]
    return terms


def stem(term: str) -> str:
    """Return a rough English stem, for telling whether a text speaks of a thing (pregnant, pregnancy), not for ranking."""
    return _SUFFIX.sub("", term.removesuffix("'s").removesuffix("’s"))[:_STEM_CHARS]


def content_runs(question: str) -> list[str]:
    """Return what a question is about: Latin words and numbers without question words, and runs of Chinese between question phrases."""
    runs = _TERM.findall(_STOP_ZH.sub(" ", fold(clean(question))))
    return [run for run in runs if run >= "\u3400" or not (run in _STOP_EN or run.isdigit())]


def content_tokens(text: str) -> list[str]:
    """Return the terms of a statement that can be looked up in another: no English function words and no bare numbers."""
    return [term for term in tokens(text) if not (term in _STOP_EN or term.isdigit())]


def query_tokens(text: str) -> list[str]:
    """Return the terms of a question for keyword search.

    Without English function words: "what are the treatments for" ranks by the length of a document (MedQuAD: .54 nDCG with them, .59
    without). Chinese bigrams stay as they are, repetitions included: a long complaint says most often what it is about.
    """
    found = tokens(text)
    return [term for term in found if term >= "\u3400" or not (term in _STOP_EN or term.isdigit())] or found
