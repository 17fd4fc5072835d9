"""``make test-vllm``: the real vLLM server on CPU with tiny random models, the production flags and everything that is tested against it.

python -m tests.real_vllm.run [--venv DIR] [--parts tp1 tp2 pooling]

``tp1`` and ``tp2`` serve a Qwen3 in one and in two workers, ``pooling`` a bge-m3 and a bge-reranker for our HTTP providers.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from configs.settings import ROOT
from tests.real_vllm.install import installed

PROFILES = ROOT / "configs" / "vllm"
SUITES = ("tests/contract", "tests/real_vllm/test_live.py")
POOLING = ("tests/real_vllm/test_pooling.py",)
START_S = 900.0
ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "OMP_NUM_THREADS": "1",
}
SMALL = ("--max-model-len", "8192", "--max-num-seqs", "16", "--enforce-eager")
"""What a tiny model on CPU needs beside the production flags: they win over the profile."""
SHORT = ("--max-model-len", "1024", "--max-num-batched-tokens", "4096", "--enforce-eager", "--dtype", "float32")
"""The same for vectors and scores; in single precision, so that they can be compared with those of transformers."""


def main() -> int:
    """Install, build, and run the suites once for each degree of parallelism."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venv", type=Path, default=ROOT / "data" / "vllm-venv")
    parser.add_argument("--model", type=Path, default=ROOT / "data" / "vllm-tiny")
    parser.add_argument("--parts", nargs="+", choices=("tp1", "tp2", "pooling"), default=["tp1", "tp2", "pooling"])
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped then too
    binaries = installed(options.venv)
    python = str(binaries / "python")
    subprocess.run([python, "tests/real_vllm/check_flags.py", str(PROFILES)], cwd=ROOT, check=True)
    if not (options.model / "config.json").exists():
        subprocess.run([python, "tests/real_vllm/tiny_qwen3.py", str(options.model)], cwd=ROOT, check=True)
    vllm = binaries / "vllm"
    parts = {
        "tp1": lambda: run_suites(vllm, options.model, 1),
        "tp2": lambda: run_suites(vllm, options.model, 2),
        "pooling": lambda: run_pooling(vllm, options.model.parent / "pooling-tiny"),
    }
    return max(parts[part]() for part in options.parts)


def run_suites(program: Path, model: Path, parallel: int) -> int:
    """Return the worst exit status of the suites against one server of the language model."""
    flags = ["--tensor-parallel-size", str(parallel), *SMALL]
    with served(program, "qwen3-32b-bf16-tp2", model, flags, parallel) as url:
        return tested(f"vLLM, tensor parallel {parallel}, at {url}", SUITES, {"SHENSI_CONTRACT_URL": url})


def run_pooling(program: Path, folder: Path) -> int:
    """Return the exit status of the suite of our HTTP providers against a server of vectors and one of scores."""
    from tests.support.tiny_bge import build_as_published

    embedder, reranker = build_as_published(folder)
    with served(program, "bge-m3", embedder, SHORT) as vectors, served(program, "bge-reranker-v2-m3", reranker, SHORT) as scores:
        told = {"SHENSI_POOLING_VECTORS": vectors, "SHENSI_POOLING_SCORES": scores, "SHENSI_POOLING_FOLDER": str(folder)}
        return tested(f"vLLM pooling, vectors at {vectors}, scores at {scores}", POOLING, told)


def tested(title: str, suites: Sequence[str], told: dict[str, str]) -> int:
    """Return the exit status of some suites that are told where the servers are."""
    sys.stdout.write(f"\n{title}\n")
    sys.stdout.flush()
    command = [sys.executable, "-m", "pytest", "-s", "-p", "no:cacheprovider", *suites]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **told}, check=False).returncode


@contextmanager
def served(program: Path, profile: str, model: Path, flags: Sequence[str], parallel: int = 1) -> Iterator[str]:
    """Serve a model with the flags of a profile and a few over them; killed with all its workers at the end."""
    port = free_port()
    environment = {**os.environ, **ENVIRONMENT}
    if parallel > 1:  # without it, vLLM looks for a memory node for each worker
        environment["VLLM_CPU_OMP_THREADS_BIND"] = "|".join(str(core) for core in range(parallel))
    log = (model.parent / f"vllm-{profile}-{parallel}.log").open("wb")
    overrides = ["--model", str(model.resolve()), "--port", str(port), *flags]
    command = [str(program), "serve", "--config", str(PROFILES / f"{profile}.yaml"), *overrides]
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        wait_for(f"http://127.0.0.1:{port}/health", process, Path(log.name))
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        stop(process)
        log.close()


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers; say what it wrote when it ends before."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            sys.exit(f"vLLM ended with {process.returncode}:\n{log.read_text(encoding='utf-8', errors='replace')[-3000:]}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    sys.exit(f"vLLM did not answer within {START_S:.0f} s; see {log}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the server and the processes that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(timeout=30)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
