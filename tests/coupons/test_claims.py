"""Copies of templates: claimed and granted within limits, each once, whoever dies between ticket and copy (CPN-02)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from huixiang.coupons import service as coupons
from huixiang.coupons.handlers import SUBSCRIPTIONS
from huixiang.coupons.model import CouponClaimLapsed, CouponLimitReached
from huixiang.coupons.routes import ROUTES
from huixiang.coupons.service import claims
from huixiang.entry.background import HOLDERS
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.stock import service as stock
from huixiang.stock.model import Kind
from tests.coupons.ground import breaches, claim, publish_template
from tests.support.http_client import client_of
from tests.support.programme import load_programme, register_members

pytestmark = [pytest.mark.requirement("CPN-02"), pytest.mark.requirement("CPN-01")]
IN_GOLD = {"type": "compare", "attribute": "tier", "op": "eq", "value": "gold"}


@pytest_asyncio.fixture
async def members(db: Database) -> list[UUID]:
    await load_programme(db)
    return await register_members(db, 3)


async def left(db: Database, kind: Kind = Kind.COUPON_TEMPLATE, key: str = "ten") -> int:
    async with db.transaction(read_only=True) as tx:
        return (await stock.left(tx, [(kind, key)]))[kind, key]


async def grant(client: httpx.AsyncClient, member: UUID, **body: Any) -> httpx.Response:
    headers = {"Idempotency-Key": str(new_id())}
    return await client.post(f"/api/v1/members/{member}/coupons", json={"template": "ten"} | body, headers=headers)


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", answer.json().get("state"))


async def test_a_claim_is_answered_once_and_limits_hold(db: Database, members: list[UUID]) -> None:
    version = await publish_template(db, claim={}, total=3, per_member=2)
    async with client_of(db, ROUTES, "coupons:write", "coupons:read") as client:
        first, again = await claim(client, members[0], "a"), await claim(client, members[0], "a")
        assert (first.status_code, again.json()) == (201, first.json())
        copy = first.json()
        assert (copy["template"], copy["template_version"], copy["rule"], copy["state"]) == (
            "ten", version, "ten", "issued",
        )  # fmt: skip
        assert copy["expires_at"] == "2026-03-25T16:00:00Z", "the rest of the day and seven whole ones"
        assert await left(db) == 2
        assert code_of(await claim(client, members[0])) == (201, "issued")
        assert code_of(await claim(client, members[0])) == (409, "coupon_limit_reached")
        assert code_of(await grant(client, members[1])) == (201, "issued")
        assert code_of(await claim(client, members[2])) == (409, "stock_exhausted")
        assert (await claim(client, members[0], "a")).json() == copy, "though nothing is left"
        assert len((await client.get(f"/api/v1/members/{members[0]}/coupons")).json()["items"]) == 2
    await Relay(db, SUBSCRIPTIONS).drain()
    async with db.transaction(read_only=True) as tx:
        states = await tx.fetch("SELECT state, count(*) FROM stock.ticket GROUP BY state")
    assert [tuple(one) for one in states] == [("confirmed", 3)]
    assert await breaches(db) == []


async def test_the_member_claims_for_themselves_alone(db: Database, members: list[UUID]) -> None:
    await publish_template(db, claim={})
    async with client_of(db, ROUTES, member=members[1]) as client:
        mine = await client.post(
            "/api/member/v1/me/coupons/claim", json={"template": "ten"}, headers={"Idempotency-Key": "a"}
        )
        assert mine.status_code == 201
        assert (await client.get("/api/member/v1/me/coupons")).json()["items"] == [mine.json()]


async def test_a_budget_ends_claims_as_a_total_does(db: Database, members: list[UUID]) -> None:
    await publish_template(db, claim={}, total=5, budget_fen=1900, worth_fen=1000)
    async with client_of(db, ROUTES, "coupons:write") as client:
        assert (await claim(client, members[0])).status_code == 201
        refused = await claim(client, members[1])
        assert code_of(refused) == (409, "stock_exhausted")
    assert (await left(db), await left(db, Kind.BUDGET, "coupon/ten")) == (4, 900)
    assert await breaches(db) == []


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"claim": None}, "coupon_not_offered"),
        ({"claim": {"opens_at": "2026-03-18T02:30:01Z"}}, "coupon_claim_not_open"),
        ({"claim": {"closes_at": "2026-03-18T02:30:00Z"}}, "coupon_claim_over"),
        ({"claim": {}, "days": None, "until": "2026-03-17"}, "coupon_template_over"),
        (
            {"claim": {"audience": IN_GOLD}},
            "coupon_not_for_member",
        ),
    ],
)
async def test_what_a_template_does_not_offer_is_refused_before_anything_is_kept(
    db: Database, members: list[UUID], more: dict[str, Any], refusal: str
) -> None:
    await publish_template(db, total=5, **more)
    async with client_of(db, ROUTES, "coupons:write") as client:
        assert code_of(await claim(client, members[0])) == (409, refusal)
        assert code_of(await claim(client, members[0], template="nothing")) == (404, "coupon_template_unknown")
        assert code_of(await claim(client, new_id())) == (404, "member_unknown")
    async with db.transaction(read_only=True) as tx:
        assert await tx.fetchval("SELECT count(*) FROM stock.ticket") == 0


async def test_a_grant_asks_for_a_rule_or_a_template(db: Database, members: list[UUID]) -> None:
    await publish_template(db, grant=False, claim={"audience": {"type": "not", "of": IN_GOLD}})
    async with client_of(db, ROUTES, "coupons:write") as client:
        assert code_of(await grant(client, members[0])) == (409, "coupon_not_offered")
        for body in ({"rule": "ten"}, {"expires_at": "2027-01-01T00:00:00Z"}, {"template": None}):
            assert (await grant(client, members[0], **body)).status_code == 422
        assert code_of(await claim(client, members[0])) == (201, "issued")


async def planned(db: Database, member: UUID, key: str) -> claims.Plan:
    async with db.transaction(read_only=True) as tx:
        return await claims.plan(tx, member, "ten", "claim", key)


async def issue(db: Database, plan: claims.Plan) -> None:
    async with db.transaction() as tx:
        await claims.issue_planned(tx, plan)


async def sweep(db: Database) -> tuple[int, int]:
    async with db.transaction() as tx:
        swept = await stock.sweep(tx, HOLDERS)
    return swept.confirmed, swept.freed


async def test_who_dies_after_the_ticket_leaves_it_to_others(
    db: Database, members: list[UUID], clock: SettableClock
) -> None:
    """The one issued its copy and died before its ticket was confirmed; the other before its copy."""
    await publish_template(db, claim={}, total=2)
    plans = [await planned(db, member, "a") for member in members[:2]]
    for plan in plans:
        await claims.take(db, plan)
    await issue(db, plans[0])
    assert (await left(db), await sweep(db)) == (0, (0, 0))
    clock.advance(claims.TTL + timedelta(seconds=1))
    assert (await sweep(db), await left(db)) == ((1, 1), 1)
    with pytest.raises(CouponClaimLapsed):
        await issue(db, plans[1])
    with pytest.raises(CouponClaimLapsed):
        await claims.take(db, plans[1])
    assert await breaches(db) == []
    async with client_of(db, ROUTES, "coupons:write") as client:
        assert code_of(await claim(client, members[1], "b")) == (201, "issued")
    assert await breaches(db) == []


async def test_a_copy_refused_after_its_ticket_gives_that_back(db: Database, members: list[UUID]) -> None:
    """Two claims of one member at once, who may have one: both saw that they may."""
    await publish_template(db, claim={}, total=2, per_member=1)
    plans = [await planned(db, members[0], key) for key in "ab"]
    for plan in plans:
        await claims.take(db, plan)
    await issue(db, plans[0])
    with pytest.raises(CouponLimitReached):
        await issue(db, plans[1])
    for plan, gone in zip(plans, (False, True), strict=True):
        async with db.transaction() as tx:
            assert await claims.is_gone(tx, plan) is gone
    async with db.transaction() as tx:
        await claims.free(tx, plans[1])
    assert await left(db) == 1
    assert await breaches(db) == []


async def test_a_copy_is_issued_once_by_its_id(db: Database, members: list[UUID]) -> None:
    await publish_template(db, per_member=1, remind_days=2, returned_days=5)
    copy = new_id()
    found = []
    for _ in range(2):
        async with db.transaction() as tx:
            found.append(await coupons.issue(tx, members[0], "ten", copy, "pack"))
    assert found[0] == found[1]
    with pytest.raises(CouponLimitReached):
        async with db.transaction() as tx:
            await coupons.issue(tx, members[0], "ten", new_id(), "pack")
    async with db.transaction(read_only=True) as tx:
        row = await tx.fetchrow("SELECT returned_days, expires_at - remind_at AS before FROM coupons.coupon")
        assert await tx.fetchval("SELECT count(*) FROM coupons.coupon_change WHERE cause = 'pack'") == 1
    assert row is not None
    assert tuple(row) == (5, timedelta(days=2))
    assert await breaches(db) == []
