"""Why a rule was not applied: the reason, what is missing, what it would cost, and how that is said."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import get_args

import msgspec
import pytest

from huixiang.conditions.model import Compare
from huixiang.kernel.period import Period
from huixiang.pricing.model.basket import Basket, HeldCoupon, Line, Room, Situation
from huixiang.pricing.model.effects import AddOn, Fee, GroupPrice, ListedPrice, Off, OffStep, Price, Scope
from huixiang.pricing.model.priced import NotApplied, Reason
from huixiang.pricing.model.rules import (
    Cap,
    CouponRule,
    DeliveryRule,
    Exclusion,
    GroupRule,
    Maximum,
    OrderRule,
    Promotions,
    Slot,
    UnitRule,
)
from huixiang.pricing.rules.compile import compile_promotions
from huixiang.pricing.rules.engine import price
from tests.pricing.cases import (
    MEMBER_DAY,
    SILVER,
    coupon,
    free_delivery_lost,
    named,
    situation,
    steps,
    the_deepest_price_loses,
    ties,
    twin_thresholds,
)
from tests.pricing.judges.brute_force import TooMany
from tests.pricing.judges.forcing import cheapest_with
from tests.pricing.judges.instances import REGISTRY, instance

pytestmark = pytest.mark.requirement("PRC-08")

OIL = Line(line_id="1", sku="oil", quantity=1, list_price_fen=6_000)
LEEK = Line(line_id="2", sku="leek", quantity=2, list_price_fen=400, categories=("vegetables",))
BASKET = Basket(lines=(OIL, LEEK), delivery_fen=600)


def explained(promotions: Promotions, basket: Basket = BASKET, given: Situation | None = None) -> dict[str, NotApplied]:
    """By rule, or by copy for coupons. The brief reasons are the full ones but for what only the full ones say."""
    given = given or situation()
    rule_set = compile_promotions(promotions, 1, REGISTRY)
    full = price(rule_set, basket, given, explain="full").not_applied
    brief = price(rule_set, basket, given).not_applied
    assert [one.rule for one in brief] == [one.rule for one in full]
    assert all(one.text is None and one.dearer_fen is None for one in brief)
    assert all(one.text is not None for one in full)
    return {one.coupon_id or one.rule: one for one in full}


def english(one: NotApplied) -> str:
    assert one.text is not None
    return one.text.en


def changed(rule: UnitRule, **fields: object) -> UnitRule:
    return msgspec.structs.replace(rule, **fields)


def test_what_cannot_be_used_at_all() -> None:
    ended = Period(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
    rules = (
        changed(SILVER, code="off"),
        changed(SILVER, code="past", period=ended),
        changed(SILVER, code="fifth", when=Compare("visits", "ge", 5)),
        changed(SILVER, code="card", payment_methods=("card",)),
        changed(SILVER, code="spent", caps=(Cap("fen", 100),)),
        changed(SILVER, code="unwanted"),
    )
    given = msgspec.structs.replace(
        situation(), killed=frozenset({"off"}), left_out=frozenset({"unwanted"}), room={"spent": Room(fen=0)}
    )
    facts = msgspec.structs.replace(given.facts, context={"visits": 3})
    told = explained(Promotions(rules=rules), given=msgspec.structs.replace(given, facts=facts))
    assert {code: one.reason for code, one in told.items()} == {
        "off": "killed",
        "past": "not_now",
        "fifth": "not_met",
        "card": "payment_method",
        "spent": "used_up",
        "unwanted": "left_out",
    }
    assert english(told["fifth"]) == "visits 3 < 5"
    assert told["fifth"].text is not None
    assert told["fifth"].text.zh == "次数 3 < 5"
    assert english(told["card"]) == "for payment by card"


def test_an_add_on_that_finds_nothing_to_sell_is_told_and_not_searched() -> None:
    eggs = OrderRule(code="eggs", name=named("eggs"), effect=AddOn(2_000, Scope(skus=("eggs",)), 100))
    others = (SILVER, steps((6_000, 200)), coupon("c", 6_500, 100))
    given = situation([HeldCoupon("k", "c")])
    assert explained(Promotions(rules=(*others, eggs)), given=given)["eggs"].reason == "no_goods"
    without, beside = (
        price(compile_promotions(Promotions(rules=rules), 1, REGISTRY), BASKET, given)
        for rules in (others, (*others, eggs))
    )
    assert (beside.payable_fen, beside.nodes) == (without.payable_fen, without.nodes)


def test_goods_and_pieces_that_are_missing() -> None:
    vegetables = Scope(categories=("vegetables",))
    listed = UnitRule(code="listed", name=named("listed"), effect=ListedPrice("none"))
    three = GroupRule(code="three", name=named("3"), slots=(Slot(vegetables, 3),), effect=GroupPrice(100))
    slots = (Slot(Scope(skus=("oil",)), 2), Slot(vegetables, 4))
    both = GroupRule(code="both", name=named("both"), slots=slots, effect=GroupPrice(100))
    told = explained(Promotions(rules=(listed, three, both)))
    assert told["listed"].reason == "no_goods"
    assert [(one.reason, one.short, one.counts) for one in (told["three"], told["both"])] == [
        ("too_few", 1, "pieces"),
        ("too_few", 3, "pieces"),
    ]
    assert english(told["three"]) == "short by 1 piece"


def test_what_is_short_is_reckoned_on_what_the_goods_come_to() -> None:
    """Goods of 68.00 are 66.64 after a rate; a step at 70.00, out of reach at list price, sees these; the coupon what
    the order rule leaves, and delivery what the coupon leaves."""
    half = DeliveryRule(code="free", name=named("free"), effect=Fee(0, 6_400))
    rules = (SILVER, steps((6_600, 200), (90_000, 9_000)), coupon("c", 6_500, 100), coupon("big", 6_660, 700), half)
    seventy = msgspec.structs.replace(steps((7_000, 100)), code="seventy")
    vegetables = OrderRule(
        code="green", name=named("green"), scope=Scope(categories=("vegetables",)), effect=Off((OffStep(820, 10),))
    )
    held = situation([HeldCoupon("k", "c"), HeldCoupon("l", "big")])
    told = explained(Promotions(rules=(*rules, seventy, vegetables)), given=held)
    assert told["seventy"] == NotApplied(
        "seventy", "order", seventy.name, "short", told["seventy"].text, None, 7_000 - 6_664, "fen"
    )
    assert english(told["seventy"]) == "short by 3.36"
    assert told["green"].short == 820 - 784
    # 66.64 − 2.00 = 64.64 reaches neither coupon, and free delivery at 64.00.
    assert (told["k"].short, told["l"].short, "free" in told) == (36, 196, False)
    # Without the step the coupon of 7.00 can be had, and delivery is paid.
    assert told["l"].dearer_fen == (6_664 - 700 + 600) - (6_664 - 200)


def test_an_excluded_rule_names_the_one_that_excludes_it() -> None:
    first = msgspec.structs.replace(steps((5_000, 900)), code="a", stacking="steps")
    other = msgspec.structs.replace(steps((5_000, 500)), code="b", stacking="others", name=named("B"))
    for on in ("order", "line"):
        promotions = Promotions(rules=(first, other), exclusions=(Exclusion("steps", "others", on),))
        told = explained(promotions)
        assert (told["b"].reason, told["b"].by, told["b"].dearer_fen) == ("excluded", "a", 400), on
        assert english(told["b"]) == "excluded by step"


def test_of_a_class_no_more_than_its_maximum() -> None:
    rules = (coupon("ten", 5_000, 1_000), coupon("nine", 5_000, 900), SILVER, MEMBER_DAY)
    held = situation([HeldCoupon("k", "ten"), HeldCoupon("l", "nine")])
    told = explained(Promotions(rules=rules), given=held)
    assert (told["l"].reason, told["l"].by, told["l"].dearer_fen) == ("maximum", "ten", 100)
    # Whatever takes the place of a unit price is dearer: it is not the rule that was chosen that keeps it out.
    assert told["silver"].reason == "dearer"
    told = explained(Promotions(rules=(SILVER, changed(SILVER, code="s2", scope=Scope(skus=("leek",)))),
                                maxima=(Maximum("unit", 1, by="layer"),)))  # fmt: skip
    assert (told["s2"].reason, told["s2"].by) == ("maximum", "silver")


def test_what_saves_nothing() -> None:
    dear = UnitRule(code="dear", name=named("dear"), scope=Scope(skus=("oil",)), effect=Price(6_000))
    pair = GroupRule(code="pair", name=named("pair"), slots=(Slot(Scope(skus=("leek",)), 2),), effect=GroupPrice(800))
    free = DeliveryRule(code="free", name=named("free"), effect=Fee(0, 0))
    again = CouponRule(code="again", name=named("again"), effect=Fee(0, 0))
    told = explained(Promotions(rules=(dear, pair, free, again)), given=situation([HeldCoupon("k", "again")]))
    assert {code: one.reason for code, one in told.items()} == dict.fromkeys(("dear", "pair", "k"), "saves_nothing")
    assert english(told["k"]) == "saves nothing here"


def test_another_combination_is_cheaper() -> None:
    case = the_deepest_price_loses()
    told = explained(case.promotions, case.basket)
    assert (told["member-day"].reason, told["member-day"].dearer_fen) == ("dearer", 960)
    assert english(told["member-day"]) == "another combination is cheaper by 9.60"
    case = twin_thresholds()
    assert explained(case.promotions, case.basket)["vegetables"].dearer_fen == 1_200
    case = free_delivery_lost()
    assert explained(case.promotions, case.basket, case.situation)["a"].dearer_fen == 100
    case = ties()
    told = explained(case.promotions, case.basket, case.situation)
    assert (told["later"].dearer_fen, told["never"].dearer_fen) == (0, 0)


def test_every_reason_is_told_in_both_languages() -> None:
    seen: Counter[Reason] = Counter()
    for seed in range(120):
        drawn = instance(seed)
        for one in explained(drawn.promotions, drawn.basket, drawn.situation).values():
            assert one.text is not None
            assert one.text.zh
            assert one.text.en
            assert (one.short is not None and one.short > 0) == (one.reason in ("short", "too_few")), f"seed {seed}"
            assert (one.by is not None) == (one.reason in ("excluded", "maximum")), f"seed {seed}"
            assert one.dearer_fen is None or one.dearer_fen >= 0, f"seed {seed}"
            seen[one.reason] += 1
    assert set(get_args(Reason)) - set(seen) <= {"excluded", "maximum"}


def test_every_rule_that_is_forced_costs_what_the_judge_finds() -> None:
    """Unit rules on lines that quotas or groups link are not said to cost less than they do."""
    exact: Counter[str] = Counter()
    for seed in range(70):
        drawn = instance(seed)
        best = price(compile_promotions(drawn.promotions, 1, REGISTRY), drawn.basket, drawn.situation)
        for one in explained(drawn.promotions, drawn.basket, drawn.situation).values():
            if one.dearer_fen is None and one.reason != "saves_nothing":
                continue
            try:
                found = cheapest_with(drawn.promotions, drawn.basket, drawn.situation, (one.rule, one.coupon_id))
            except TooMany:
                continue
            forced = None if one.dearer_fen is None else best.payable_fen + one.dearer_fen
            if one.layer == "unit" and forced is not None and found is not None:
                assert forced >= found, f"seed {seed}: {one}"
                exact[one.layer] += forced == found
            else:
                assert forced == found, f"seed {seed}: {one}"
                exact[one.layer] += 1
    assert set(exact) == {"unit", "group", "order", "coupon", "delivery"}
    assert sum(exact.values()) >= 80
