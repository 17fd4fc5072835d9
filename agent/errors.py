"""Errors of the doors: command line, service.

ShensiError
└── AgentError
└── UnknownItem        a number or an id that names nothing here
"""

from __future__ import annotations

from configs.errors import ShensiError


class AgentError(ShensiError):
    """A request that cannot be served."""


class UnknownItem(AgentError):
    """What was asked for is not there, or is not yours; both look the same."""


class BadLine(AgentError):
    """A line of a script's input that cannot be read."""
