"""The cards of this machine, as ``nvidia-smi`` tells them."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass

from agent.errors import ServingFailed

_QUERY = ("index", "uuid", "name", "memory.total", "memory.free", "compute_cap")
_WAIT_S = 20.0


@dataclass(frozen=True, slots=True)
class Gpu:
    """One card; memory in MiB."""

    index: int
    uuid: str
    name: str
    total: int
    free: int
    capability: float


def gpus_present() -> list[Gpu]:
    """Return the cards that a program started here may use, in the order in which it counts them.

    Raises:
        ServingFailed: ``nvidia-smi`` is missing, fails or says something else.
    """
    command = ["nvidia-smi", f"--query-gpu={','.join(_QUERY)}", "--format=csv,noheader,nounits"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=_WAIT_S, check=True).stdout
    except FileNotFoundError as error:
        raise ServingFailed("gpu_none") from error
    except (OSError, subprocess.SubprocessError) as error:
        raise ServingFailed("gpu_unreadable", reason=type(error).__name__) from error
    return visible([_read(line) for line in said.splitlines() if line.strip()], os.environ.get("CUDA_VISIBLE_DEVICES"))


def _read(line: str) -> Gpu:
    try:
        index, uuid, name, total, free, capability = (part.strip() for part in line.split(","))
        return Gpu(int(index), uuid, name, int(total), int(free), float(capability))
    except ValueError as error:  # "[N/A]" where a card is shut off, or columns of another version
        raise ServingFailed("gpu_unreadable", reason=line.strip()[:80]) from error


def visible(cards: list[Gpu], chosen: str | None) -> list[Gpu]:
    """Return the cards that ``CUDA_VISIBLE_DEVICES`` leaves, by index or uuid; as in CUDA, the first name of none ends the list."""
    if chosen is None:
        return cards
    left: list[Gpu] = []
    for wanted in chosen.split(","):
        found = [card for card in cards if wanted.strip() and (wanted.strip() == str(card.index) or card.uuid.startswith(wanted.strip()))]
        if not found:
            break
        left.append(found[0])
    return left
