"""Corrections of personal data: asked for by one, approved by another, and never over what has changed meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
import pytest_asyncio

from huixiang.kernel.ids import new_id
from huixiang.members import service
from huixiang.members.adapters.personal import MemberSealer
from huixiang.members.handlers import SUBSCRIPTIONS
from huixiang.members.model import MemberRef, NewMember
from huixiang.members.model.profile import ProfileChanges
from huixiang.members.routes.personal_change import ROUTES
from huixiang.members.routes.reveal import ROUTES as REVEAL
from huixiang.members.service.profile import change_profile
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.staff import service as staff
from huixiang.staff.routes.approvals import ROUTES as APPROVALS
from tests.support.http_client import client_of
from tests.support.programme import load_programme

pytestmark = pytest.mark.requirement("CON-02")
HELD = ("members:manage", "members:approve", "members:reveal", "approvals:read", "approvals:decide")


class Desk:
    def __init__(self, db: Database, member: UUID, maker: httpx.AsyncClient, checker: httpx.AsyncClient) -> None:
        self.db, self.member, self.maker, self.checker = db, member, maker, checker

    async def send(self, client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> httpx.Response:
        headers = {"Idempotency-Key": str(new_id())}
        return await client.post(f"/api/console/v1/{path}", json=body, headers=headers)

    async def ask(self, **fields: Any) -> httpx.Response:
        return await self.send(self.maker, f"members/{self.member}/personal", fields | {"reason": "identity card"})

    async def approve(self, asked: httpx.Response) -> dict[str, Any]:
        assert asked.status_code == 202, asked.text
        place = f"approvals/{asked.json()['approval_id']}"
        decided = await self.send(self.checker, f"{place}/decision", {"decision": "approve", "note": "seen"})
        assert decided.status_code == 200, decided.text
        await Relay(self.db, list(SUBSCRIPTIONS)).drain()
        found: dict[str, Any] = (await self.checker.get(f"/api/console/v1/{place}")).json()
        return found

    async def known(self, field: str) -> list[str]:
        answer = await self.send(self.checker, f"members/{self.member}/reveal", {"field": field, "reason": "test"})
        return list(answer.json()["values"])


@pytest_asyncio.fixture
async def desk(db: Database) -> AsyncIterator[Desk]:
    await load_programme(db)
    staff.use_sealer(MemberSealer())
    async with db.transaction() as tx:
        member = (await service.register(tx, NewMember(channel="till", phone="13812345678", name="王晓明"))).member_id
    routes = [*ROUTES, *APPROVALS, *REVEAL]
    async with client_of(db, routes, *HELD) as maker, client_of(db, routes, *HELD) as checker:
        yield Desk(db, member, maker, checker)


async def test_a_correction_waits_shows_both_and_is_made_once(desk: Desk, superuser: psycopg.Connection[Any]) -> None:
    asked = await desk.ask(name="王小明", phone="13900139000", birthday="1990-05-01")
    shown = (await desk.checker.get(f"/api/console/v1/approvals/{asked.json()['approval_id']}")).json()["difference"]
    assert {one["path"]: (one["before"], one["after"]) for one in shown} == {
        "$.name": ("王晓明", "王小明"),
        "$.birthday": (None, "1990-05-01"),
        "$.phone": ("+8613812345678", "+8613900139000"),
    }
    assert await desk.known("name") == ["王晓明"]
    done = await desk.approve(asked)
    assert (done["state"], done["result"]) == ("done", {"fields": ["birthday", "name", "phone"]})
    assert (await desk.known("name"), await desk.known("phone")) == (["王小明"], ["+8613900139000"])
    async with desk.db.transaction() as tx:
        assert await service.resolve(tx, MemberRef(phone="13900139000")) == desk.member
    born = superuser.execute("SELECT birth_month, birth_day FROM members.member").fetchone()
    assert born == (5, 1)


async def test_what_is_kept_and_logged_of_it_is_sealed(desk: Desk, superuser: psycopg.Connection[Any]) -> None:
    await desk.approve(await desk.ask(name="王小明", phone="13900139000"))
    tables = ("staff.approval", "staff.approval_outcome", "staff.audit", "platform.outbox", "platform.idempotency")
    for table in tables:
        kept = str(superuser.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} AS t").fetchone())  # noqa: S608
        assert not [planted for planted in ("王小明", "王晓明", "1390013", "1381234") if planted in kept], table
    [entry] = superuser.execute(
        "SELECT before::text, after::text, reason FROM staff.audit WHERE action = 'member.personal_changed'"
    ).fetchall()
    assert ("sealed" in entry[0], "sealed" in entry[1], entry[2]) == (True, True, "identity card")


async def test_what_changed_meanwhile_is_not_overwritten(desk: Desk) -> None:
    asked = await desk.ask(name="王小明", birthday="1990-05-01")
    async with desk.db.transaction() as tx:
        await change_profile(tx, desk.member, ProfileChanges(name="王大明"))
    late = await desk.approve(asked)
    assert (late["state"], late["code"]) == ("failed", "personal_data_moved")
    assert late["problems"] == [{"path": "$.name", "problem": "has changed since this was asked for"}]
    assert await desk.known("name") == ["王大明"]


async def test_a_phone_of_another_member_is_refused_when_it_runs_and_nothing_else_is_done(desk: Desk) -> None:
    asked = await desk.ask(name="王小明", phone="13900139000")
    async with desk.db.transaction() as tx:
        await service.register(tx, NewMember(channel="till", phone="13900139000"))
    failed = await desk.approve(asked)
    assert (failed["state"], failed["code"]) == ("failed", "identity_of_another")
    assert (await desk.known("name"), await desk.known("phone")) == (["王晓明"], ["+8613812345678"])


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "input_invalid"),
        ({"phone": "12"}, "input_invalid"),
        ({"birthday": "2999-01-01"}, "input_invalid"),
        ({"name": "王晓明"}, "personal_data_alike"),
    ],
)
async def test_what_cannot_be_is_refused_at_once(desk: Desk, fields: dict[str, Any], code: str) -> None:
    assert (await desk.ask(**fields)).json()["code"] == code
