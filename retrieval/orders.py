"""Sentences in retrieved text that speak to the machine that reads them instead of to a patient.

These are the open attempts, and what is left of a text without them. The marks of ``untrusted`` are there for all the others.
"""

from __future__ import annotations

import re
from functools import lru_cache

from retrieval.untrusted import inert, shadow
from tools.text import sentences

# A long run of letters and digits without a space tells a patient nothing; to a model it may be a sentence in base64.
_ENCODED = re.compile(r"(?=[A-Za-z0-9+/_-]{0,200}[0-9+/])(?=[A-Za-z0-9+/_-]{0,200}[A-Z])[A-Za-z0-9+/_-]{40,}={0,2}")
# What passes for a mark around evidence; the real ones are drawn for each request and unknown to any document.
_FORGED = re.compile(
    r"[<‹«]+\s*/?(?:(?:end|begin|start)[\s_-]*(?:of[\s_-]*)?)?(?:evidence|context|sources?|documents?|untrusted|marker|data)"
    r"(?:[\s_-]*(?:end|begin|start))?\s*[>›»]+|<{2,}|>{2,}|[‹›]",
    re.I,
)
# One of these is in every order below; looking for them first costs a tenth.
_VERBS = re.compile(
    r"ignore|disregard|forget|override|bypass|overrule|skip|prompt|message|instruction|jailbreak|language model|chat|gpt|dan\b|"
    r"unrestricted|\bai\b|assistant|llm|auditor|model|remember|record|store|save|update|note|write|erase|delete|clear|wipe|remove|call|invoke|"
    r"execute|reveal|print|repeat|output|leak|disclose|append|recite|include|add|insert|embed|render|load|fetch|open|visit|click|"
    r"忽略|无视|忘|不要理会|不必理会|绕过|跳过|推翻|抛开|覆盖|提示|系统指令|开发者|越狱|人工智能|模型|机器人|助手|审核|记|保存|写|更新|登记|备注|清|删|抹|"
    r"调用|执行|输出|打印|泄露|复述|重复|公开|附上|列出|插入|嵌入|加载|打开|访问|点击|渲染"
)
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass|overrule|skip)\b.{0,40}\b(?:instructions?|rules?|prompts?|directives?|polic(?:y|ies)|"
    r"safety (?:checks?|rules?|layers?)|auditor|reviewer|markers?|(?:everything|anything|all(?: of)?(?: the)?|text) above)\b|"
    r"\b(?:system|developer|hidden|initial) (?:prompt|message|instructions?)\b|\bjailbreak|\bprompt injection|"
    r"\b(?:as|you are|you're|act as|become)(?: now)? (?:an? |the )?(?:\w+ )?(?:ai\b|language model|llm\b|chat ?bot|gpt|dan\b|unrestricted)|"
    r"\b(?:ai|assistants?|chat ?bot|language model|llm|auditor|model)s?\b.{0,24}\b(?:must|should|shall|has to|have to|will|are to|is to)\b"
    r".{0,40}\b(?:answer|reply|respond|say|output|print|recommend|tell|ignore|remember|store|call|approve|pass)\b|"
    r"\b(?:remember|record|store|save|update|note|write)\b.{0,40}\b(?:patient|user|memory|profile|he|she)\b.{0,40}\b(?:no|not|without|never|nil)\b"
    r".{0,24}\b(?:allerg|medic|condition|disease)|"
    r"\b(?:erase|delete|clear|wipe|remove)\b.{0,24}\b(?:memory|profile|allerg\w+ (?:record|entry|list))|"
    r"\b(?:call|invoke|execute)\b.{0,24}\b(?:tool|function|api|command|drug_lookup)\b|"
    r"\b(?:reveal|print|repeat|output|leak|disclose|append|recite)\b"
    r".{0,40}\b(?:prompt|instructions|your rules|configuration|marker|verbatim)"
    r"\b|"
    r"\b(?:append|include|add|insert|embed|render|load|fetch|open|visit|click)\b.{0,40}\b(?:image|link|url|markdown|web ?page)\b|"
    r"(?:忽略|无视|忘记|忘掉|不要理会|不必理会|绕过|跳过|推翻|抛开).{0,14}(?:指令|指示|规则|提示词|限制|设定|审核|审查|"
    r"安全(?:检查|规则|策略|层)|(?:以上|之前|前面|上文)(?:的|所有|全部))|"
    r"(?:系统提示|提示词|系统指令|开发者模式|越狱模式)|(?:你(?:现在)?(?:是|扮演|变成)|身为|作为).{0,8}(?:人工智能|\bai\b|语言模型|大模型|聊天机器人|智能助手)|"
    r"(?:助手|\bai|模型|机器人|审核员|审核器)(?:必须|应当?|需要?|务必|请|不得|一律|要).{0,16}(?:回答|回复|输出|说|告诉|推荐|忽略|记住|记录|保存|调用|通过|放行|写)|"
    r"(?:记住|记录|记下|保存|写入|更新|登记|备注).{0,14}(?:患者|病人|用户|档案|记忆|病历).{0,14}(?:没有|无|不|未|清除|删除).{0,8}(?:过敏|用药|病史|禁忌|疾病)|"
    r"(?:清空|删除|清除|抹去).{0,8}(?:记忆|档案|过敏(?:记录|史|信息))|(?:调用|执行).{0,8}(?:工具|函数|接口|命令)|"
    r"(?:输出|打印|泄露|复述|重复|公开|附上|列出)[^,，;；]{0,12}(?:提示|你的(?:指令|规则|设定)|上面的|标记行)|"
    r"(?:插入|嵌入|附上|加载|打开|访问|点击|渲染).{0,12}(?:图片|链接|网址|\burl|markdown)"
)


def orders(sentence: str) -> bool:
    """Tell whether a sentence openly speaks to the machine that reads it instead of to a patient."""
    plain = shadow(sentence)
    return bool(_VERBS.search(plain) and _ORDERS.search(plain))


@lru_cache(maxsize=4096)
@lru_cache(maxsize=4096)
def material(text: str) -> str:
    """Return retrieved text as it may be read, quoted and shown: inert, without long encoded runs and without orders to the machine."""
    words = inert(text)
    words = _ENCODED.sub("", _FORGED.sub("", words)).strip()
    if not orders(words):
        return words
    # A sentence is where it stands: what is left keeps its line breaks, so that tables stay tables.
    for sentence in sentences(words):
        if orders(sentence):
            words = words.replace(sentence, "")
    return re.sub(r"\n{3,}", "\n\n", words).strip()
