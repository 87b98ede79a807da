"""Fulfilment on what the pricing engine granted, with the engine as the price of the rest (CHK-03, PRC-10)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest

from huixiang.checkout.model import Measure, RefundLine, RefundLineUnknown, RefundTooMuch
from huixiang.checkout.model.fulfilment import (
    Granted,
    Picked,
    PickedLineTwice,
    PickedLineUnknown,
    Policy,
    Price,
    Substitute,
    SubstituteNotNeeded,
    SubstitutesNotAllowed,
)
from huixiang.checkout.rules.fulfil import as_placed, base_of_refunds, charged_for, fulfil, give_back, left_after
from huixiang.checkout.rules.granting import granted_of
from huixiang.entry.attributes import REGISTRY
from huixiang.kernel.errors import DomainError
from huixiang.points.model import CashOff
from huixiang.pricing.model.basket import Basket, HeldCoupon, Line
from huixiang.pricing.model.effects import AddOn, Exchange, Scope
from huixiang.pricing.model.priced import Priced, PricedLine
from huixiang.pricing.model.quotes import LinePoints
from huixiang.pricing.model.rules import CouponRule, OrderRule, Promotions
from huixiang.pricing.rules.cash_off import shares
from huixiang.pricing.rules.compile import compile_promotions
from huixiang.pricing.rules.engine import price
from tests.checkout.fulfilling import POLICIES, instead_of, line, never_asked, rules
from tests.pricing.cases import named, situation, steps
from tests.pricing.worked import Example, examples, fen, tables

pytestmark = pytest.mark.requirement("CHK-03", "PRC-10")

SHORT_PICK = "5. A short pick"
BUNDLE = "4. A bundle, and what one more line does"
EXAMPLES = examples()
LIMITS = CashOff(
    available=2_000, goods_fen=10_000, limit_fen=5_000, usable=2_000, fen_off=1_600, rate_points=100, rate_fen=80,
    raised_by=None, step=100, minimum=100, reasons=[], rule="spending.default", rule_version=1,
)  # fmt: skip


def example_of(case: str) -> Example:
    return next(example for example in EXAMPLES if example.case == case)


def priced_order(example: Example) -> Granted:
    measures = {one.line_id: Measure(one.measure) for one in example.basket().lines}
    return granted_of(example.price(), measures, ())


def price_of(example: Example) -> Price:
    """The engine, on the same quote with less in the basket."""

    def of_the_rest(left: Mapping[str, int]) -> Mapping[str, int]:
        basket = example.basket()
        rest = tuple(
            msgspec.structs.replace(one, quantity=left[one.line_id]) for one in basket.lines if one.line_id in left
        )
        priced = example.price(basket=Basket(lines=rest, delivery_fen=basket.delivery_fen))
        return {one.line_id: one.payable_fen for one in priced.lines}

    return of_the_rest


def replace_id(line_id: str) -> Substitute:
    return msgspec.structs.replace(instead_of("milk", 1_500), line_id=line_id)


def test_what_is_granted_is_what_the_engine_took() -> None:
    granted = priced_order(example_of(SHORT_PICK))
    assert [(one.line_id, one.own_fen, one.granted_fen, one.payable_fen) for one in granted.lines] == [
        ("chicken", 3_980, 760, 3_220),
        ("rice", 6_500, 1_240, 5_260),
    ]
    assert [one.measure for one in granted.lines] == [Measure.GRAM, Measure.PIECE]
    assert granted.goods_fen == 8_480


@pytest.mark.parametrize("row", list(tables(SHORT_PICK))[-2:], ids=lambda row: str(row[0]))
@pytest.mark.parametrize(("column", "policy"), list(enumerate(POLICIES, 1)))
def test_a_short_pick_gives_back_what_the_page_says(row: list[str], column: int, policy: Policy) -> None:
    example = example_of(SHORT_PICK)
    granted = priced_order(example)
    picked = [Picked(line_id="chicken", quantity=int(row[0].removesuffix(" g")))]
    made = fulfil(granted, rules(policy), picked, price_of(example))
    assert (made.back_fen, made.cash_back_fen) == (fen(row[column]),) * 2
    assert [one.back_fen for one in made.lines] == [fen(row[column]), 0]


@pytest.mark.parametrize(("policy", "back"), [("proportional", 7_920), ("keep", 7_920), ("reckon", 3_700)])
def test_a_bundle_that_lost_a_part_stays_granted_but_where_it_is_reckoned_again(policy: str, back: int) -> None:
    """A + B at 199.00, diamond: A alone costs 162.00, more than its part of the bundle."""
    example = example_of(BUNDLE)
    granted = priced_order(example)
    assert [(one.own_fen, one.group_fen) for one in granted.lines] == [(11_980, 6_020), (7_920, 3_980)]
    a, b = (one.line_id for one in granted.lines)
    made = fulfil(granted, rules(Policy(policy)), [Picked(line_id=b, quantity=0)], price_of(example))
    assert (made.back_fen, made.goods_fen) == (back, 19_900 - back)
    assert {one.line_id: one.payable_fen for one in made.lines} == {a: 19_900 - back, b: 0}


@pytest.mark.parametrize("policy", [Policy.PROPORTIONAL, Policy.KEEP])
def test_points_of_a_quote_are_split_with_the_cash(policy: Policy) -> None:
    """Case 7, with 100 points for 80 fen."""
    lines = [
        PricedLine(name, name, 1, amount, amount, (), ()) for name, amount in (("first", 6_000), ("second", 4_000))
    ]
    used = [
        LinePoints(one.line_id, one.points, one.off_fen, one.cash_fen, 0)
        for one in shares(lines, 2_000, (LIMITS.rate_points, LIMITS.rate_fen))
    ]
    granted = granted_of(answer(lines), dict.fromkeys(("first", "second"), Measure.PIECE), used)
    placed = as_placed(granted)
    assert (placed.points, placed.points_fen, placed.cash_fen) == (2_000, 1_600, 8_400)
    now = give_back(granted, placed, rules(policy), [RefundLine("second", 1)], never_asked)
    assert (now.back_fen, now.points_back, now.cash_back_fen) == (4_000, 800, 3_360)
    assert [(one.points, one.points_fen) for one in now.lines] == [(1_200, 960), (0, 0)]


def answer(lines: list[PricedLine]) -> Priced:
    goods = sum(one.payable_fen for one in lines)
    return Priced(
        lines=tuple(lines), list_fen=goods, goods_fen=goods, delivery_fen=0, packaging_fen=0, payable_fen=goods,
        applied=(), not_applied=(), proven=True, bound_fen=goods, nodes=1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "own_fen", "step_fen"),
    [
        (OrderRule(code="tote", name=named("tote"), effect=AddOn(5_000, Scope(skus=("tote",)), 100)), 100, 0),
        (CouponRule(code="tote", name=named("tote"), scope=Scope(skus=("tote",)), effect=Exchange(1, 100)), 165, 65),
    ],
    ids=["add-on", "exchange coupon"],
)
def test_goods_at_a_special_price_give_back_that_price(
    rule: OrderRule | CouponRule, own_fen: int, step_fen: int
) -> None:
    """Not their list price of 9.00, also where what the order was granted stays whole: its step of 5.00."""
    promotions = Promotions(rules=(rule, steps((6_000, 500))))
    basket = Basket(
        lines=(
            Line(line_id="meat", sku="meat", quantity=1, list_price_fen=6_000),
            Line(line_id="tote", sku="tote", quantity=1, list_price_fen=900),
        ),
        delivery_fen=300,
    )
    held = (HeldCoupon("copy", "tote"),) if isinstance(rule, CouponRule) else ()
    priced = price(compile_promotions(promotions, 1, REGISTRY), basket, situation(held))
    exchanges = ("tote",) if held else ()
    granted = granted_of(priced, dict.fromkeys(("meat", "tote"), Measure.PIECE), (), exchanges)
    meat, tote = granted.lines
    assert (tote.own_fen, tote.granted_fen, tote.payable_fen) == (own_fen, step_fen, 100)
    assert meat.granted_fen == 500 - step_fen
    made = fulfil(granted, rules(Policy.KEEP), [Picked(line_id="tote", quantity=0)], never_asked)
    assert made.back_fen == own_fen
    assert (made.delivery_fen, made.cash_fen) == (300, granted.goods_fen - own_fen + 300)


def test_a_tolerance_is_of_goods_by_weight_alone() -> None:
    granted = Granted(lines=(line("ham", 300, 1_999, grams=True), line("eggs", 30, 3_000)))
    picked = [Picked(line_id="ham", quantity=400), Picked(line_id="eggs", quantity=33)]
    assert charged_for(granted, rules(overweight_bp=1_000), picked) == {"ham": 330, "eggs": 30}
    assert charged_for(granted, rules(overweight_bp=333), picked) == {"ham": 309, "eggs": 30}
    assert charged_for(granted, rules(), picked) == {"ham": 300, "eggs": 30}


def test_what_is_left_comes_back_at_what_the_rest_of_the_line_cost() -> None:
    """Goods in place of missing ones are a line of their own, which can come back; what was ordered more cannot."""
    granted = Granted(lines=(line("milk", 3, 3_000, 300), line("ham", 300, 1_999, grams=True)))
    picked = [
        Picked(line_id="milk", quantity=1, substitute=instead_of("milk", 1_500, 2)),
        Picked(line_id="ham", quantity=350),
    ]
    both = rules()
    made = fulfil(granted, both, picked, never_asked)
    assert {one.line_id: (one.quantity, one.payable_fen) for one in made.lines} == {
        "milk": (1, 900),
        "milk-instead": (2, 1_500),
        "ham": (300, 1_999),
    }
    base = base_of_refunds(granted, made, both)
    assert left_after(made, [RefundLine("milk-instead", 1)]) == {"milk": 1, "milk-instead": 1, "ham": 300}
    now = give_back(base, made, both, [RefundLine("milk-instead", 1), RefundLine("ham", 100)], never_asked)
    assert {one.line_id: one.back_fen for one in now.lines if one.back_fen} == {"milk-instead": 750, "ham": 666}
    with pytest.raises(RefundTooMuch) as refused:
        give_back(base, now, both, [RefundLine("ham", 201)], never_asked)
    assert refused.value.fields == {"line_id": "ham", "refundable": 200, "requested": 201}
    with pytest.raises(RefundLineUnknown):
        give_back(base, now, both, [RefundLine("cheese", 1)], never_asked)


MILK = Granted(lines=(line("milk", 3, 3_000), line("eggs", 1, 1_000)))


@pytest.mark.parametrize(
    ("picked", "refusal"),
    [
        ([Picked(line_id="ham", quantity=1)], PickedLineUnknown),
        ([Picked(line_id="milk", quantity=1), Picked(line_id="milk", quantity=2)], PickedLineTwice),
        ([Picked(line_id="milk", quantity=1, substitute=replace_id("eggs"))], PickedLineTwice),
        (
            [
                Picked(line_id="milk", quantity=1, substitute=replace_id("new")),
                Picked(line_id="eggs", quantity=0, substitute=replace_id("new")),
            ],
            PickedLineTwice,
        ),
        ([Picked(line_id="milk", quantity=3, substitute=replace_id("new"))], SubstituteNotNeeded),
    ],
)
def test_a_pick_that_cannot_be_is_refused(picked: list[Picked], refusal: type[DomainError]) -> None:
    with pytest.raises(refusal) as refused:
        fulfil(MILK, rules(), picked, never_asked)
    assert refused.value.fields["line_id"] in {"ham", "milk", "eggs", "new"}


def test_substitutes_are_charged_for_only_where_the_rules_allow_it() -> None:
    picked = [Picked(line_id="milk", quantity=1, substitute=replace_id("new"))]
    assert fulfil(MILK, rules(), picked, never_asked).goods_fen == 3_500
    with pytest.raises(SubstitutesNotAllowed):
        fulfil(MILK, rules(substitutes=False), picked, never_asked)


def test_what_was_free_gives_back_what_the_rest_costs_less_without_it() -> None:
    granted = Granted(lines=(line("free", 1, 1_000, 1_000), line("rest", 1, 5_000)))
    made = fulfil(granted, rules(Policy.RECKON), [Picked(line_id="free", quantity=0)], lambda _: {"rest": 4_000})
    assert [(one.line_id, one.back_fen, one.payable_fen) for one in made.lines] == [
        ("free", 1_000, 0),
        ("rest", 0, 4_000),
    ]


@pytest.mark.parametrize("policy", [Policy.PROPORTIONAL, Policy.KEEP])
def test_points_pay_no_more_than_was_quoted(policy: Policy) -> None:
    """What weighs more is paid in cash; goods in place of missing ones give no points back."""
    granted = Granted(
        lines=(
            line("ham", 1_000, 2_000, grams=True, points=1_000, points_fen=1_000),
            line("eggs", 1, 2_000, points=1_000, points_fen=1_000),
        )
    )
    heavy = fulfil(granted, rules(policy, overweight_bp=5_000), [Picked(line_id="ham", quantity=1_500)], never_asked)
    assert (heavy.points, heavy.points_back, heavy.cash_back_fen) == (2_000, 0, -1_000)
    picked = [Picked(line_id="eggs", quantity=0, substitute=instead_of("eggs", 1_500))]
    made = fulfil(granted, rules(policy), picked, never_asked)
    assert (made.points_back, made.cash_back_fen) == (250, 250)
    if policy is Policy.KEEP:
        assert [one.points_back for one in made.lines] == [0, 250, 0]
