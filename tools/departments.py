"""Which department to go to."""

from __future__ import annotations

from tools.profile import PatientProfile
from tools.tables import Tables
from tools.text import fold
from tools.triage_records import Department

_DEFAULT = "general_practice"
NOBODY = PatientProfile()


def departments_for(message: str, tables: Tables, profile: PatientProfile = NOBODY, *, limit: int = 2) -> list[Department]:
    """Return the departments whose keywords the message holds, most keywords first; general practice when none.

    A child goes to paediatrics first, whatever the complaint; nobody is sent to a department for the other sex.
    """
    folded, age_months = fold(message), profile.age_months
    counted = []
    for department in tables.departments.values():
        hits = sum(len(pattern.findall(folded)) for pattern in (department.zh, department.en) if pattern)
        too_old = age_months is not None and department.age_max_months is not None and age_months > department.age_max_months
        other_sex = bool(department.sex and profile.sex and department.sex != profile.sex)
        if hits and not too_old and not other_sex:
            counted.append((hits, department))
    counted.sort(key=lambda pair: -pair[0])
    found = [department for _, department in counted]
    for department in tables.departments.values():
        if department.age_max_months is not None and age_months is not None and age_months <= department.age_max_months:
            found = [department, *(d for d in found if d.id != department.id)]
    return found[:limit] or [d for key in (_DEFAULT, "emergency") if (d := tables.departments.get(key))][:1]
