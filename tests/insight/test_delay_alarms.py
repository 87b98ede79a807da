"""Stores whose tills post late, or no more: told once when it begins and once when it ends (CHK-07)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from huixiang.catalogue import service as catalogue
from huixiang.catalogue.model import StoreRow
from huixiang.insight.jobs import SCHEDULES, watch_tills
from huixiang.insight.model.delays import USUAL, DelayRules
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.text import Text
from huixiang.platform.db import Database
from huixiang.platform.metrics import TILL_ALARMS
from huixiang.rulebook.model import RuleDocumentInvalid
from tests.documents.pages import shipped
from tests.insight.tills import Tills, tills_of

pytestmark = pytest.mark.requirement("CHK-07")

SHORT = {"late_after_s": 10, "least_orders": 4, "late_bp": 5_000, "ends_bp": 2_500}


@pytest_asyncio.fixture
async def tills(db: Database, clock: SettableClock) -> AsyncIterator[Tills]:
    async with tills_of(db, clock) as made:
        yield made


def test_the_usual_rules_are_those_that_are_shipped() -> None:
    assert shipped("till_delay.default", DelayRules) == USUAL
    assert [one.cron for one in SCHEDULES] == ["*/5 * * * *"]


async def test_a_late_store_is_told_once_and_ends_by_a_lower_bound(tills: Tills) -> None:
    await tills.rule(**SHORT)
    async with tills.db.transaction() as tx:
        name = Text(zh="河坊街店", en="Hefang Street")
        await catalogue.upsert_stores(tx, [StoreRow(store="s1", name=name, city="hz", region="zj", version=1)])
    await tills.sell("s1", 11, 11, 11)
    await tills.sell("s2", 10, 10, 10, 10)
    assert await tills.look() == [], "too few, and in time"
    await tills.sell("s1", 11)
    assert await tills.look() == ["late s1 4/4"]
    assert await tills.look() == []
    [alarm] = await tills.alarms()
    assert (alarm["store_id"], alarm["name"]["en"], alarm["kind"], alarm["orders"], alarm["late"]) == (
        ("s1", "Hefang Street", "late", 4, 4)
    )
    assert [(one["store_id"], one["alarms"]) for one in (await tills.report())["items"]] == [
        ("s1", ["late"]),
        ("s2", []),
    ]
    assert TILL_ALARMS.labels("late")._value.get() == 1
    await tills.sell("s1", *[1] * 5)
    assert await tills.look() == [], "four of nine: between the bounds nothing is said"
    await tills.sell("s1", *[1] * 7)
    assert await tills.look() == ["late s1 on_time"], "four of sixteen"
    assert await tills.look() == []
    assert TILL_ALARMS.labels("late")._value.get() == 0
    assert await tills.alarms() == []
    [ended] = await tills.alarms("ended")
    assert (ended["alarm_id"], ended["ended_by"], ended["raised_at"] <= ended["ended_at"]) == (
        (alarm["alarm_id"], "on_time", True)
    )


async def test_what_was_late_hours_ago_is_over_once_nothing_comes_for_a_day(tills: Tills, clock: SettableClock) -> None:
    await tills.rule(**SHORT)
    await tills.sell("s1", *[3_000] * 6)
    await tills.sell("s2", *[90_000] * 6, *[-60] * 6)
    assert await tills.look() == ["late s1 6/6"], "histories and clocks that are ahead are no delays"
    clock.advance(timedelta(hours=12))
    assert await tills.look() == [], "at night nothing comes; that mends nothing"
    await tills.sell("s1", 1)
    assert await tills.look() == [], "one in time, beside six of the last day"
    clock.advance(timedelta(hours=26))
    assert await tills.look() == ["late s1 no_orders"]


async def test_two_who_look_at_once_tell_once(tills: Tills) -> None:
    await tills.sell("s1", *[61] * 10)
    await tills.settle()

    async def look() -> None:
        async with tills.db.transaction() as tx:
            await watch_tills(tx)

    await asyncio.gather(*(look() for _ in range(4)))
    await tills.settle()
    assert len(tills.told) == len(await tills.alarms()) == 1


async def test_nothing_is_decided_on_sums_that_are_behind(tills: Tills, clock: SettableClock) -> None:
    await tills.sell("s1", *[61] * 10)
    await tills.settle()
    await tills.sell("s1", 1)
    clock.advance(timedelta(minutes=3))
    async with tills.db.transaction() as tx:
        await watch_tills(tx)
    assert await tills.alarms() == []
    assert await tills.look() == ["late s1 10/11"]


async def test_a_store_that_fell_silent_is_told_until_it_posts_again(tills: Tills, clock: SettableClock) -> None:
    """s1 and s2 sell each day at 10:30, s3 not on the third; on the eighth only s2 does, and s1 in the afternoon."""
    for day in range(7):
        for store in ("s1", "s2") if day == 2 else ("s1", "s2", "s3"):
            await tills.sell(store, *[1] * 5)
        assert await tills.look() == []
        clock.advance(timedelta(days=1))
    await tills.sell("s2", -1)
    assert await tills.look() == [], "the hour is not over"
    clock.advance(timedelta(minutes=35))
    assert await tills.look() == ["silent s1 0/5"]
    assert await tills.look() == []
    assert TILL_ALARMS.labels("silent")._value.get() == 1
    clock.advance(timedelta(hours=4))
    await tills.sell("s1", 100_000)
    assert await tills.look() == [], "a history is no sign of life"
    await tills.sell("s1", 1)
    assert await tills.look() == ["silent s1 orders_again"]
    clock.advance(timedelta(days=10))
    assert await tills.look() == [], "what is not usual any more is not missed"


async def test_a_store_that_closed_for_good_is_not_missed_for_ever(tills: Tills, clock: SettableClock) -> None:
    for _ in range(7):
        await tills.sell("s1", *[1] * 5)
        await tills.settle()
        clock.advance(timedelta(days=1))
    clock.advance(timedelta(hours=1))
    assert await tills.look() == ["silent s1 0/5"]
    clock.advance(timedelta(days=8))
    assert await tills.look() == ["silent s1 no_orders"]


async def test_watching_for_silence_can_be_turned_off(tills: Tills, clock: SettableClock) -> None:
    for _ in range(7):
        await tills.sell("s1", *[1] * 5)
        await tills.settle()
        clock.advance(timedelta(days=1))
    clock.advance(timedelta(hours=1))
    assert await tills.look() == ["silent s1 0/5"]
    await tills.rule(silent_hours=0)
    assert await tills.look() == ["silent s1 not_watched"]
    assert await tills.look() == []


@pytest.mark.parametrize(
    ("changed", "path"),
    [({"late_after_s": 30}, "$.late_after_s"), ({"ends_bp": 2_000}, "$"), ({"silent_hours": 13}, "$.silent_hours")],
)
async def test_rules_that_cannot_be(tills: Tills, changed: dict[str, int], path: str) -> None:
    with pytest.raises(RuleDocumentInvalid) as refused:
        await tills.rule(**changed)
    assert refused.value.fields["path"] == path
