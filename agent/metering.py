"""What happened, told to whoever counts it: kinds, numbers and times, never a word of anybody."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from agent.schema import Turn
from configs.settings import Role


@dataclass(frozen=True)
class ModelCall:
    """One call of the language model."""

    role: Role
    seconds: float
    prompt_tokens: int = 0
    completion_tokens: int = 0
    failed: str = ""
    """The kind of the failure; empty where there was none."""


class Meter(Protocol):
    """Somebody who counts."""

    def node(self, name: str, seconds: float) -> None:
        """A node of the graph has ended just now."""

    def model(self, call: ModelCall) -> None:
        """A call of the model has ended just now."""

    def turn(self, turn: Turn) -> None:
        """A turn has ended just now."""


@dataclass
class Meters:
    """Everybody who counts."""

    all: list[Meter] = field(default_factory=list)

    def node(self, name: str, seconds: float) -> None:
        """Tell everybody of a node."""
        for meter in self.all:
            meter.node(name, seconds)

    def model(self, call: ModelCall) -> None:
        """Tell everybody of a call."""
        for meter in self.all:
            meter.model(call)

    def turn(self, turn: Turn) -> None:
        """Tell everybody of a turn."""
        for meter in self.all:
            meter.turn(turn)
