"""Everybody who may stand before a route, each with credentials that are good somewhere."""

from __future__ import annotations

from functools import cache

from huixiang.platform.db import Database
from huixiang.platform.web.openapi import Operation, operations
from huixiang.staff import service as staff
from huixiang.staff.model import Role
from tests.entry.document import Document
from tests.entry.program import Program, application, bearer, sign_in

TILL = frozenset(
    {
        "catalogue:read",
        "coupons:read",
        "members:read",
        "members:tail",
        "members:write",
        "orders:write",
        "points:read",
        "points:write",
        "prices:read",
        "quotes:write",
    }
)
WHO = ("nobody", "member", "till", "unscoped", *(str(role) for role in Role), "store")
LAST = {"sign_out", "sign_out_everywhere"}  # what ends the session that the others use
Headers = dict[str, str]


@cache
def document() -> Document:
    return Document()


@cache
def documented() -> list[tuple[Operation, str]]:
    """Every operation of the API document with its name; what ends sessions comes last."""
    marked = {(one.method, one.path): one for one in operations(application())}
    named = {(one.method, one.path): one.name for one in document().operations()}
    assert marked.keys() == named.keys()
    return sorted(((marked[key], name) for key, name in named.items()), key=lambda one: one[1] in LAST)


class Callers:
    """`member` is not the member that the paths name; `till` has the scopes of one; `unscoped` is a key with every
    scope but the one that the route asks for; `store` serves customers of another store than the orders are of."""

    def __init__(self, known: dict[str, Headers], unscoped: dict[str, Headers]) -> None:
        self._known = known
        self._unscoped = unscoped

    def headers(self, who: str, scope: str | None) -> Headers:
        return self._unscoped.get(scope or "", self._unscoped[""]) if who == "unscoped" else self._known[who]


async def callers(db: Database, program: Program, member: Headers) -> Callers:
    known: dict[str, Headers] = {"nobody": {}, "member": member}
    unscoped: dict[str, Headers] = {}
    async with db.transaction() as tx:
        known["till"] = bearer((await staff.create_key(tx, "till of S001", TILL, "tests")).token)
        for scope in sorted(staff.SCOPES):
            key = await staff.create_key(tx, f"all but {scope}", staff.SCOPES - {scope}, "tests")
            unscoped[scope] = bearer(key.token)
    unscoped[""] = program.system
    for role in Role:
        known[str(role)] = await sign_in(db, role, name=f"of_{role}")
    known["store"] = await sign_in(db, Role.CUSTOMER_SERVICE, frozenset({"s9"}), name="elsewhere")
    return Callers(known, unscoped)
