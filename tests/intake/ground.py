"""What tests of the import look at: every household as the program has it, and a watcher that keeps what it is told."""

from __future__ import annotations

from functools import cache

import numpy as np

from huixiang.intake.adapters.baskets import Baskets, read_baskets
from huixiang.intake.adapters.completejourney import CompleteJourney
from huixiang.intake.adapters.products import Products
from huixiang.intake.model import Stage
from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.platform.db import Database
from huixiang.points import service as points
from huixiang.points.model import GROWTH, POINTS
from huixiang.tiers import service as tiers
from tests.intake.recount import Year

Standing = tuple[int, int, str]  # points, growth, tier


@cache
def tables(owners: int) -> tuple[Baskets, Products]:
    """The source's tables for the households with the lowest ids, read once."""
    baskets = read_baskets(owners)
    return baskets, Products(np.unique(baskets.lines.product), every=False)


def sample(owners: int) -> CompleteJourney:
    return CompleteJourney(*tables(owners))


class Notes:
    """A Watcher that remembers."""

    def __init__(self) -> None:
        self.stages: list[tuple[Stage, int, int]] = []
        self.loaded: dict[Stage, int] = {}

    def entered(self, stage: Stage, done: int, total: int) -> None:
        self.stages.append((stage, done, total))

    def advanced(self, items: int) -> None:
        stage = self.stages[-1][0]
        self.loaded[stage] = self.loaded.get(stage, 0) + items

    async def left(self, stage: Stage, items: int, seconds: float) -> None:
        assert self.loaded.get(stage, 0) == items
        assert seconds >= 0


def recounted(year: Year) -> dict[int, Standing]:
    return {number: (one.points, one.growth, one.tier) for number, one in year.households.items()}


async def standings(db: Database, households: list[int]) -> dict[int, Standing]:
    """Points and growth of the ledger, and the tier, of each household."""
    async with db.transaction(read_only=True) as tx:
        refs = [MemberRef(source="completejourney", external_id=str(number)) for number in households]
        found = {}
        for number, member_id in zip(households, await members.resolve_many(tx, refs), strict=True):
            assert member_id is not None, f"household {number} is no member"
            found[number] = (
                (await points.balance(tx, member_id, POINTS)).balance,
                (await points.balance(tx, member_id, GROWTH)).balance,
                (await tiers.progress(tx, member_id)).tier.code,
            )
    return found
