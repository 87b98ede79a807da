"""What a row says: the worked example of the page, windows and stages that turn with time, merges, forgetting."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from huixiang.habits import rules, service
from huixiang.habits.model import USUAL, Facts, History, OrderSum, Stage
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.members.model import Address, ExternalId, MemberUnknown, NewMember
from huixiang.members.model.profile import ProfileChanges
from huixiang.members.rules.derived import age_band
from huixiang.members.service import derived, merging, profile, register
from huixiang.platform.db import Database
from huixiang.points import service as points
from huixiang.points.model import POINTS, Hold, Source
from tests.habits.market import Market

pytestmark = pytest.mark.requirement("MEM-07")

TODAY = date(2026, 3, 18)


async def facts(market: Market, member: UUID) -> Facts:
    async with market.db.transaction(read_only=True) as tx:
        return await service.facts(tx, member)


@pytest.mark.parametrize(
    ("lately", "before", "expected"),
    [
        (1200, 1000, Stage.GROWING),
        (1199, 1000, Stage.MATURE),
        (701, 1000, Stage.MATURE),
        (700, 1000, Stage.DECLINING),
        (0, 0, Stage.MATURE),
        (1, 0, Stage.GROWING),
    ],
)
def test_what_was_spent_is_compared_with_the_days_before(lately: int, before: int, expected: Stage) -> None:
    history = History(
        joined_on=date(2020, 1, 1),
        first_order_on=date(2020, 1, 1),
        last_order_on=TODAY,
        recent=[
            OrderSum(TODAY - timedelta(days=89), None, 1, lately),
            OrderSum(TODAY - timedelta(days=90), None, 1, before),
        ],
    )
    assert rules.stage(history, USUAL, TODAY) is expected


@pytest.mark.parametrize(
    ("quiet", "since_first", "expected"),
    [
        (0, 0, Stage.NEW),
        (29, 29, Stage.NEW),
        (29, 30, Stage.MATURE),
        (30, 30, Stage.DORMANT),
        (179, 400, Stage.DORMANT),
        (180, 400, Stage.LOST),
    ],
)
def test_stages_of_who_is_quiet(quiet: int, since_first: int, expected: Stage) -> None:
    history = History(
        joined_on=date(2020, 1, 1),
        first_order_on=TODAY - timedelta(days=since_first),
        last_order_on=TODAY - timedelta(days=quiet),
    )
    assert rules.stage(history, USUAL, TODAY) is expected


def test_who_never_ordered_is_new_then_dormant_then_lost() -> None:
    stages = [rules.stage(History(joined_on=TODAY - timedelta(days=days)), USUAL, TODAY) for days in (29, 30, 180)]
    assert stages == [Stage.NEW, Stage.DORMANT, Stage.LOST]


def test_of_equal_favourites_and_stores_one_is_first() -> None:
    assert rules.favourites({"b": 5, "a": 5, "c": 9, "d": 1, "e": 0}) == ["c", "a", "b"]
    yesterday = TODAY - timedelta(days=1)
    assert rules.home_store([OrderSum(TODAY, "b", 1, 0), OrderSum(yesterday, "a", 1, 0)]) == "b"
    assert rules.home_store([OrderSum(TODAY, "b", 1, 0), OrderSum(TODAY, "a", 1, 0)]) == "a"
    assert rules.home_store([OrderSum(TODAY, "b", 1, 0), OrderSum(yesterday, "a", 2, 0)]) == "a"
    assert rules.home_store([OrderSum(TODAY, None, 9, 0)]) is None


async def test_windows_and_stages_turn_with_time_alone(db: Database, clock: SettableClock) -> None:
    market = Market(db, clock)
    await market.open(1)
    (member,) = market.members
    await market.buy(member, 0, 1000, sku="pear", store="s-2")
    await market.settle()
    seen = []
    for days in (0, 29, 1, 59, 1, 90, 184, 1):
        clock.advance(timedelta(days=days))
        await market.settle()
        one = await facts(market, member)
        assert one.home_store == ((one.favourite_categories and "s-2") or None)
        seen.append((one.orders_30d, one.orders_90d, one.spend_365d_fen, one.lifecycle.value))
    assert seen == [
        (1, 1, 1000, "new"), (1, 1, 1000, "new"), (0, 1, 1000, "dormant"), (0, 1, 1000, "dormant"),
        (0, 0, 1000, "dormant"), (0, 0, 1000, "lost"), (0, 0, 1000, "lost"), (0, 0, 0, "lost"),
    ]  # fmt: skip
    assert await market.check() == []


async def test_only_those_whose_day_has_come_are_reckoned(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    market = Market(db, clock)
    await market.open(3)
    await market.buy(market.members[0], 29)
    await market.settle()
    clock.advance(timedelta(days=1))
    async with db.transaction() as tx:
        assert await service.mark_turning(tx, 100) == 1
        assert await service.mark_turning(tx, 100) == 0, "they are marked already"
    assert superuser.execute("SELECT member_id FROM habits.mark").fetchall() == [(market.members[0],)]


async def test_the_same_told_again_or_late_changes_nothing(db: Database, clock: SettableClock) -> None:
    market = Market(db, clock)
    await market.open(1)
    await market.buy(market.members[0], 3)
    await market.settle()
    kept = await market.rows()
    async with db.transaction() as tx:
        await service.mark(tx, {market.members[0]: tx.now - timedelta(days=400)})
        assert await service.reckon_due(tx) == 0, "what is old is gathered"
    clock.advance(timedelta(minutes=1))
    async with db.transaction() as tx:
        assert await service.reckon_due(tx) == 1
        await service.reckon(tx, market.members)
    assert await market.rows() == kept


@pytest.mark.requirement("MEM-02")
async def test_whoever_stays_has_the_facts_of_both_until_they_are_two_again(db: Database, clock: SettableClock) -> None:
    market = Market(db, clock)
    await market.open(2)
    gone, into = market.members
    await market.buy(gone, 2, 1000, sku="milk")
    await market.buy(into, 1, 500, sku="apple", store="s-2")
    await market.see(gone, "sea")
    await market.settle()
    before = await market.rows()
    merge = await market.merge(gone, into)
    await market.settle()
    assert set(await market.rows()) == {into}
    both = await facts(market, gone)
    assert (both.member_id, both.orders_30d, both.spend_30d_fen) == (into, 2, 1500)
    assert (both.favourite_categories, both.last_viewed_category) == (["dairy", "fruit"], "sea")
    assert await market.check() == []
    await market.part(gone, merge)
    await market.settle()
    assert await market.rows() == before
    assert await market.check() == []


@pytest.mark.requirement("MEM-02")
async def test_a_merge_that_the_ledger_refuses_leaves_each_their_own_row(db: Database, clock: SettableClock) -> None:
    market = Market(db, clock)
    await market.open(2)
    gone, into = market.members
    await market.buy(gone, 2, 1000, sku="milk")
    await market.buy(into, 1, 500, sku="apple", store="s-2")
    await market.see(gone, "sea")
    await market.settle()
    before = await market.rows()
    async with db.transaction() as tx:
        source = Source(key="basket", cause="order", counter_account="adjusted", occurred_at=tx.now)
        held = Hold(member_id=gone, book=POINTS, points=1, hold_id=new_id(), source=source, expires_at=None)
        await points.post(tx, [held])
    merge = await market.merge(gone, into)
    async with db.transaction() as tx:
        await service.reckon(tx, [gone, into])  # while it moves, the two go by one id
    assert set(await market.rows()) == {into}
    await market.settle()
    async with db.transaction() as tx:
        refused = await merging.read(tx, gone, merge)
    assert (refused.state, refused.refusal) == ("refused", "points_merge_refused: holds")
    assert await market.rows() == before, "each has a row again, of their own orders alone"
    assert await market.check() == []


async def test_what_is_told_late_changes_nothing_that_is_later(db: Database, clock: SettableClock) -> None:
    market = Market(db, clock)
    await market.open(1)
    (member,) = market.members
    await market.see(member, "fruit", hours_ago=2)
    await market.see(member, None, hours_ago=1)
    await market.see(member, "dairy", hours_ago=3)
    found = await facts(market, member)
    assert (found.last_seen_at, found.last_viewed_category) == (clock.now() - timedelta(hours=1), "fruit")


async def test_nothing_is_left_of_who_is_forgotten_and_nothing_comes_again(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    market = Market(db, clock)
    await market.open(1)
    address = Address(province="浙江", city="杭州", street="1")
    async with db.transaction() as tx:
        new = NewMember(
            channel="app", external_ids=(ExternalId("app", "a"),), birthday=date(1990, 3, 18), address=address
        )
        member = (await register(tx, new)).member_id
    order = await market.buy(member, store="s-1")
    await market.see(member, "fruit")
    await market.settle()
    known = await facts(market, member)
    assert (known.birthday, known.age_band, known.home_store) == ("03-18", age_band(date(1990, 3, 18), TODAY), "s-1")
    async with db.transaction() as tx:
        await service.forget(tx, member)
        await derived.forget(tx, member)
    await market.bring_back(order, 1)
    await market.settle()
    for table in ("member", "behaviour", "mark"):
        found = superuser.execute(f"SELECT FROM habits.{table} WHERE member_id = %s", [member])
        assert found.fetchall() == [], table
    left = superuser.execute(
        "SELECT birth_month, birth_day, age_band, city FROM members.member WHERE member_id = %s", [member]
    )
    assert left.fetchone() == (None,) * 4
    with pytest.raises(MemberUnknown):
        await market.see(member)
    assert await market.check() == []


def test_age_bands_change_on_birthdays() -> None:
    ages = [age_band(date(2008, 3, day), TODAY) for day in (18, 19)]
    assert ages == ["18_24", "under_18"]
    assert age_band(date(2000, 2, 29), date(2025, 2, 28)) == "18_24"
    assert age_band(date(2000, 2, 29), date(2025, 3, 1)) == "25_34"
    assert age_band(date(1900, 1, 1), TODAY) == "65_up"


async def test_age_bands_follow_birthdays_and_what_members_say(db: Database, clock: SettableClock) -> None:
    market = Market(db, clock)
    await market.open(0)
    clock.set(datetime(2026, 3, 10, tzinfo=UTC))
    made = []
    async with db.transaction() as tx:
        for number, born in enumerate((date(2001, 3, 18), date(2001, 4, 18), None)):
            new = NewMember(channel="app", external_ids=(ExternalId("app", str(number)),), birthday=born)
            made.append((await register(tx, new)).member_id)
    await market.settle()
    bands = [(await facts(market, one)).age_band for one in made]
    assert bands == ["18_24", "18_24", None]
    clock.set(datetime(2026, 3, 20, tzinfo=UTC))  # nobody looked on the day itself
    async with db.transaction() as tx:
        last = None
        while (last := await derived.follow_birthdays(tx, last, 1)) is not None:
            pass
        changes = ProfileChanges(birthday=date(1950, 1, 1), address=Address(province="浙江", city="杭州", street="1"))
        await profile.change_profile(tx, made[2], changes)
    found = [await facts(market, one) for one in made]
    assert [one.age_band for one in found] == ["25_34", "18_24", "65_up"]
    assert [one.home_city for one in found] == [None, None, "杭州"]
