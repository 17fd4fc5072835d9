"""Errors of the graph.

ShensiError
└── GraphError
├── QuestionRejected   the question is empty, too long or no text; nothing was stored
└── ModelFailed        the model could not be reached, took too long or answered nonsense twice
"""

from __future__ import annotations

from configs.errors import ShensiError


class GraphError(ShensiError):
    """A consult could not be carried out."""


class QuestionRejected(GraphError):
    """The question cannot be taken as it is."""


class ModelFailed(GraphError):
    """A model call gave nothing usable; ``values["reason"]`` says why, for the log."""


UNREADABLE = "unreadable message"
"""The reason of a ``ModelFailed`` for an answer that came whole but makes no message, such as tool arguments that are a list."""
