"""Points given and taken by staff: reason, evidence, a second person above the threshold (PTS-13)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.points.handlers import SUBSCRIPTIONS
from huixiang.points.routes_earning import ROUTES
from huixiang.staff import service as staff
from huixiang.staff.routes.approvals import ROUTES as APPROVALS
from tests.points.rules_ground import ALL, balance, client, journal, member, publish, send
from tests.support.http_client import client_of

__all__ = ["client", "member"]

ADJUSTMENTS = "/api/console/v1/points/adjustments"
DECIDED = [one for one in SUBSCRIPTIONS if one.name == "points.approvals"]


@pytest_asyncio.fixture
async def maker(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with one_person(db) as made:
        yield made


@pytest_asyncio.fixture
async def checker(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with one_person(db) as made:
        yield made


async def adjust(client: httpx.AsyncClient, member: UUID, points: int, **more: Any) -> httpx.Response:
    body = {"points": points, "ground": "correction", "reason": "till was down"} | more
    return await send(client, f"/api/console/v1/members/{member}/points/adjustments", body)


async def decide(client: httpx.AsyncClient, asked: dict[str, Any], decision: str) -> httpx.Response:
    path = f"/api/console/v1/approvals/{asked['adjustment_id']}/decision"
    return await send(client, path, {"decision": decision, "note": "seen the ticket"})


async def settled(db: Database, client: httpx.AsyncClient, asked: dict[str, Any]) -> dict[str, Any]:
    """The adjustment, once the relay has been at work."""
    await Relay(db, DECIDED).drain()
    listed = (await client.get(ADJUSTMENTS, params={"member_id": asked["member_id"]})).json()["items"]
    [found] = [one for one in listed if one["adjustment_id"] == asked["adjustment_id"]]
    return dict(found)


@pytest.mark.requirement("PTS-13")
async def test_a_small_adjustment_is_posted_at_once_with_who_and_why(
    db: Database, maker: httpx.AsyncClient, member: UUID
) -> None:
    answer = await adjust(maker, member, 1000, ground="goodwill", attachment="TICKET-7")
    made = answer.json()
    assert (answer.status_code, made["state"], made["seq"], made["attachment"]) == (201, "posted", 1, "TICKET-7")
    [posting] = await journal(db, member)
    assert (posting.kind, posting.cause, posting.counter_account, posting.points, posting.key) == (
        "adjust",
        "goodwill",
        "adjusted",
        1000,
        f"adjustment:{made['adjustment_id']}",
    )
    listed = (await maker.get(ADJUSTMENTS, params={"member_id": str(member)})).json()["items"]
    assert listed == [made]
    async with db.transaction() as tx:
        row = await tx.fetchrow("SELECT actor, action, member_id, reason FROM staff.audit")
    assert row is not None
    assert tuple(row) == (f"staff:{made['made_by']}", "adjustment.posted", member, "till was down")


@pytest.mark.requirement("PTS-13", "CON-02")
async def test_above_the_threshold_another_person_decides(
    db: Database, maker: httpx.AsyncClient, checker: httpx.AsyncClient, member: UUID
) -> None:
    asked = await adjust(maker, member, 1001, attachment="TICKET-7")
    assert (asked.status_code, asked.json()["state"], asked.json()["seq"]) == (202, "waiting", None)
    assert await journal(db, member) == []
    listed = await checker.get(ADJUSTMENTS, params={"adjustment_state": "waiting"})
    assert listed.json()["items"] == [asked.json()]
    [request] = (await checker.get("/api/console/v1/approvals")).json()["items"]
    assert (request["approval_id"], request["command"], request["reason"], request["difference"]) == (
        asked.json()["adjustment_id"],
        "points.adjust",
        "till was down",
        [
            {"path": "$.points", "before": None, "after": 1001},
            {"path": "$.ground", "before": None, "after": "correction"},
            {"path": "$.attachment", "before": None, "after": "TICKET-7"},
        ],
    )
    own = await decide(maker, asked.json(), "approve")
    assert (own.status_code, own.json()["code"]) == (403, "approval_own")
    assert (await decide(checker, asked.json(), "approve")).json()["state"] == "granted"
    posted = await settled(db, checker, asked.json())
    assert (posted["state"], posted["seq"], posted["note"]) == ("posted", 1, "seen the ticket")
    assert posted["checked_by"] not in (None, posted["made_by"])
    again = await decide(checker, asked.json(), "refuse")
    assert (again.status_code, again.json()["code"]) == (409, "approval_decided")
    [done] = (await checker.get("/api/console/v1/approvals")).json()["items"]
    assert (done["state"], done["result"]) == ("done", {"seq": 1})
    [posting] = await journal(db, member)
    assert (posting.key, posting.points) == (f"adjustment:{done['approval_id']}", 1001)


@pytest.mark.requirement("PTS-13", "CON-02")
async def test_a_refused_adjustment_moves_nothing(
    db: Database, maker: httpx.AsyncClient, checker: httpx.AsyncClient, member: UUID
) -> None:
    asked = (await adjust(maker, member, 5000)).json()
    refused = await decide(checker, asked, "refuse")
    assert (refused.status_code, refused.json()["state"]) == (200, "refused")
    after = await settled(db, checker, asked)
    assert (after["state"], after["seq"], after["checked_by"]) == ("refused", None, refused.json()["checked_by"])
    assert await journal(db, member) == []
    unknown = await decide(checker, asked | {"adjustment_id": str(member)}, "approve")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "approval_unknown")


@pytest.mark.requirement("PTS-13", "CON-02")
async def test_what_cannot_be_taken_any_more_has_failed(
    db: Database, maker: httpx.AsyncClient, checker: httpx.AsyncClient, member: UUID
) -> None:
    await adjust(maker, member, 900)
    asked = (await adjust(maker, member, -1100)).json()
    assert asked["state"] == "waiting"
    assert (await decide(checker, asked, "approve")).json()["state"] == "granted"
    failed = await settled(db, checker, asked)
    assert (failed["state"], failed["seq"], failed["note"]) == ("failed", None, "points_insufficient")
    assert (await balance(db, member)).available == 900
    assert len(await journal(db, member)) == 1
    [request] = (await checker.get("/api/console/v1/approvals")).json()["items"]
    assert (request["state"], request["code"]) == ("failed", "points_insufficient")


@pytest.mark.requirement("PTS-13", "CON-02")
async def test_what_nobody_decides_expires(
    db: Database, clock: SettableClock, maker: httpx.AsyncClient, checker: httpx.AsyncClient, member: UUID
) -> None:
    asked = (await adjust(maker, member, 1500)).json()
    clock.advance(timedelta(days=7))
    assert (await decide(checker, asked, "approve")).json()["code"] == "approval_expired"
    async with db.transaction() as tx:
        await staff.expire_due(tx)
    expired = await settled(db, checker, asked)
    assert (expired["state"], expired["checked_by"]) == ("expired", None)
    assert await journal(db, member) == []


@pytest.mark.requirement("PTS-13", "CON-02")
@pytest.mark.parametrize(("points", "needed"), [(10_000, "points:approve"), (10_001, "points:approve_large")])
async def test_large_ones_are_not_for_everybody_who_approves(
    db: Database, maker: httpx.AsyncClient, member: UUID, points: int, needed: str
) -> None:
    asked = (await adjust(maker, member, points)).json()
    async with client_of(db, APPROVALS, "approvals:decide", "audit:read", "points:approve") as other:
        answer = await decide(other, asked, "approve")
    if needed == "points:approve":
        assert answer.json()["state"] == "granted"
    else:
        assert (answer.status_code, answer.json()["permission"]) == (403, needed)


@pytest.mark.requirement("PTS-13")
async def test_small_ones_of_a_day_count_together(
    db: Database,
    clock: SettableClock,
    maker: httpx.AsyncClient,
    checker: httpx.AsyncClient,
    member: UUID,
) -> None:
    states = [(await adjust(maker, member, points)).json()["state"] for points in (600, -300, 101, 100)]
    assert states == ["posted", "posted", "waiting", "posted"]
    assert (await adjust(checker, member, 900)).json()["state"] == "posted", "another person has a day of their own"
    clock.advance(timedelta(days=1))
    assert (await adjust(maker, member, 900)).json()["state"] == "posted"
    assert (await balance(db, member)).available == 600 - 300 + 100 + 900 + 900


@pytest.mark.requirement("PTS-13", "PTS-14")
async def test_at_once_they_do_not_pass_the_threshold_either(
    db: Database, maker: httpx.AsyncClient, member: UUID
) -> None:
    answers = await asyncio.gather(*(adjust(maker, member, 300) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 201, 202, 202, 202, 202, 202]
    assert (await balance(db, member)).available == 900


@pytest.mark.requirement("PTS-13")
async def test_a_correction_takes_what_is_there_and_a_breach_is_owed(
    db: Database, maker: httpx.AsyncClient, member: UUID
) -> None:
    await adjust(maker, member, 200)
    short = await adjust(maker, member, -201)
    assert (short.status_code, short.json()["code"]) == (409, "points_insufficient")
    breach = await adjust(maker, member, -350, ground="breach", reason="resold coupons")
    assert breach.status_code == 201
    after = await balance(db, member)
    assert (after.balance, after.debt) == (0, 150)
    assert [(one.kind, one.cause, one.counter_account, one.points) for one in await journal(db, member)] == [
        ("adjust", "correction", "adjusted", 200),
        ("claw_back", "breach", "clawed_back:breach", -350),
    ]


@pytest.mark.requirement("PTS-13")
@pytest.mark.parametrize(
    ("points", "more"),
    [(0, {}), (-1, {"ground": "goodwill"}), (1, {"ground": "breach"}), (1, {"reason": ""}), (1, {"ground": "whim"})],
)
async def test_what_makes_no_sense_is_refused(
    maker: httpx.AsyncClient, member: UUID, points: int, more: dict[str, Any]
) -> None:
    assert (await adjust(maker, member, points, **more)).status_code == 422


@pytest.mark.requirement("PTS-13")
async def test_the_threshold_is_a_rule(db: Database, maker: httpx.AsyncClient, member: UUID) -> None:
    await publish(db, "adjusting", approval_above=0)
    assert (await adjust(maker, member, 1)).status_code == 202


@pytest.mark.requirement("PTS-13", "SEC-01")
async def test_asking_and_approving_are_two_permissions(db: Database, member: UUID) -> None:
    async with client_of(db, [*ROUTES, *APPROVALS], "points:adjust", "approvals:decide", "audit:read") as clerk:
        asked = await adjust(clerk, member, 2000)
        refused = await decide(clerk, asked.json(), "approve")
    assert (refused.status_code, refused.json()["permission"]) == (403, "points:approve")
    async with client_of(db, ROUTES, "points:approve") as boss:
        assert (await adjust(boss, member, 1)).json()["permission"] == "points:adjust"


def one_person(db: Database) -> Any:
    return client_of(db, [*ROUTES, *APPROVALS], *ALL, "approvals:read", "approvals:decide", "points:approve_large")
