"""The root of every exception that Shensi raises on purpose.

    ShensiError
    ├── ConfigError            configs: a profile that cannot be used
    ├── tools.errors.ToolError
    ├── retrieval.errors.RetrievalError
    ├── memory.errors.MemoryError_
    ├── graphs.errors.GraphError
    └── agent.errors.AgentError

An error is a code and its values; the words come from ``configs/locales`` in the reader's language, so that no message is written twice
and none is shown in the wrong language.
"""

from __future__ import annotations

from typing import Any


class ShensiError(Exception):
    """An expected failure: ``code`` names the message in the locale files, ``values`` fill its blanks."""

    def __init__(self, code: str, **values: Any) -> None:
        self.code = code
        self.values = values
        super().__init__(code, values)

    def message(self, language: str) -> str:
        """Return the sentence for the reader, in ``zh`` or ``en``."""
        from configs.locales import text

        return text(language, f"errors.{self.code}", **self.values)

    def __str__(self) -> str:
        return self.message("en")


class ConfigError(ShensiError):
    """A profile file or an environment variable that cannot be used."""
