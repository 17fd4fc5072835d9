"""``make test-vllm``: the real vLLM server on CPU with a tiny random Qwen3, the production flags and everything that is tested against it.

python -m tests.real_vllm.run [--venv DIR] [--parallel 1 2]
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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from configs.settings import ROOT
from tests.real_vllm.install import installed

PROFILE = ROOT / "configs" / "vllm" / "qwen3-32b-bf16-tp2.yaml"
SUITES = ("tests/contract", "tests/real_vllm/test_live.py")
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


def main() -> int:
    """Install, build, and run the suites once for each degree of parallelism."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venv", type=Path, default=ROOT / "data" / "vllm-venv")
    parser.add_argument("--model", type=Path, default=ROOT / "data" / "vllm-tiny")
    parser.add_argument("--parallel", type=int, nargs="+", choices=(1, 2), default=[1, 2])
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped then too
    binaries = installed(options.venv)
    python = str(binaries / "python")
    subprocess.run([python, "tests/real_vllm/check_flags.py", str(PROFILE.parent)], cwd=ROOT, check=True)
    if not (options.model / "config.json").exists():
        subprocess.run([python, "tests/real_vllm/tiny_qwen3.py", str(options.model)], cwd=ROOT, check=True)
    return max(run_suites(binaries / "vllm", options.model, parallel) for parallel in options.parallel)


def run_suites(program: Path, model: Path, parallel: int) -> int:
    """Return the worst exit status of the suites against one server."""
    with served(program, model, parallel) as url:
        sys.stdout.write(f"\nvLLM, tensor parallel {parallel}, at {url}\n")
        sys.stdout.flush()
        environment = {**os.environ, "SHENSI_CONTRACT_URL": url}
        command = [sys.executable, "-m", "pytest", "-s", "-p", "no:cacheprovider", *SUITES]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


@contextmanager
def served(program: Path, model: Path, parallel: int) -> Iterator[str]:
    """Serve the model with the flags of the reference profile; killed with all its workers at the end."""
    port = free_port()
    overrides = ["--model", str(model.resolve()), "--port", str(port), "--tensor-parallel-size", str(parallel), *SMALL]
    environment = {**os.environ, **ENVIRONMENT}
    if parallel > 1:  # without it, vLLM looks for a memory node for each worker
        environment["VLLM_CPU_OMP_THREADS_BIND"] = "|".join(str(core) for core in range(parallel))
    log = (model.parent / f"vllm-tp{parallel}.log").open("wb")
    command = [str(program), "serve", "--config", str(PROFILE), *overrides]
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
