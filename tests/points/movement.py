"""Members with points, and a relay that brings what is on its way: the ground of tests of movement."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.platform.invariants import laws
from huixiang.platform.relay import Relay
from huixiang.points import handlers, service
from huixiang.points.model import POINTS, Balance, Credit, Source
from huixiang.points.service import finance
from tests.support.programme import load_programme, register_members

FAR = date(2027, 12, 31)
NEAR = date(2026, 6, 30)


async def members_with(db: Database, clock: SettableClock, *points: int) -> list[UUID]:
    """Members moved in a month ago, with so many points each; half of them, rounded down, end earlier."""
    await load_programme(db)
    members = await register_members(db, len(points), registered_at=clock.now() - timedelta(days=2))
    clock.advance(timedelta(days=30))
    for member, owned in zip(members, points, strict=True):
        await earn(db, member, owned // 2, NEAR)
        await earn(db, member, owned - owned // 2, FAR)
    return members


async def earn(db: Database, member: UUID, points: int, expires_on: date = FAR) -> None:
    async with db.transaction() as tx:
        source = Source(
            key=f"gift:{expires_on}:{points}:{tx.now}", cause="gift", counter_account="issued:gift", occurred_at=tx.now
        )
        await service.post(
            tx, [Credit(member_id=member, book=POINTS, points=points, source=source, expires_on=expires_on)]
        )


async def balance(db: Database, owner: UUID) -> Balance:
    async with db.transaction(read_only=True) as tx:
        return await service.balance(tx, owner, POINTS)


async def relay(db: Database) -> None:
    """Bring everything that is on its way to where it goes, and what comes of it."""
    await Relay(db, handlers.SUBSCRIPTIONS).drain()


def set_state(superuser: psycopg.Connection[Any], member: UUID, state: str) -> None:
    superuser.execute("UPDATE members.member SET state = %s WHERE member_id = %s", (state, member))


def in_transit(superuser: psycopg.Connection[Any]) -> int:
    """What transfers' rows say is neither with the sender nor with the receiver."""
    row = superuser.execute(
        "SELECT coalesce(sum(CASE WHEN direction = 'in' THEN -points ELSE points END), 0)"
        " FROM points.transfer WHERE state <> 'returned'"
    ).fetchone()
    assert row is not None
    return int(row[0])


async def tie(db: Database, what: str) -> tuple[int, int]:
    """What the journal says of something, and what the tables of movement say of it."""
    async with db.snapshot() as tx:
        [found] = [one for one in (await finance.trial_balance(tx, POINTS)).ties if one.what == what]
    return found.journal, found.found


def owned(superuser: psycopg.Connection[Any]) -> int:
    row = superuser.execute("SELECT coalesce(sum(balance - debt), 0) FROM points.account").fetchone()
    assert row is not None
    return int(row[0])


def assert_lawful(superuser: psycopg.Connection[Any]) -> None:
    """No law of the data is broken."""
    asked = laws()
    assert len(asked) > 10
    for law in asked:
        assert superuser.execute(law.question.encode()).fetchall() == [], law.name
