"""A mixed load on some accounts: which command has which number, and posting one as a till does."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import asyncpg

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SystemClock
from huixiang.kernel.errors import DomainError
from huixiang.platform import invariants
from huixiang.platform.db import Database
from huixiang.points import service
from huixiang.points.model import (
    POINTS,
    Capture,
    ClawBack,
    Command,
    Credit,
    Hold,
    Keyed,
    Outcome,
    Release,
    Source,
    Spend,
)
from huixiang.points.service import single

# No answer came: nobody knows whether it was done. A deadlock or any other error is none of these.
LOST = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # of a connection that was cut in the middle of a statement
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)
OCCURRED_AT = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)
KINDS = ("earn",) * 6 + ("spend",) * 4 + ("hold",) * 3 + ("capture",) * 2 + ("release", "claw_back")


async def opened(url: str, connections: int, *, at_once: int = 0) -> Database:
    return await Database.open(
        url,
        calendar=BusinessCalendar("Asia/Shanghai"),
        clock=SystemClock(),
        min_size=at_once,
        max_size=connections,
    )


def command(members: Sequence[UUID], seed: int, number: int) -> Keyed:
    """The same for the same arguments, so that a retry asks the same. A hold is captured or released by later ones."""
    chance = random.Random(f"{seed}/{number}")
    member_id = members[number % len(members)]
    source = Source(key=f"{seed}:{number}", cause="load", counter_account="load", occurred_at=OCCURRED_AT)
    of: dict[str, Any] = {"member_id": member_id, "book": POINTS, "source": source}
    points = chance.randint(1, 20)
    earlier = max(number - len(members) * chance.randint(1, 6), 0)
    kind = chance.choice(KINDS)
    if kind == "earn":
        expires_on = OCCURRED_AT.date() + timedelta(days=100_000 + chance.randint(1, 40))
        return Credit(points=points, expires_on=expires_on, **of)
    if kind == "spend":
        return Spend(points=points, **of)
    if kind == "claw_back":
        return ClawBack(points=points, origin_key=None, **of)
    if kind == "hold":
        return Hold(points=points, hold_id=hold_id(seed, number), expires_at=None, **of)
    if kind == "release":
        return Release(hold_id=hold_id(seed, earlier), **of)
    return Capture(points=points, hold_id=hold_id(seed, earlier), **of)


def hold_id(seed: int, number: int) -> UUID:
    return uuid5(UUID(int=seed), str(number))


async def perform(db: Database, asked: Keyed) -> Outcome | DomainError:
    """One command in a transaction of its own, by the quick door where it has one. Raises one of LOST."""
    try:
        if isinstance(asked, Credit):
            return await single.earn(db, asked)
        if isinstance(asked, Spend) and asked.kind == "spend":
            return await single.spend(db, asked)
        async with db.transaction() as tx:
            [outcome] = await service.post(tx, [asked])
    except DomainError as refusal:
        return refusal
    return outcome


async def post_all(db: Database, commands: Sequence[Command]) -> list[Outcome | DomainError]:
    async with db.transaction() as tx:
        return await service.try_post(tx, commands)


async def differences(db: Database) -> list[object]:
    """What verification and the laws find: the chain, the sums, the lots, the holds, the outbox."""
    async with db.snapshot() as tx:
        found: list[object] = list((await service.verify(tx)).findings)
        for law in invariants.laws():
            if law.name.startswith(("points_", "platform_")):
                found += [(law.name, breach.row) async for breach in invariants.breaches(tx, law)]
    return found
