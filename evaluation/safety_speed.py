"""How long the deterministic layer takes, and what loading its tables costs."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agent.audit import Record, person_of
from configs.settings import ROOT
from graphs.second_look import SecondLook
from tools.checks import check
from tools.tables import Tables
from tools.text import clean
from tools.triage import triage

_BANKS = Path(__file__).parent / "banks"


def latency(tables: Tables, look: SecondLook | None) -> Iterator[str]:
    """Yield the time of checks and triage on messages of 500 characters for somebody with eight medicines."""
    person = Record.model_validate(
        {
            "text": "x",
            "profile": {
                "age": 71,
                "allergies": ["青霉素", "磺胺"],
                "conditions": ["高血压", "糖尿病", "房颤"],
                "medications": ["华法林", "二甲双胍", "氨氯地平", "阿托伐他汀", "美托洛尔", "奥美拉唑", "别嘌醇", "左甲状腺素"],
            },
        }
    )
    profile = person_of(person, tables)
    texts = [text for name in ("advice_unsafe", "triage_red") for text in _texts(name)]
    long = [clean("。".join(texts[i : i + 40]))[:500] for i in range(0, len(texts) - 40, 4)]
    yield f"check, 500 characters, 8 medicines      {_spent(lambda text: check(profile, text, tables, 'zh'), long)}"
    yield f"triage, 500 characters                  {_spent(lambda text: triage(text, tables, profile), long)}"
    if look:
        yield f"triage with second look, 500 characters {_spent(lambda text: look([text], [triage(text, tables, profile)]), long[:60])}"
    yield load_cost()


def _spent(work: Any, texts: list[str]) -> str:
    times = []
    for text in texts:
        start = time.perf_counter()
        work(text)
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    return f"p50 {times[len(times) // 2]:.1f} ms, p99 {times[int(len(times) * 0.99) - 1]:.1f} ms, n={len(times)}"


def load_cost() -> str:
    """Return time and memory of loading the tables in a fresh process."""
    code = (
        "import resource,time\nfrom pathlib import Path\nfrom tools.tables import load_tables\n"
        "def held():\n    return int(open('/proc/self/statm').read().split()[1])*resource.getpagesize()/2**20\n"
        "before=held()\nstart=time.perf_counter()\n"
        f"tables=load_tables(Path({str(ROOT / 'knowledge' / 'tables')!r}))\n"
        "print(time.perf_counter()-start,held()-before)"
    )
    seconds, megabytes = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return f"tables loaded once in {float(seconds):.2f} s and {float(megabytes):.0f} MB"


def _texts(name: str) -> list[str]:
    with (_BANKS / f"{name}.jsonl").open(encoding="utf-8") as file:
        return [case["text"] for line in file if (case := json.loads(line))["split"] == "dev"]
