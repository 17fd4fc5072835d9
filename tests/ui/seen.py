"""What can be said of a page by looking at it: what axe-core finds, whether it fits, which words of Streamlit's are left."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.ui.site import WAIT_MS


def violations(page: Page, *, running: bool = False) -> list[str]:
    """Return what axe-core finds that is serious, once nothing on the page is fading in any more."""
    page.emulate_media(reduced_motion="reduce")
    if not running:
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=WAIT_MS)
        expect(page.locator('[data-stale="true"]')).to_have_count(0)
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found if one["impact"] in ("serious", "critical")]


def wide(page: Page) -> bool:
    """Tell whether something runs off the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


FOREIGN = """() => {
  const found = new Set(), latin = /[A-Za-z]{3,}/, own = /[\\u4e00-\\u9fff]/;
  const look = (words, where) => { if (words && latin.test(words) && !own.test(words)) found.add(`${where}: ${words.trim()}`); };
  for (const node of document.body.querySelectorAll("*")) {
    if (node.closest("script, style, canvas, svg")) continue;
    if (getComputedStyle(node).fontFamily.includes("Material")) continue; // icons are words of a font
    const box = node.getBoundingClientRect();
    for (const name of ["aria-label", "title", "placeholder"]) look(node.getAttribute(name), name);
    if (!box.width || !box.height || getComputedStyle(node).visibility === "hidden") continue;
    for (const child of node.childNodes) if (child.nodeType === Node.TEXT_NODE) look(child.nodeValue, "text");
  }
  return [...found];
}"""


def foreign(page: Page) -> list[str]:
    """Return every word on a Chinese page that is in English alone, spoken labels included."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=WAIT_MS)
    page.wait_for_function("window.shensiWords", timeout=WAIT_MS)  # the script that puts widgets' words into Chinese comes with the page
    return [str(one) for one in page.evaluate(FOREIGN)]
