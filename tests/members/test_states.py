"""States of members: what each may do, which may follow which, and the commands that change them (MEM-14)."""

from __future__ import annotations

from contextlib import nullcontext
from itertools import product
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio

from huixiang.members.model import Ability, State
from huixiang.members.model.states import StateFixed
from huixiang.members.rules import states as rules
from huixiang.platform.db import Database
from huixiang.staff import service as staff
from huixiang.staff.model import Role
from tests.members.console import sign_in

pytestmark = pytest.mark.requirement("MEM-14")

# Rows: state. Columns: sign_in, earn, spend, receive_marketing, be_looked_up.
STATE_TABLE = """
active    x x x x x
blocked   - - - - x
closed    - - - - -
deceased  - - - - -
minor     x x x - x
merging   x x - - x
merged    - - - - -
"""
CELLS = [
    (State(line.split()[0]), ability, mark == "x")
    for line in STATE_TABLE.strip().splitlines()
    for ability, mark in zip(Ability, line.split()[1:], strict=True)
]
# Rows: state before. Columns: state after; x by everybody, s by staff alone, - by no command.
CHANGES = """
          active blocked closed deceased minor merging merged
active    -      x       x      x        x     -       -
blocked   x      -       x      x        x     -       -
closed    -      -       -      -        -     -       -
deceased  s      s       -      -        s     -       -
minor     x      x       x      x        -     -       -
merging   -      -       -      -        -     -       -
merged    -      -       -      -        -     -       -
"""
HEAD, *ROWS = (line.split() for line in CHANGES.strip().splitlines())
CHANGE_CELLS = [(State(row[0]), State(after), mark) for row in ROWS for after, mark in zip(HEAD, row[1:], strict=True)]


@pytest.mark.parametrize(("state", "ability", "allowed"), CELLS)
def test_each_cell_of_the_state_table(state: State, ability: Ability, allowed: bool) -> None:  # noqa: FBT001 - a cell
    assert rules.may(state, ability) is allowed
    assert (state in rules.states_that(ability)) is allowed


@pytest.mark.parametrize(("before", "after", "mark"), CHANGE_CELLS)
def test_each_cell_of_the_table_of_changes(before: State, after: State, mark: str) -> None:
    for by_staff in (True, False):
        allowed = mark == "x" or (mark == "s" and by_staff)
        with nullcontext() if allowed else pytest.raises(StateFixed):
            rules.check_change(before, after, None, by_staff=by_staff)


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("came_from", [None, State.ACTIVE, State.MINOR, State.BLOCKED])
def test_staff_are_offered_what_they_may_do_and_nothing_else(before: State, came_from: State | None) -> None:
    offered = rules.choices(before, came_from)
    for after in State:
        with nullcontext() if after in offered else pytest.raises(StateFixed):
            rules.check_change(before, after, came_from, by_staff=True)


def test_the_tables_are_complete() -> None:
    assert {state for state, _, _ in CELLS} == set(State) == set(rules.STATES) == set(rules.TRANSITIONS)
    assert {(before, after) for before, after, _ in CHANGE_CELLS} == set(product(State, State))


@pytest_asyncio.fixture
async def system(client: httpx.AsyncClient, db: Database) -> httpx.AsyncClient:
    async with db.transaction() as tx:
        key = await staff.create_key(tx, "shop", ["members:read", "members:write", "members:manage"], by="cli")
    client.headers["Authorization"] = f"Bearer {key.token}"
    return client


class Case:
    """One member, whose state is changed by commands with keys of their own."""

    def __init__(self, client: httpx.AsyncClient, member_id: str) -> None:
        self.client = client
        self.member_id = member_id
        self._count = 0

    async def to(self, state: str, headers: dict[str, str] | None = None, **more: Any) -> tuple[int, str]:
        """Status, and the state or the code of the refusal."""
        self._count += 1
        consent = {"guardian_consent": "contracts/2026/17"} if state == "minor" else {}
        side = "console/v1" if headers else "v1"
        answer = await self.client.post(
            f"/api/{side}/members/{self.member_id}/state",
            json={"state": state, "reason": f"case {self._count}"} | consent | more,
            headers=(headers or {}) | {"Idempotency-Key": f"state {self._count}"},
        )
        said = answer.json()
        return answer.status_code, said.get("state") if answer.status_code == 200 else said["code"]


