"""``serve-llm`` as a person runs it: a real process, beside programs that stand where nvidia-smi and vllm stand."""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from agent.cli import _parser
from agent.errors import ServingFailed
from agent.serving.cli import serve_llm
from agent.serving.gpus import Gpu, visible
from agent.serving.memory import GIB, plan
from agent.serving.profiles import load_profile
from agent.serving.weights import weights_of
from configs.settings import ROOT, Settings

H100 = "{i}, GPU-{i}aaaa, NVIDIA H100 80GB HBM3, 81559, 81000, 9.0"
A10 = "{i}, GPU-{i}bbbb, NVIDIA A10, 23028, 22700, 8.6"
RTX4090 = "{i}, GPU-{i}dddd, NVIDIA GeForce RTX 4090, 24564, 24100, 8.9"


def program(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{body}", encoding="utf-8")
    path.chmod(0o755)


def machine(folder: Path, *cards: str) -> dict[str, str]:
    """A folder of programs, first on the path, that says what a machine with these cards would say."""
    said = "\n".join(card.format(i=i) for i, card in enumerate(cards))
    program(folder, "nvidia-smi", f"print({said!r})\n")
    program(folder, "vllm", "import json, os, sys\nprint(json.dumps([sys.argv[1:], os.environ['VLLM_NO_USAGE_STATS']]))\n")
    return {**os.environ, "PATH": f"{folder}:/usr/bin:/bin", "LANG": "zh_CN.UTF-8"}


def serve(env: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    """Run the command in this process, as ``main`` does; only where it becomes vLLM is a process needed."""
    options = _parser().parse_args(["serve-llm", "--profile", *arguments])
    out, said = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(said):
        patch.setenv("PATH", env["PATH"])
        try:
            status = asyncio.run(serve_llm(options, Settings(), options.lang))
        except ServingFailed as error:
            status = 1
            said.write(error.message(options.lang or "zh"))
    return status, out.getvalue(), said.getvalue()


def test_a_profile_that_fits_is_told_printed_and_started(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "agent", "serve-llm", "--profile", "qwen3-32b-bf16-tp2", "--", "--port", "9000"]
    env = machine(tmp_path, H100, H100)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=env, timeout=90, check=False)
    assert done.returncode == 0, done.stderr
    printed, ran = done.stdout.splitlines()
    arguments, quiet = json.loads(ran)
    assert printed.endswith(" ".join(["vllm", *arguments])) and quiet == "1"
    assert arguments == ["serve", "--config", str(ROOT / "configs/vllm/qwen3-32b-bf16-tp2.yaml"), "--port", "9000"]
    assert "权重 30.5" in done.stderr and "可同时容纳" in done.stderr


def test_print_starts_nothing(tmp_path: Path) -> None:
    status, printed, _ = serve(machine(tmp_path, H100, H100), "qwen3-32b-bf16-tp2", "--print")
    assert status == 0 and len(printed.splitlines()) == 1


@pytest.mark.parametrize(
    ("cards", "profile", "zh", "en"),
    [
        ((H100,), "qwen3-32b-bf16-tp2", "需要 2 张显卡，这里可用的有 1 张", "needs 2 GPUs and 1 can be used"),
        ((RTX4090, RTX4090), "qwen3-32b-bf16-tp2", "显存不够", "too small"),
        ((A10,), "qwen3-32b-awq", "不支持 FP8 缓存", "FP8 cache"),
        (("0, GPU-0, NVIDIA H100, 81559, 9000, 9.0",), "qwen3-32b-fp8-tp1", "正被占用", "is in use"),
        (("0, GPU-0, NVIDIA H100, [N/A], [N/A], 9.0",), "qwen3-32b-fp8-tp1", "读不懂", "cannot be read"),
        ((H100,), "qwen3-32b", "没有名为", "no serving profile"),
    ],
    ids=["too few", "too small", "too old", "in use", "unreadable", "unknown"],
)
def test_what_cannot_run_is_refused_in_the_readers_language(tmp_path: Path, cards: tuple[str, ...], profile: str, zh: str, en: str) -> None:
    env = machine(tmp_path, *cards)
    for language, words in (("zh", zh), ("en", en)):
        status, _, said = serve(env, profile, "--lang", language)
        assert status == 1 and words in said, said


def test_who_lacks_memory_is_told_which_profiles_would_run(tmp_path: Path) -> None:
    _, _, said = serve(machine(tmp_path, RTX4090, RTX4090), "qwen3-32b-bf16-tp2")
    assert "qwen3-32b-fp8-tp2" in said and "qwen3-32b-awq" in said and "eagle3" not in said


def test_without_cards_the_command_is_still_printed(tmp_path: Path) -> None:
    status, printed, said = serve({"PATH": str(tmp_path / "nowhere")}, "qwen3-32b-fp8-tp1", "--print")
    assert status == 1 and "vllm serve --config" in printed and "nvidia-smi" in said


def test_a_missing_vllm_is_said(tmp_path: Path) -> None:
    status, _, said = serve(machine(tmp_path, H100), "qwen3-32b-fp8-tp1", "--vllm", str(tmp_path / "other" / "vllm"))
    assert status == 1 and "--vllm" in said


def test_the_chosen_cards_are_counted_as_cuda_counts_them() -> None:
    cards = [Gpu(i, f"GPU-{i}aaaa", "H100", 81559, 81000, 9.0) for i in range(4)]
    assert [c.index for c in visible(cards, "2,0")] == [2, 0] and visible(cards, "") == [] and visible(cards, None) == cards
    assert [c.index for c in visible(cards, "GPU-3,1")] == [3, 1] and [c.index for c in visible(cards, "1,9,2")] == [1]


def test_the_arithmetic_of_the_reference_adds_up() -> None:
    profile, cards = load_profile("qwen3-32b-bf16-tp2"), [Gpu(i, "", "H100", 81559, 81000, 9.0) for i in range(2)]
    weights = weights_of(profile.model)
    assert weights is not None and weights.cache_per_token(2) == 256 * 1024
    planned = plan(profile, weights, cards)
    assert planned.taken == pytest.approx(planned.weights + planned.computing + planned.cache)
    assert planned.at_once == pytest.approx(planned.cache / (16384 * 128 * 1024))  # each card holds half of a request
    assert planned.weights == pytest.approx(65.5e9 / 2) and 30 * GIB < planned.cache < 45 * GIB


def test_four_bits_fit_a_card_of_24_gb_and_heads_that_cannot_be_split_are_refused() -> None:
    profile, card = load_profile("qwen3-32b-awq"), Gpu(0, "", "RTX 4090", 24564, 24100, 8.9)
    weights = weights_of(profile.model)
    assert weights is not None and plan(profile, weights, [card]).at_once >= 1
    with pytest.raises(ServingFailed, match="split"):
        plan(profile.over(["--tensor-parallel-size", "3"]), weights, [card] * 3)


def test_a_cache_that_holds_no_request_of_full_length_is_refused() -> None:
    profile, card = load_profile("qwen3-32b-fp8-tp1"), Gpu(0, "", "L40S", 46068, 45500, 8.9)
    weights = weights_of(profile.model)
    assert weights is not None and plan(profile, weights, [card]).at_once >= 1
    with pytest.raises(ServingFailed, match="too small"):
        plan(profile.over(["--max-model-len", "40000"]), weights, [card])


def test_the_size_of_a_folder_is_read_from_its_files(tmp_path: Path) -> None:
    config = {"num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "hidden_size": 128, "head_dim": 64}
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    assert weights_of(str(tmp_path)) is None
    (tmp_path / "model.safetensors").write_bytes(bytes(1000))
    weights = weights_of(str(tmp_path))
    assert weights is not None and (weights.size, weights.kv_heads, weights.head_dim) == (1000, 2, 64)
    assert weights_of("somebody/else") is None
