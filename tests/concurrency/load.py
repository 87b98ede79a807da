"""Mixed loads: which step has which number, and doing one as a till does. The same arguments make the same step, so a
retry asks the same."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import asyncpg
import msgspec

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SystemClock
from huixiang.kernel.errors import DomainError
from huixiang.platform import invariants
from huixiang.platform.db import Database
from huixiang.platform.failures import DatabaseUnavailable, Overloaded
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
    posting_key,
)
from huixiang.points.service import single
from huixiang.points.service.coalesce import Coalescer

# No answer came: nobody knows whether it was done. A deadlock or any other error is none of these.
LOST = (
    OSError,
    DatabaseUnavailable,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # of a connection that was cut in the middle of a statement
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)
REFUSED = "refused"
OCCURRED_AT = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)
KINDS = ("earn",) * 6 + ("spend",) * 4 + ("hold",) * 3 + ("capture",) * 2 + ("release", "claw_back")


class Doors:
    """A database and the doors to its ledger."""

    def __init__(self, db: Database, coalescer: Coalescer) -> None:
        self.db = db
        self._coalescer = coalescer

    async def post(self, asked: Keyed, number: int) -> Outcome:
        """One command in a transaction of its own or shared, by the door that its number says. Raises its refusal, and
        one of LOST."""
        door = number % 3
        if door == 0 and isinstance(asked, Credit):
            return await single.earn(self.db, asked)
        if door == 0 and isinstance(asked, Spend) and asked.kind == "spend":
            return await single.spend(self.db, asked)
        if door == 1:
            return await self._coalescer.post(asked)
        async with self.db.transaction() as tx:
            [outcome] = await service.post(tx, [asked])
        return outcome


class Step(msgspec.Struct, frozen=True):
    """Something to do: the key of the posting that it makes, and doing it, which answers with the points that moved.
    moves: whether they are issued or redeemed by it, and not only on their way to another account."""

    key: str
    do: Callable[[Doors], Awaitable[int]]
    moves: bool = True

    async def answer(self, doors: Doors) -> str:
        """What is said of it. Raises one of LOST; and Overloaded, which no load here may come to."""
        try:
            return str(await self.do(doors))
        except (*LOST, Overloaded):
            raise
        except DomainError:
            return REFUSED


async def opened(url: str, connections: int, *, at_once: int = 0, name: str = "load") -> Database:
    return await Database.open(
        url,
        calendar=BusinessCalendar("Asia/Shanghai"),
        clock=SystemClock(),
        min_size=at_once,
        max_size=connections,
        application_name=name,
    )


@asynccontextmanager
async def doors(db: Database) -> AsyncIterator[Doors]:
    async with Coalescer(db) as coalescer:
        yield Doors(db, coalescer)


def commands(members: Sequence[UUID], seed: int, number: int) -> Step:
    asked = command(members, seed, number)

    async def do(doors: Doors) -> int:
        outcome = await doors.post(asked, number)
        return outcome.posting.points if outcome.posting else 0

    return Step(posting_key(asked), do)


def command(members: Sequence[UUID], seed: int, number: int) -> Keyed:
    """A hold is captured or released by later ones."""
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
        return Hold(points=points, hold_id=id_of(seed, number), expires_at=None, **of)
    if kind == "release":
        return Release(hold_id=id_of(seed, earlier), **of)
    return Capture(points=points, hold_id=id_of(seed, earlier), **of)


def id_of(seed: int, number: int) -> UUID:
    """Of what a step makes."""
    return uuid5(UUID(int=seed), str(number))


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
