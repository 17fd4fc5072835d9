"""Errors of the doors: command line, service.

ShensiError
└── AgentError
    ├── UnknownItem        a number or an id that names nothing here
    ├── BadLine            a line of a script's input
    └── BadCall            a command line that cannot be followed
"""

from __future__ import annotations

from configs.errors import ShensiError


class AgentError(ShensiError):
    """A request that cannot be served."""


class UnknownItem(AgentError):
    """What was asked for is not there, or is not yours; both look the same."""


class BadLine(AgentError):
    """A line of a script's input that cannot be read."""


class BadCall(AgentError):
    """A command was called in a way that makes no sense; the exit status is 2."""
