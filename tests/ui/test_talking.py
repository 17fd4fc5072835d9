"""What a reader sees of a conversation, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from configs.settings import ROOT
from tests.support.model_ready import hanging, honest
from tests.support.model_script import Text, always
from tests.ui.site import WAIT_MS, Site, answered, ask, thread_of

ALLERGY = {"zh": "我对青霉素过敏，嗓子疼能吃阿莫西林吗？", "en": "I am allergic to penicillin. Can I take amoxicillin for a sore throat?"}
STILL = """() => {
  const hosts = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")];
  const host = hosts.filter(one => one.shadowRoot.querySelector(".entry")).at(-1);
  const [before, now] = [window.stood, host.getBoundingClientRect().top];
  window.stood = now;
  return before === now && now < innerHeight / 2;
}"""
"""Whether the last answer has been scrolled to, and stays."""
WORDS = {
    "zh": {"checked": "我核对了什么", "label": "AI 生成", "stop": "停止", "stopped": "已停止", "again": "再试一次", "warning": "严重警告"},
    "en": {
        "checked": "What I checked",
        "label": "AI-generated",
        "stop": "Stop",
        "stopped": "Stopped",
        "again": "Try again",
        "warning": "Serious",
    },
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_answer_has_its_warning_first_its_sources_its_audit_and_its_label(site: Site, language: str) -> None:
    page = site.open(language)
    ask(page, ALLERGY[language])
    expect(page.locator(".entry .steps li").first).to_be_visible()
    entry = answered(page)
    expect(entry.locator(".notices p").first).to_contain_text(WORDS[language]["warning"])
    shown = entry.evaluate("node => [...node.children].filter(one => !one.hidden).map(one => one.className)")
    assert shown.index("notices") < shown.index("body") < shown.index("label")
    expect(entry.locator(".label")).to_contain_text(WORDS[language]["label"])
    entry.get_by_text(WORDS[language]["checked"]).click()
    expect(entry.locator(".checked li").first).to_be_visible()


def test_a_mark_opens_its_source_with_the_exact_sentence_highlighted(site: Site) -> None:
    page = site.open()
    ask(page, "高血压要注意什么？")
    entry = answered(page)
    entry.locator("button.cite").first.click()
    source = entry.locator(".sources details[open]")
    expect(source.locator("mark")).not_to_be_empty()
    said = re.sub(r"\[\d+\].*", "", entry.locator(".body p").inner_text())
    assert source.locator("mark").inner_text()[:6] in said
    expect(source.locator(".about").first).to_be_visible()


def test_the_answer_that_is_shown_never_was_a_draft(site: Site) -> None:
    site.model.script = honest().with_role("draft", always(Text("DRAFTED 您可以每天吃十片布洛芬。[1]")))
    page = site.open()
    ask(page, "头疼能吃布洛芬吗")
    answered(page)
    assert "DRAFTED" not in page.locator(".entry").last.inner_text()


def test_stop_ends_an_answer_and_the_conversation_goes_on(site: Site) -> None:
    site.model.script = hanging(20.0)
    page = site.open()
    ask(page, "高血压要注意什么？")
    page.get_by_role("button", name=WORDS["zh"]["stop"], exact=True).click()
    expect(page.get_by_text(WORDS["zh"]["stopped"])).to_be_visible()
    site.model.script = honest()
    ask(page, "糖尿病要注意什么？")
    answered(page)


def test_an_emergency_is_a_red_banner_above_everything_that_stays_with_the_model_down(site: Site) -> None:
    site.model.script = hanging(1.0)
    page = site.open()
    ask(page, "我爸爸突然胸口压榨样疼痛，出冷汗，左胳膊麻")
    banner = page.locator(".st-key-emergency")
    expect(banner).to_contain_text("120")
    answered(page)
    ask(page, "谢谢")
    answered(page, 2)
    expect(banner).to_be_in_viewport()
    assert banner.evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(163, 0, 27)"
    page.reload()
    expect(banner).to_contain_text("120", timeout=WAIT_MS)


def test_a_reload_keeps_the_conversation_and_somebody_elses_is_absent(site: Site) -> None:
    page = site.open()
    ask(page, "高血压要注意什么？")
    answered(page)
    page.reload()
    expect(page.get_by_text("高血压要注意什么？").first).to_be_visible()
    answered(page)
    other = site.open(agreed=False, thread=thread_of(page))
    expect(other.get_by_text("没有这段对话")).to_be_visible()
    assert "高血压" not in other.locator("[data-testid=stMain]").inner_text().replace("血压 150/95", "")


def test_a_cut_line_resumes_the_same_answer(site: Site) -> None:
    site.model.script = honest().with_role("draft", always(Text("血压高要少吃盐。[1]")))
    page = site.open()
    ask(page, "高血压要注意什么？")
    expect(page.locator(".entry .steps li").first).to_be_visible()
    site.line.cut()
    answered(page)
    with site.client() as client:
        assert client.threads.get(thread_of(page)).turns == 1


def test_with_the_service_away_the_words_are_kept_and_asked_again(site: Site) -> None:
    page = site.open()
    site.line.shut = True
    site.line.cut()
    ask(page, "高血压要注意什么？")
    expect(page.get_by_text("连不上服务").first).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_text("高血压要注意什么？").first).to_be_visible()
    expect(page.get_by_role("button", name=WORDS["zh"]["again"])).to_be_in_viewport()
    site.line.shut = False
    page.get_by_role("button", name=WORDS["zh"]["again"]).click()
    answered(page)


def test_two_tabs_show_one_conversation(site: Site) -> None:
    first = site.open()
    ask(first, "高血压要注意什么？")
    answered(first)
    second = first.context.new_page()
    second.goto(f"{site.url}/?thread={thread_of(first)}")
    answered(second)
    ask(second, "糖尿病要注意什么？")
    answered(second, 2)
    answered(first, 2)


def test_hostile_words_are_shown_as_words(site: Site) -> None:
    hostile = "# 标题 ![x](http://evil.test/x.png) [点我](javascript:alert(1)) <img src=x onerror=alert(1)> :material/home: $x$ **粗**"
    page = site.open()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    ask(page, hostile)
    answered(page)
    question = page.get_by_test_id("stChatMessage").first
    for piece in ("# 标题", "![x](", "[点我](javascript:alert(1))", "<img src=x", "**粗**", "$x$"):
        assert piece in question.inner_text().replace("\u2060", "")
    assert question.locator("img, a, h1, .katex").count() == 0
    assert not [url for url in asked if "evil.test" in url]


def test_nothing_is_fetched_from_elsewhere(site: Site) -> None:
    context = site.reader()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.url)
    ask(page, "高血压要注意什么？")
    answered(page)
    assert {url for url in asked if not url.startswith((site.url, f"blob:{site.url}", "data:"))} == set()


def test_a_long_answer_does_not_move_what_is_being_read(site: Site) -> None:
    page = site.open()
    for number in (1, 2):
        ask(page, "高血压要注意什么？")
        answered(page, number)
    site.model.script = hanging(3.0)
    ask(page, "糖尿病要注意什么？")
    first = page.locator(".entry").last.locator(".steps li").first
    expect(first).to_be_in_viewport()
    page.wait_for_function(STILL, polling=300)
    before = first.bounding_box()
    entry = page.locator(".entry").last
    entry.evaluate("node => { node.dataset.mark = 'same' }")
    answered(page, 3)
    after = first.bounding_box()
    assert before and after and abs(before["y"] - after["y"]) <= 2
    expect(page.get_by_test_id("stFeedback")).to_have_count(3)
    assert entry.evaluate("node => node.dataset.mark") == "same"


SHOWN = """async ([script, entries]) => {
  const { default: show } = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
  const root = document.createElement("div");
  document.body.append(root);
  root.append(document.createElement("div"));
  return entries.map((data) => { show({ data, parentElement: root }); return root.innerText; });
}"""


def test_what_comes_late_does_not_take_an_answer_back_to_its_first_steps(site: Site) -> None:
    page, script = site.open(), (ROOT / "agent" / "ui" / "scripts" / "entry.js").read_text(encoding="utf-8")
    empty = {name: [] for name in ("steps", "found", "notices", "asked", "body", "next", "sources", "checked")}
    plain = {
        "language": "zh-CN",
        "words": {"checked": "核对"},
        "lead": "",
        "memory": "",
        "label": "",
        "plain": "",
        "last": True,
        "fresh": False,
    }

    def entry(order: list[float], **parts: object) -> dict[str, object]:
        return {**empty, **plain, "busy": order[0] == 0, "order": order, **parts}

    first, second = entry([0, 5.5, 1], steps=["第一步"]), entry([0, 5.5, 2], steps=["第一步", "第二步"])
    answer = entry([1, 0, 0], lead="回答", checked=["核对过敏"])
    shown = page.evaluate(SHOWN, [script, [first, second, first, answer, second, {**answer, "lead": "回答。"}]])
    assert ["第二步" in text for text in shown] == [False, True, True, False, False, False]
    assert [text.startswith("回答") for text in shown[3:]] == [True, True, True] and shown[-1].startswith("回答。")
    stopped = entry([0, 5.5, 3], steps=["第一步", "第二步"])
    again = page.evaluate(SHOWN, [script, [stopped, entry([0, 9.5, 0], steps=["重新开始"])]])
    assert "重新开始" in again[-1], "a question that is put again begins again"
