"""A slice of a real month, each basket quoted for its household, placed and completed at its time."""

from __future__ import annotations

import pytest

from bench.month import Month
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.points import service as points
from huixiang.pricing.service import tokens
from tests.checkout.counter import opened
from tests.intake.ground import sample
from tests.pricing.quoting import Secrets
from tests.support.programme import load_programme

HOUSEHOLDS = 20
pytestmark = pytest.mark.demo_data


@pytest.mark.requirement("CHK-02", "CHK-04")
async def test_every_basket_of_a_month_becomes_an_order(db: Database, clock: SettableClock) -> None:
    await load_programme(db)
    tokens.use_secrets(Secrets("month"))
    month = Month(db, clock, sample(HOUSEHOLDS))
    await month.open()
    async with opened(db) as counter:
        lived = await month.live(counter)
        assert lived.errors == {}
        assert lived.orders == len(month.baskets) > 100
        assert lived.with_points > 10
        assert lived.with_coupons > 10
        assert await counter.breaches() == []
    async with db.snapshot() as tx:
        verified = await points.verify(tx)
    assert (verified.differences, verified.postings > 2 * lived.orders) == (0, True), verified.findings[:3]
