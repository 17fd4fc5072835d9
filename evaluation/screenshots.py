"""``make screenshots``: the pages as they are, in both languages, at the width of a desktop and of a phone, into docs/screenshots.

The real service and the real page, without a language model, on a data folder of their own. Small pictures: 256 colours, one scale.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from agent.client import Client
from agent.wire.reports import ConfirmedValue
from configs.settings import ROOT
from evaluation.page import CHROMIUM, opened_page

OUT = ROOT / "docs" / "screenshots"
_WAIT_MS = 90_000
_TEXTS: dict[str, dict[str, str]] = {
    "zh": {
        "question": "我对青霉素过敏，嗓子疼能吃阿莫西林吗？",
        "urgent": "胸口突然压着疼，出冷汗，左胳膊发麻",
        "medicines": "华法林\n芬必得\n阿司匹林\n对乙酰氨基酚",
    },
    "en": {
        "question": "I am allergic to penicillin. Can I take amoxicillin for a sore throat?",
        "urgent": "Sudden crushing chest pain, sweating, my left arm is numb",
        "medicines": "warfarin\nibuprofen\naspirin\nparacetamol",
    },
}
_RESULTS = (
    ("2025-03-02", (("ALT", "35", "U/L", "9-50"), ("空腹血糖", "5.8", "mmol/L", "3.9-6.1"))),
    ("2025-09-10", (("ALT", "48", "U/L", "9-50"), ("空腹血糖", "6.2", "mmol/L", "3.9-6.1"))),
    ("2026-03-14", (("ALT", "56", "U/L", "9-50"), ("空腹血糖", "6.8", "mmol/L", "3.9-6.1"))),
)


def main() -> int:
    """Take every picture."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="shensi-") as folder, opened_page(Path(folder)) as served:
        url, api = served.url, served.api
        _remember(api)
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            for language in sys.argv[1:] or _TEXTS:
                for phone in (False, True):
                    _pictures(browser, url, language, phone)
            browser.close()
    return 0


def _remember(api: str) -> None:
    with Client(api, language="zh") as client:
        for day, values in _RESULTS:
            given = [ConfirmedValue(name=name, result=result, unit=unit, reference=reference) for name, result, unit, reference in values]
            client.reports.confirm(given, measured=date.fromisoformat(day))


def _pictures(browser: Any, url: str, language: str, phone: bool) -> None:
    texts = _TEXTS[language]
    for name, path, fill in (
        ("welcome", "", None),
        ("answer", "", _asked(texts["question"])),
        ("emergency", "", _asked(texts["urgent"])),
        ("medicines", "tools", _sent(texts["medicines"], "table:visible")),
        ("bmi", "tools?tool=bmi", _sent("", "[data-testid=stVegaLiteChart]")),
        ("reports", "reports", _seen("[data-testid=stVegaLiteChart]")),
        ("visit", "visit", _seen("textarea")),
    ):
        context = browser.new_context(
            viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 900},
            locale="zh-CN" if language == "zh" else "en-US",
        )
        context.set_default_timeout(_WAIT_MS)
        context.add_cookies([{"name": "shensi_page", "value": f"{language}.100.light.1", "url": url}])
        page = context.new_page()
        page.goto(f"{url}/{path}")
        (fill or _seen("[data-testid=stChatInputTextArea]"))(page)
        page.wait_for_timeout(1_500)  # charts and fonts settle
        _save(page.screenshot(), OUT / f"{name}-{language}-{'phone' if phone else 'desktop'}.png")
        context.close()


def _asked(words: str) -> Callable[[Any], None]:
    def fill(page: Any) -> None:
        box = page.get_by_test_id("stChatInputTextArea")
        box.fill(words)
        box.press("Enter")
        page.locator(".entry .tools button[data-do=copy]").first.wait_for()

    return fill


def _sent(words: str, then: str) -> Callable[[Any], None]:
    def fill(page: Any) -> None:
        button = page.get_by_test_id("stFormSubmitButton").get_by_role("button")
        button.wait_for()
        if words:
            page.locator("textarea").first.fill(words)
        button.click()
        page.locator(then).first.wait_for()

    return fill


def _seen(what: str) -> Callable[[Any], None]:
    return lambda page: page.locator(what).first.wait_for()


def _save(picture: bytes, path: Path) -> None:
    """Write a picture with 256 colours: a page has few, and the file becomes a third as large."""
    import io

    from PIL import Image

    image = Image.open(io.BytesIO(picture)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    image.save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    sys.exit(main())
