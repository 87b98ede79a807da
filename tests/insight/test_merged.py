"""Whoever was merged into another is no member: not in the sums, not in a tier, not among those who bought."""

from __future__ import annotations

from typing import Any

import pytest

from huixiang.insight import service
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import DomainError
from huixiang.platform.db import Database
from tests.habits.market import Market

pytestmark = [pytest.mark.requirement("MEM-02"), pytest.mark.requirement("INS-02")]


async def figures(market: Market) -> dict[str, Any]:
    """What the overview shows, held against a recount."""
    async with market.db.snapshot() as tx:
        kept, counted = await service.kept(tx), await service.recount(tx)
        assert kept == counted
        shown = await service.overview(tx, None, None)
    return {
        "members": shown.members,
        "tiers": {share.code: share.members for share in shown.tiers if share.members},
        "buyers": {one.month: one.active_members for one in shown.months},
        "new": sum(one.new_members for one in shown.months),
    }


async def test_two_who_are_one_are_counted_once_until_they_are_two_again(db: Database, clock: SettableClock) -> None:
    market = Market(db, clock)
    await market.open(3)
    gone, into, other = market.members
    await market.buy(gone, 40, 300_000)
    await market.buy(into, 40, 1_000)
    await market.buy(gone, 0, 1_000)
    await market.buy(other, 0, 1_000)
    await market.settle()
    before = await figures(market)
    assert before == {
        "members": 3, "new": 3, "tiers": {"bronze": 2, "silver": 1}, "buyers": {"2026-02": 2, "2026-03": 2},
    }  # fmt: skip
    merge = await market.merge(gone, into)
    await market.settle()
    together = {"members": 2, "new": 2, "tiers": {"bronze": 1, "silver": 1}, "buyers": {"2026-02": 1, "2026-03": 2}}
    assert await figures(market) == together
    await market.buy(gone, 0, 1_000)
    await market.settle()
    assert await figures(market) == together, "it is an order of who stays"
    await market.part(gone, merge)
    await market.settle()
    after = await figures(market)
    assert after == before | {"buyers": {"2026-02": 2, "2026-03": 3}}, "what was bought since is the other's"


@pytest.mark.parametrize("seed", range(2))
async def test_whatever_is_merged_and_parted_the_sums_equal_a_recount(
    db: Database, clock: SettableClock, seed: int
) -> None:
    market = Market(db, clock, seed)
    await market.open(5)
    merged = 0
    for _ in range(40):
        kind = market.draw.choice(["buy", "buy", "merge", "part", "settle"])
        try:
            if kind == "buy":
                await market.buy(market.draw.choice(market.members), market.draw.randint(0, 90), 90_000)
            elif kind == "merge":
                await market.merge(*market.draw.sample(market.members, 2))
                merged += 1
            elif kind == "part" and market.merges:
                await market.part(*market.draw.choice(market.merges[-2:]))
            elif kind == "settle":
                await market.settle()
                await figures(market)
        except DomainError:
            continue
    await market.settle()
    assert (await figures(market))["members"] < 5
    assert merged > 1
