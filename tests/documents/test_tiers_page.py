"""docs/domain/tiers.md says what tiers do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from uuid import UUID

import pytest

from huixiang.tiers import rules
from huixiang.tiers.model import GrowthEvent, Standing, StoredUpgrade, TierRules, TierUpgrade
from tests.documents.pages import page, sections, shipped, table

SECTIONS = sections(page("tiers"))
RULES = shipped("tiers.default", TierRules)
MEMBER = UUID(int=7)
NOON = time(4, tzinfo=UTC)
UPGRADE = TierUpgrade(
    upgrade_id=MEMBER,
    tier="silver",
    points=1000,
    rule_version=1,
    starts_at=datetime(2026, 1, 1, tzinfo=UTC),
    ends_at=datetime(2027, 1, 2, tzinfo=UTC),
    ended_at=None,
    undone=False,
)


@pytest.mark.requirement("TIER-01")
def test_the_table_of_tiers_is_the_shipped_programme() -> None:
    listed = [(row["tier"], int(row["threshold"])) for row in table(SECTIONS["What is reckoned"])]
    assert listed == [(tier.code, tier.threshold) for tier in RULES.tiers]
    assert all(
        int(row["in yuan"].replace(",", "")) * 100 == int(row["threshold"])
        for row in table(SECTIONS["What is reckoned"])
    )
    assert f"{RULES.window_days} by default" in SECTIONS["What is reckoned"]
    assert (RULES.growth_rate.growth, RULES.growth_rate.fen) == (1, 1)


@pytest.mark.requirement("TIER-03")
def test_the_worked_example() -> None:
    reckoning = rules.Reckoning({}, {})
    for row in table(SECTIONS["Worked example"]):
        day = date.fromisoformat(row["posted for"])
        before = len(reckoning.changes)
        reckoning.grow(
            RULES,
            GrowthEvent(
                member_id=MEMBER,
                growth=rules.growth_of(RULES, int(row["cash_fen"])),
                business_day=day,
                occurred_at=datetime.combine(day, NOON),
                cause="consumption",
                rule="default",
                rule_version=1,
            ),
        )
        assert reckoning.tier(MEMBER, datetime.combine(day, NOON)) == row["tier after"]
        if len(reckoning.changes) > before:
            assert reckoning.changes[-1].growth == int(row["growth"])
    assert [change.to_tier for change in reckoning.changes] == ["bronze", "silver", "gold", "diamond"]


def test_growth_in_the_example_is_that_of_the_window_that_counted() -> None:
    window = rules.GrowthWindow({}, RULES.window_days)
    for row in table(SECTIONS["Worked example"]):
        window.add(date.fromisoformat(row["posted for"]), int(row["cash_fen"]))
        assert window.total_from(date.fromisoformat(row["posted for"])) == int(row["growth"])
    # The two windows that the text compares.
    assert (window.total(date(2025, 12, 1)), window.total(date(2026, 1, 12))) == (710_000, 1_030_000)


def test_what_a_member_is_told_is_missing() -> None:
    standing = Standing(MEMBER, "silver", datetime(2025, 6, 1, tzinfo=UTC), 1, 2)
    told = rules.progress(RULES, standing, 100_000)
    assert told.next is not None
    assert (told.tier.code, told.next.code, told.next.missing) == ("silver", "gold", 400_000)
    assert "missing to gold, 4,000 yuan" in " ".join(SECTIONS["Progress"].split())


@pytest.mark.requirement("PTS-08", "TIER-03")
def test_what_is_left_when_a_bought_tier_is_over() -> None:
    assert [(price.tier, price.points, price.days) for price in RULES.upgrades] == [("silver", 1000, 365)]
    assert "silver for 1,000 points and 365 days" in SECTIONS["A tier for points"]
    for row in table(SECTIONS["Worked example: silver is over"]):
        bought = StoredUpgrade(
            member_id=MEMBER, earned=row["before"], earned_from=datetime(2026, 1, 1, tzinfo=UTC), upgrade=UPGRADE
        )
        growth = int(row["most growth since"])
        during = max("silver", rules.tier_for(RULES, growth).code, key=lambda code: rules.rank(RULES, code))
        fallen = rules.fallen_to(RULES, bought, during, [], growth)
        assert (fallen.code if fallen else during) == row["then"]
