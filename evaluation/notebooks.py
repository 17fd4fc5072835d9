"""Executes the notebooks from their first cell to their last: ``python -m evaluation.notebooks``.

They are kept without outputs; what ran is written to ``data/notebooks/``, and the first cell that fails ends the run.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from tempfile import TemporaryDirectory

from configs.settings import ROOT
from evaluation.sample import QUESTIONS

NOTEBOOKS = ROOT / "notebooks"
EXECUTED = ROOT / "data" / "notebooks"
CELL_SECONDS = 3600


def execute(notebook: Path, folder: Path) -> Path:
    """Run a notebook in a fresh kernel of this interpreter and return the file with its outputs.

    Args:
        notebook: the file without outputs.
        folder: where the executed one is written, also when a cell fails.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell failed.
    """
    import nbformat
    from nbclient import NotebookClient
    from traitlets.config import Config

    content = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    folder.mkdir(parents=True, exist_ok=True)
    executed = folder / notebook.name
    with TemporaryDirectory() as private:
        # Sockets that are files of ours, not ports that others on this machine could listen to.
        sockets = Config({"KernelManager": {"transport": "ipc", "ip": f"{private}/kernel"}})
        where = {"metadata": {"path": str(notebook.parent)}}
        client = NotebookClient(content, timeout=CELL_SECONDS, kernel_name="python3", resources=where, config=sockets)
        try:
            client.execute()
        finally:
            nbformat.write(content, executed)  # type: ignore[no-untyped-call]
    return executed


def main() -> None:
    """Execute the notebooks named, or all."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.notebooks", description="Execute the notebooks.")
    parser.add_argument("notebooks", nargs="*", type=Path, default=sorted(NOTEBOOKS.glob("*.ipynb")), help="all where none is named")
    parser.add_argument("--out", type=Path, default=EXECUTED, help=f"folder for the executed ones ({os.path.relpath(EXECUTED)})")
    parser.add_argument(
        "--sample",
        nargs="?",
        type=int,
        const=QUESTIONS,
        metavar="N",
        help=f"small data of the project's own, N questions a language ({QUESTIONS}), even where measuring sets are present",
    )
    options = parser.parse_args()
    if options.sample:
        os.environ["SHENSI_NOTEBOOK_SAMPLE"] = str(options.sample)
    for notebook in options.notebooks:
        print(os.path.relpath(execute(notebook, options.out)), flush=True)


if __name__ == "__main__":
    main()
