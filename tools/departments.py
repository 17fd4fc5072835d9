"""Which department to go to."""

from __future__ import annotations

from tools.records import Department
from tools.tables import Tables
from tools.text import fold

_DEFAULT = "general_practice"


def departments_for(message: str, tables: Tables, *, age_months: int | None = None, limit: int = 2) -> list[Department]:
    """Return the departments whose keywords the message holds, most keywords first; general practice when none.

    A child goes to paediatrics first, whatever the complaint.
    """
    folded = fold(message)
    counted = []
    for department in tables.departments.values():
        hits = sum(len(pattern.findall(folded)) for pattern in (department.zh, department.en) if pattern)
        too_old = age_months is not None and department.age_max_months is not None and age_months > department.age_max_months
        if hits and not too_old:
            counted.append((hits, department))
    counted.sort(key=lambda pair: -pair[0])
    found = [department for _, department in counted]
    for department in tables.departments.values():
        if department.age_max_months is not None and age_months is not None and age_months <= department.age_max_months:
            found = [department, *(d for d in found if d.id != department.id)]
    return found[:limit] or [tables.departments[_DEFAULT]]
