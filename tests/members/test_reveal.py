"""Personal data is masked to staff; one field is shown for a reason, and that is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio

from huixiang.platform.db import Database
from huixiang.staff.model import Role
from tests.entry.program import Program, running, sign_in

WANG = {
    "channel": "till",
    "phone": "13812345678",
    "name": "王小明",
    "external_ids": [{"source": "crm", "external_id": "C-1"}],
}


@pytest_asyncio.fixture
async def program(db: Database) -> AsyncIterator[Program]:
    async with running(db) as one:
        yield one


async def registered(program: Program) -> str:
    headers = {**program.system, "Idempotency-Key": "wang"}
    answer = await program.client.post("/api/v1/members", json=WANG, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["member_id"])


async def reveal(
    program: Program, headers: dict[str, str], member_id: str, field: str, reason: str = "case 7"
) -> httpx.Response:
    path = f"/api/console/v1/members/{member_id}/reveal"
    return await program.client.post(path, json={"field": field, "reason": reason}, headers=headers)


@pytest.mark.requirement("CON-01")
@pytest.mark.parametrize("role", Role)
async def test_every_role_sees_members_masked_and_one_may_lift_it(program: Program, db: Database, role: Role) -> None:
    member_id = await registered(program)
    person = await sign_in(db, role)
    card = await program.client.get(f"/api/console/v1/members/{member_id}", headers=person)
    if card.status_code == 200:
        assert "13812345678" not in card.text
        assert "小明" not in card.text
    answer = await reveal(program, person, member_id, "phone")
    allowed = role is Role.CUSTOMER_SERVICE
    assert answer.status_code == (200 if allowed else 403), answer.text
    assert ("13812345678" in answer.text) is allowed


@pytest.mark.requirement("CON-01", "CON-03")
async def test_each_reveal_is_logged_with_its_reason_and_without_the_value(
    program: Program, db: Database, superuser: psycopg.Connection[Any]
) -> None:
    member_id = await registered(program)
    person = await sign_in(db, Role.CUSTOMER_SERVICE)
    shown = {
        field: (await reveal(program, person, member_id, field)).json()["values"]
        for field in ("name", "phone", "external_ids")
    }
    assert shown == {"name": ["王小明"], "phone": ["+8613812345678"], "external_ids": ["crm:C-1"]}
    rows = superuser.execute(
        "SELECT after ->> 'field', reason, member_id::text, split_part(actor, ':', 1), a::text FROM staff.audit AS a"
        " WHERE action = 'member.revealed' ORDER BY audit_id"
    ).fetchall()
    assert [row[:4] for row in rows] == [
        ("name", "case 7", member_id, "staff"),
        ("phone", "case 7", member_id, "staff"),
        ("external_ids", "case 7", member_id, "staff"),
    ]
    assert not any(value in row[4] for row in rows for value in ("13812345678", "王小明", "C-1"))


@pytest.mark.requirement("CON-01")
async def test_without_a_reason_or_a_member_nothing_is_shown(
    program: Program, db: Database, superuser: psycopg.Connection[Any]
) -> None:
    member_id = await registered(program)
    person = await sign_in(db, Role.CUSTOMER_SERVICE)
    assert (await reveal(program, person, member_id, "phone", "")).status_code == 422
    assert (await reveal(program, person, member_id, "password")).status_code == 422
    unknown = await reveal(program, person, "00000000-0000-7000-8000-000000000001", "phone")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "member_unknown")
    superuser.execute("DELETE FROM members.wrapped_key WHERE member_id = %s", [member_id])
    assert (await reveal(program, person, member_id, "phone")).json()["values"] == []
