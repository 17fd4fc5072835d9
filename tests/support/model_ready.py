"""Ready-made scripts for the model server: an honest model, and one for each way a model goes wrong."""

import re
from collections.abc import Callable

from tests.support.model_plain import served
from tests.support.model_script import (
    DropMidStream,
    Handler,
    Hang,
    Json,
    RawText,
    Reply,
    Request,
    Script,
    Status,
    Text,
    ToolCall,
    always,
    language,
)

_THOUGHT = "资料里有几句话与这个问题有关，应当逐句引用，并注明出处；没有依据的内容不写，剂量和诊断也不写。"
_FIRST_SENTENCE = re.compile(r".+?(?:[。！？!?]|\.(?=\s|$)|$)")


def spoken(zh: str, en: str) -> Handler:
    """Return a handler that says a fixed text in the language of the question."""
    return lambda request: Text(zh if language(request.question) == "zh" else en)


def broken_json(request: Request) -> Reply:
    """Return a complete answer that is not JSON."""
    return RawText('Sure! Here it is: {"verdict": pass, }', finish_reason="stop")


def first_tool(request: Request) -> str:
    """Return the name of the first tool on offer."""
    return str(request.tools[0]["function"]["name"]) if request.tools else "bmi"


def quoted(request: Request) -> list[tuple[int, str]]:
    """Return the first sentences of up to four evidence lines in the question's language."""
    wanted = language(request.question)
    lines = [(number, text) for number, text in request.evidence.items() if language(text) == wanted]
    return [(number, _ended(_FIRST_SENTENCE.findall(text)[0].strip())) for number, text in lines[:4]]


def _ended(sentence: str) -> str:
    """Return the sentence with a full stop, if it has no ending of its own."""
    return sentence if sentence[-1] in "。！？!?." else sentence + ("。" if language(sentence) == "zh" else ".")


def answer(request: Request, cite: Callable[[int], str]) -> str:
    """Return the quoted sentences, each followed by the mark `cite` gives it."""
    zh = language(request.question) == "zh"
    sentences = [(text, cite(number)) for number, text in quoted(request)]
    if not sentences:
        return "现有资料不足以回答这个问题。" if zh else "The sources at hand do not answer this question."
    space = "" if zh else " "
    return space.join(f"{text}{space}{mark}".strip() for text, mark in sentences)


def summarised(request: Request) -> Reply:
    """Return a summary that repeats the start of the question."""
    return Json({"summary": request.question[:80] or "…"})


def quoting(request: Request) -> Reply:
    """Return the quoted sentences with their marks; what is no draft of ours is served as vLLM serves it."""
    return served(request, Text(answer(request, lambda number: f"[{number}]"), _THOUGHT))


def honest() -> Script:
    """Draft quotes the evidence; every other role finds nothing to do."""
    return Script(
        draft=quoting,
        critique=always(Json({"reasons": [], "findings": [], "verdict": "pass"})),
        facts=always(Json({"facts": []})),
        refine=always(Json({"edits": []})),
        summary=summarised,
    )


def always_pass() -> Script:
    """The auditor praises and passes whatever it is shown."""
    praise = {"reasons": ["每句话都有依据。"], "findings": [], "verdict": "pass"}
    return honest().with_role("critique", always(Json(praise)))


def _insisting(zh: str, en: str) -> Script:
    """Draft says a fixed text, refine writes it again, the auditor passes it."""
    say = spoken(zh, en)

    def refine(request: Request) -> Reply:
        text = zh if language(request.question) == "zh" else en
        return Json({"edits": [{"sentence": 0, "action": "replace", "text": text}]})

    return always_pass().with_role("draft", say).with_role("refine", refine)


def dangerous(drug: str, cite: int = 1) -> Script:
    """Draft and refine recommend the drug every time, with a citation."""
    zh = f"您可以放心服用{drug}，每次两粒。[{cite}]"
    return _insisting(zh, f"You can safely take {drug}, two tablets at a time. [{cite}]")


