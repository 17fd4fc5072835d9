"""The files for ``vllm serve --config``."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import ServingFailed
from agent.serving.profiles import FOLDER, known_flags, load_profile, names
from configs.settings import ROOT, load_settings

LANGUAGE_MODELS = [name for name in names() if name.startswith("qwen")]


@pytest.mark.parametrize("name", names())
def test_every_key_of_a_profile_is_a_flag_of_the_pinned_vllm(name: str) -> None:
    assert set(load_profile(name).values) <= known_flags()


@pytest.mark.parametrize("name", names())
def test_every_flag_of_a_profile_says_why(name: str) -> None:
    lines = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    blocks = "\n".join(lines).replace("\n  ", " ").splitlines()  # what belongs to a key stands indented below it
    assert not [line for line in blocks if line and not line.startswith("#") and "#" not in line]


@pytest.mark.parametrize("name", LANGUAGE_MODELS)
def test_a_language_model_is_served_as_the_application_needs_it(name: str) -> None:
    values = load_profile(name).values
    llm = load_settings(ROOT / "configs" / "gpu.yaml").llm
    assert values["served-model-name"] == llm.model and llm.base_url.endswith(f":{values['port']}/v1")
    assert (values["tool-call-parser"], values["reasoning-parser"]) == ("hermes", "qwen3")
    assert values["enable-auto-tool-choice"] and values["enable-prefix-caching"] and values["enable-chunked-prefill"]
    assert values["structured-outputs-config"] == {"backend": "xgrammar", "disable_any_whitespace": True}
    assert values["default-chat-template-kwargs"] == {"enable_thinking": False}
    assert values["host"] == "127.0.0.1" and "api-key" not in values


def test_the_profiles_cover_what_is_promised() -> None:
    profiles = {name: load_profile(name) for name in names()}
    assert profiles["qwen3-32b-bf16-tp2"].tensor_parallel == 2 and profiles["qwen3-32b-fp8-tp1"].tensor_parallel == 1
    assert profiles["qwen3-32b-fp8-tp2"].tensor_parallel == 2 and profiles["qwen3-32b-awq"].cards == 1
    assert profiles["qwen3-32b-bf16-tp2-eagle3"].values["speculative-config"]["method"] == "eagle3"
    assert profiles["bge-m3"].pooling and profiles["bge-reranker-v2-m3"].pooling


@pytest.mark.parametrize("name", ["bge-m3", "bge-reranker-v2-m3"])
def test_a_pooling_server_can_read_its_longest_text_in_one_pass(name: str) -> None:
    values = load_profile(name).values
    assert values["max-num-batched-tokens"] >= values["max-model-len"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("model: x\ntensor-paralel-size: 2\n", "serving_invalid"),
        ("tensor-parallel-size: 2\n", "serving_invalid"),
        ("model: x\ntensor-parallel-size: 0\n", "serving_invalid"),
        ("model: x\nmax-model-len: long\n", "serving_invalid"),
        ("model: x\ngpu-memory-utilization: 90\n", "serving_invalid"),
        ("- model\n", "config_unreadable"),
        ("model: [\n", "config_unreadable"),
    ],
)
def test_a_file_that_vllm_would_not_understand_is_refused_before_it_starts(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ServingFailed) as refused:
        load_profile(str(path))
    assert refused.value.code == code and "own.yaml" in refused.value.message("zh")


def test_flags_given_beside_a_profile_win_over_it() -> None:
    profile = load_profile("qwen3-32b-bf16-tp2").over(["--tensor-parallel-size", "4", "--max-model-len=32768", "--enforce-eager"])
    assert profile.tensor_parallel == 4 and profile.values["max-model-len"] == 32768 and profile.values["enforce-eager"] is True
    with pytest.raises(ServingFailed):
        profile.over(["--no-such-flag"])
