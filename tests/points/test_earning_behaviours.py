"""Rewards for behaviours over the route: frequency limits, caps, and what happens at once (PTS-03, PTS-04)."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.points.model.errors import BehaviourLimitReached
from huixiang.points.service import behaviour
from tests.points.rules_ground import balance, client, journal, member, publish, send

__all__ = ["client", "member"]


def path(member: UUID) -> str:
    return f"/api/v1/members/{member}/points/behaviours"


async def done(client: httpx.AsyncClient, member: UUID, code: str, source_key: str, **more: Any) -> httpx.Response:
    return await send(client, path(member), {"behaviour": code, "source_key": source_key, **more})


@pytest.mark.requirement("PTS-03")
async def test_an_act_is_rewarded_once_and_tells_its_rule(
    db: Database, client: httpx.AsyncClient, member: UUID
) -> None:
    first = await done(client, member, "review", "order-1")
    assert first.status_code == 201
    assert first.json() == {
        "behaviour": "review",
        "points": 10,
        "offered": 10,
        "cut": 0,
        "rule": "earning.default",
        "rule_version": 1,
        "occurred_at": "2026-03-18T02:30:00Z",
        "expires_on": "2027-03-31",
        "matures_at": None,
        "paused": False,
    }
    again = await done(client, member, "review", "order-1")
    assert (again.status_code, again.json()) == (201, first.json())
    [posting] = await journal(db, member)
    assert (posting.cause, posting.counter_account, posting.rule, posting.rule_version, posting.key) == (
        "review",
        "issued:review",
        "earning.default",
        1,
        "behaviour:review:order-1",
    )
    assert (await balance(db, member)).available == 10


@pytest.mark.requirement("PTS-03")
@pytest.mark.parametrize(
    ("code", "times", "next_period"),
    [
        ("sign_in", 1, timedelta(days=1)),
        ("share", 3, timedelta(days=1)),
        ("task", 10, timedelta(days=7)),
        ("event", 4, timedelta(days=31)),
        ("registration", 1, None),
    ],
)
async def test_a_behaviour_is_rewarded_so_often_in_its_period(
    db: Database,
    clock: SettableClock,
    client: httpx.AsyncClient,
    member: UUID,
    code: str,
    times: int,
    next_period: timedelta | None,
) -> None:
    for nth in range(times):
        assert (await done(client, member, code, f"a{nth}")).status_code == 201
    refused = await done(client, member, code, "one-too-many")
    assert (refused.status_code, refused.json()["code"], refused.json()["times"]) == (
        409,
        "behaviour_limit_reached",
        times,
    )
    clock.advance(next_period or timedelta(days=800))
    later = await done(client, member, code, "later")
    assert later.status_code == (201 if next_period else 409)
    assert len(await journal(db, member)) == times + (1 if next_period else 0)


@pytest.mark.requirement("PTS-03")
async def test_what_counts_is_the_business_day_on_which_it_happened(client: httpx.AsyncClient, member: UUID) -> None:
    # 23:59 and 00:01 in Shanghai, reported together
    times = ["2026-03-17T15:59:00Z", "2026-03-17T16:01:00Z", "2026-03-17T16:02:00Z"]
    answers = [await done(client, member, "sign_in", f"s{n}", occurred_at=at) for n, at in enumerate(times)]
    assert [answer.status_code for answer in answers] == [201, 201, 409]
    future = await done(client, member, "sign_in", "s9", occurred_at="2026-03-19T02:30:00Z")
    assert (future.status_code, future.json()["errors"][0]["path"]) == (422, "$.occurred_at")


@pytest.mark.requirement("PTS-03", "PTS-14")
async def test_many_at_once_get_no_more_than_the_limit(db: Database, member: UUID) -> None:
    async def share(nth: int) -> bool:
        async with db.transaction() as tx:
            try:
                await behaviour.reward(tx, member, "share", f"s{nth % 12}", tx.now)
            except BehaviourLimitReached:
                return False
            return True

    rewarded = await asyncio.gather(*(share(nth) for nth in range(24)))
    assert rewarded.count(True) == 6  # three acts, each told twice
    assert len(await journal(db, member)) == 3
    assert (await balance(db, member)).available == 60


@pytest.mark.requirement("PTS-04")
async def test_a_cap_over_all_behaviours_cuts_and_says_so(
    db: Database, client: httpx.AsyncClient, member: UUID
) -> None:
    answers = [(await done(client, member, "referral", f"friend-{n}")).json() for n in range(4)]
    assert [(answer["points"], answer["offered"], answer["cut"]) for answer in answers] == [
        (200, 200, 0),
        (200, 200, 0),
        (100, 200, 100),
        (0, 200, 200),
    ]
    assert answers[3]["expires_on"] is None
    assert (await done(client, member, "sign_in", "today")).json()["cut"] == 5
    assert [(posting.points, posting.requested) for posting in await journal(db, member)] == [
        (200, 200),
        (200, 200),
        (100, 200),
        (0, 200),
        (0, 5),
    ]


@pytest.mark.requirement("PTS-04")
async def test_a_cap_holds_for_its_day_in_whatever_order_days_are_reported(
    db: Database, clock: SettableClock, client: httpx.AsyncClient, member: UUID
) -> None:
    clock.advance(timedelta(days=3))
    for day in (21, 18, 19, 18, 20, 18):
        at = f"2026-03-{day}T02:00:00Z"
        for nth in range(2):
            await done(client, member, "referral", f"{day}-{nth}-{at}-{clock.now()}", occurred_at=at)
        clock.advance(timedelta(seconds=1))
    by_day: dict[date, int] = {}
    for posting in await journal(db, member):
        by_day[posting.occurred_at.date()] = by_day.get(posting.occurred_at.date(), 0) + posting.points
    assert by_day == {date(2026, 3, 21): 400, date(2026, 3, 18): 500, date(2026, 3, 19): 400, date(2026, 3, 20): 400}


@pytest.mark.requirement("PTS-03")
async def test_a_behaviour_that_is_off_or_not_there_is_refused(
    db: Database, client: httpx.AsyncClient, member: UUID
) -> None:
    assert (await done(client, member, "fishing", "1")).json()["code"] == "behaviour_unknown"
    before = (await done(client, member, "registration", "0")).json()
    off = {
        "code": "registration",
        "name": {"zh": "注册", "en": "Registration"},
        "points": 50,
        "frequency": {"times": 1, "per": "ever"},
        "active": False,
    }
    await publish(db, "earning", behaviours=[off])
    assert (await done(client, member, "registration", "1")).json()["code"] == "behaviour_unknown"
    assert (await done(client, member, "registration", "0")).json() == before, "what was rewarded stays so"
    assert len(await journal(db, member)) == 1


@pytest.mark.requirement("PTS-05")
async def test_a_behaviour_may_be_pending_first(
    db: Database, clock: SettableClock, client: httpx.AsyncClient, member: UUID
) -> None:
    review = {
        "code": "review",
        "name": {"zh": "评价", "en": "Review"},
        "points": 10,
        "frequency": {"times": 1, "per": "day"},
        "pending_days": 2,
    }
    await publish(db, "earning", behaviours=[review])
    answer = (await done(client, member, "review", "1")).json()
    assert (answer["matures_at"], answer["rule_version"]) == ("2026-03-20T16:00:00Z", 2)
    held_back = await balance(db, member)
    assert (held_back.available, held_back.pending) == (0, 10)
    clock.advance(timedelta(days=3))
    assert (await balance(db, member)).available == 10
