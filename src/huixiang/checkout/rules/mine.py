"""What a member is shown of an order: of what was placed, of what it became, of both."""

from __future__ import annotations

from collections.abc import Mapping

from huixiang.checkout.model import Order
from huixiang.checkout.model.mine import MyDiscount, MyOrderLine
from huixiang.checkout.model.placing import Placed
from huixiang.kernel.text import Text

POINTS = "points"  # of tenders


def lines_of(
    placed: Placed | None, order: Order | None, waiting: Mapping[str, int], names: Mapping[str, Text]
) -> list[MyOrderLine]:
    """waiting: what is asked back of each line and nobody has decided. names: of goods."""
    done = {line.line_id: line for line in order.lines} if order is not None else {}
    if placed is None:
        return [
            MyOrderLine(
                line_id=one.line_id, sku=one.sku, name=names.get(one.sku), measure=one.measure, ordered=one.quantity,
                quantity=one.quantity, list_fen=one.payable_fen, payable_fen=one.payable_fen, replaces=None,
                refunded_quantity=one.refunded_quantity,
                returnable=one.quantity - one.refunded_quantity - waiting.get(one.line_id, 0),
            )
            for one in done.values()
        ]  # fmt: skip
    picked = {one.line_id: one for one in placed.fulfilled.lines} if placed.fulfilled is not None else None
    shown = []
    for line in (*placed.lines, *(placed.fulfilled.substitutes if placed.fulfilled is not None else ())):
        left = picked.get(line.line_id) if picked is not None else line
        sold = done.get(line.line_id)
        back = sold.refunded_quantity if sold is not None else 0
        shown.append(
            MyOrderLine(
                line_id=line.line_id, sku=line.sku, name=names.get(line.sku), measure=line.measure,
                ordered=0 if line.replaces is not None else line.quantity,
                quantity=left.quantity if left is not None else 0, list_fen=line.list_fen,
                payable_fen=left.payable_fen if left is not None else 0, replaces=line.replaces,
                refunded_quantity=back,
                returnable=sold.quantity - back - waiting.get(line.line_id, 0) if sold is not None else 0,
            )
        )  # fmt: skip
    return shown


def discounts_of(placed: Placed | None) -> list[MyDiscount]:
    """What came off, as it was quoted; gifts take nothing off."""
    return [
        MyDiscount(rule=one.rule, layer=one.layer, name=one.name, saved_fen=one.saved_fen, coupon_id=one.coupon_id)
        for one in (placed.applied if placed is not None else ())
        if one.saved_fen > 0
    ]


def skus_of(placed: Placed | None, order: Order | None) -> set[str]:
    """The goods that are to be named."""
    found = {line.sku for line in order.lines} if order is not None else set()
    if placed is not None:
        found |= {line.sku for line in placed.lines}
        found |= {line.sku for line in placed.fulfilled.substitutes} if placed.fulfilled is not None else set()
    return found
