"""IDOR: another's data by id. Every route of the API document, tried as everybody; every object, tried as somebody
whose it is not. What is expected stands in `idor_table`, `idor_staff` and `idor_objects`."""

from __future__ import annotations

import re
from typing import Any

import httpx
import msgspec
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.members import service as members
from huixiang.platform.db import Database
from huixiang.platform.web.openapi import Operation
from huixiang.staff.model import Role
from tests.attacks.belongings import Belongings, belongings
from tests.attacks.callers import WHO, Headers, callers, document, documented
from tests.attacks.idor_objects import OBJECTS, PROGRAMMES
from tests.attacks.idor_table import ROUTES
from tests.entry.document import JSON, Described
from tests.entry.program import Program, bearer, running, sign_in
from tests.staff.role_table import BY_STORE, CELLS
from tests.support.programme import register_members

pytestmark = pytest.mark.requirement("SEC-01")

VALUES = {"day": "2026-03-18", "version": "1", "seq": "1"}
# Let in, and asked to show who they are once more.
PROVING = {"fresh_sign_in_required", "proof_needed"}
REFUSALS = {401: "not_authenticated", 403: "permission_missing"}
# What a member owns, as they see it themselves.
OWN = ("devices", "passkeys", "messages", "points", "points/postings", "pool", "coupons", "transfers", "profile")


class Expected(msgspec.Struct, frozen=True):
    """What the table says of one route."""

    kind: str
    needs: str | None
    answers: tuple[str, ...]


def table() -> dict[str, Expected]:
    found: dict[str, Expected] = {}
    heading = None
    for line in ROUTES.strip().splitlines():
        if "|" in line:
            mark, _, answers = line.partition("|")
            kind, needs = mark.split()
            heading = Expected(kind, None if needs == "-" else needs, tuple(answers.split()))
            continue
        assert heading is not None
        name = " ".join(line.split())
        assert name not in found, name
        found[name] = heading
    return found


