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
from huixiang.points.routes_earning import ROUTES
from tests.points.rules_ground import ALL, balance, client, journal, member, publish, send
from tests.support.http_client import client_of

__all__ = ["client", "member"]

ADJUSTMENTS = "/api/console/v1/points/adjustments"


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
    path = f"/api/console/v1/members/{asked['member_id']}/points/adjustments/{asked['adjustment_id']}/decision"
    return await send(client, path, {"decision": decision, "note": "seen the ticket"})


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


@pytest.mark.requirement("PTS-13")
async def test_above_the_threshold_another_person_decides(
    db: Database, maker: httpx.AsyncClient, checker: httpx.AsyncClient, member: UUID
) -> None:
    asked = await adjust(maker, member, 1001)
    assert (asked.status_code, asked.json()["state"], asked.json()["seq"]) == (202, "waiting", None)
    assert await journal(db, member) == []
    listed = await checker.get(ADJUSTMENTS, params={"adjustment_state": "waiting"})
    assert listed.json()["items"] == [asked.json()]
    own = await decide(maker, asked.json(), "approve")
    assert (own.status_code, own.json()["code"]) == (403, "adjustment_own")
    approved = await decide(checker, asked.json(), "approve")
    assert (approved.status_code, approved.json()["state"], approved.json()["note"]) == (
        200,
        "posted",
        "seen the ticket",
    )
    assert approved.json()["checked_by"] != approved.json()["made_by"]
    again = await decide(checker, asked.json(), "refuse")
    assert (again.status_code, again.json()["code"]) == (409, "adjustment_decided")
    assert (await balance(db, member)).available == 1001


@pytest.mark.requirement("PTS-13")
async def test_a_refused_adjustment_moves_nothing(
    db: Database, maker: httpx.AsyncClient, checker: httpx.AsyncClient, member: UUID
) -> None:
    asked = (await adjust(maker, member, 5000)).json()
    refused = await decide(checker, asked, "refuse")
    assert (refused.status_code, refused.json()["state"], refused.json()["seq"]) == (200, "refused", None)
    assert await journal(db, member) == []
    unknown = await decide(checker, asked | {"adjustment_id": str(member)}, "approve")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "adjustment_unknown")


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
    async with client_of(db, ROUTES, "points:adjust") as clerk:
        asked = await adjust(clerk, member, 2000)
        refused = await decide(clerk, asked.json(), "approve")
    assert (refused.status_code, refused.json()["permission"]) == (403, "points:approve")
    async with client_of(db, ROUTES, "points:approve") as boss:
        assert (await adjust(boss, member, 1)).json()["permission"] == "points:adjust"


def one_person(db: Database) -> Any:
    return client_of(db, ROUTES, *ALL)
