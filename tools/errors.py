"""Errors of the tools and their tables.

ShensiError
└── ToolError
├── TableError         a knowledge table is missing, damaged or refers to nothing
├── InvalidArgument    a value outside what the tool can calculate with
└── UnknownDrug        a name that no table knows: "could not be verified", never "no problem found"
"""

from __future__ import annotations

from configs.errors import ShensiError


class ToolError(ShensiError):
    """A tool could not do its work."""


class TableError(ToolError):
    """A knowledge table cannot be trusted; no medical advice is given without it."""


class InvalidArgument(ToolError):
    """An argument is not usable; the message names it, its unit and its range."""


class UnknownDrug(ToolError):
    """No table knows this name."""
