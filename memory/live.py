"""What a record reads before it looks anything else up: the newest snapshot and the events that lie beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from memory.events import Event, apply, replay
from memory.facts import Fact, current

Stamp = tuple[str, str, int, str]


@dataclass(frozen=True)
class Snapshot:
    """What followed from all events up to one of them."""

    statements: list[Fact]
    last: Stamp
    folded: frozenset[str]
    """Ids of the events that the last folding took in: they may still be lying in ``live`` after a crash."""

    @cached_property
    def facts(self) -> list[Fact]:
        """What holds as long as nothing new has happened."""
        return current(self.statements)


@dataclass
class Live:
    """What lies in ``live``: keys to delete once folded, events in order, snapshots."""

    keys: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)
    foreign: bool = False
    """Whether a snapshot of another version lies here, which says nothing to us."""

    def quick(self) -> list[Fact] | None:
        """Return the statements from the snapshot and the events after it; ``None`` where that would not be the whole truth."""
        if self.foreign:
            return None
        if not self.snapshots:
            return replay(self.events)
        snapshot = self.snapshots[0]
        new = [event for event in self.events if event.id not in snapshot.folded]
        if len(self.snapshots) > 1 or any(event.type == "undone" or event.stamp <= snapshot.last for event in new):
            return None
        statements = snapshot.statements
        for event in new:
            statements = apply(statements, event)
        return statements
