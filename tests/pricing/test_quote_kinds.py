"""Each kind of promotion over HTTP, on a basket of three goods; expected figures are reckoned by hand, in fen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from huixiang.conditions.model import Compare, Hours, OneOf, Weekdays
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.period import Period
from huixiang.pricing.model.effects import (
    Gift,
    GiftOver,
    GroupOff,
    GroupPrice,
    GroupRate,
    Off,
    OffStep,
    Price,
    PriceOff,
    PriceRate,
    RateOff,
    RateStep,
    Scope,
)
from huixiang.pricing.model.rules import Cap, GroupRule, OrderRule, Rule, Slot, UnitRule
from tests.pricing.quoting import Shop, good, named, pieces

GOODS = (
    good("milk", 1_250, brand="meadow"),
    good("tofu", 600, category="tofu"),
    good("silken", 450, category="tofu"),
    good("leek", 398, tags=("organic",)),
)
MEMBERS = Compare("member_state", "eq", "active")
TOFU = Scope(categories=("tofu",), weighed=False)
SHELVES = Scope(skus=("milk",)), Scope(skus=("tofu",))
MILK_AT_11 = UnitRule(code="b", name=named("b"), effect=Price(1_100), scope=SHELVES[0])


def unit(effect: Any, **more: Any) -> UnitRule:
    return UnitRule(code="unit", name=named("unit"), effect=effect, **more)


def group(effect: Any, *slots: Slot, **more: Any) -> GroupRule:
    return GroupRule(code="group", name=named("group"), slots=slots, effect=effect, **more)


def order(effect: Any, **more: Any) -> OrderRule:
    return OrderRule(code="order", name=named("order"), effect=effect, **more)


async def payable(shop: Shop, basket: dict[str, int], rules: list[Rule], member: UUID | None, **more: Any) -> int:
    await shop.publish(rules)
    quoted = await shop.quote([pieces(sku, count) for sku, count in basket.items()], member, **more)
    assert quoted["priced"]["proven"]
    assert sum(line["payable_fen"] for line in quoted["priced"]["lines"]) == quoted["priced"]["goods_fen"]
    return int(quoted["priced"]["payable_fen"])


@pytest.fixture(autouse=True)
async def stocked(shop: Shop) -> None:
    await shop.stock(*GOODS, categories={"tofu": "fresh"})


@pytest.mark.requirement("PRC-01")
@pytest.mark.parametrize(
    ("rules", "fen"),
    [
        ([], 3_700),
        ([unit(Price(990), label="time_limited", scope=SHELVES[0])], 3_180),
        ([unit(PriceOff(50), scope=SHELVES[1])], 3_600),
        ([unit(PriceRate(9_800), label="tier_rate", when=MEMBERS)], 2_450 + 1_176),
        # Alternatives: of two prices the lower one, for each of the goods.
        ([unit(PriceRate(9_000)), MILK_AT_11], 3_280),
        # On top of the price that was chosen: 1,100 at 90 % is 990; tofu 540.
        ([unit(PriceRate(9_000), on_top=True), MILK_AT_11], 3_060),
        # A quota of one piece a member: the other is at list price.
        ([unit(Price(500), label="flash", scope=SHELVES[0], caps=(Cap("pieces", 1, "member", "day"),))], 500 + 2_450),
    ],
)  # fmt: skip
async def test_prices_of_goods(shop: Shop, member: UUID, rules: list[Rule], fen: int) -> None:
    assert await payable(shop, {"milk": 2, "tofu": 2}, rules, member) == fen


@pytest.mark.requirement("PRC-02")
@pytest.mark.parametrize(
    ("rule", "basket", "fen"),
    [
        # Milk and tofu together for 15.00, twice; the third milk by itself.
        (group(GroupPrice(1_500), *(Slot(goods, 1) for goods in SHELVES)), {"milk": 3, "tofu": 2}, 2 * 1_500 + 1_250),
        (group(GroupPrice(1_500), *(Slot(goods, 1) for goods in SHELVES), times=1), {"milk": 3, "tofu": 2}, 4_600),
        # Buy three, get one: of nine two are free.
        (group(GroupRate(0, 1), Slot(SHELVES[1], 4)), {"tofu": 9}, 7 * 600),
        # The second at half.
        (group(GroupRate(5_000, 1), Slot(SHELVES[0], 2)), {"milk": 3}, 1_250 + 625 + 1_250),
        # Three for 12.00, whatever of the category: the dearest three, and what is left at list price.
        (group(GroupPrice(1_200), Slot(TOFU, 3)), {"tofu": 2, "silken": 2}, 1_200 + 450),
        # Mix and match, the cheapest is free: tofu, tofu, silken is one group.
        (group(GroupRate(0, 1), Slot(TOFU, 3)), {"tofu": 2, "silken": 1}, 1_200),
        # So much off each two.
        (group(GroupOff(100), Slot(TOFU, 2)), {"tofu": 2, "silken": 3}, 2 * 600 + 3 * 450 - 200),
    ],
    ids=["bundle", "bundle once", "buy 3 get 1", "second at half", "3 for 12", "cheapest free", "off each 2"],
)
async def test_groups_of_goods(shop: Shop, rule: Rule, basket: dict[str, int], fen: int) -> None:
    assert await payable(shop, basket, [rule], None) == fen


@pytest.mark.requirement("PRC-03")
@pytest.mark.parametrize(
    ("rule", "fen"),
    [
        (order(Off((OffStep(3_000, 200), OffStep(4_000, 500)))), 4_496 - 500),
        (order(Off((OffStep(1_000, 100),), repeat=True)), 4_496 - 400),
        (order(Off((OffStep(1_000, 100),), repeat=True, times=2)), 4_496 - 200),
        (order(RateOff((RateStep(4_000, 9_000),))), 4_496 - 450),
        (order(RateOff((RateStep(4_000, 9_000),), max_off_fen=300)), 4_196),
        (order(RateOff((RateStep(2, 5_000),)), scope=SHELVES[1], count="pieces"), 4_496 - 600),
        (order(Off((OffStep(0, 300),)), scope=Scope(categories=("fresh",))), 4_196),
        (order(Off((OffStep(0, 300),)), scope=Scope(brands=("meadow",))), 4_196),
        (order(Off((OffStep(700, 300),)), scope=Scope(tags=("organic",))), 4_196),
        (order(Off((OffStep(800, 300),)), scope=Scope(tags=("organic",))), 4_496),
    ],
    ids=["steps", "repeating", "twice", "rate", "rate up to", "rate by pieces", "category", "brand", "tag", "short"],
)
async def test_reductions_of_the_order(shop: Shop, rule: Rule, fen: int) -> None:
    assert await payable(shop, {"milk": 2, "tofu": 2, "leek": 2}, [rule], None) == fen


@pytest.mark.requirement("PRC-03")
@pytest.mark.parametrize("kind", ["goods", "coupon", "points"])
async def test_gifts_of_each_kind_are_told_and_cost_nothing(shop: Shop, member: UUID, kind: Any) -> None:
    await shop.publish([order(GiftOver(2_000, Gift(kind, "cup", 2, 900)))])
    priced = (await shop.quote([pieces("milk", 2)], member))["priced"]
    assert priced["payable_fen"] == 2_500
    [applied] = priced["applied"]
    assert applied["gift"] == {"kind": kind, "what": "cup", "count": 2, "value_fen": 900}
    [short] = (await shop.quote([pieces("milk")], member))["priced"]["not_applied"]
    assert (short["reason"], short["short"]) == ("short", 750)


@pytest.mark.requirement("PRC-05")
async def test_each_occasion_has_its_rules(shop: Shop, member: UUID, clock: SettableClock) -> None:
    """Monday 2026-11-23, 07:30 in Shanghai."""
    clock.set(datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    now = clock.now()
    half = PriceRate(5_000)
    occasions: list[tuple[UnitRule, dict[str, Any], dict[str, Any]]] = [
        (unit(half, when=Compare("channel", "eq", "app")), {}, {"channel": "till"}),
        (unit(half, when=OneOf("store", ("S001",))), {"store": "S001"}, {}),
        (unit(half, when=OneOf("city", ("hangzhou",))), {"store": "S001"}, {"city": "ningbo"}),
        (unit(half, payment_methods=("bank",)), {"payment_method": "bank"}, {"payment_method": "cash"}),
    ]
    for rule, inside, outside in occasions:
        found = [await payable(shop, {"milk": 1}, [rule], member, **where) for where in (inside, outside)]
        assert found == [625, 1_250], rule
    times: list[tuple[UnitRule, int]] = [
        (unit(half, when=Weekdays((1,))), 625),
        (unit(half, when=Weekdays((2, 3))), 1_250),
        (unit(half, when=Hours("06:00", "08:00"), label="early_bird"), 625),
        (unit(half, when=Hours("08:00", "09:00")), 1_250),
        (unit(half, period=Period(now - timedelta(hours=1), now + timedelta(seconds=1))), 625),
        (unit(half, period=Period(now - timedelta(hours=1), now)), 1_250),
    ]
    assert [await payable(shop, {"milk": 1}, [rule], member) for rule, _ in times] == [fen for _, fen in times]
    assert [await payable(shop, {"milk": 1}, [unit(half, when=MEMBERS)], who) for who in (member, None)] == [625, 1_250]
