"""Copies that staff give and take back by hand (CPN-03): within limits, for a reason, under their name."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from huixiang.coupons import service as coupons
from huixiang.coupons.handlers import SUBSCRIPTIONS
from huixiang.coupons.routes import ROUTES
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.members.adapters.key_file import FileKeys
from huixiang.members.model.states import NewState
from huixiang.members.service import states
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.staff import service as staff
from huixiang.staff.model import Role
from huixiang.staff.model.audit import AuditFilter
from huixiang.staff.service import audit
from tests.coupons.ground import breaches, publish_template
from tests.support.http_client import client_of
from tests.support.programme import load_programme, register_members

pytestmark = pytest.mark.requirement("CPN-03")
ALLOWED = ("coupons:give", "coupons:read", "coupons:write")


@pytest_asyncio.fixture
async def member(db: Database) -> UUID:
    await load_programme(db)
    return (await register_members(db, 1))[0]


async def post(client: httpx.AsyncClient, path: str, key: str | None = None, **body: Any) -> httpx.Response:
    return await client.post(
        f"/api/console/v1/members/{path}", json=body, headers={"Idempotency-Key": key or str(new_id())}
    )


async def give(
    client: httpx.AsyncClient, member: UUID, template: str = "ten", key: str | None = None
) -> httpx.Response:
    return await post(client, f"{member}/coupons", key, template=template, reason="late delivery")


async def test_a_copy_is_given_and_taken_back_under_a_name_and_for_a_reason(
    db: Database, member: UUID, tmp_path: Path
) -> None:
    await publish_template(db, total=5)
    staff.use_secrets(FileKeys.open(tmp_path / "home" / "master-keys.json", create=True))
    async with db.transaction() as tx:
        await staff.add_account(tx, "lin", "林晓", Role.CUSTOMER_SERVICE, by="cli")
        [clerk] = [one.staff_id for one in await staff.list_accounts(tx) if one.username == "lin"]
    async with client_of(db, ROUTES, *ALLOWED, caller=clerk) as client:
        first = await give(client, member, key="one")
        assert first.status_code == 201, first.text
        assert (await give(client, member, key="one")).json() == first.json(), "a lost answer gives no second copy"
        copy = f"{member}/coupons/{first.json()['coupon_id']}"
        assert (await post(client, f"{copy}/void")).status_code == 422, "no reason"
        ended = await post(client, f"{copy}/void", reason="the wrong one")
        assert (ended.status_code, ended.json()["state"]) == (200, "voided")
        again = await post(client, f"{copy}/void", reason="once more")
        assert (again.status_code, again.json()["code"], again.json()["state"]) == (409, "coupon_state_fixed", "voided")
        log = (await client.get(f"/api/console/v1/members/{copy}/changes")).json()["items"]
        assert [(one["what"], one["cause"], one["actor_name"], one["reason"]) for one in log] == [
            ("issued", "desk", "林晓", "late delivery"),
            ("voided", "desk", "林晓", "the wrong one"),
        ]
        told = (await client.get(f"/api/v1/members/{copy}/changes")).json()["items"]
        assert [one["cause"] for one in told] == ["desk", "desk"]
        assert not {"actor", "reason"} & set(told[0]), "systems are not told who of staff it was"
    async with db.transaction(read_only=True) as tx:
        kept = await audit.entries(tx, AuditFilter(member_id=member), None, 10)
    assert [(one.action, one.actor_name, one.reason) for one in kept.items] == [
        ("coupon.voided", "林晓", "the wrong one"),
        ("coupon.given", "林晓", "late delivery"),
    ]
    assert await breaches(db) == []


async def test_staff_give_no_more_in_a_day_than_the_template_says(
    db: Database, clock: SettableClock, member: UUID
) -> None:
    await publish_template(db, desk_per_day=2, total=3)
    await publish_template(db, "campaign", desk_per_day=0)
    async with client_of(db, ROUTES, *ALLOWED) as client:
        first = (await give(client, member)).json()["coupon_id"]
        assert (await give(client, member)).status_code == 201
        third = await give(client, member)
        assert (third.status_code, third.json()["code"], third.json()["limit"]) == (409, "coupon_desk_limit_reached", 2)
        assert (await post(client, f"{member}/coupons/{first}/void", reason="wrong")).status_code == 200
        assert (await give(client, member)).status_code == 201, "what is taken back does not count"
        await Relay(db, SUBSCRIPTIONS).drain()
        clock.advance(timedelta(days=1))
        none = await give(client, member)
        assert (none.status_code, none.json()["code"]) == (409, "stock_exhausted"), "the refused one took nothing"
        never = await give(client, member, "campaign")
        assert (never.status_code, never.json()["code"]) == (409, "coupon_not_offered")
        other = await client.post(
            f"/api/v1/members/{member}/coupons", json={"template": "campaign"}, headers={"Idempotency-Key": "k"}
        )
        assert other.status_code == 201, "a system may"
    assert await breaches(db) == []


async def test_what_cannot_be_given_or_taken_back_says_why(db: Database, clock: SettableClock, member: UUID) -> None:
    await publish_template(db, per_member=4, desk_per_day=100)
    ids = [new_id() for _ in range(4)]
    async with db.transaction() as tx:
        for one in ids:
            await coupons.issue(tx, member, "ten", one, "claim")
        await coupons.hold(tx, member, ids[:1], order := new_id())
        await coupons.use(tx, member, order)
        await coupons.hold(tx, member, ids[1:2], new_id())
        await states.change_state(tx, member, NewState(state="blocked", reason="stolen phone"), "cli")
    async with client_of(db, ROUTES, *ALLOWED) as client:
        assert (await give(client, member)).json()["code"] == "member_state_refuses"
        taken = await post(client, f"{member}/coupons/{ids[3]}/void", reason="of who stole the phone")
        assert taken.status_code == 200, "what a blocked member has may be taken"
        async with db.transaction() as tx:
            await states.change_state(tx, member, NewState(state="active", reason="found"), "cli")
        assert (await give(client, member)).json()["code"] == "coupon_limit_reached"
        assert (await give(client, member, "none")).json()["code"] == "coupon_template_unknown"
        clock.advance(timedelta(days=30))
        for one, state in zip(ids[:3], ("used", "held", "expired"), strict=True):
            refused = await post(client, f"{member}/coupons/{one}/void", reason="no")
            assert (refused.json()["code"], refused.json()["state"]) == ("coupon_state_fixed", state)
