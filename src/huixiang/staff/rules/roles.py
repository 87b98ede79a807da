"""What a role may do."""

from __future__ import annotations

from collections.abc import Mapping

from huixiang.staff.model import Role

_READ_MEMBERS = frozenset({"members:read", "points:read", "orders:read"})
_READ_PROGRAMME = frozenset({"insight:read", "rulebook:read", "catalogue:read"})
_READ_HOUSE = frozenset({"staff:read", "keys:read", "audit:read"})
# The shipped role table. What is not named here is refused.
ROLES: Mapping[Role, frozenset[str]] = {
    Role.ADMIN: _READ_MEMBERS
    | _READ_PROGRAMME
    | _READ_HOUSE
    | {"finance:read", "staff:write", "keys:write", "points:export", "points:pause", "rulebook:switch"},
    Role.OPERATIONS: _READ_MEMBERS
    | _READ_PROGRAMME
    | {"points:adjust", "points:approve", "points:pause", "rulebook:write", "rulebook:publish", "rulebook:switch"},
    Role.CUSTOMER_SERVICE: _READ_MEMBERS
    | {"members:reveal", "catalogue:read", "rulebook:read", "points:adjust", "points:export"},
    Role.ANALYST: _READ_PROGRAMME,
    Role.FINANCE: _READ_PROGRAMME | {"finance:read", "points:read", "orders:read", "points:approve", "points:export"},
    Role.AUDITOR: _READ_MEMBERS | _READ_PROGRAMME | _READ_HOUSE | {"finance:read", "points:export"},
}


PERMISSIONS = frozenset().union(*ROLES.values())


def permissions_of(role: Role) -> frozenset[str]:
    return ROLES[role]
