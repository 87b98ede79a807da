"""What an order earns over HTTP: by all that is known of it, under caps, pending, for as long as the rules say."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from huixiang.catalogue import service as catalogue
from huixiang.catalogue.model import CategoryRow, SkuRow
from huixiang.checkout.model import Tender
from huixiang.kernel.text import Text
from huixiang.platform.db import Database
from huixiang.points import service as points
from huixiang.points.model import POINTS, Verdict
from huixiang.points.model.breaker import NewPause, PausedKey
from huixiang.points.service import breaker
from tests.checkout.shop import Shop
from tests.points.rules_ground import publish
from tests.support.programme import line, register_members, till_order

NAME = {"zh": "测试", "en": "Test"}
NO_REWARDS: dict[str, Any] = {"behaviours": [], "caps": []}


def cap(limit: int, period: str = "day") -> dict[str, Any]:
    return {"code": f"most_{period}", "period": period, "limit": limit, "causes": ["consumption"]}


@pytest.fixture
def thursday(now: datetime) -> datetime:
    """A day on which nothing multiplies, six days ago."""
    return now - timedelta(days=6)


@pytest.mark.requirement("PTS-01", "PTS-02")
async def test_each_channel_has_its_rule_and_what_decided_is_on_the_order_and_in_the_journal(
    shop: Shop, db: Database, member: UUID, thursday: datetime
) -> None:
    by_app = {
        "code": "app",
        "bp": 30_000,
        "when": {"type": "compare", "attribute": "channel", "op": "eq", "value": "app"},
    }
    at_store = {
        "code": "opening",
        "bp": 20_000,
        "when": {"type": "compare", "attribute": "store", "op": "eq", "value": "s7"},
    }
    await publish(db, "earning", multipliers=[by_app, at_store], **NO_REWARDS)
    lines = [line("a", 1250), line("b", 999)]
    places: list[dict[str, Any]] = [{"channel": "till"}, {"channel": "app"}, {"channel": "till", "store_id": "s7"}]
    told = [await shop.order(member, str(n), thursday, lines, **where) for n, where in enumerate(places)]
    assert [one["points"] for one in told] == [22, 67, 44]
    assert {(one["programme"], one["earning_version"], one["points_cut"]) for one in told} == {("default", 2, 0)}
    kept = await shop.read(told[1]["order_id"])
    assert (kept["channel"], kept["programme"], kept["earning_version"], kept["points"]) == ("app", "default", 2, 67)
    assert [(one.rule, one.rule_version, one.points) for one in await shop.journal(member)] == [
        ("earning.default", 2, earned) for earned in (22, 67, 44)
    ]


@pytest.mark.requirement("PTS-02")
async def test_what_is_excluded_earns_nothing(shop: Shop, db: Database, member: UUID, thursday: datetime) -> None:
    async with db.transaction() as tx:
        await catalogue.upsert_categories(
            tx, [CategoryRow(category="drinks", version=1, name=Text(zh="饮料", en="Drinks"))]
        )
        goods = [("milk", "acme"), ("juice", None)]
        await catalogue.upsert_skus(
            tx,
            [
                SkuRow(
                    version=1,
                    sku=sku,
                    name=Text(zh=sku, en=sku),
                    category="drinks",
                    unit="piece",
                    list_price_fen=1,
                    brand=brand,
                )
                for sku, brand in goods
            ],
        )
    excluded = [
        {"type": "one_of", "attribute": "goods.sku", "values": ["tobacco"]},
        {"type": "compare", "attribute": "goods.brand", "op": "eq", "value": "acme"},
        {"type": "has", "attribute": "tenders", "values": ["staff_card"]},
    ]
    await publish(
        db, "earning", multipliers=[], exclusions=[{"code": f"x{n}", "when": w} for n, w in enumerate(excluded)],
        **NO_REWARDS,
    )  # fmt: skip
    lines = [line("a", 1000, sku="juice"), line("b", 2000, sku="milk"), line("c", 4000, sku="tobacco")]
    told = [
        await shop.order(member, str(n), thursday, lines, tenders=tenders)
        for n, tenders in enumerate([[], [Tender("voucher", 500, "a")], [Tender("staff_card", 500, "b")]])
    ]
    assert [one["points"] for one in told] == [10, 5, 0]
    assert [one["points"] for one in (await shop.read(told[0]["order_id"]))["lines"]] == [10, 0, 0]
    assert len(await shop.journal(member)) == 2


@pytest.mark.requirement("PTS-04", "PTS-12")
async def test_what_a_cap_cut_is_recorded_shown_and_not_taken_back(
    shop: Shop, db: Database, member: UUID, thursday: datetime
) -> None:
    await publish(db, "earning", multipliers=[], behaviours=[], caps=[cap(50), cap(90, "month")])
    lines = [line("a", 1500, pieces=3), line("b", 2500)]
    days = [thursday, thursday, thursday, thursday + timedelta(days=1), thursday + timedelta(days=2)]
    told = [await shop.order(member, str(n), day, lines) for n, day in enumerate(days)]
    shown = [(one["points"], one["points_cut"]) for one in told]
    assert shown == [(40, 0), (10, 30), (0, 40), (40, 0), (0, 40)], "50 a day, 90 a month"
    again = await shop.order(member, "1", thursday, lines, again=True)
    assert again == told[1] | {"created": False}
    cut = await shop.read(told[1]["order_id"])
    assert (cut["points"], cut["points_cut"], [one["points"] for one in cut["lines"]]) == (10, 30, [4, 6])
    assert [(one.points, one.requested, one.short) for one in await shop.journal(member)] == [
        (earned, 40, lost) for earned, lost in shown
    ]
    parts = [[("a", 1)], [("a", 2), ("b", 1)]]
    back = [(await shop.refund(told[1]["order_id"], str(n), thursday, *part))["points"] for n, part in enumerate(parts)]
    nothing = await shop.refund(told[2]["order_id"], "0", thursday, ("a", 3), ("b", 1))
    assert (back, nothing["points"], nothing["refund_fen"]) == ([1, 9], 0, 4000)
    sixth = await shop.order(member, "5", thursday, lines)
    assert (sixth["points"], sixth["points_cut"]) == (0, 40), "a refund gives no room back"
    assert (await shop.balance(member)).balance == 80
    assert len(await shop.journal(member)) == 8


@pytest.mark.requirement("PTS-04")
async def test_a_cap_holds_over_the_orders_of_one_upload(
    shop: Shop, db: Database, member: UUID, thursday: datetime
) -> None:
    await publish(db, "earning", multipliers=[], behaviours=[], caps=[cap(50)])
    orders = [
        till_order(member, str(n), thursday + timedelta(minutes=n), [line("a", 2000)], programme="default")
        for n in range(4)
    ]
    rows = await shop.upload(*orders)
    read = [await shop.read(row["id"]) for row in rows]
    assert [(one["points"], one["points_cut"]) for one in read] == [(20, 0), (20, 0), (10, 10), (0, 20)]
    assert len(await shop.journal(member)) == 4


@pytest.mark.requirement("PTS-05", "PTS-11")
async def test_points_last_by_cause_and_tier_and_are_pending_until_the_window_closes(
    shop: Shop, db: Database, member: UUID, thursday: datetime
) -> None:
    expiries = [
        {"tier": "silver", "expiry": {"policy": "months", "months": 24, "end_of": "month"}},
        {"cause": "consumption", "expiry": {"policy": "year_end", "years": 1}},
    ]
    await publish(db, "earning", multipliers=[], expiries=expiries, **NO_REWARDS)
    for number, fen in enumerate([200_000, 1_000]):
        await shop.order(member, str(number), thursday + timedelta(minutes=number), [line("a", fen)])
    await shop.journal(member)
    balance = await shop.balance(member)
    assert (balance.balance, balance.pending, balance.available) == (2010, 2010, 0)
    assert [(one.expires_on, one.points) for one in balance.expiring] == [
        (date(2027, 12, 31), 2000),
        (date(2028, 3, 31), 10),
    ], "the order that reaches a tier was not made in it"
    closed = db.calendar.start_of(thursday.date() + timedelta(days=8))
    for instant, pending in [(closed - timedelta(microseconds=1), 2010), (closed, 0)]:
        async with db.transaction(now=instant) as tx:
            assert (await points.balance(tx, member, POINTS)).pending == pending


@pytest.mark.requirement("PTS-05", "PTS-11")
async def test_an_order_that_is_told_late_is_not_pending_and_does_not_expire_at_once(
    shop: Shop, db: Database, member: UUID, now: datetime
) -> None:
    await publish(db, "earning", multipliers=[], **NO_REWARDS)
    await shop.order(member, "1", now - timedelta(days=500), [line("a", 1000)])
    balance = await shop.balance(member)
    assert (balance.balance, balance.pending) == (10, 0)
    assert [one.expires_on for one in balance.expiring] == [now.date() + timedelta(days=30)]


@pytest.mark.requirement("PTS-03")
async def test_the_first_order_is_rewarded_once(shop: Shop, member: UUID, thursday: datetime) -> None:
    await publish(shop.db, "earning", noticed=["first_order"])
    first = await shop.order(member, "1", thursday, [line("a", 1000)])
    await shop.order(member, "2", thursday, [line("a", 1000)])
    await shop.order(member, "1", thursday, [line("a", 1000)], again=True)
    postings = [(one.cause, one.points, str(one.order_ref), one.rule_version) for one in await shop.journal(member)]
    assert postings[:2] == [("consumption", 10, first["order_id"], 2), ("first_order", 100, first["order_id"], 2)]
    assert [one[0] for one in postings[2:]] == ["consumption"]
    assert (first["points"], (await shop.balance(member)).available) == (10, 100), "the order's own are pending"


@pytest.mark.requirement("PTS-03")
async def test_where_rules_do_not_reward_a_first_order_nobody_is(
    shop: Shop, db: Database, member: UUID, thursday: datetime
) -> None:
    shipped = [{"code": "first_order", "name": NAME, "points": 100, "frequency": {"times": 1, "per": "ever"}}]
    off = [one | {"active": False} for one in shipped]
    await publish(db, "earning", behaviours=off, caps=[], noticed=["first_order"])
    await shop.order(member, "1", thursday, [line("a", 1000)])
    await shop.order(member, "2", thursday, [line("a", 1000)], programme="base")
    assert [one.cause for one in await shop.journal(member)] == ["consumption", "consumption"]
    await publish(db, "earning", behaviours=shipped, caps=[])
    await shop.order(member, "3", thursday, [line("a", 1000)])
    assert [one.cause for one in await shop.journal(member)] == ["consumption"] * 3, "it is the third"


@pytest.mark.requirement("PTS-03", "PTS-14")
async def test_first_orders_at_once_and_in_bulk_are_rewarded_once_each(
    shop: Shop, db: Database, member: UUID, thursday: datetime
) -> None:
    await publish(db, "earning", noticed=["first_order"])
    others = await register_members(db, 3, prefix="other")
    rows = [
        till_order(one, f"{one}{n}", thursday, [line("a", 1000)], programme="default") for n in (1, 2) for one in others
    ]
    assert {row["outcome"] for row in await shop.upload(*rows)} == {"created"}
    await asyncio.gather(*(shop.order(member, str(n), thursday, [line("a", 1000)]) for n in range(6)))
    for one in (member, *others):
        causes = [posting.cause for posting in await shop.journal(one)]
        assert causes.count("first_order") == 1, causes


@pytest.mark.requirement("PTS-23", "PTS-12")
async def test_a_refund_does_not_take_twice_what_a_person_voided(
    shop: Shop, db: Database, member: UUID, thursday: datetime
) -> None:
    await publish(db, "earning", multipliers=[], **NO_REWARDS)
    async with db.transaction() as tx:
        paused = await breaker.pause(tx, NewPause(side="issue", cause="consumption", reason="a robot"), "staff:x")
    told = await shop.order(member, "1", thursday, [line("a", 1000, pieces=2)])
    assert told["points"] == 10
    await shop.refund(told["order_id"], "r1", thursday, ("a", 1))
    async with db.transaction() as tx:
        key = PausedKey(member_id=member, key=f"order:{told['order_id']}:earn")
        await breaker.judge(tx, paused.pause_id, Verdict(decision="void", credits=[key], reason="a robot"), "staff:x")
    second = await shop.refund(told["order_id"], "r2", thursday, ("a", 1))
    assert (second["refund_fen"], second["points"], second["points_before"], second["points_short"]) == (500, 5, 5, 0)
    balance = await shop.balance(member)
    assert (balance.balance, balance.debt) == (0, 0)
    assert (await shop.read(told["order_id"]))["refunded_points"] == 10
    await shop.journal(member)
