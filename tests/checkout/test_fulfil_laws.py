"""Whatever is picked and comes back is what a model of its own says, exact to the fen and the point (P13 to P17)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.checkout.model import RefundLine
from huixiang.checkout.model.fulfilment import Fulfilled, Granted, Policy
from huixiang.checkout.rules.fulfil import as_placed, base_of_refunds, fulfil, give_back
from tests.checkout import fulfil_model as model
from tests.checkout.fulfilling import POLICIES, Priced, granted_of, orders, picks_of, plain, rules, stepped, takings

pytestmark = pytest.mark.requirement("CHK-03", "CHK-06", "PRC-10")

policies = st.sampled_from(POLICIES)
prices = st.sampled_from([plain, stepped])


def lawful(before: Fulfilled, after: Fulfilled) -> None:
    """What holds of every step."""
    assert after.back_fen == before.goods_fen - after.goods_fen
    assert after.points_back == before.points - after.points
    assert after.cash_back_fen == before.cash_fen - after.cash_fen
    assert (after.delivery_fen, after.packaging_fen) == (before.delivery_fen, before.packaging_fen)
    for line in after.lines:
        assert 0 <= line.points_fen <= line.payable_fen
        assert line.points >= 0
        assert line.quantity or not line.payable_fen


def counted(order: Mapping[str, model.Ordered], taken: Mapping[str, model.Taken], bp: int) -> dict[str, model.Taken]:
    return {name: model.Taken(model.counted(order[name], one, bp), one.instead) for name, one in taken.items()}


@given(st.data(), policies, prices, st.sampled_from([0, 0, 500, 5_000]))
def test_what_is_charged_is_what_the_model_says(
    data: st.DataObject, policy: Policy, priced: Priced, tolerance_bp: int
) -> None:
    order = data.draw(orders())
    taken = counted(order, data.draw(takings(order)), tolerance_bp)
    granted, price = granted_of(order), priced(order)
    made = fulfil(granted, rules(policy, overweight_bp=tolerance_bp), picks_of(taken), price)
    lawful(as_placed(granted), made)
    goods = model.due(policy, order, taken, price)
    assert made.goods_fen == goods
    assert (made.points, made.points_fen) == model.paid_with(policy, order, taken, goods)
    if not tolerance_bp:
        assert made.goods_fen <= granted.goods_fen
        assert made.points <= granted.points
    if policy is Policy.PROPORTIONAL:
        by_line = {one.line_id: one.payable_fen for one in made.lines}
        for name, one in taken.items():
            instead = by_line.get(f"{name}-instead", 0)
            assert by_line[name] + instead == model.proportional(order[name], one.quantity, one.instead)


@given(st.data(), policies, policies, prices)
def test_refunds_in_any_number_of_parts_give_back_the_whole(
    data: st.DataObject, policy: Policy, refund_policy: Policy, priced: Priced
) -> None:
    order = data.draw(orders())
    both, price = rules(policy, refund_policy, overweight_bp=1_000), priced(order)
    granted = granted_of(order)
    made = fulfil(granted, both, picks_of(data.draw(takings(order))), price)
    base = base_of_refunds(granted, made, both)
    total, points, cash = 0, 0, 0
    now = made
    while any(line.quantity for line in now.lines):
        wanted = data.draw(some_of(now))
        before, now = now, give_back(base, now, both, wanted, price)
        lawful(before, now)
        assert min(now.back_fen, now.points_back, now.cash_back_fen) >= 0
        asked = {one.line_id for one in wanted}
        assert all(line.back_fen >= 0 for line in now.lines)
        assert {line.line_id for line in now.lines if line.back_fen} <= asked
        total, points, cash = total + now.back_fen, points + now.points_back, cash + now.cash_back_fen
    assert (total, points, cash) == (made.goods_fen, made.points, made.goods_fen - made.points_fen)
    assert (now.goods_fen, now.points, now.cash_fen) == (0, 0, 650), "fees are not of the goods"


@st.composite
def some_of(draw: st.DrawFn, now: Fulfilled) -> list[RefundLine]:
    """A refund of some lines, of at least one piece or gram."""
    left = [line for line in now.lines if line.quantity]
    chosen = draw(st.lists(st.sampled_from(left), min_size=1, max_size=3, unique_by=lambda line: line.line_id))
    return [RefundLine(line.line_id, draw(st.just(line.quantity) | st.integers(1, line.quantity))) for line in chosen]


@given(st.data(), policies, prices)
def test_each_refund_leaves_what_the_model_says(data: st.DataObject, policy: Policy, priced: Priced) -> None:
    """The same policy all the way, nothing replaced: always from what was ordered and granted."""
    order = data.draw(orders())
    price, granted = priced(order), granted_of(order)
    left = counted(order, data.draw(takings(order, substitutes=False)), 0)
    now = fulfil(granted, rules(policy), picks_of(left), price)
    base = base_of_refunds(granted, now, rules(policy))
    assert base == granted
    while any(line.quantity for line in now.lines):
        wanted = data.draw(some_of(now))
        for one in wanted:
            left[one.line_id] = model.Taken(left[one.line_id].quantity - one.quantity)
        expected = model.due(policy, order, left, price, now.goods_fen)
        now = give_back(base, now, rules(policy), wanted, price)
        assert now.goods_fen == expected
        assert (now.points, now.points_fen) == model.paid_with(policy, order, left, expected)


@given(st.data(), policies)
def test_less_picked_never_costs_more(data: st.DataObject, policy: Policy) -> None:
    """In cash, in points and together. Under *reckon* this is as true as of the price of the rest."""
    order = data.draw(orders())
    both, granted = rules(policy, overweight_bp=1_000), granted_of(order)
    more = data.draw(takings(order))
    less = {name: model.Taken(data.draw(st.integers(0, one.quantity)), one.instead) for name, one in more.items()}
    many, few = (fulfil(granted, both, picks_of(taken), plain(order)) for taken in (more, less))
    assert few.goods_fen <= many.goods_fen
    assert few.points <= many.points
    assert few.cash_fen <= many.cash_fen


@given(st.data(), policies, prices)
def test_a_short_pick_is_never_dearer_than_the_order(data: st.DataObject, policy: Policy, priced: Priced) -> None:
    order = data.draw(orders())
    granted = granted_of(order)
    made = fulfil(granted, rules(policy), picks_of(data.draw(takings(order))), priced(order))
    placed = as_placed(granted)
    assert made.goods_fen <= placed.goods_fen
    assert made.points <= placed.points
    assert made.cash_fen <= placed.cash_fen


@given(st.data(), policies, prices)
def test_the_order_of_lines_does_not_matter(data: st.DataObject, policy: Policy, priced: Priced) -> None:
    order = data.draw(orders())
    picks = picks_of(data.draw(takings(order)))
    granted = granted_of(order)
    turned = msgspec.structs.replace(granted, lines=tuple(data.draw(st.permutations(granted.lines))))
    shuffled = data.draw(st.permutations(picks))
    first, second = (
        fulfil(one, rules(policy), asked, priced(order)) for one, asked in ((granted, picks), (turned, shuffled))
    )
    assert by_line(first) == by_line(second)


def by_line(made: Fulfilled) -> dict[str, object]:
    return {line.line_id: line for line in made.lines}


@given(st.data(), policies)
def test_what_was_picked_as_ordered_stays_as_it_was(data: st.DataObject, policy: Policy) -> None:
    """Also where the price would be another one today."""
    granted = granted_of(data.draw(orders()))
    assert fulfil(granted, rules(policy), [], free) == as_placed(granted)
    assert_base(granted, policy, data.draw(policies))


def assert_base(granted: Granted, policy: Policy, refund_policy: Policy) -> None:
    both = rules(policy, refund_policy)
    assert base_of_refunds(granted, as_placed(granted), both) == granted


def free(left: Mapping[str, int]) -> Mapping[str, int]:
    return dict.fromkeys(left, 0)
