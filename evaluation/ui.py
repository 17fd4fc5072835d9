"""``make bench-ui``: how long a reader waits. First paint, from sending to the first step in sight, and twenty browsers at once.

Bounds of the product on loopback: the chat can be used within 2 s, the first step is seen within 300 ms of sending. Everything runs on one
machine here, twenty browsers included, so the last figure says what happens to the others when all of them ask at the same moment.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from evaluation.page import CHROMIUM, opened_page

BROWSERS, RUNS = 20, 5
_BOX, _STEP, _DONE = "[data-testid=stChatInputTextArea]:not([disabled])", ".entry .steps li", ".entry .tools button[data-do=copy]"
_QUESTIONS = ("高血压要注意什么？", "孩子 3 岁，发烧 38.5 度，怎么办？", "感冒了能吃布洛芬吗？", "What should I watch for with diabetes?")
_WAIT_MS = 180_000


def main() -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="shensi-") as folder, opened_page(Path(folder)) as (url, _):
        asyncio.run(_all(url))
    return 0


async def _all(url: str) -> None:
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        await _visit(browser, url, _QUESTIONS[0])  # imports and caches: the first reader of a fresh process pays for them
        alone = [await _visit(browser, url, _QUESTIONS[run % len(_QUESTIONS)]) for run in range(RUNS)]
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        _tell("one browser", alone)
        together = await asyncio.gather(*(_visit(browser, url, _QUESTIONS[n % len(_QUESTIONS)]) for n in range(BROWSERS)))
        _tell(f"{BROWSERS} browsers at once", together)
        await browser.close()


async def _visit(browser: Any, url: str, question: str) -> dict[str, float]:
    """Open the page, ask, and return how long each thing took, in seconds."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    context.set_default_timeout(_WAIT_MS)
    await context.add_cookies([{"name": "shensi_page", "value": "zh.100.light.1", "url": url}])
    page = await context.new_page()
    begun = time.perf_counter()
    await page.goto(url, wait_until="commit")
    await page.wait_for_selector(_BOX)
    usable = time.perf_counter() - begun
    painted = await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN") / 1000
    await page.fill(_BOX, question)
    # Seen in the page itself: every step of the measuring would cost what is to be measured.
    await page.evaluate(
        """step => new Promise(ready => { window.sent = 0; window.seen = new Promise(done => {
            const inside = root => [...root.querySelectorAll('*')].some(one => one.shadowRoot && find(one.shadowRoot));
            const find = root => root.querySelector(step) || inside(root);
            const look = () => find(document) ? done(performance.now()) : requestAnimationFrame(look); look(); });
            document.addEventListener('keydown', () => { window.sent = performance.now(); }, {capture: true, once: true}); ready(); })""",
        _STEP,
    )
    await page.press(_BOX, "Enter")
    first = await page.evaluate("window.seen.then(seen => (seen - window.sent) / 1000)")
    asked = time.perf_counter()
    await page.wait_for_selector(_DONE)
    answered = time.perf_counter() - asked + first
    await context.close()
    return {"first paint": painted, "usable": usable, "send to first step": first, "send to whole answer": answered}


def _tell(title: str, runs: list[dict[str, float]]) -> None:
    print(f"\n{title} ({len(runs)} visits)")
    for name in runs[0]:
        values = sorted(run[name] for run in runs)
        print(f"  {name:<22} median {statistics.median(values):6.2f} s   worst {values[-1]:6.2f} s")


if __name__ == "__main__":
    sys.exit(main())
