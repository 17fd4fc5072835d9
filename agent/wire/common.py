"""What the bodies of requests share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, StringConstraints

from agent.schema import Wire

Language = Literal["zh", "en"]
Word = Annotated[str, StringConstraints(max_length=200)]
MAX_TEXT = 10_000
"""Characters that a tool reads at once."""


class Request(Wire):
    """A body that we read; unknown keys are errors, so that a misspelt ``alergies`` is never ignored."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
