"""What was paid for an order and its lines, and what refunds give back (CHK-06, CHK-07)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.checkout.model import (
    NewLine,
    NewOrder,
    RefundBeforeOrder,
    RefundLine,
    RefundLineUnknown,
    RefundRequest,
    RefundTooMuch,
    Tender,
)
from huixiang.checkout.rules import after_refund, refund_lines, settle
from huixiang.members.model import MemberRef
from tests.checkout.orders import MEMBER, order_line, placed

DONE = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)
NOW = DONE + timedelta(days=3)


def new_order(payables: list[int], tenders: list[Tender]) -> NewOrder:
    return NewOrder(
        source="till",
        external_id="1",
        member=MemberRef(member_id=MEMBER),
        channel="till",
        completed_at=DONE,
        lines=[NewLine(line_id=f"l{n:02d}", sku="x", payable_fen=fen, pieces=1) for n, fen in enumerate(payables)],
        tenders=tenders,
    )


@st.composite
def tendered_orders(draw: st.DrawFn) -> NewOrder:
    payables = draw(st.lists(st.integers(0, 10_000), min_size=1, max_size=10))
    tenders = draw(
        st.lists(
            st.builds(
                Tender,
                kind=st.just("manufacturer_coupon"),
                amount_fen=st.integers(1, 12_000),
                line_id=st.sampled_from([None, *(f"l{n:02d}" for n in range(len(payables)))]),
            ),
            max_size=5,
        )
    )
    return new_order(payables, tenders)


@pytest.mark.requirement("CHK-07")
@given(tendered_orders())
def test_cash_is_payable_less_tenders_and_the_lines_share_it_exactly(order: NewOrder) -> None:
    settled = settle(order)
    assert settled.payable_fen == sum(line.payable_fen for line in order.lines)
    assert settled.cash_fen == max(0, settled.payable_fen - sum(tender.amount_fen for tender in order.tenders))
    assert sum(settled.paid_fen) == settled.cash_fen
    assert all(fen >= 0 for fen in settled.paid_fen)


def test_a_coupon_larger_than_its_line_reduces_the_others() -> None:
    order = new_order([500, 300, 200], [Tender("manufacturer_coupon", 350, "l01")])
    assert settle(order).paid_fen == [464, 0, 186], "650 in cash over own cash of 500, -50 and 200"


def test_a_line_that_was_not_tendered_for_paid_what_it_cost() -> None:
    order = new_order([500, 300, 200], [Tender("manufacturer_coupon", 100, "l01")])
    assert settle(order).paid_fen == [500, 200, 200]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"lines": [{"line_id": "a", "sku": "x", "payable_fen": 1}]}, "exactly one of pieces, grams and amount"),
        (
            {"lines": [{"line_id": "a", "sku": "x", "payable_fen": 1, "pieces": 1, "grams": 5}]},
            "exactly one of pieces, grams and amount",
        ),
        ({"lines": [{"line_id": "a", "sku": "x", "payable_fen": -1, "pieces": 1}]}, ">= 0"),
        ({"lines": [{"line_id": "a", "sku": "x", "payable_fen": 10**30, "pieces": 1}]}, "<= 1000000000000"),
        ({"lines": [{"line_id": "a", "sku": "x", "payable_fen": 1, "pieces": 1}] * 2}, "the same line_id"),
        (
            {"lines": [{"line_id": n, "sku": "x", "payable_fen": 5 * 10**11 + 1, "pieces": 1} for n in "ab"]},
            "at most 1000000000000 fen",
        ),
        ({"tenders": [{"kind": "coupon", "amount_fen": 5 * 10**11 + 1}] * 2}, "at most 1000000000000 fen"),
        ({"tenders": [{"kind": "coupon", "amount_fen": 1, "line_id": "zz"}]}, "which the order does not have"),
        ({"completed_at": "2026-03-18T10:30:00"}, "timezone"),
        ({"lines": []}, "length >= 1"),
    ],
)
def test_an_order_of_the_wrong_shape_says_what_is_wrong(change: dict[str, object], problem: str) -> None:
    whole = msgspec.to_builtins(new_order([100], [])) | change
    with pytest.raises(msgspec.ValidationError, match=problem):
        msgspec.convert(whole, NewOrder)


def request(lines: list[RefundLine], occurred_at: datetime = NOW) -> RefundRequest:
    return RefundRequest(external_id="r", reason="bruised", occurred_at=occurred_at, lines=lines)


@pytest.mark.requirement("CHK-06")
@given(st.data())
def test_parts_of_a_refund_sum_to_what_was_paid(data: st.DataObject) -> None:
    quantity = data.draw(st.integers(1, 2_000))
    line = order_line("a", quantity, data.draw(st.integers(0, 10**6)), data.draw(st.integers(0, 10**4)))
    order = placed([line], DONE)
    back = points = 0
    while quantity:
        part = data.draw(st.integers(1, quantity))
        (refunded,) = refund_lines(order, request([RefundLine("a", part)]), NOW)
        assert min(refunded.refund_fen, refunded.points, refunded.growth) >= 0
        order = msgspec.structs.replace(order, lines=after_refund(order.lines, [refunded]))
        back += refunded.refund_fen
        points += refunded.points
        quantity -= part
    assert (back, points) == (line.paid_fen, line.points)


@pytest.mark.requirement("CHK-06")
def test_more_than_is_left_is_refused_with_what_is_left() -> None:
    order = placed([order_line("a", 3, 100, 1)], DONE)
    with pytest.raises(RefundTooMuch) as refusal:
        refund_lines(order, request([RefundLine("a", 4)]), NOW)
    assert refusal.value.fields == {"line_id": "a", "refundable": 3, "requested": 4}
    with pytest.raises(RefundLineUnknown):
        refund_lines(order, request([RefundLine("b", 1)]), NOW)


@pytest.mark.parametrize("occurred_at", [DONE - timedelta(seconds=1), NOW + timedelta(hours=1)])
def test_a_refund_lies_between_the_order_and_now(occurred_at: datetime) -> None:
    with pytest.raises(RefundBeforeOrder):
        refund_lines(placed([order_line("a", 1, 100, 1)], DONE), request([RefundLine("a", 1)], occurred_at), NOW)
