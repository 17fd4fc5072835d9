"""``make bench-ui``: how long a reader waits. First paint, from sending to the first step in sight, and twenty browsers at once.

Bounds of the product on loopback: the chat is painted within 2 s, the first step is seen within 300 ms of sending. Twenty browsers share
the machine with what they look at and take nearly all of it, so beside their waiting stands the processor time of page and service alone.
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

from evaluation.page import CHROMIUM, OpenedPage, opened_page

BROWSERS, RUNS = 20, 5
_BOX, _STEP, _DONE = "[data-testid=stChatInputTextArea]:not([disabled])", ".entry .steps li", ".entry .tools button[data-do=copy]"
_QUESTIONS = ("高血压要注意什么？", "孩子 3 岁，发烧 38.5 度，怎么办？", "感冒了能吃布洛芬吗？", "What should I watch for with diabetes?")
_WAIT_MS = 180_000


def main() -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="shensi-") as folder, opened_page(Path(folder)) as page:
        asyncio.run(_all(page))
    return 0


async def _all(served: OpenedPage) -> None:
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        await _visits(browser, served, 1)  # imports and caches: the first reader of a fresh process pays for them
        alone = [await _visits(browser, served, 1, run) for run in range(RUNS)]
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        _tell("one browser", [visit for visits in alone for visit in visits])
        _tell(f"{BROWSERS} browsers at once", await _visits(browser, served, BROWSERS))
        await browser.close()


async def _visits(browser: Any, served: OpenedPage, number: int, first: int = 0) -> list[dict[str, float]]:
    """Let readers open the page at once, then ask at once; return how long each thing took for each of them, in seconds."""
    begun = _worked(served)
    opened = await asyncio.gather(*(_open(browser, served.url) for _ in range(number)))
    ready = _worked(served)
    asked = await asyncio.gather(*(_ask(page, _QUESTIONS[(first + n) % len(_QUESTIONS)]) for n, (page, _) in enumerate(opened)))
    worked = {"page and service, opening": (ready - begun) / number, "page and service, asking": (_worked(served) - ready) / number}
    for page, _ in opened:
        await page.context.close()
    return [{**before, **after, **worked} for (_, before), after in zip(opened, asked, strict=True)]


def _worked(served: OpenedPage) -> float:
    """Return the processor seconds of the page's process and of this one, in which the service is."""
    fields = Path(f"/proc/{served.process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") + time.process_time()


async def _open(browser: Any, url: str) -> tuple[Any, dict[str, float]]:
    context = await browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    context.set_default_timeout(_WAIT_MS)
    await context.add_cookies([{"name": "shensi_page", "value": "zh.100.light.1", "url": url}])
    page = await context.new_page()
    begun = time.perf_counter()
    await page.goto(url, wait_until="commit")
    await page.wait_for_selector(_BOX)
    usable = time.perf_counter() - begun
    painted = await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN") / 1000
    return page, {"first paint": painted, "usable": usable}


async def _ask(page: Any, question: str) -> dict[str, float]:
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
    return {"send to first step": first, "send to whole answer": time.perf_counter() - asked + first}


def _tell(title: str, runs: list[dict[str, float]]) -> None:
    print(f"\n{title} ({len(runs)} visits)")
    for name in runs[0]:
        values = sorted(run[name] for run in runs)
        print(f"  {name:<26} median {statistics.median(values):6.2f} s   worst {values[-1]:6.2f} s")


if __name__ == "__main__":
    sys.exit(main())
