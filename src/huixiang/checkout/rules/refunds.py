"""What a refund gives back, and what it takes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from huixiang.checkout.model import (
    Order,
    OrderLine,
    OrderState,
    Refund,
    RefundBeforeOrder,
    RefundedLine,
    RefundLineUnknown,
    RefundRequest,
)
from huixiang.checkout.rules.parts import part, require_left
from huixiang.checkout.rules.settling import in_future
from huixiang.kernel.effects import EffectKind
from huixiang.points.model import ClawBackPolicy, Posting, effects


def refund_lines(order: Order, request: RefundRequest, now: datetime) -> list[RefundedLine]:
    """What each line gives back. Raises RefundLineUnknown, RefundTooMuch, RefundBeforeOrder.

    Amounts are reckoned on the quantity refunded so far, so that parts of a line sum to what was paid for it.
    """
    if request.occurred_at < order.completed_at or in_future(request.occurred_at, now):
        raise RefundBeforeOrder(occurred_at=request.occurred_at)
    lines = {line.line_id: line for line in order.lines}
    refunded = []
    for wanted in request.lines:
        line = lines.get(wanted.line_id)
        if line is None:
            raise RefundLineUnknown(line_id=wanted.line_id)
        require_left(line.line_id, line.quantity - line.refunded_quantity, wanted.quantity)
        refunded.append(_refund_line(line, wanted.quantity))
    return refunded


def _refund_line(line: OrderLine, quantity: int) -> RefundedLine:
    after = line.refunded_quantity + quantity
    return RefundedLine(
        line_id=line.line_id,
        quantity=quantity,
        refund_fen=part(line.paid_fen, after, line.quantity) - line.refunded_fen,
        points=part(line.points, after, line.quantity) - line.refunded_points,
        growth=part(line.growth, after, line.quantity) - line.refunded_growth,
    )


def after_refund(lines: Sequence[OrderLine], refunded: Sequence[RefundedLine]) -> list[OrderLine]:
    """The order's lines with a refund counted in."""
    back = {line.line_id: line for line in refunded}
    return [
        msgspec.structs.replace(
            line,
            refunded_quantity=line.refunded_quantity + back[line.line_id].quantity,
            refunded_fen=line.refunded_fen + back[line.line_id].refund_fen,
            refunded_points=line.refunded_points + back[line.line_id].points,
            refunded_growth=line.refunded_growth + back[line.line_id].growth,
        )
        if line.line_id in back
        else line
        for line in lines
    ]


def all_came_back(order: Order) -> bool:
    return all(line.refunded_quantity == line.quantity for line in order.lines)


def counted_in(order: Order, refund: Refund) -> Order:
    """The order with a refund counted in; its lines have it already."""
    return msgspec.structs.replace(
        order,
        state=OrderState.REFUNDED if all_came_back(order) else OrderState.COMPLETED,
        refunded_fen=order.refunded_fen + refund.refund_fen,
        cash_refunded_fen=order.cash_refunded_fen + refund.cash_refund_fen,
        gifts_held_fen=order.gifts_held_fen + refund.gifts_held_fen,
        refunded_points=order.refunded_points + refund.points,
        points_short=order.points_short + refund.points_short,
        refunded_growth=order.refunded_growth + refund.growth,
    )


def spent_to_return(order: Order, spent: int) -> int:
    """Of the points that were spent on an order, how many have come back when what its lines say has: the same part as
    of what was payable."""
    if all_came_back(order):
        return spent
    back = sum(part(line.payable_fen, line.refunded_quantity, line.quantity) for line in order.lines)
    return part(spent, back, order.payable_fen)


def taken_back(posting: Posting, policy: ClawBackPolicy) -> Iterator[tuple[EffectKind, int]]:
    """In which ways a claw-back found its points, each with how many."""
    missing = effects.IN_CASH if policy is ClawBackPolicy.CASH else effects.LET_GO
    ways = (
        (effects.TAKEN, -posting.points - posting.debt_delta + posting.pending_delta),
        (effects.TAKEN_PENDING, -posting.pending_delta),
        (effects.EXPIRED, posting.lapsed),
        (effects.OWED, posting.debt_delta),
        (missing, posting.short),
    )
    return ((kind, amount) for kind, amount in ways if amount)
