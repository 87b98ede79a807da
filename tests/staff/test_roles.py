"""Every cell of the role table: what is shipped, and what the console's routes answer."""

from __future__ import annotations

import re

import pytest

from huixiang.entry.http import openapi_document
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.web.openapi import Operation, operations
from huixiang.staff import rules
from huixiang.staff.model import Role
from tests.entry.program import Program, application, running, sign_in
from tests.staff.role_table import BY_STORE, CELLS, held_by

CONSOLE = "/api/console/"
SIGN_OUT = ("DELETE", "/api/console/v1/session")
# Changes that nobody needs a permission for: of one's own session, password and passkeys.
OF_ONES_OWN = re.compile(r"/api/console/v1/(session$|me/)")
# They only look, and take a body to say for what; or take back what one asked for oneself.
LOOKING = {
    ("POST", "/api/console/v1/members/search"),
    ("POST", "/api/console/v1/message-templates/preview"),
    ("POST", "/api/console/v1/approvals/{approval_id}/withdrawal"),
}
REFUSED = "permission_missing"


@pytest.mark.requirement("CON-01")
@pytest.mark.parametrize(("role", "permission", "held"), CELLS)
def test_each_cell_of_the_role_table(role: Role, permission: str, held: bool) -> None:  # noqa: FBT001 - a cell
    assert (permission in rules.permissions_of(role)) is held


@pytest.mark.requirement("CON-01")
@pytest.mark.parametrize(("role", "permission", "held"), CELLS)
def test_each_cell_for_an_account_of_some_stores(role: Role, permission: str, held: bool) -> None:  # noqa: FBT001
    assert (permission in rules.permissions_of(role, frozenset({"s1"}))) is (held and permission in BY_STORE)


@pytest.mark.requirement("CON-01")
def test_the_role_table_is_complete() -> None:
    assert {permission for _, permission, _ in CELLS} == rules.PERMISSIONS
    assert set(rules.ROLES) == set(Role)


def console_routes() -> list[Operation]:
    """Those of the API document that people at the console call; signing out comes last."""
    described = {(method.upper(), path) for path, item in openapi_document()["paths"].items() for method in item}
    served = [one for one in operations(application()) if one.path.startswith(CONSOLE)]
    found = [one for one in served if one.access.kind == "staff"]
    assert {(one.method, one.path) for one in found} <= described
    assert {path for _, path in described if path.startswith(CONSOLE)} == {one.path for one in served}
    return sorted(found, key=lambda one: ((one.method, one.path) == SIGN_OUT, one.path))


def filled(path: str) -> str:
    values = {"{day}": "2026-03-18", "{version}": "1", "{seq}": "1"}
    return re.sub(r"{\w+}", lambda m: values.get(m[0]) or (str(new_id()) if m[0].endswith("_id}") else "some"), path)


async def answers(program: Program, headers: dict[str, str]) -> dict[str, bool]:
    """Which routes let somebody in, whatever they then say to an empty body."""
    given = {}
    for one in console_routes():
        keyed = {**headers, "Idempotency-Key": str(new_id()), "Content-Type": "application/json"}
        body = None if one.method == "GET" else b"{}"
        answer = await program.client.request(one.method, filled(one.path), content=body, headers=keyed)
        assert answer.status_code not in (401, 500), (one.path, answer.text)
        code = answer.json().get("code") if answer.content and answer.status_code >= 400 else None
        assert (answer.status_code == 403) is (code == REFUSED), (one.path, answer.text)
        given[f"{one.method} {one.path}"] = code != REFUSED
    return given


@pytest.mark.requirement("CON-01", "SEC-01")
@pytest.mark.parametrize("role", Role)
async def test_each_console_route_for_each_role(db: Database, role: Role) -> None:
    expected = {
        f"{one.method} {one.path}": one.access.permission is None or one.access.permission in held_by(role)
        for one in console_routes()
    }
    async with running(db) as program:
        assert await answers(program, await sign_in(db, role)) == expected


@pytest.mark.requirement("CON-01", "SEC-01")
@pytest.mark.parametrize("role", [Role.ADMIN, Role.OPERATIONS])
async def test_each_console_route_for_an_account_of_some_stores(db: Database, role: Role) -> None:
    held = held_by(role) & BY_STORE
    expected = {
        f"{one.method} {one.path}": one.access.permission is None or one.access.permission in held
        for one in console_routes()
    }
    async with running(db) as program:
        assert await answers(program, await sign_in(db, role, frozenset({"s1"}))) == expected


@pytest.mark.requirement("CON-01")
def test_what_changes_anything_asks_for_more_than_to_read() -> None:
    changing = {
        (one.method, one.path): one.access.permission
        for one in console_routes()
        if one.changes_state and (one.method, one.path) not in LOOKING and not OF_ONES_OWN.match(one.path)
    }
    assert all(permission and not permission.endswith(":read") for permission in changing.values()), changing


@pytest.mark.requirement("CON-01")
def test_operations_see_members_and_do_not_change_them() -> None:
    held = rules.permissions_of(Role.OPERATIONS)
    of_members = {permission for permission in held if permission.startswith(("members:", "points:", "orders:"))}
    assert of_members == {
        "members:read", "members:export", "points:read", "orders:read", "orders:settle", "points:pause",
    }  # fmt: skip
