"""A batch of events is reckoned as if each came alone (TIER-01, TIER-03)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from huixiang.kernel.text import Text
from huixiang.tiers.model import GrowthEvent, GrowthRate, Tier, TierRules
from huixiang.tiers.service import Reckoning

MEMBER = UUID(int=1)
NAME = Text(zh="等级", en="tier")
FIRST = datetime(2026, 1, 1, 4, tzinfo=UTC)


def rules(window_days: int) -> TierRules:
    tiers = [Tier("bronze", NAME, 0), Tier("silver", NAME, 100)]
    return TierRules(name=NAME, metric="spend", window_days=window_days, growth_rate=GrowthRate(1, 1), tiers=tiers)


def event(day: int, growth: int, version: int) -> GrowthEvent:
    at = FIRST + timedelta(days=day)
    return GrowthEvent(
        member_id=MEMBER,
        growth=growth,
        business_day=at.date(),
        occurred_at=at,
        cause="consumption",
        rule="tiers.default",
        rule_version=version,
    )


@pytest.mark.requirement("TIER-01")
def test_each_order_of_a_batch_is_reckoned_over_the_window_of_its_own_version() -> None:
    reckoning = Reckoning({}, {})
    reckoning.grow(rules(365), event(0, 60, version=1))
    reckoning.grow(rules(30), event(100, 60, version=2))
    assert reckoning.tier(MEMBER, FIRST) == "bronze", "the first order is long out of a window of 30 days"
    reckoning.grow(rules(30), event(110, 60, version=2))
    assert reckoning.tier(MEMBER, FIRST) == "silver"
    assert [(change.to_tier, change.growth, change.seq) for change in reckoning.changes] == [
        ("bronze", 60, 1),
        ("silver", 120, 2),
    ]


@pytest.mark.requirement("TIER-01")
def test_a_longer_window_of_a_later_version_reaches_back_over_what_the_batch_added() -> None:
    reckoning = Reckoning({}, {MEMBER: {FIRST.date(): 30}})
    reckoning.grow(rules(30), event(60, 40, version=1))
    assert reckoning.tier(MEMBER, FIRST) == "bronze"
    reckoning.grow(rules(365), event(100, 30, version=2))
    assert reckoning.tier(MEMBER, FIRST) == "silver", "30 and 40 and 30 are all within a year"
