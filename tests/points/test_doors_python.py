"""What Python does for the doors: a balance in one round trip, and when it takes more; many rows at once."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.points.model import NEVER, POINTS, Balance, Credit, ExpiringPoints, Hold, Receive, Settle, Source
from huixiang.points.model.commands import Command, Parcel
from huixiang.points.service import balance, post, read_balance
from huixiang.points.store.reads import LOTS_READ
from tests.points.test_doors import KINDS, Asked, batch_door, general_door, live
from tests.support.fixtures import NOW

pytestmark = [pytest.mark.requirement("PTS-10"), pytest.mark.postgres15]

MEMBER = UUID(int=0x0190_0000_0000_7000_8000 << 48)
TODAY = NOW.date()
# What is asked about these has every cap: an earning that a cap counts and does not carry is not within the law.
ALL_CAPPED = [6, 7, 8, 15, 16, 17]


def source(key: str) -> Source:
    return Source(key=key, cause="consumption", counter_account="issued", occurred_at=NOW)


async def give(db: Database, *commands: Command) -> None:
    async with db.transaction() as tx:
        await post(tx, commands)


def receive(days: list[int]) -> Receive:
    """One point on each day after today; on no day for a negative one."""
    parcels = tuple(Parcel(1, TODAY + timedelta(days=day) if day >= 0 else NEVER) for day in days)
    return Receive(member_id=MEMBER, book=POINTS, parcels=parcels, source=source("r"))


async def settled(db: Database) -> Balance:
    """What there is once all that is due was done."""
    await give(db, Settle(member_id=MEMBER, book=POINTS))
    async with db.transaction() as tx:
        return await balance(tx, MEMBER, POINTS)


async def test_nobody_has_nothing(db: Database) -> None:
    assert await read_balance(db, MEMBER, POINTS) == Balance("points", 0, 0, 0, 0, 0, [])


@pytest.mark.parametrize(
    "days",
    [
        [-1] * 3,
        [1, 2, 3, 4, 5],
        [1] * LOTS_READ + [2, 3, 4, 5],
        [1, 2, 3, *[4] * LOTS_READ, 5],
        [1, 2, *[-1] * LOTS_READ],
        [1] * (LOTS_READ - 1) + [2],
    ],
)
@pytest.mark.parametrize("later", [0, 2, 30])
async def test_a_balance_is_the_same_however_many_lots_there_are(
    db: Database, clock: SettableClock, days: list[int], later: int
) -> None:
    await give(db, receive(days))
    clock.advance(timedelta(days=later))
    read = await read_balance(db, MEMBER, POINTS)
    left = [day for day in days if day < 0 or day >= later]
    shown = [
        ExpiringPoints(TODAY + timedelta(days=day), left.count(day)) for day in sorted(set(left)) if day >= 0
    ]  # fmt: skip
    assert read == Balance("points", len(left), len(left), 0, 0, 0, shown[:3])
    assert read == await settled(db)


@pytest.mark.parametrize("minutes", [0, 20, 3000])
async def test_what_is_held_or_pending_is_as_it_stands_at_that_moment(
    db: Database, clock: SettableClock, minutes: int
) -> None:
    credit = Credit(member_id=MEMBER, book=POINTS, points=50, source=source("e"), matures_at=NOW + timedelta(days=1))
    hold = Hold(
        member_id=MEMBER, book=POINTS, hold_id=UUID(int=1), points=2, source=source("h"),
        expires_at=NOW + timedelta(minutes=15),
    )  # fmt: skip
    await give(db, receive([5, 5, 5]), credit, hold)
    clock.advance(timedelta(minutes=minutes))
    read = await read_balance(db, MEMBER, POINTS)
    held, pending = (2, 50) if not minutes else (0, 50 if minutes == 20 else 0)
    assert read == Balance(
        "points", 53, 53 - held - pending, held, pending, 0, [ExpiringPoints(TODAY + timedelta(days=5), 3)]
    )
    assert read == await settled(db)


@pytest.mark.requirement("PTS-14")
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_many_at_once_leave_the_rows_of_each_alone(
    db: Database, superuser: psycopg.Connection[Any], seed: int
) -> None:
    """So many that what is new comes by COPY."""
    told = random.Random(seed)
    history = [
        (
            minutes,
            [
                Asked(
                    kind=told.choice(KINDS), member=told.randrange(3), points=told.choice([0, 1, 10, 60, 100, 250]),
                    about=told.choice(ALL_CAPPED), variant=told.randrange(12),
                )
                for _ in range(60)
            ],
        )
        for minutes in (1, 60, 1500, 3000)
    ]  # fmt: skip
    expected = await live(db, history, general_door, superuser)
    answers, found = await live(db, history, batch_door, superuser)
    assert answers == expected[0]
    for table, kept in expected[1].items():
        assert found[table] == kept, table
    assert len(expected[1]["points.posting"]) > 100
