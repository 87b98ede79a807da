"""Resources are made, raised, lowered; a later version wins."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from huixiang.kernel.errors import InvalidInput
from huixiang.platform.db import Database
from huixiang.stock import service
from huixiang.stock.model import Kind, StockExhausted
from tests.stock.ground import breaches, counters, define, free, left, order, reserve, row, want

pytestmark = [pytest.mark.requirement("BEN-05"), pytest.mark.requirement("PRC-05"), pytest.mark.postgres15]
DAY = datetime(2026, 3, 18, tzinfo=UTC)


async def test_only_a_newer_version_changes_anything(db: Database) -> None:
    assert await define(db, row("a", 5), row("b", 5)) == ["created", "created"]
    assert await define(db, row("a", 5), row("b", 6)) == ["unchanged", "stock_version_reused"]
    assert await define(db, row("a", 7, version=3)) == ["updated"]
    assert await define(db, row("a", 9, version=2)) == ["stale"]
    assert await define(db, row("a", 9, version=4, unit="fen")) == ["stock_resource_fixed"]
    assert await define(db, row("a", 9, version=4, per_member=1)) == ["stock_resource_fixed"]
    assert await left(db, "a", "b") == [7, 5]
    assert await breaches(db) == []


async def test_of_several_versions_at_once_the_newest_stays_and_all_are_noted(db: Database) -> None:
    rows = [row("a", 9, version=3), row("b", 1), row("a", 5, version=1)]
    assert await define(db, *rows) == ["updated", "created", "created"]
    async with db.transaction() as tx:
        said = await tx.fetch("SELECT version, capacity, source FROM stock.definition ORDER BY version, capacity")
    assert [tuple(one) for one in said] == [(1, 1, "api"), (1, 5, "api"), (3, 9, "api")]


async def test_a_bad_row_is_refused_and_the_others_count(db: Database) -> None:
    async with db.transaction() as tx:
        bad, good = await service.define(tx, [row("a", 1, opens_at=DAY, closes_at=DAY), row("b", 1)])
    assert isinstance(bad.outcome, InvalidInput)
    assert good.outcome == "created"


async def test_a_capacity_below_what_is_taken_leaves_less_than_nothing(db: Database) -> None:
    await define(db, row("a", 10, shards=3))
    holders = [order() for _ in range(8)]
    for holder in holders:
        await reserve(db, holder, want("a"))
    await define(db, row("a", 5, shards=3, version=2))
    assert (await left(db, "a"), await counters(db, "a")) == ([-3], [-3, 0, 0])
    for holder in holders[:3]:
        with pytest.raises(StockExhausted) as refused:
            await reserve(db, order(), want("a"))
        assert refused.value.fields["left"] == 0
        await free(db, holder)
        assert await breaches(db) == []
    assert await left(db, "a") == [0]
    await free(db, holders[3])
    await reserve(db, order(), want("a"))
    await define(db, row("a", 9, shards=1, version=3))
    assert (await left(db, "a"), len(await counters(db, "a"))) == ([4], 3)
    assert await breaches(db) == []


async def test_a_raised_capacity_is_there_for_everybody(db: Database) -> None:
    await define(db, row("a", 2))
    await reserve(db, order(), want("a", 2))
    await define(db, row("a", 20, version=2, shards=4))
    assert await counters(db, "a") == [5, 5, 4, 4]
    await reserve(db, order(), want("a", 18))
    assert await breaches(db) == []


async def test_what_is_left_is_told_of_what_is_there(db: Database) -> None:
    await define(db, row("a", 2))
    async with db.single_read() as tx:
        assert await service.left(tx, [(Kind.SLOT, "a"), (Kind.SLOT, "b")]) == {(Kind.SLOT, "a"): 2}