@pytest_asyncio.fixture
async def case(system: httpx.AsyncClient) -> Case:
    body = {"channel": "app", "phone": "13812345678"}
    made = await system.post("/api/v1/members", json=body, headers={"Idempotency-Key": "join"})
    return Case(system, made.json()["member_id"])


async def test_a_member_who_is_unblocked_is_what_they_were(case: Case) -> None:
    assert await case.to("minor") == (200, "minor")
    assert await case.to("blocked") == (200, "blocked")
    assert await case.to("active") == (409, "member_state_fixed")
    assert await case.to("minor") == (200, "minor")
    assert await case.to("active") == (200, "active"), "they came of age"
    assert await case.to("active") == (200, "active"), "again changes nothing"


async def test_a_death_is_revoked_by_a_person_and_a_closed_membership_by_nobody(case: Case, db: Database) -> None:
    person = await sign_in(db, Role.CUSTOMER_SERVICE)
    await case.to("blocked")
    assert await case.to("deceased") == (200, "deceased")
    assert await case.to("blocked") == (409, "member_state_fixed")
    assert await case.to("active", person) == (409, "member_state_fixed"), "they were blocked"
    assert await case.to("blocked", person) == (200, "blocked")
    assert await case.to("active", person) == (200, "active")
    assert await case.to("closed") == (200, "closed")
    assert await case.to("active", person) == (409, "member_state_fixed")


async def test_a_minor_needs_the_consent_of_a_guardian(case: Case) -> None:
    assert await case.to("minor", guardian_consent=None) == (422, "input_invalid")
    assert await case.to("blocked", guardian_consent="contracts/1") == (422, "input_invalid")
    assert await case.to("merged") == (422, "input_invalid")
    assert await case.to("minor", guardian_consent="contracts/1") == (200, "minor")


async def test_changes_are_kept_with_who_and_why(case: Case, db: Database, superuser: psycopg.Connection[Any]) -> None:
    person = await sign_in(db, Role.CUSTOMER_SERVICE)
    await case.to("blocked")
    await case.to("active", person)
    shown = (await case.client.get(f"/api/console/v1/members/{case.member_id}/states", headers=person)).json()["items"]
    assert [(one["seq"], one["from_state"], one["to_state"], one["reason"]) for one in shown] == [
        (2, "blocked", "active", "case 2"),
        (1, "active", "blocked", "case 1"),
    ]
    assert [one["changed_by"].split(":")[0] for one in shown] == ["staff", "key"]
    kept = superuser.execute(
        "SELECT actor, before ->> 'state', after ->> 'state', reason, member_id::text FROM staff.audit"
        " WHERE action = 'member.state_changed' ORDER BY recorded_at, after ->> 'state' DESC"
    ).fetchall()
    assert sorted(row[1:] for row in kept) == [
        ("active", "blocked", "case 1", case.member_id),
        ("blocked", "active", "case 2", case.member_id),
    ]
    assert {row[0] for row in kept} == {one["changed_by"] for one in shown}


async def test_staff_without_the_permission_changes_no_state(case: Case, db: Database) -> None:
    assert await case.to("blocked", await sign_in(db, Role.ANALYST)) == (403, "permission_missing")


async def test_staff_are_told_which_states_may_follow_and_what_each_allows(case: Case, db: Database) -> None:
    person = await sign_in(db, Role.CUSTOMER_SERVICE)
    place = f"/api/console/v1/members/{case.member_id}/states/choices"

    async def told() -> tuple[str, set[str]]:
        said = (await case.client.get(place, headers=person)).json()
        return said["state"], set(said["next"])

    assert await told() == ("active", {"minor", "blocked", "closed", "deceased"})
    await case.to("minor")
    await case.to("blocked")
    assert await told() == ("blocked", {"minor", "closed", "deceased"})
    table = (await case.client.get(place, headers=person)).json()["table"]
    assert {(State(row["state"]), Ability(ability)) for row in table for ability in row["may"]} == {
        (state, ability) for state, ability, allowed in CELLS if allowed
    }
