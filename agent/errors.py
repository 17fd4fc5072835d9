"""Errors of the doors: command line, service.

ShensiError
└── AgentError
    ├── UnknownItem        a number or an id that names nothing here
    ├── BadLine            a line of a script's input
    ├── ResumeRefused      an answer that does not fit what a waiting turn asks
    ├── BadCall            a command line that cannot be followed
    └── ServingFailed      a language model that cannot be served here
"""

from __future__ import annotations

from configs.errors import ShensiError
from memory.errors import StorageError


class AgentError(ShensiError):
    """A request that cannot be served."""


class UnknownItem(AgentError):
    """What was asked for is not there, or is not yours; both look the same."""


class BadLine(AgentError):
    """A line of a script's input that cannot be read."""


class BadCall(AgentError):
    """A command was called in a way that makes no sense; the exit status is 2."""


class ResumeRefused(AgentError):
    """An answer that does not fit what a waiting turn asks; the turn waits on."""


class ServingFailed(AgentError):
    """A profile, the cards or the program do not allow to serve a model."""


class LedgerBroken(StorageError):
    """The audit ledger was changed by somebody else; nothing is added to it."""
