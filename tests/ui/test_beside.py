"""What stands beside the conversation: people, memory, conversations, settings, consent, private mode, feedback."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.ui.site import WAIT_MS, Site, answered, ask, thread_of


def unfold(page: Page, words: str) -> None:
    page.get_by_test_id("stSidebar").get_by_test_id("stExpander").filter(has_text=words).locator("summary").click()


def test_a_first_visit_says_what_it_can_and_keeps_nothing_before_there_is_consent(site: Site) -> None:
    page = site.open(agreed=False)
    for words in ("我能做的", "我不能做的", "要不要记住您的健康情况", "私密方式"):
        expect(page.get_by_text(words).first).to_be_visible()
    ask(page, "我对青霉素过敏，嗓子疼能吃阿莫西林吗？")
    answered(page)
    with site.client() as client:
        assert client.memory.facts() == []
        assert thread_of(page) not in {one.id for one in client.threads.page().threads}
    page.get_by_role("button", name="新的对话").click()
    page.get_by_role("button", name="同意保存").click()
    expect(page.get_by_role("button", name="同意保存")).to_have_count(0)
    ask(page, "我对青霉素过敏，嗓子疼能吃阿莫西林吗？")
    answered(page)
    with site.client() as client:
        assert any(fact.kind == "allergy" for fact in client.memory.facts())


def test_an_example_is_asked_with_one_click(site: Site) -> None:
    page = site.open("en")
    page.get_by_role("button", name="My child is 3").click()
    answered(page)
    expect(page.get_by_text("My child is 3").first).to_be_visible()


def test_private_mode_leaves_nothing(site: Site) -> None:
    page = site.open()
    page.get_by_test_id("stSidebar").get_by_text("私密方式", exact=True).click()
    expect(page.get_by_text("结束或关闭网页后清除")).to_be_visible()
    ask(page, "我对青霉素过敏，嗓子疼能吃阿莫西林吗？")
    answered(page)
    thread = thread_of(page)
    page.get_by_test_id("stSidebar").get_by_text("私密方式", exact=True).click()
    expect(page.get_by_text("结束或关闭网页后清除")).to_have_count(0)
    with site.client() as client:
        assert client.memory.facts() == []
        assert thread not in {one.id for one in client.threads.page().threads}


def test_what_is_remembered_is_shown_with_its_words_and_can_be_forgotten_and_taken_back(site: Site) -> None:
    page = site.open()
    ask(page, "我对青霉素过敏，嗓子疼能吃阿莫西林吗？")
    answered(page)
    unfold(page, "我记得的")
    row = page.locator("[class*=st-key-fact-]").filter(has_text="过敏：青霉素").first
    expect(row).to_contain_text("您说过")
    row.get_by_role("button").click()
    page.get_by_role("button", name="忘记这一条").click()
    expect(page.locator("[class*=st-key-fact-]").filter(has_text="过敏：青霉素（")).to_have_count(0)
    page.get_by_role("button", name="撤销上一次改动").click()
    expect(page.locator("[class*=st-key-fact-]").filter(has_text="过敏：青霉素").first).to_be_visible()


def test_unknown_allergies_are_asked_for_and_one_click_answers(site: Site) -> None:
    page = site.open()
    expect(page.get_by_text("还不知道有没有过敏")).to_be_visible()
    page.get_by_role("button", name="没有药物过敏").click()
    answered(page)
    expect(page.get_by_text("还不知道有没有过敏")).to_have_count(0)


def test_another_person_of_the_family_has_a_record_of_their_own(site: Site) -> None:
    page = site.open()
    page.get_by_role("combobox", name="为谁而问").click()
    page.get_by_role("option", name="母亲").click()
    expect(page.get_by_text("我记得的（母亲")).to_be_visible()
    ask(page, "对青霉素过敏，嗓子疼能吃阿莫西林吗？")
    answered(page)
    expect(page.get_by_text("替我母亲问：").first).to_be_visible()
    with site.client() as client:
        assert {fact.subject for fact in client.memory.facts()} == {"mother"}


def test_a_conversation_is_found_named_taken_along_and_deleted(site: Site) -> None:
    page = site.open()
    ask(page, "高血压要注意什么？")
    answered(page)
    thread = thread_of(page)
    unfold(page, "以前的对话")
    row = page.locator(f".st-key-thread-{thread}")
    row.get_by_test_id("stPopover").get_by_role("button").click()
    page.get_by_label("名称").fill("血压 **的** 事")
    page.get_by_role("button", name="改名").click()
    expect(row).to_contain_text("血压 **的** 事")
    page.get_by_label("按标题查找").fill("没有的")
    page.get_by_label("按标题查找").press("Enter")
    expect(page.get_by_text("没有对话。")).to_be_visible()
    expect(row).to_have_count(0)  # what it had open is closed with it
    page.get_by_label("按标题查找").fill("血压")
    page.get_by_label("按标题查找").press("Enter")
    expect(row).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")  # nobody clicks before it stands
    row.get_by_test_id("stPopover").get_by_role("button").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="导出").click()
    exported = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert exported["ai_generated"] is True and exported["thread"]["id"] == thread
    page.get_by_text("我确定要删除").click()
    page.get_by_role("button", name="删除这段对话").click()
    expect(row).to_have_count(0)
    with site.client() as client:
        assert thread not in {one.id for one in client.threads.page().threads}


def test_a_thumb_and_its_reason_are_kept_with_the_answer(site: Site) -> None:
    page = site.open()
    ask(page, "高血压要注意什么？")
    answered(page)
    page.get_by_test_id("stFeedback").locator("button").last.click()
    page.get_by_role("button", name="说说原因").click()
    page.get_by_role("combobox", name="原因").click()
    page.get_by_role("option", name="看不懂").click()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("谢谢，已经记下").first).to_be_visible()
    with site.client() as client:
        thread = client.threads.get(thread_of(page))
        given = client.threads.feedback_given(thread.id, thread.messages[0].turn)
    assert (given.thumb, given.reason) == ("down", "unclear")


def test_copy_takes_the_answer_with_its_label(site: Site) -> None:
    page = site.open()
    ask(page, "高血压要注意什么？")
    answered(page).locator("[data-do=copy]").click()
    expect(page.locator("[data-do=copy]")).to_have_text("已复制")
    assert "AI 生成" in page.evaluate("navigator.clipboard.readText()")


def test_read_aloud_speaks_the_answer_in_its_language(site: Site) -> None:
    page = site.open("en")
    page.evaluate("() => { window.speechSynthesis.speak = (one) => { window.spoken = [one.lang, one.text] } }")
    ask(page, "What should I watch out for with high blood pressure?")
    answered(page).locator("[data-do=read]").click()
    language, words = page.evaluate("window.spoken")
    assert language == "en-US" and "AI-generated" in words


def test_language_size_and_colours_are_chosen_and_kept_by_the_browser(site: Site) -> None:
    page = site.open()
    unfold(page, "语言与显示")
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_text("Hello, I am Shensi")).to_be_visible()
    page.get_by_text("High contrast").click()
    expect(page.locator("header").first).to_have_css("background-color", "rgb(255, 255, 255)")
    page.reload()
    expect(page.get_by_text("Hello, I am Shensi")).to_be_visible(timeout=WAIT_MS)
    assert page.evaluate("document.documentElement.lang") == "en"


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_every_theme_has_its_ground(site: Site, theme: str) -> None:
    page = site.open(theme=theme)
    ground = {"light": "rgb(255, 253, 249)", "dark": "rgb(20, 24, 26)", "contrast": "rgb(255, 255, 255)"}[theme]
    expect(page.locator(".stApp")).to_have_css("background-color", ground)


def test_at_twice_the_size_on_a_phone_nothing_runs_off_the_side(site: Site) -> None:
    page = site.open(size=200, phone=True)
    ask(page, "我对青霉素过敏，嗓子疼能吃阿莫西林吗？")
    answered(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"


def test_a_question_is_asked_and_its_source_opened_with_the_keyboard_alone(site: Site) -> None:
    page = site.open()
    ask(page, "高血压要注意什么？")
    answered(page)
    page.locator("button.cite").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".sources details[open]")).to_have_count(1)
    assert page.locator(".entry").evaluate("node => node.getRootNode().activeElement.tagName") == "SUMMARY"
