"""The cases with numbers of docs/domain/pricing.md, one builder each: what is priced, and what has to come out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from huixiang.conditions.facts import Facts
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.text import Text
from huixiang.pricing.model.basket import Basket, HeldCoupon, Line, Situation
from huixiang.pricing.model.effects import Fee, GroupPrice, Off, OffStep, PriceRate, Scope
from huixiang.pricing.model.rules import (
    CouponRule,
    DeliveryRule,
    Exclusion,
    GroupRule,
    OrderRule,
    Promotions,
    Slot,
    UnitRule,
)

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
CALENDAR = BusinessCalendar("Asia/Shanghai")


def situation(coupons: Sequence[HeldCoupon] = ()) -> Situation:
    return Situation(facts=Facts(now=NOW, calendar=CALENDAR), coupons=tuple(coupons))


@dataclass(frozen=True)
class Case:
    """lines: what each line pays. coupons: ids of those that are used."""

    name: str
    promotions: Promotions
    basket: Basket
    payable_fen: int
    lines: Mapping[str, int]
    situation: Situation = field(default_factory=situation)
    coupons: tuple[str, ...] = ()


def named(text: str) -> Text:
    return Text(zh=text, en=text)


def rate(code: str, rate_bp: int) -> UnitRule:
    return UnitRule(code=code, name=named(code), effect=PriceRate(rate_bp))


def steps(*pairs: tuple[int, int]) -> OrderRule:
    effect = Off(tuple(OffStep(at, off) for at, off in pairs))
    return OrderRule(code="step", name=named("step"), effect=effect)


def coupon(code: str, at: int, off: int) -> CouponRule:
    return CouponRule(code=code, name=named(code), effect=Off((OffStep(at, off),)))


MEMBER_DAY, SILVER = rate("member-day", 8800), rate("silver", 9800)
STEPS = steps((10_000, 2_000), (20_000, 5_000))


def everything_combines() -> Case:
    lines = (
        Line(line_id="1", sku="beef", quantity=1, list_price_fen=8990),
        Line(line_id="2", sku="milk", quantity=2, list_price_fen=1250),
        Line(line_id="3", sku="apples", measure="gram", quantity=800, list_price_fen=1580),
    )
    rules = (SILVER, MEMBER_DAY, STEPS, coupon("ten-off-eighty", 8_000, 1_000))
    return Case(
        "1 everything combines",
        Promotions(rules=rules),
        Basket(lines=lines),
        8_223,
        {"1": 5_796, "2": 1_612, "3": 815},
        situation([HeldCoupon("a", "ten-off-eighty")]),
        ("a",),
    )


def the_deepest_price_loses() -> Case:
    lines = (Line(line_id="1", sku="oil", quantity=2, list_price_fen=5200),)
    promotions = Promotions(rules=(SILVER, MEMBER_DAY, STEPS))
    return Case("2 the deepest price loses", promotions, Basket(lines=lines), 8_192, {"1": 8_192})


def per_line() -> Case:
    lines = (
        Line(line_id="1", sku="oil", quantity=1, list_price_fen=6000),
        Line(line_id="2", sku="rice", quantity=1, list_price_fen=5000),
    )
    promotions = Promotions(rules=(SILVER, MEMBER_DAY, STEPS))
    return Case("3 per line", promotions, Basket(lines=lines), 8_180, {"1": 4_243, "2": 3_937})


def bundle_rules() -> Promotions:
    slots = (Slot(Scope(skus=("a",)), 1), Slot(Scope(skus=("b",)), 1))
    bundle = GroupRule(code="a-and-b", name=named("A + B"), slots=slots, effect=GroupPrice(19_900))
    return Promotions(rules=(rate("diamond", 9_000), bundle, steps((20_000, 5_000))))


BUNDLED = (
    Line(line_id="1", sku="a", quantity=1, list_price_fen=18_000),
    Line(line_id="2", sku="b", quantity=1, list_price_fen=11_900),
)


def bundle() -> Case:
    return Case("4 bundle", bundle_rules(), Basket(lines=BUNDLED), 19_900, {"1": 11_980, "2": 7_920})


def bundle_and_milk() -> Case:
    milk = Line(line_id="3", sku="milk", quantity=1, list_price_fen=500)
    lines = {"1": 9_037, "2": 5_974, "3": 339}
    return Case("4 bundle and milk", bundle_rules(), Basket(lines=(*BUNDLED, milk)), 15_350, lines)


def ties() -> Case:
    lines = (Line(line_id="1", sku="oil", quantity=1, list_price_fen=6000),)
    held = [
        HeldCoupon("later", "five", datetime(2026, 5, 1, tzinfo=UTC)),
        HeldCoupon("sooner", "five", datetime(2026, 4, 1, tzinfo=UTC)),
        HeldCoupon("never", "also-five"),
    ]
    rules = (coupon("five", 4_000, 500), coupon("also-five", 5_000, 500))
    return Case(
        "8 ties", Promotions(rules=rules), Basket(lines=lines), 5_500, {"1": 5_500}, situation(held), ("sooner",)
    )


def free_delivery_lost() -> Case:
    lines = (Line(line_id="1", sku="oil", quantity=1, list_price_fen=4200),)
    free = DeliveryRule(code="free", name=named("free"), effect=Fee(0, 3_900))
    promotions = Promotions(rules=(coupon("five", 4_000, 500), free))
    basket = Basket(lines=lines, delivery_fen=600)
    held = situation([HeldCoupon("a", "five")])
    return Case("9 free delivery lost by a coupon", promotions, basket, 4_200, {"1": 4_200}, held)


def twin_thresholds() -> Case:
    lines = (
        Line(line_id="1", sku="leek", quantity=1, list_price_fen=5200, categories=("vegetables",)),
        Line(line_id="2", sku="pork", quantity=1, list_price_fen=6000, categories=("meat",)),
    )
    category = OrderRule(
        code="vegetables",
        name=named("vegetables"),
        scope=Scope(categories=("vegetables",)),
        effect=Off((OffStep(5_000, 800),)),
        priority=-1,
        stacking="category",
    )
    order = OrderRule(code="all", name=named("all"), effect=Off((OffStep(10_000, 2_000),)), stacking="order")
    promotions = Promotions(rules=(category, order), exclusions=(Exclusion("category", "order", "line"),))
    return Case("10 twin thresholds", promotions, Basket(lines=lines), 9_200, {"1": 4_271, "2": 4_929})


def one_line() -> Case:
    lines = (Line(line_id="1", sku="oil", quantity=2, list_price_fen=5500),)
    return Case("11 one line", Promotions(rules=(SILVER, MEMBER_DAY, STEPS)), Basket(lines=lines), 8_780, {"1": 8_780})


def not_two() -> Case:
    lines = tuple(Line(line_id=name, sku="oil", quantity=1, list_price_fen=5500) for name in ("1", "2"))
    promotions = Promotions(rules=(SILVER, MEMBER_DAY, STEPS))
    return Case("11 not two", promotions, Basket(lines=lines), 8_780, {"1": 4_390, "2": 4_390})


CASES: tuple[Callable[[], Case], ...] = (
    everything_combines,
    the_deepest_price_loses,
    per_line,
    bundle,
    bundle_and_milk,
    ties,
    free_delivery_lost,
    twin_thresholds,
    one_line,
    not_two,
)
