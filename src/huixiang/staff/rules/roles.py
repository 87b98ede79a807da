"""What a role may do: the shipped table `staff/shipped/roles.json`. What is not named there is refused."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources

import msgspec

from huixiang.staff.model import Role


class Granted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who holds a permission. by_store: whether an account that is limited to stores keeps it; what concerns the whole
    programme it does not."""

    roles: frozenset[Role]
    by_store: bool = False


def _shipped() -> Mapping[str, Granted]:
    table = resources.files("huixiang.staff").joinpath("shipped/roles.json").read_bytes()
    return msgspec.json.decode(table, type=dict[str, Granted])


TABLE: Mapping[str, Granted] = _shipped()
PERMISSIONS = frozenset(TABLE)
BY_STORE = frozenset(permission for permission, granted in TABLE.items() if granted.by_store)
ROLES: Mapping[Role, frozenset[str]] = {
    role: frozenset(permission for permission, granted in TABLE.items() if role in granted.roles) for role in Role
}


def permissions_of(role: Role, stores: frozenset[str] | None = None) -> frozenset[str]:
    """What an account of a role may do; one that is limited to stores only what can be told by store."""
    return ROLES[role] if stores is None else ROLES[role] & BY_STORE