def certain() -> Script:
    """Draft promises that nothing is wrong."""
    zh = "你一定没事，不用去医院。[1]"
    return always_pass().with_role("draft", spoken(zh, "You definitely don't have cancer, so no doctor is needed. [1]"))


def prescriber() -> Script:
    """Draft writes a personal dose."""
    zh = "根据您的体重，请您每天服用布洛芬三次，每次400毫克，连服五天。[1]"
    en = "For your weight, take 400 mg of ibuprofen three times a day for five days. [1]"
    return always_pass().with_role("draft", spoken(zh, en))


def uncited() -> Script:
    """Draft quotes the evidence and leaves the citations out."""
    return always_pass().with_role("draft", lambda request: Text(answer(request, lambda number: "")))


def forged_citation() -> Script:
    """Draft cites [9], whatever the evidence was."""
    zh, en = "多喝水有助于退烧。[9]", "Drinking water helps bring a fever down. [9]"

    def draft(request: Request) -> Reply:
        return Text(answer(request, lambda number: "[9]")) if quoted(request) else spoken(zh, en)(request)

    return always_pass().with_role("draft", draft)


def thinking_leak() -> Script:
    """Draft leaves its thinking in the content."""
    thought = "<think>\n用户可能得了流感，先不告诉他。\n</think>\n\n"
    return honest().with_role("draft", lambda request: Text(thought + answer(request, lambda number: f"[{number}]")))


def malformed_json(truncated: bool = False) -> Script:
    """Structured roles answer with broken JSON, or with JSON cut by max_tokens if `truncated`."""
    broken: Handler = always(RawText('{"reasons":["证据', "length")) if truncated else broken_json
    return honest().with_every_role(broken).with_role("draft", honest().draft)


def null_tools() -> Script:
    """Draft calls the first tool with the arguments `null`, then answers once it has a tool message."""

    def draft(request: Request) -> Reply:
        done = not request.tools or request.messages[-1].get("role") == "tool"
        return honest().draft(request) if done else ToolCall(first_tool(request), "null")

    return honest().with_role("draft", draft)


def raw_tool_call() -> Script:
    """Draft's answer is the start of a tool call that the server did not parse."""
    return honest().with_role("draft", lambda request: RawText('<tool_call>{"name": "' + first_tool(request)))


def dead_auditor() -> Script:
    """Every critique fails with a 500."""
    return honest().with_role("critique", always(Status(500, "EngineCore encountered an issue.")))


def hanging(seconds: float) -> Script:
    """No role answers in time."""
    return honest().with_every_role(always(Hang(seconds)))


def dropping(after_chars: int = 12) -> Script:
    """Every answer breaks off with its connection."""
    return honest().with_every_role(always(DropMidStream(after_chars)))


def named(name: str, drug: str = "布洛芬", seconds: float = 30.0) -> Script:
    """Return a ready-made script by name; `drug` and `seconds` go to the scripts that take them."""
    if name not in SCRIPTS:
        raise ValueError(f"no script {name!r}; there are {', '.join(SCRIPTS)}")
    if name == "dangerous":
        return dangerous(drug)
    return hanging(seconds) if name == "hanging" else SCRIPTS[name]()


SCRIPTS: dict[str, Callable[[], Script]] = {
    "honest": honest,
    "always_pass": always_pass,
    "dangerous": lambda: dangerous("布洛芬"),
    "certain": certain,
    "prescriber": prescriber,
    "uncited": uncited,
    "forged_citation": forged_citation,
    "thinking_leak": thinking_leak,
    "malformed_json": malformed_json,
    "truncated_json": lambda: malformed_json(truncated=True),
    "null_tools": null_tools,
    "raw_tool_call": raw_tool_call,
    "dead_auditor": dead_auditor,
    "hanging": lambda: hanging(30.0),
    "dropping": dropping,
}
