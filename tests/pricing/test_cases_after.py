"""The cases of the page that begin where pricing ends: refunds, points that pay and points that are earned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from huixiang.checkout.model import (
    NewLine,
    NewOrder,
    RefundLine,
    RefundRequest,
    Tender,
)
from huixiang.checkout.rules import after_refund, refund_lines, settle, spent_to_return
from huixiang.conditions.facts import Facts
from huixiang.conditions.model import Compare
from huixiang.kernel.allocation import allocate
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.text import Text
from huixiang.members.model import MemberRef
from huixiang.points.model import EarningLine, EarningRules
from huixiang.points.model.earning import BaseRate, Expiry, Multiplier
from huixiang.points.rules.earning import earn
from tests.checkout.orders import MEMBER, order_line, placed
from tests.pricing.worked import fen, tables

NOW = datetime(2026, 11, 19, 4, 0, tzinfo=UTC)
DOUBLED = Multiplier(code="double", bp=20_000, when=Compare("goods.sku", "eq", "doubled"))
A_POINT_A_YUAN = EarningRules(
    name=Text(zh="一元一分", en="A point a yuan"),
    base_rate=BaseRate(points=1, fen=100),
    multipliers=[DOUBLED],
    stacking="highest",
    ceiling_bp=50_000,
    pending_days=0,
    expiry=Expiry("never"),
)


def earning_of(rows: Sequence[tuple[str, int]]) -> list[int]:
    lines = [EarningLine(name, paid, sku=name) for name, paid in rows]
    earning = earn(A_POINT_A_YUAN, lines, Facts(now=NOW, calendar=BusinessCalendar("Asia/Shanghai")))
    return [*earning.by_line, earning.points]


def come_back(name: str) -> RefundRequest:
    occurred_at = NOW + timedelta(hours=1)
    return RefundRequest(external_id="1", reason="broken", occurred_at=occurred_at, lines=[RefundLine(name, 1)])


@pytest.mark.requirement("CHK-06")
def test_a_refund_in_three_parts() -> None:
    said = [fen(amount) for _, amount in tables("6. A refund in three parts")]
    lines = [order_line("cups", 3, 2_501)]
    given = []
    for _ in said:
        [back] = refund_lines(placed(lines, NOW), come_back("cups"), NOW + timedelta(hours=2))
        given.append(back.refund_fen)
        lines = after_refund(lines, [back])
    assert given == said == [834, 833, 834]


@pytest.mark.requirement("CHK-06")
def test_points_and_a_part_of_the_order_back() -> None:
    said = list(tables("7. Points and a part of the order back"))
    assert len(said) == 2
    names, payable = [row[0] for row in said], [fen(row[1]) for row in said]
    order = NewOrder(
        source="till",
        external_id="1",
        member=MemberRef(member_id=MEMBER),
        channel="till",
        completed_at=NOW,
        lines=[
            NewLine(line_id=name, sku=name, pieces=1, payable_fen=amount)
            for name, amount in zip(names, payable, strict=True)
        ],
        tenders=[Tender("points", 2_000)],
    )
    paid = settle(order).paid_fen
    *points, _ = earning_of(list(zip(names, paid, strict=True)))
    assert allocate(2_000, payable, names) == [int(row[2]) for row in said]
    assert paid == [fen(row[3]) for row in said]
    assert points == [int(row[4]) for row in said]

    lines = [
        order_line(name, 1, cash, earned, due)
        for name, due, cash, earned in zip(names, payable, paid, points, strict=True)
    ]
    back = refund_lines(placed(lines, NOW), come_back("second"), NOW + timedelta(hours=2))
    assert [(one.refund_fen, one.points) for one in back] == [(3_200, 32)]
    assert spent_to_return(placed(after_refund(lines, back), NOW), 2_000) == 800


@pytest.mark.requirement("PTS-01")
def test_points_are_rounded_down_once_for_an_order() -> None:
    said = list(tables("12. Rounding of points"))
    rows = [(name, fen(cash)) for name, cash, *_ in said if name != "together"]
    assert earning_of(rows) == [int(row[-1]) for row in said]
