"""``batch``: a file of questions through the real service, broken off and taken up again."""

from __future__ import annotations

import argparse
import ast
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.batch.cli import batch
from agent.batch.lines import Output, Pending
from agent.cli import _parser
from agent.errors import BadCall
from configs.settings import ROOT, RetrievalSettings, Settings

QUESTIONS = ["嗓子疼怎么办？", "高血压平时要注意什么？", "What helps against a sore throat?", "孩子发烧怎么办？"]


@pytest.fixture
def quick(settings: Settings) -> Settings:
    """Settings with keyword search alone."""
    return settings.model_copy(update={"retrieval": RetrievalSettings(embedder="none")})


def written(path: Path, *lines: object) -> Path:
    path.write_text(
        "".join(f"{line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)}\n" for line in lines), encoding="utf-8"
    )
    return path


def options(source: Path, target: Path, *more: str) -> argparse.Namespace:
    return _parser().parse_args(["batch", "--input-file", str(source), "--output-file", str(target), *more])


def results(path: Path) -> dict[int, dict[str, Any]]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert max(Counter(row["line"] for row in rows).values()) == 1, "a line was answered twice"
    return {row["line"]: row for row in rows}


async def test_every_shape_of_line_is_answered_and_a_bad_one_stops_nothing(quick: Settings, tmp_path: Path) -> None:
    source = written(
        tmp_path / "x.jsonl",
        {"id": "a", "question": QUESTIONS[0]},
        "嗓子疼怎么办？",
        '"What helps against a sore throat?"',
        "",
        {"id": "c", "turns": ["我对青霉素过敏", "嗓子疼能吃阿莫西林吗？"]},
        '{"id": "broken", "question": ',
        {"id": 7, "question": "  "},
        {"id": "empty"},
    )
    assert await batch(options(source, tmp_path / "y.jsonl", "--batch-size", "3"), quick, None) == 1
    done = results(tmp_path / "y.jsonl")
    assert sorted(done) == [1, 2, 3, 5, 6, 7, 8] and done[1]["id"] == "a" and done[7]["id"] == 7
    assert all(done[n]["answers"][0]["outcome"] == "answer" for n in (1, 2, 3))
    assert any(f["kind"] == "allergy" for f in done[5]["answers"][1]["findings"]), "the turns of one line know each other"
    assert {n: done[n]["error"]["code"] for n in (6, 7, 8)} == {6: "line_invalid", 7: "question_empty", 8: "line_invalid"}
    assert "broken" not in done[6]["error"]["message"], "a line may hold a patient's words: it is not quoted"


async def test_what_one_line_says_is_known_to_no_other_and_not_kept(quick: Settings, tmp_path: Path) -> None:
    source = written(tmp_path / "x.jsonl", "我对青霉素过敏。嗓子疼怎么办？", "嗓子疼能吃阿莫西林吗？")
    assert await batch(options(source, tmp_path / "y.jsonl", "--batch-size", "1"), quick, "zh") == 0
    assert not [f for f in results(tmp_path / "y.jsonl")[2]["answers"][0]["findings"] if f["kind"] == "allergy"]
    stored = {path.name for path in quick.storage.data_dir.rglob("*") if path.is_file() and "index" not in path.parts}
    assert not [name for name in stored if name.endswith((".sqlite", ".sqlite3", ".db"))]


async def test_a_finished_batch_answers_nothing_again_and_new_lines_are_added(quick: Settings, tmp_path: Path) -> None:
    source, target = written(tmp_path / "x.jsonl", *QUESTIONS[:2]), tmp_path / "y.jsonl"
    assert await batch(options(source, target), quick, "zh") == 0
    before = target.read_bytes()
    assert await batch(options(source, target), quick, "zh") == 0 and target.read_bytes() == before
    written(source, *QUESTIONS[:3])
    assert await batch(options(source, target), quick, "zh") == 0
    assert target.read_bytes().startswith(before) and sorted(results(target)) == [1, 2, 3]


