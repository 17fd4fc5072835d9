"""One record of a data set, a JSON object or a row of a table with known columns, into one document.

Known shapes: a passage (``_id, title, text`` as in BEIR), a question with its answer (also nested lists as in the Huatuo sets, ``data``
with 问 and 答, ``instruction, output``), and a named thing with fields of text, whose fields become sections.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from retrieval.documents import plain
from retrieval.readers.encoding import mended
from retrieval.readers.exported import imported
from retrieval.readers.parsed import Parsed
from retrieval.readers.years import year_of

_TEXTS = ("text", "passage")
_QUESTIONS = ("question", "questions", "ask", "query", "instruction", "问题", "提问")
_ANSWERS = ("answer", "answers", "response", "output", "回答", "答案")
_NAMES = ("title", "name", "标题", "名称", "疾病名称", "药品名称")
_KEYS = ("_id", "id")


def is_record(columns: Iterable[str]) -> bool:
    """Return whether a table with these columns holds records, not a table in the ordinary sense."""
    names = {column.strip().lower() for column in columns}
    asked = bool(names.intersection(_QUESTIONS) and names.intersection(_ANSWERS))
    return asked or bool(names.intersection(_TEXTS) and names.intersection((*_KEYS, *_NAMES)))


def read_record(given: dict[str, Any], number: int) -> Parsed:
    """Return the document of one record.

    Args:
        given: the record.
        number: its line, which names it where it has no id.

    Raises:
        ValueError: the record is of no known shape, or has no text.
    """
    if (exported := imported(given)) is not None:
        return exported
    row = {str(key).strip().lower(): value for key, value in given.items()}
    key = next((str(value) for name in _KEYS if (value := row.get(name)) not in (None, "") and not isinstance(value, bool)), "")
    title, keywords, body = _content(row)
    body = plain(mended(body)).strip() or plain(mended(title)).strip()  # sets in the BEIR shape hold passages that are a title alone
    if not body:
        raise ValueError("no text")
    source, publisher = _label(row.get("source")), _label(row.get("publisher"))
    year = year_of(str(row["year"])) if isinstance(row.get("year"), str | int) else 0
    return Parsed(
        body,
        title=plain(mended(title)).strip() or body[:40],
        keywords=keywords,
        key=key,
        within=key or str(number),
        publisher=publisher or source,
        source=source,
        year=year,
    )


def _label(value: object) -> str:
    return " ".join(plain(value).split())[:200] if isinstance(value, str) else ""


def _content(row: dict[str, Any]) -> tuple[str, tuple[str, ...], str]:
    """Return title, keywords and text."""
    text = next((row[name] for name in _TEXTS if name in row), None)
    name = next((value for key in _NAMES if isinstance(value := row.get(key), str) and value.strip()), "")
    if text is not None:
        if not isinstance(text, str):
            raise ValueError("the text is not a text")
        return name, (), text
    if isinstance(row.get("data"), list):
        questions, answers = _dialogue(_texts(row["data"]))
    else:
        questions = [text for key in _QUESTIONS if row.get(key) for text in _texts(row[key])]
        answers = [text for key in _ANSWERS if row.get(key) for text in _texts(row[key])]
    if questions and answers:
        questions = list(dict.fromkeys([name.strip(), *questions] if name else questions))
        return questions[0], tuple(" ".join(mended(text).split()) for text in questions[1:]), "\n".join(answers)
    fields = list(_fields(row))
    if not name or not fields:
        raise ValueError("neither text, nor question and answer, nor a name with fields")
    return name, (), "\n\n".join(f"## {field}\n\n{value}" for field, value in fields)


def _dialogue(turns: list[str]) -> tuple[list[str], list[str]]:
    """Part 问：… from 答：…; later questions stay in the text, without which its later answers could not be understood."""
    return [turns[0].removeprefix("问：").removeprefix("问:")], [turns[1].removeprefix("答：").removeprefix("答:"), *turns[2:]] if turns[
        1:
    ] else []


def _fields(row: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for key, value in row.items():
        if key in (*_KEYS, *_NAMES, "source", "publisher", "url", "link"):
            continue
        if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            value = "、".join(value)
        if isinstance(value, str) and value.strip():
            yield key, plain(value).strip()


def _texts(value: Any) -> list[str]:
    """Flatten a text, a list of texts or (as in HuatuoGPT's files) a list of lists of texts."""
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, str) and value.strip():
        return [plain(value).strip()]
    raise ValueError("a question or an answer is not a text")
