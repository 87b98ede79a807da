"""The tier of who stays follows the growth that a merge brings, and goes with it again (MEM-02, TIER-03)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from huixiang.checkout import service as checkout
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.points import handlers as points_handlers
from huixiang.points.service.merge import move_all, move_back
from huixiang.tiers import handlers, service
from tests.points.movement import assert_lawful
from tests.support.programme import line, load_programme, register_members, till_order

pytestmark = pytest.mark.requirement("MEM-02", "TIER-03")


async def buy(db: Database, clock: SettableClock, member: UUID, fen: int, days_ago: int = 0) -> None:
    order = till_order(member, str(new_id()), clock.now() - timedelta(days=days_ago), [line("a", fen)])
    async with db.transaction() as tx:
        await checkout.post_order(tx, order)


async def tier(db: Database, member: UUID) -> tuple[str, int]:
    async with db.transaction(read_only=True) as tx:
        progress = await service.progress(tx, member)
    return progress.tier.code, progress.growth


async def relay(db: Database) -> None:
    await Relay(db, (*points_handlers.SUBSCRIPTIONS, *handlers.SUBSCRIPTIONS)).drain()


async def merge(db: Database, gone: UUID, stays: UUID) -> UUID:
    merge_id = new_id()
    async with db.transaction() as tx:
        await move_all(tx, gone, stays, merge_id=merge_id)
    await relay(db)
    return merge_id


async def unmerge(db: Database, gone: UUID, stays: UUID, merge_id: UUID) -> None:
    async with db.transaction() as tx:
        await move_back(tx, stays, gone, merge_id=merge_id)
    await relay(db)


async def test_both_together_reach_a_tier_until_it_is_undone(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    await load_programme(db)
    gone, stays = await register_members(db, 2)
    await buy(db, clock, gone, 150_000, days_ago=30)
    await buy(db, clock, stays, 60_000)
    merge_id = await merge(db, gone, stays)
    assert await tier(db, stays) == ("silver", 210_000)
    assert await tier(db, gone) == ("bronze", 0)
    changes = superuser.execute(
        "SELECT from_tier, to_tier, cause, growth FROM tiers.change WHERE member_id = %s AND seq = 2", [stays]
    ).fetchall()
    assert changes == [("bronze", "silver", "merge", 210_000)]
    assert_lawful(superuser)
    await unmerge(db, gone, stays, merge_id)
    assert [await tier(db, member) for member in (gone, stays)] == [("bronze", 150_000), ("bronze", 60_000)]
    assert_lawful(superuser)


async def test_a_tier_that_was_reached_before_comes_along(db: Database, clock: SettableClock) -> None:
    """The growth that made it has left the window; no event lowers a tier, and a merge does not."""
    await load_programme(db)
    gone, stays = await register_members(db, 2)
    await buy(db, clock, gone, 500_000, days_ago=400)
    merge_id = await merge(db, gone, stays)
    assert await tier(db, stays) == ("gold", 0)
    await buy(db, clock, stays, 200_000)
    await unmerge(db, gone, stays, merge_id)
    assert [await tier(db, member) for member in (gone, stays)] == [("gold", 0), ("silver", 200_000)]


async def test_who_was_higher_already_stays_there(db: Database, clock: SettableClock) -> None:
    await load_programme(db)
    gone, stays = await register_members(db, 2)
    await buy(db, clock, gone, 10_000)
    await buy(db, clock, stays, 600_000)
    merge_id = await merge(db, gone, stays)
    assert await tier(db, stays) == ("gold", 610_000)
    await unmerge(db, gone, stays, merge_id)
    assert await tier(db, stays) == ("gold", 600_000)


async def test_an_order_after_a_merge_counts_on_the_growth_of_both(db: Database, clock: SettableClock) -> None:
    await load_programme(db)
    gone, stays = await register_members(db, 2)
    await buy(db, clock, gone, 150_000)
    await merge(db, gone, stays)
    await buy(db, clock, stays, 350_000)
    assert await tier(db, stays) == ("gold", 500_000)
