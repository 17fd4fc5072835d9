"""A process as a container runs it: another user, no capabilities, every file system read-only but a data folder and one for scratch."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from configs.settings import ROOT

USER = 65534
"""Nobody: owns no file of the program."""


@dataclass(frozen=True)
class Confinement:
    """Two folders that may be written, and how a command is run so that nothing else may."""

    data: Path
    scratch: Path
    stash: Path

    def command(self, *arguments: str) -> list[str]:
        """Return what runs ``python -m agent`` with these arguments inside."""
        return self.wrapped(sys.executable, "-m", "agent", *arguments)

    def wrapped(self, *words: str) -> list[str]:
        """Return what runs any command inside."""
        script = "\n".join([*self._mounts(), f"exec {shlex.join([*self._lowered(), *words])}"])
        own = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        return ["unshare", *own, "--mount", "sh", "-ec", script]

    def environment(self, **more: str) -> dict[str, str]:
        """Return an environment in which home and temporary files are scratch, as ``compose.yaml`` has it."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SHENSI_", "LLM_"))}
        own = {"HOME": str(self.scratch), "TMPDIR": str(self.scratch), "SHENSI_STORAGE__DATA_DIR": str(self.data)}
        return kept | own | {"PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"} | more

    def _mounts(self) -> Iterator[str]:
        yield "mount --make-rprivate /"
        for number, (closed, paths) in enumerate(_hidden().items()):
            yield from self._opened(number, closed, paths)
        for folder in (self.data, self.scratch):
            yield shlex.join(["mount", "--bind", str(folder), str(folder)])
        yield "mount -o remount,bind,ro /"
        yield f"cd {shlex.quote(str(ROOT))}"

    def _opened(self, number: int, closed: Path, paths: list[Path]) -> Iterator[str]:
        """Yield what lets others reach the program below a folder that is closed to them, here alone."""
        for place, path in enumerate(paths):
            stash = self.stash / f"{number}-{place}"
            yield f"mkdir -p {stash} && mount --bind {shlex.quote(str(path))} {stash}"
        yield f"mount -t tmpfs -o mode=0755 tmpfs {shlex.quote(str(closed))}"
        for place, path in enumerate(paths):
            yield f"mkdir -p {shlex.quote(str(path))} && mount --bind {self.stash / f'{number}-{place}'} {shlex.quote(str(path))}"
            yield f"mount -o remount,bind,ro {shlex.quote(str(path))}"
        yield f"mount -o remount,ro {shlex.quote(str(closed))}"

    def _lowered(self) -> list[str]:
        other = [f"--reuid={USER}", f"--regid={USER}", "--clear-groups"] if os.geteuid() == 0 else []
        return ["setpriv", *other, "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--"]


def _hidden() -> dict[Path, list[Path]]:
    """Return which folders are closed to others, with the parts of the program below them."""
    found: dict[Path, list[Path]] = {}
    for path in dict.fromkeys(Path(name).resolve() for name in (sys.base_prefix, sys.prefix, str(ROOT))):
        closed = next((parent for parent in reversed(path.parents) if not parent.stat().st_mode & 0o001), None)
        if closed is not None:
            found.setdefault(closed, []).append(path)
    return found


@contextmanager
def confinement() -> Iterator[Confinement]:
    """Make the folders; they are gone at the end."""
    root = Path(tempfile.mkdtemp(prefix="shensi-confined-", dir="/tmp"))
    made = Confinement(root / "data", root / "scratch", root / "stash")
    try:
        root.chmod(0o755)
        for folder in (made.data, made.scratch, made.stash):
            folder.mkdir()
            if os.geteuid() == 0:
                os.chown(folder, USER, USER)
        yield made
    finally:
        shutil.rmtree(root, ignore_errors=True)
