"""A line of an exported collection: a document with everything that was known of it."""

from __future__ import annotations

from typing import Any, get_args

from retrieval.documents import Tier
from retrieval.readers.parsed import Parsed

FORMAT = "shensi-1"
OWN = ("id", "key", "language", "publisher", "source", "year", "tier", "keywords", "reviewed", "pages")


def imported(row: dict[str, Any]) -> Parsed | None:
    """Return the document of an exported line; None for a line of another kind.

    Raises:
        ValueError: it says that it was exported and is not whole.
    """
    if row.get("format") != FORMAT:
        return None
    given, body, title = row.get("document"), row.get("text"), row.get("title")
    if not isinstance(given, dict) or set(given) != set(OWN) or not isinstance(body, str) or not isinstance(title, str):
        raise ValueError("an exported document is not whole")
    words = [given[name] for name in ("id", "key", "publisher", "source")]
    lists = (given["keywords"], str), (given["pages"], int)
    if (
        not all(isinstance(word, str) for word in words)
        or not all(isinstance(values, list) and all(type(value) is kind for value in values) for values, kind in lists)
        or (type(given["year"]), type(given["reviewed"])) != (int, bool)
        or given["language"] not in ("zh", "en")
        or given["tier"] not in get_args(Tier)
    ):
        raise ValueError("wrong type of a value of an exported document")
    values = given | {"keywords": tuple(given["keywords"]), "pages": tuple(given["pages"])}
    return Parsed(body, title, **values)