def filled(path: str, ids: dict[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        name = found[1]
        return ids.get(name) or VALUES.get(name) or (str(new_id()) if name.endswith("_id") else "some")

    return re.sub(r"{(\w+)}", value, path)


def test_idor_the_table_has_a_row_for_every_route_and_says_what_it_asks_for() -> None:
    written = {name: (row.kind, row.needs) for name, row in table().items()}
    there = {f"{one.method} {one.path}": (one.access.kind, one.access.permission) for one, _ in documented()}
    missing = [f"{kind} {needs or '-'}: {name}" for name, (kind, needs) in there.items() if name not in written]
    assert missing == [], "routes without a row in tests/attacks/idor_table.py or idor_staff.py"
    assert written == there


def test_idor_the_table_keeps_to_the_policy_and_to_the_table_of_roles() -> None:
    held = {(str(role), permission) for role, permission, holds in CELLS if holds}
    held |= {("store", needs) for role, needs in held if role == Role.CUSTOMER_SERVICE and needs in BY_STORE}
    for name, row in table().items():
        answers = dict(zip(WHO, row.answers, strict=True))
        for who, answer in answers.items():
            kind = {"member": "member", "till": "system", "unscoped": "system", "nobody": None}.get(who, "staff")
            if row.kind not in ("public", kind):
                assert answer == "401", (name, who)
            elif kind == "staff" and row.needs:
                assert answer == ("in" if (who, row.needs) in held else "403"), (name, who)
            elif who == "unscoped":
                assert answer == "403" or row.kind == "public", name


async def asked(client: httpx.AsyncClient, one: Operation, path: str, headers: Headers) -> httpx.Response:
    """A request that says who asks and nothing else: no body to act on, and no key to act under."""
    if one.method == "GET":
        return await client.get(path, headers=headers)
    return await client.request(one.method, path, content=b"{}", headers=headers | {"Content-Type": "application/json"})


def told(answer: httpx.Response) -> str:
    """401, 403, or that somebody was let in, whatever is then said to a request that asks for nothing."""
    assert answer.status_code != 500, answer.text
    if (expected := REFUSALS.get(answer.status_code)) is None or answer.json()["code"] in PROVING:
        return "in"
    return str(answer.status_code) if answer.json()["code"] == expected else answer.text


async def test_idor_every_route_as_everybody(db: Database) -> None:
    wrong, expected = [], table()
    async with running(db) as program:
        [other] = await register_members(db, 1, prefix="other")
        known = await callers(db, program, bearer(members.issue_token(other, db.clock.now())))
        for one, _ in documented():
            row = expected[f"{one.method} {one.path}"]
            path = filled(one.path, {"member_id": str(program.member_id)})
            for who, answer in zip(WHO, row.answers, strict=True):
                got = told(await asked(program.client, one, path, known.headers(who, row.needs)))
                wrong += [f"{one.method} {one.path} as {who}: {got}, not {answer}"] if got != answer else []
    assert wrong == []


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """A row of the table of objects."""

    who: str
    method: str
    path: str
    answer: str
    own: int


ROWS = [msgspec.convert(line.split(), Asked, strict=False) for line in OBJECTS.strip().splitlines()]


def test_idor_every_object_is_in_the_table_of_objects() -> None:
    """But what a member's own path names, which is the first column of the other table."""
    tried = {f"{one.method} {one.path}" for one in ROWS}
    programmes = {f"{method} {path}" for method, path, *_ in map(str.split, PROGRAMMES.strip().splitlines())}
    naming = {
        f"{one.method} {one.path}"
        for one, _ in documented()
        if set(re.findall(r"{(\w+)}", one.path)) - {"member_id", "seq", "version", "day", "kind", "code"}
    }
    assert naming <= tried | programmes, "objects without a row in tests/attacks/idor_objects.py"
    assert not tried & programmes


class Trials:
    """Asks for objects: as somebody whose they are not, for some that are not there, and as somebody whose they are."""

    def __init__(self, ground: Belongings, staff: dict[str, Headers]) -> None:
        self._ground = ground
        self._staff = staff
        self._described = {(one.method, one.path): one for one in document().operations()}

    async def other(self, one: Asked) -> str:
        ground = self._ground
        ids = ground.ids_of(one.path)
        if one.who in ("key", "clerk"):
            ids |= {"member_id": ground.neighbour_id, "pool_id": ground.other_pool, "kind": "benefit", "code": "sea"}
            ids |= {"order_id": ground.other_order} if of_an_order(one.path) else {}
        return await self._told(one, ids, self._of_stranger(one))

    async def absent(self, one: Asked) -> str:
        ids = dict.fromkeys(self._ground.ids, "") | {"member_id": self._ground.neighbour_id}
        ids |= {"order_id": self._ground.other_order} if of_an_order(one.path) else {}
        return await self._told(one, ids | {"kind": "plan", "code": "plus"}, self._of_stranger(one))

    async def own(self, one: Asked) -> int:
        owner = {"member": self._ground.owner, "key": self._ground.program.system}.get(one.who)
        answer = await self._ask(one, self._ground.ids_of(one.path), owner or self._staff[f"not {one.who}"])
        return answer.status_code

    def _of_stranger(self, one: Asked) -> Headers:
        known = {"member": self._ground.neighbour, "key": self._ground.program.system}
        return known.get(one.who) or self._staff[one.who]

    async def _told(self, one: Asked, ids: dict[str, str], headers: Headers) -> str:
        answer = await self._ask(one, ids, headers)
        return f"{answer.status_code}/{answer.json()['code']}" if answer.content else str(answer.status_code)

    async def _ask(self, one: Asked, ids: dict[str, str], headers: Headers) -> httpx.Response:
        body = body_of(one.path, ids, self._described[one.method, one.path])
        sent = headers | {"Idempotency-Key": str(new_id())}
        return await self._ground.program.client.request(one.method, filled(one.path, ids), json=body, headers=sent)


def of_an_order(path: str) -> bool:
    """Whether it names what belongs to an order, which another order of the same member has not."""
    return "{order_id}" in path and any(f"{one}_id" in path for one in ("refund", "request", "instruction"))


def body_of(path: str, ids: dict[str, str], described: Described) -> Any:
    """The document's example, or what names an object in the body."""
    if path.endswith(("/pool/join", "/pool/dissolve")):
        return {"pool_id": ids["pool_id"] or str(new_id())}
    assert set(described.body) <= {JSON}, path
    return described.body[JSON]["example"] if described.body else None


async def owned(program: Program, owner: Headers) -> dict[str, Any]:
    """What a member sees of their own. (The seconds a holder has left are not of interest.)"""
    return {name: (await program.client.get(f"/api/member/v1/me/{name}", headers=owner)).json() for name in OWN}


async def test_idor_every_object_as_somebody_whose_it_is_not(db: Database, clock: SettableClock) -> None:
    async with running(db) as program:
        ground = await belongings(db, clock, program)
        staff = {str(role): await sign_in(db, role, name=f"of_{role}") for role in Role}
        staff["store"] = await sign_in(db, Role.CUSTOMER_SERVICE, frozenset({"s9"}), name="elsewhere")
        staff["clerk"] = staff["not clerk"] = staff["customer_service"]
        staff |= {"not store": staff["customer_service"], "not operations": staff["finance"]}
        trials, before = Trials(ground, staff), await owned(program, ground.owner)
        found = [(one, await trials.other(one), await trials.absent(one)) for one in ROWS]
        assert [one for one in found if one[1:] != (one[0].answer, one[0].answer)] == []
        assert await owned(program, ground.owner) == before
        # It was all there, and its owner reaches it under the same path.
        reached = [(one, await trials.own(one)) for one in ROWS]
        assert [one for one in reached if one[1] != one[0].own] == []
