"""Baskets where every rule above the groups counts every line: the search over their one sum, and where it ends."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from huixiang.conditions.facts import Facts
from huixiang.entry.attributes import REGISTRY
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.text import Text
from huixiang.pricing.model.basket import Basket, HeldCoupon, Line, Situation
from huixiang.pricing.model.effects import Fee, GroupPrice, Off, OffStep, PriceOff, PriceRate, RateOff, RateStep, Scope
from huixiang.pricing.model.priced import Priced
from huixiang.pricing.model.rules import (
    CouponRule,
    DeliveryRule,
    GroupRule,
    OrderRule,
    Promotions,
    Rule,
    Slot,
    UnitRule,
)
from huixiang.pricing.rules.compile import compile_promotions
from huixiang.pricing.rules.engine import price

pytestmark = pytest.mark.requirement("PRC-07")

NOW = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)
NAME = Text(zh="促销", en="Promotion")


def line(line_id: str, price_fen: int, quantity: int = 1) -> Line:
    return Line(line_id=line_id, sku=line_id, quantity=quantity, list_price_fen=price_fen)


def half(code: str, sku: str) -> UnitRule:
    return UnitRule(code=code, name=NAME, scope=Scope(skus=(sku,)), effect=PriceRate(5000))


def less(code: str, sku: str, off_fen: int) -> UnitRule:
    return UnitRule(code=code, name=NAME, scope=Scope(skus=(sku,)), effect=PriceOff(off_fen))


def step(code: str, at: int, off_fen: int) -> OrderRule:
    return OrderRule(code=code, name=NAME, effect=Off((OffStep(at, off_fen),)))


def priced(rules: tuple[Rule, ...], lines: tuple[Line, ...], fee: int = 0, *coupons: HeldCoupon) -> Priced:
    rule_set = compile_promotions(Promotions(rules=rules), 1, REGISTRY)
    facts = Facts(now=NOW, calendar=BusinessCalendar("Asia/Shanghai"))
    answer = price(rule_set, Basket(lines=lines, delivery_fen=fee), Situation(facts=facts, coupons=coupons))
    assert answer.proven
    return answer


def applied(answer: Priced) -> list[str]:
    return [one.rule for one in answer.applied]


def test_a_dearer_price_is_taken_for_a_step_that_it_reaches() -> None:
    answer = priced((less("a", "1", 20), less("b", "2", 5), step("s", 200, 30)), (line("1", 100), line("2", 105)))
    assert answer.payable_fen == 205 - 5 - 30
    assert applied(answer) == ["b", "s"]


def test_of_two_ways_over_a_step_the_one_that_gives_up_less() -> None:
    rules = (less("a", "1", 8), less("b", "2", 6), step("s", 195, 30))
    answer = priced(rules, (line("1", 100), line("2", 101)))
    assert answer.payable_fen == 201 - 6 - 30
    assert applied(answer) == ["b", "s"]


def test_more_fen_than_the_search_over_one_sum_looks_at() -> None:
    answer = priced((half("a", "1"), step("s", 900_000, 600_000)), (line("1", 1_000_000),))
    assert (answer.payable_fen, applied(answer)) == (400_000, ["s"])


def test_more_steps_than_the_search_over_one_sum_looks_at() -> None:
    every = OrderRule(code="s", name=NAME, effect=Off((OffStep(10, 6),), repeat=True))
    answer = priced((half("a", "1"), every), (line("1", 100_009),))
    assert answer.payable_fen == 50_005 - 5_000 * 6
    answer = priced((less("a", "1", 8), every), (line("1", 105),))
    assert (answer.payable_fen, applied(answer)) == (97 - 9 * 6, ["a", "s"])


def test_free_delivery_is_worth_a_dearer_price() -> None:
    free = DeliveryRule(code="f", name=NAME, effect=Fee(at=5_000))
    answer = priced((less("a", "1", 200), free), (line("1", 5_100),), 600)
    assert (answer.payable_fen, applied(answer)) == (5_100, ["f"])
    answer = priced((less("a", "1", 700), free), (line("1", 5_100),), 600)
    assert (answer.payable_fen, applied(answer)) == (5_000, ["a"])


def test_free_delivery_is_worth_a_step_that_is_left_out() -> None:
    rules = (step("s", 5_000, 300), DeliveryRule(code="f", name=NAME, effect=Fee(at=5_000)))
    assert applied(priced(rules, (line("1", 5_200),), 299)) == ["s"]
    assert applied(priced(rules, (line("1", 5_200),), 301)) == ["f"]
    assert applied(priced(rules, (line("1", 5_200),), 300)) == ["f"]  # "f" comes before "s"


def test_of_equal_coupons_none_and_then_the_one_that_ends_first() -> None:
    coupon = CouponRule(code="c", name=NAME, effect=RateOff((RateStep(0, 9_000),)))
    late = HeldCoupon("late", "c", NOW.replace(year=2028))
    soon = HeldCoupon("soon", "c", NOW.replace(year=2027))
    assert [one.coupon_id for one in priced((coupon,), (line("1", 100),), 0, late, soon).applied] == ["soon"]
    assert priced((coupon,), (line("1", 4),), 0, late, soon).applied == ()


def bundle(code: str, price_fen: int, *skus: str) -> GroupRule:
    slots = tuple(Slot(goods=Scope(skus=(sku,)), pieces=1) for sku in skus)
    return GroupRule(code=code, name=NAME, slots=slots, effect=GroupPrice(price_fen))


def test_bundles_that_share_a_line() -> None:
    rules = (bundle("g", 150, "1", "2"), bundle("h", 120, "1", "3"), less("a", "1", 30))
    lines = (line("1", 100, 3), line("2", 100, 2), line("3", 100, 1))
    answer = priced(rules, lines)
    # Once with line 3, twice with line 2: 120 + 2 x 150.
    assert (answer.payable_fen, applied(answer)) == (420, ["g", "h"])
    assert [one.times for one in answer.applied] == [2, 1]


def test_a_bundle_is_left_out_for_a_step() -> None:
    rules = (bundle("g", 190, "1", "2"), step("s", 200, 30))
    answer = priced(rules, (line("1", 100), line("2", 100)))
    assert (answer.payable_fen, applied(answer)) == (170, ["s"])
    answer = priced((*rules, less("a", "1", 4)), (line("1", 100, 2), line("2", 100)))
    # The bundle and a piece at 96 are 286, and reach the step as well.
    assert (answer.payable_fen, applied(answer)) == (256, ["a", "g", "s"])
