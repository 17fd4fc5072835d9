"""How many calls of the model a turn may still make one after the other; each is seconds in which a patient waits.

Rewriting, drafting, auditing and refining wait for one another and are counted; facts and urgency are read beside them. The first audit is
made whatever was spent: no answer goes without one. That a call which failed, or whose answer has not the right shape, is repeated once, is
not counted.
"""

from __future__ import annotations

from configs.settings import ConsultSettings
from graphs.state import ConsultState

TOOL = 3
"""A tool is offered where there is room for the call that asks for it, for the answer that uses it, and for the audit."""


def left(state: ConsultState, settings: ConsultSettings) -> int:
    """Return how many calls remain."""
    return max(0, settings.max_calls - state.get("calls", 0))
