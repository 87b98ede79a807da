"""docs/domain/checkout.md says how orders are settled and refunded."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest

from huixiang.checkout import rules
from huixiang.checkout.model import (
    Measure,
    NewLine,
    NewOrder,
    Order,
    OrderLine,
    OrderState,
    RefundLine,
    RefundRequest,
    Tender,
    errors,
)
from huixiang.checkout.rules.gifts import off_refund
from huixiang.kernel.errors import DomainError
from huixiang.members.model import MemberRef
from tests.documents.pages import page, sections, table, table_rows

PAGE = page("checkout")
SECTIONS = sections(PAGE)
NOW = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)
MEMBER = UUID(int=7)


def pairs(text: str) -> list[tuple[str, int]]:
    """`a:1250 b:999`"""
    return [(name, int(amount)) for name, _, amount in (pair.partition(":") for pair in text.split())]


@pytest.mark.requirement("CHK-07")
@pytest.mark.parametrize("row", table(SECTIONS["Worked examples"]), ids=lambda row: row["lines"])
def test_an_example_of_settling(row: dict[str, str]) -> None:
    order = NewOrder(
        source="till",
        external_id="1",
        member=MemberRef(member_id=MEMBER),
        channel="till",
        completed_at=NOW,
        lines=[NewLine(line_id=name, sku="s", payable_fen=fen, pieces=1) for name, fen in pairs(row["lines"])],
        tenders=[Tender("coupon", fen, None if name == "*" else name) for name, fen in pairs(row["tenders"])],
    )
    settled = rules.settle(order)
    assert settled.cash_fen == int(row["cash_fen"])
    assert settled.paid_fen == [fen for _, fen in pairs(row["paid_fen"])]


def order_of(quantity: int, paid_fen: int, points: int) -> Order:
    line = OrderLine(
        line_id="a", sku="s", measure=Measure.PIECE, quantity=quantity, payable_fen=paid_fen, paid_fen=paid_fen,
        points=points, growth=paid_fen,
    )  # fmt: skip
    return Order(
        order_id=UUID(int=1), order_number="1", member_id=MEMBER, source="till", external_id="1",
        state=OrderState.COMPLETED, store_id=None, channel="till", programme="base", earning_version=1, tiers_version=1,
        payable_fen=paid_fen, cash_fen=paid_fen, earns=True, points=points, growth=paid_fen, refunded_fen=0,
        refunded_points=0, refunded_growth=0, completed_at=NOW, business_day=date(2026, 3, 18),
        lines=[line], tenders=[],
    )  # fmt: skip


@pytest.mark.requirement("CHK-06")
@pytest.mark.parametrize("row", table_rows(SECTIONS["Worked example"]), ids=lambda row: row[0])
def test_an_example_of_refunds(row: list[str]) -> None:
    order = order_of(*map(int, row[:3]))
    refund_fen, points, growth = [], [], []
    for number, quantity in enumerate(row[3].split()):
        request = RefundRequest(
            external_id=str(number), reason="ripe", occurred_at=NOW, lines=[RefundLine("a", int(quantity))]
        )
        (back,) = refunded = rules.refund_lines(order, request, NOW)
        order = msgspec.structs.replace(order, lines=rules.after_refund(order.lines, refunded))
        refund_fen.append(back.refund_fen)
        points.append(back.points)
        growth.append(back.growth)
    assert [refund_fen, points] == [[int(part) for part in cell.split()] for cell in row[4:]]
    assert (sum(refund_fen), sum(points), sum(growth)) == (order.cash_fen, order.points, order.growth)
    assert order.lines[0].refunded_quantity == order.lines[0].quantity


@pytest.mark.requirement("PRC-03", "CHK-06")
@pytest.mark.parametrize(
    "row", table(SECTIONS["Example: gifts that are out"]), ids=lambda row: " of ".join(list(row.values())[:2])
)
def test_an_example_of_gifts_that_are_out(row: dict[str, str]) -> None:
    out, parts = ([int(fen) for fen in row[name].split()] for name in ("gifts out", "parts"))
    left_fen, held_fen, told = sum(parts), 0, []
    for number, (gifts_fen, part_fen) in enumerate(zip(out, parts, strict=True), 1):
        left_fen -= part_fen
        off_fen = off_refund(gifts_fen, left_fen, part_fen + held_fen)
        kept_fen = off_fen if number < len(parts) else 0
        told.append((part_fen + held_fen - off_fen, kept_fen - held_fen))
        held_fen = off_fen
    paid, kept = ([int(fen) for fen in row[name].split()] for name in ("paid", "kept back"))
    assert (told, held_fen) == (list(zip(paid, kept, strict=True)), int(row["used off"]))


def test_the_states_are_those_there_are() -> None:
    assert [row["state"] for row in table(SECTIONS["An order"])] == [str(state) for state in OrderState]


def test_every_refusal_that_is_checkout_s_own_is_named() -> None:
    codes = {kind.code for kind in DomainError.__subclasses__() if kind.__module__ == errors.__name__}
    assert len(codes) > 5
    plain = {"order_unknown", "programme_unknown", "refund_unknown"}  # they say all there is to say
    assert [code for code in sorted(codes - plain) if f"`{code}`" not in PAGE] == []
