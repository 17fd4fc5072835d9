"""The heads of tables: which column holds what. Laboratories print two or three tables side by side; each has its own columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from agent.reports.cells import LABEL, RANGE, flat, is_flag, number_of
from agent.reports.scan import Found, scan_named

Role = Literal["name", "short", "result", "unit", "range", "flag", "other"]
_ROLES: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("other", re.compile(r"上次|历史|前次|方法|previous|method|prior", re.I)),
    ("short", re.compile(r"缩写|英文|代号|简称|^code$|abbr", re.I)),
    ("range", re.compile(r"参考|正常|范围|reference|range|interval|normal", re.I)),
    ("unit", re.compile(r"单位|^units?$", re.I)),
    ("flag", re.compile(r"提示|标[志识记]|异常|升降|状态|^flag$|^h/l$|abnormal|^status$", re.I)),
    ("result", re.compile(r"结果|测定值|检测值|实测值|^(?:your )?(?:results?|values?)$|current", re.I)),
    ("name", re.compile(r"项目|名称|指标|^(?:tests?|analyte|component|items?|names?|parameter|examination)(?: name)?$", re.I)),
)
Block = dict[Role, int]


def head_of(cells: Sequence[str]) -> list[Block]:
    """Return the columns of each table that a line is the head of; nothing for other lines."""
    blocks: list[Block] = []
    for column, cell in enumerate(cells):
        role = _role(flat(cell))
        if role == "name":
            blocks.append({})
        if role and role != "other" and blocks:
            blocks[-1].setdefault(role, column)
    return [block for block in blocks if "result" in block]


def values_by(blocks: Sequence[Block], cells: Sequence[str]) -> list[Found] | None:
    """Return the values of a row below a head; ``None`` where its cells are not what the head says, so that it must be read as it comes."""
    values = []
    for block in blocks:
        held = {role: flat(cells[column]) if column < len(cells) else "" for role, column in block.items()}
        if not held["name"] or not held["result"]:
            continue
        if number_of(held["name"]) is not None or not _fits(held):
            return None
        name = " ".join(filter(None, (held["name"], held.get("short", ""))))
        rest = [held[role] for role in ("result", "unit", "range", "flag") if role in held]
        found = scan_named(name, rest)
        if not found.result:
            return None
        values.append(found)
    return values


def _role(cell: str) -> Role | None:
    if not cell or len(cell) > 24:
        return None
    return next((role for role, pattern in _ROLES if pattern.search(cell.strip())), None)


def _fits(held: dict[Role, str]) -> bool:
    unit, range_, flag = held.get("unit", ""), held.get("range", ""), held.get("flag", "")
    if flag and not is_flag(flag):
        return False
    if unit and (RANGE.fullmatch(unit) or number_of(unit) is not None):
        return False
    return not range_ or not is_flag(range_) or LABEL.search(range_) is not None
