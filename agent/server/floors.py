"""What must hold before anything is served: versions without known holes, and checkpoints that cannot run code."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version

from agent.server.errors import ApiError

FLOORS = {
    "langgraph": "1.0.10",  # CVE-2026-28277
    "langgraph-checkpoint": "4.0.0",  # CVE-2026-27794, CVE-2025-64439
    "langgraph-checkpoint-sqlite": "3.0.1",  # CVE-2025-67644, CVE-2025-64104, CVE-2025-8709
    "langgraph-prebuilt": "1.1.0",
    "langchain-core": "1.2.5",  # CVE-2025-68664
    "starlette": "1.3.1",  # CVE-2026-54283, CVE-2026-48818, CVE-2026-48710, CVE-2025-62727
    "fastapi": "0.136.3",
}


class Unsafe(ApiError):
    """The service would not be safe as it is installed, and does not start."""

    status = 500


def check_floors(found: dict[str, str] | None = None) -> None:
    """Refuse what has known holes.

    Args:
        found: versions by package; ``None``: those that are installed.

    Raises:
        Unsafe: a version below its floor, or strict checkpoints switched off.
    """
    from langgraph.checkpoint.serde import _msgpack

    for package, floor in FLOORS.items():
        installed = found[package] if found else _version(package)
        if installed and _numbers(installed) < _numbers(floor):
            raise Unsafe("version_floor", package=package, found=installed, floor=floor)
    if not _msgpack.STRICT_MSGPACK_ENABLED:
        raise Unsafe("strict_msgpack")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # what is not there has no holes
        return ""


def _numbers(told: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", told.split("+")[0])[:3])
