"""The notebooks run from their first cell to their last on a small sample, and what they show is there."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image

from configs.settings import ROOT
from evaluation.gate import Judged
from evaluation.metrics import Mean
from evaluation.notebooks import NOTEBOOKS, execute
from evaluation.plots import columns_plot, roc_plot, sweep_plot
from evaluation.sample import sample_set, verbatim
from tools.text import fold

FILES = sorted(NOTEBOOKS.glob("*.ipynb"))
QUESTIONS = 6
ARMS = ("bm25", "dense", "rrf", "weighted", "answer")
SETS = ("zh_keywords", "en_keywords")
PICTURE_BYTES = 5000
INK = 0.0005
"""The least share of a picture's pixels that data cover: whatever shows data is drawn in a colour, all else in black or grey."""
MEASURED = re.compile(r"(\d\.\d{3})±(\d\.\d{3})")


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kernel that leaves nothing outside the folder of the test."""
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "TMPDIR"):
        folder = tmp_path / name.lower()
        folder.mkdir()
        monkeypatch.setenv(name, str(folder))
    return tmp_path


def code_cells(content: Any) -> list[Any]:
    return [cell for cell in content.cells if cell.cell_type == "code"]


def pictures(cell: Any) -> list[bytes]:
    return [base64.b64decode(one.data["image/png"]) for one in cell.outputs if "image/png" in one.get("data", {})]


def printed(cell: Any) -> str:
    return "".join(one.text for one in cell.outputs if one.output_type == "stream" and one.name == "stdout")


def ink(picture: bytes) -> float:
    """Return the share of coloured pixels."""
    pixels = np.asarray(Image.open(BytesIO(picture)).convert("RGB")).astype(int)
    return float((pixels.max(axis=2) - pixels.min(axis=2) > 60).mean())


def errors(content: Any) -> Iterator[str]:
    for cell in code_cells(content):
        yield from (f"{cell.id}: {one.ename}" for one in cell.outputs if one.output_type == "error")
        yield from (f"{cell.id}: {one.text}" for one in cell.outputs if one.output_type == "stream" and one.name == "stderr")


def executed(name: str, private: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SHENSI_NOTEBOOK_SAMPLE", str(QUESTIONS))
    return nbformat.read(execute(NOTEBOOKS / name, private / "executed"), as_version=4)


def test_the_retrieval_notebook_runs_on_a_small_sample_and_shows_its_tables_and_pictures(private, monkeypatch):
    content = executed("02_retrieval.ipynb", private, monkeypatch)
    cells = {cell.id: cell for cell in code_cells(content)}

    assert list(errors(content)) == []
    assert all(cell.execution_count for cell in cells.values())
    shown = {name: len(pictures(cell)) for name, cell in cells.items()}
    assert shown == {name: cell.source.count("Image(") for name, cell in cells.items()}
    drawn = [picture for cell in cells.values() for picture in pictures(cell)]
    assert len(drawn) >= 8
    assert [len(picture) for picture in drawn if len(picture) < PICTURE_BYTES] == []
    assert [share for share in map(ink, drawn) if share < INK] == []

    table = [line for line in printed(cells["figures"]).splitlines() if "nDCG@10" in line]
    assert [tuple(line.split()[:2]) for line in table] == [(name, arm) for name in SETS for arm in ARMS]
    assert all(f"(sample, n={QUESTIONS}, " in line for line in table)
    values = [(float(value), float(error)) for line in table for value, error in MEASURED.findall(line)]
    assert len(values) == 3 * len(table)
    assert all(0 <= value <= 1 and 0 <= error <= 0.5 for value, error in values) and max(values) > (0, 0)
    verdicts = [line for line in printed(cells["figures"]).splitlines() if "beside" in line]
    assert [line.split()[0] for line in verdicts] == list(SETS) and all(line.endswith(("holds", "FAILS")) for line in verdicts)

    areas = [float(area) for area in re.findall(r"AUC (\d\.\d{3}), n=[1-9]", printed(cells["roc"]))]
    assert len(areas) == 2 and all(0.5 < area <= 1 for area in areas)
    assert "nan" not in "".join(map(printed, cells.values()))
    assert list((private / "tmpdir").glob("shensi-notebook-*")) == []  # the kernel took its index and pictures with it


def test_the_quickstart_notebook_shows_the_client_and_the_graph(private, monkeypatch):
    content = executed("01_quickstart.ipynb", private, monkeypatch)
    shown = {cell.id: printed(cell) for cell in code_cells(content)}

    assert list(errors(content)) == []
    nodes = re.findall(r"^\[(\w+)\] ", shown["stream"], re.M)
    assert nodes[0] == "intake" and nodes.index("critique") < nodes.index("refine") < nodes.index("answer")
    assert "contraindicated" in shown["stream"] and "[sources]" in shown["stream"] and "AI 生成" in shown["stream"]
    assert re.search(r"^\[1\] \S+ · \S+ — ", shown["citations"], re.M) and "rounds 1" in shown["citations"]
    assert "history: ['said', 'edited', 'undone']" in shown["memory"]
    assert "verified: True | unknown drug verified: False" in shown["tools"] and "120" in shown["tools"]
    assert "dense" in shown["search"] and "NotFound 404 unknown_drug" in shown["errors"]
    assert re.findall(r"\[(revise|pass)\] sentence", shown["rounds"]) and shown["rounds"].count("critique: critique") == 2
    assert "verdict: pass" in shown["state"] and "rounds: 1" in shown["state"] and "chunk zh-" in shown["state"]
    assert shown["emergency"].startswith("emergency emergency") and shown["close"] == "closed: True\n"
    assert list((private / "tmpdir").glob("shensi-notebook-*")) == []


def test_a_cell_that_fails_ends_the_run_and_what_ran_is_kept(private):
    broken = private / "broken.ipynb"
    cells = [new_code_cell("print('before')"), new_code_cell("1 / 0"), new_code_cell("print('after')")]
    nbformat.write(new_notebook(cells=cells), broken)
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        execute(broken, private / "executed")
    content = nbformat.read(private / "executed" / "broken.ipynb", as_version=4)
    assert [printed(cell) for cell in content.cells] == ["before\n", "", ""]
    assert next(errors(content)).endswith("ZeroDivisionError")
    assert [cell.outputs for cell in nbformat.read(broken, as_version=4).cells] == [[], [], []]  # the source stays as it was


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_notebooks_are_kept_without_outputs_and_without_the_machine_that_ran_them(path):
    content = nbformat.read(path, as_version=4)
    nbformat.validate(content)
    assert [(cell.outputs, cell.execution_count) for cell in code_cells(content)] == [([], None)] * len(code_cells(content))
    assert [cell.metadata for cell in content.cells if cell.metadata] == []
    assert content.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert str(ROOT) not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_questions_of_the_small_sample_are_not_in_the_titles_of_what_answers_them(language):
    data = sample_set(language, 20)
    assert len(data.queries) == 20 and data.queries == {words: words for words in data.relevant}
    for words, graded in data.relevant.items():
        assert graded and set(graded) <= data.documents.keys()
        assert all(fold(words) not in fold(data.titles[name]) for name in graded)
    assert verbatim(data) < len(data.queries)
    assert sample_set(language, 20).queries == data.queries and len(sample_set(language, None).queries) > 60


def test_pictures_of_one_question_or_none_are_drawn_all_the_same(tmp_path):
    from evaluation.ablation import Point

    one = Point("a", 0.5, Mean(0.5, 0.0, 1))
    drawn = [
        sweep_plot([one], "weight", tmp_path / "sweep.png", {"a": 0.5}),
        roc_plot([Judged("q", "zh", "answerable", "dev", 0.9, 0.9, True, None)], tmp_path / "roc.png", 0.45),
        columns_plot({"bm25": ["d:0"], "dense": []}, tmp_path / "columns.png"),
    ]
    assert [path.read_bytes()[:4] for path in drawn] == [b"\x89PNG"] * 3
    assert ink(drawn[0].read_bytes()) > 0
