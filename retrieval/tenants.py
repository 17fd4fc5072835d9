"""Whose a collection is: its name says it, so that nothing has to be looked up while searching.

``local-guides`` belongs to the installation and everybody may search it; ``clinic:local-guides`` belongs to the tenant ``clinic``, and to
all others it is not there.
"""

from __future__ import annotations

_MARK = ":"


def named(name: str, tenant: str) -> str:
    """Return what a tenant's collection is called in the index."""
    return f"{tenant}{_MARK}{name}" if tenant else name


def bare(stored: str) -> str:
    """Return what its tenant calls a collection."""
    return stored.rpartition(_MARK)[2]


def is_of(stored: str, tenant: str) -> bool:
    """Tell whether a collection is the tenant's own, or without a tenant the installation's."""
    return stored.rpartition(_MARK)[0] == tenant


def may_see(stored: str, tenant: str) -> bool:
    """Tell whether the people of a tenant may search a collection."""
    return is_of(stored, "") or is_of(stored, tenant)