async def test_a_half_written_line_is_cut_off_and_answered(quick: Settings, tmp_path: Path) -> None:
    source, target = written(tmp_path / "x.jsonl", *QUESTIONS[:2]), tmp_path / "y.jsonl"
    whole = json.dumps({"line": 1, "sha": Pending(1, QUESTIONS[0]).sha, "id": None, "answers": []})
    target.write_text(f'{whole}\n{{"line": 2, "sha": "x", "ans', encoding="utf-8")
    assert await batch(options(source, target), quick, "zh") == 0
    assert results(target)[1]["answers"] == [] and results(target)[2]["answers"][0]["outcome"] == "answer"


@pytest.mark.parametrize(
    ("content", "code"),
    [('{"line": 1, "sha": "0000"}\n', "batch_changed"), ("my thesis\n", "batch_foreign"), ('{"id": 1}\n', "batch_foreign")],
    ids=["another input", "no JSON", "other JSON"],
)
async def test_an_output_of_something_else_is_left_alone(quick: Settings, tmp_path: Path, content: str, code: str) -> None:
    source, target = written(tmp_path / "x.jsonl", QUESTIONS[0]), tmp_path / "y.jsonl"
    target.write_text(content, encoding="utf-8")
    with pytest.raises(BadCall) as refused:
        await batch(options(source, target), quick, "zh")
    assert refused.value.code == code and target.read_text(encoding="utf-8") == content


async def test_two_batches_do_not_write_into_one_file(quick: Settings, tmp_path: Path) -> None:
    source, target = written(tmp_path / "x.jsonl", QUESTIONS[0]), tmp_path / "y.jsonl"
    with Output(target), pytest.raises(BadCall, match="writing"):
        await batch(options(source, target), quick, "zh")


async def test_a_missing_input_and_a_batch_of_none_are_said(quick: Settings, tmp_path: Path) -> None:
    for more, code in ((["--batch-size", "0"], "batch_size"), ([], "batch_input")):
        with pytest.raises(BadCall) as refused:
            await batch(options(tmp_path / "none.jsonl", tmp_path / "y.jsonl", *more), quick, "zh")
        assert refused.value.code == code


def test_killed_and_started_again_no_line_is_lost_and_none_is_there_twice(quick: Settings, tmp_path: Path) -> None:
    total = 60
    source = written(tmp_path / "x.jsonl", *({"id": n, "question": QUESTIONS[n % 4]} for n in range(total)))
    target, profile = tmp_path / "y.jsonl", tmp_path / "profile.yaml"
    profile.write_text(
        yaml.safe_dump({"retrieval": {"embedder": "none"}, "storage": {"data_dir": str(quick.storage.data_dir)}}), encoding="utf-8"
    )
    command = [sys.executable, "-m", "agent", "batch", "--profile", str(profile), "--input-file", str(source)]
    command += ["--output-file", str(target), "--batch-size", "4"]
    for least in (3, 20):
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 120
        while (not target.exists() or target.read_bytes().count(b"\n") < least) and time.monotonic() < deadline:
            time.sleep(0.002)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert least <= target.read_bytes().count(b"\n") < total, "the kill was too late to mean anything"
    assert subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, check=False).returncode == 0
    done = results(target)
    assert sorted(done) == list(range(1, total + 1)) and all(row["answers"][0]["outcome"] for row in done.values())
    assert [done[n]["id"] for n in sorted(done)] == list(range(total))


def test_ray_is_imported_by_one_module_that_nothing_imports_at_its_top() -> None:
    importing = set()
    for path in ROOT.glob("*/**/*.py"):
        if path.parts[len(ROOT.parts)] in ("agent", "configs", "graphs", "memory", "retrieval", "tools", "evaluation"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else [getattr(node, "module", "") or ""]
                if isinstance(node, ast.Import | ast.ImportFrom) and any(name.split(".")[0] == "ray" for name in names):
                    importing.add(path.name)
    assert importing == {"with_ray.py"}


@pytest.mark.skipif("ray" in sys.modules, reason="only where Ray is absent")
async def test_without_ray_the_engine_says_how_to_get_it(quick: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(BadCall, match="requirements-ray"):
        await batch(options(written(tmp_path / "x.jsonl", "a"), tmp_path / "y.jsonl", "--engine", "ray"), quick, "zh")
