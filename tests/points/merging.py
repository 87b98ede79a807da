"""Merging two members in the ledger, and what it is made of in tests."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.points import service
from huixiang.points.model import (
    POINTS,
    Book,
    ClawBack,
    Command,
    Credit,
    Source,
)
from huixiang.points.model.transfer import (
    Transfer,
)
from huixiang.points.service.merge import move_all, move_back, read_merge
from tests.points.movement import FAR, members_with


async def two_with_lots(db: Database, clock: SettableClock) -> list[UUID]:
    """One who goes with 230 points, 30 of them pending, and one who stays with 50."""
    gone, stays = await members_with(db, clock, 200, 50)
    await post(db, pending(clock, gone, 30, days=5))
    return [gone, stays]


async def merge(db: Database, gone: UUID, stays: UUID, merge_id: UUID | None = None) -> list[Transfer]:
    async with db.transaction() as tx:
        return await move_all(tx, gone, stays, merge_id=merge_id or new_id())


async def unmerge(db: Database, stays: UUID, gone: UUID, merge_id: UUID) -> list[Transfer]:
    async with db.transaction() as tx:
        return await move_back(tx, stays, gone, merge_id=merge_id)


async def states(db: Database, gone: UUID, merge_id: UUID) -> set[str]:
    async with db.transaction(read_only=True) as tx:
        return {one.state for one in await read_merge(tx, gone, merge_id)}


async def post(db: Database, *commands: Command) -> None:
    async with db.transaction() as tx:
        await service.post(tx, commands)


def because(clock: SettableClock, key: str) -> Source:
    return Source(key=key, cause="test", counter_account="adjusted", occurred_at=clock.now())


def pending(clock: SettableClock, member: UUID, points: int, days: int, book: Book = POINTS) -> Credit:
    return Credit(
        member_id=member, book=book, points=points, source=because(clock, f"pending:{points}"), expires_on=FAR,
        matures_at=clock.now() + timedelta(days=days),
    )  # fmt: skip


def taken(clock: SettableClock, member: UUID, points: int, key: str = "breach") -> ClawBack:
    return ClawBack(member_id=member, book=POINTS, points=points, origin_key=None, source=because(clock, key))
