"""``make bench-vllm URL=…``: what an endpoint delivers, for one reader and for many, and what whole consults over it cost.

Every figure names what was measured. One stream and many in flight are different things: tokens a second of one reader say how long a
patient waits, tokens a second of all say how many patients a machine serves; the second is no claim about the first.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from agent.endpoint.wire import Wire, open_wire, thinking
from agent.schema import Turn
from agent.service import ConsultService
from configs.settings import ModelSettings, RetrievalSettings, Settings, StorageSettings
from evaluation.bench import machine

_PROMPT = "请用通俗的话说明高血压患者平时要注意什么，并说明理由。"
_CONSULTS = ("嗓子疼怎么办？", "高血压平时要注意什么？", "孩子发烧怎么办？", "What helps against a sore throat?")
_LIMIT_S = 600.0


@dataclass(frozen=True, slots=True)
class Answer:
    """One streamed answer: seconds to the first token, seconds in all, tokens written."""

    first: float
    whole: float
    tokens: int

    @property
    def each(self) -> float:
        """Seconds between two tokens after the first."""
        return (self.whole - self.first) / max(self.tokens - 1, 1)


async def one(http: httpx.AsyncClient, url: str, model: str, prompt: str, tokens: int) -> Answer:
    """Stream one answer of exactly so many tokens, as far as the server heeds ``ignore_eos``."""
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": "user", "content": prompt}],
        "max_tokens": tokens,
        "temperature": 0.7,
        "top_p": 0.8,
        "stream": True,
        "stream_options": {"include_usage": True},
        "ignore_eos": True,
    }
    begun, first, written = time.perf_counter(), 0.0, 0
    async with http.stream("POST", f"{url}/chat/completions", json=body | thinking(False)) as answer:
        answer.raise_for_status()
        async for line in answer.aiter_lines():
            if not line.startswith("data: {"):
                continue
            event = json.loads(line.removeprefix("data: "))
            if not first and any(choice["delta"].get("content") for choice in event["choices"]):
                first = time.perf_counter() - begun
            written = (event.get("usage") or {}).get("completion_tokens", written)
    whole = time.perf_counter() - begun
    return Answer(first or whole, whole, written)


async def in_flight(url: str, settings: ModelSettings, count: int, rounds: int, tokens: int) -> str:
    """Return the line about so many answers at a time, each prompt new to the server's cache."""
    key = settings.api_key.get_secret_value()
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    limits = httpx.Limits(max_connections=count)
    async with httpx.AsyncClient(timeout=_LIMIT_S, limits=limits, headers=headers) as http:
        begun = time.perf_counter()
        waves = [
            await asyncio.gather(*(one(http, url, settings.model, f"{begun}-{wave}-{n} {_PROMPT}", tokens) for n in range(count)))
            for wave in range(rounds)
        ]
        seconds = time.perf_counter() - begun
    return _line(count, [answer for wave in waves for answer in wave], seconds)


def _line(count: int, answers: Sequence[Answer], seconds: float) -> str:
    first, each = (np.percentile([getattr(a, name) for a in answers], [50, 95]) * 1000 for name in ("first", "each"))
    total = sum(answer.tokens for answer in answers)
    return (
        f"{count:>3} in flight, n={len(answers)}: first token p50 {first[0]:.0f} p95 {first[1]:.0f} ms; between tokens p50 {each[0]:.1f} "
        f"p95 {each[1]:.1f} ms; {1000 / each[0]:.1f} tokens/s for one reader; {total / seconds:.1f} tokens/s for all"
    )


async def consults(llm: ModelSettings, count: int, at_once: int) -> list[str]:
    """Return the lines about whole consults: seconds by node, consults a minute, what of the prompts came from the cache."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(llm=llm, retrieval=RetrievalSettings(embedder="none"), storage=StorageSettings(data_dir=Path(folder)))
        async with ConsultService.open(settings) as service, open_wire(llm) as wire:
            before, begun = await wire.metrics(), time.perf_counter()
            waiting = asyncio.Semaphore(at_once)

            async def ask(number: int) -> Turn:
                async with waiting:
                    return await service.ask(_CONSULTS[number % len(_CONSULTS)], thread=f"bench-{number}")

            turns = await asyncio.gather(*(ask(number) for number in range(count)))
            seconds = time.perf_counter() - begun
            rate = await _hit_rate(wire, before)
    totals = np.percentile([turn.timings["total"] for turn in turns], [50, 95])
    nodes = sorted({node for turn in turns for node in turn.timings} - {"total"})
    medians = {node: np.median([turn.timings[node] for turn in turns if node in turn.timings]) for node in nodes}
    by_model = sum(turn.writer == "model" for turn in turns)
    return [
        f"{at_once} at once, n={count} ({by_model} written by the model): p50 {totals[0]:.2f} s, p95 {totals[1]:.2f} s, "
        f"{60 * count / seconds:.1f} consults a minute",
        "median seconds by node: " + ", ".join(f"{node} {value:.2f}" for node, value in medians.items()),
        f"prompt tokens from the prefix cache during these consults: {rate}",
    ]


async def _hit_rate(wire: Wire, before: dict[str, float]) -> str:
    after = await wire.metrics()
    hits, asked = (
        after.get(f"vllm:prefix_cache_{name}_total", 0.0) - before.get(f"vllm:prefix_cache_{name}_total", 0.0)
        for name in ("hits", "queries")
    )
    return f"{hits / asked:.0%} of {asked:.0f}" if asked else "not told by this server"


def by_transformers(folder: Path, tokens: int, rounds: int) -> str:
    """Return the line about ``transformers`` generate on this machine with the same weights, one answer at a time."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    words = AutoTokenizer.from_pretrained(folder)
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype="auto")
    model = model.to("cuda" if torch.cuda.is_available() else "cpu").eval()
    text = words.apply_chat_template(
        [{"role": "user", "content": _PROMPT}], tokenize=False, add_generation_prompt=True, enable_thinking=False
    )
    given = words(text, return_tensors="pt").to(model.device)
    seconds = []
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        model.generate(**given, max_new_tokens=tokens, min_new_tokens=tokens, do_sample=True, temperature=0.7, top_p=0.8)
        seconds.append(time.perf_counter() - begun)
    best = float(np.median(seconds[1:]))  # the first warms up
    return f"transformers generate on {model.device}, one at a time, n={rounds}: {tokens / best:.1f} tokens/s"


async def report(options: argparse.Namespace) -> None:
    """Print the report, line by line as it is measured."""
    llm = ModelSettings(base_url=options.url, model=options.model, api_key=options.key, cooldown_s=0.0)
    print(f"client: {machine()}\nserver: {options.url}, hardware: {options.hardware or 'not told (say it with HARDWARE=...)'}")
    print(f"\nStreamed answers of {options.tokens} tokens, prompts new to the cache, {options.rounds} rounds each")
    for count in options.in_flight:
        print(f"  {await in_flight(llm.base_url, llm, count, options.rounds, options.tokens)}", flush=True)
    if options.transformers:
        print(f"  {await asyncio.to_thread(by_transformers, options.transformers, options.tokens, options.rounds)}", flush=True)
    print("\nWhole consults through the graph, keyword search")
    for at_once in (1, options.at_once):
        for line in await consults(llm, options.consults, at_once):
            print(f"  {line}", flush=True)


def main() -> None:
    """Measure one endpoint."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.serving", description="Measure an OpenAI-compatible endpoint.")
    parser.add_argument("--url", required=True, help="such as http://127.0.0.1:8000/v1")
    parser.add_argument("--model", default="qwen-medical")
    parser.add_argument("--key", default="")
    parser.add_argument("--hardware", default="", help="cards, precision and parallelism: printed beside the figures")
    parser.add_argument("--in-flight", type=int, nargs="+", default=[1, 4, 16, 64])
    parser.add_argument("--tokens", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--consults", type=int, default=16)
    parser.add_argument("--at-once", type=int, default=8, help="consults at once in the second part")
    parser.add_argument("--transformers", type=Path, help="a folder with the same weights, where they fit this machine")
    asyncio.run(report(parser.parse_args()))


if __name__ == "__main__":
    main()
