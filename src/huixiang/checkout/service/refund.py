"""Refunds by line: cash, points and growth come back exactly, in any number of parts."""

from __future__ import annotations

from uuid import UUID

import msgspec

from huixiang.checkout import rules, store
from huixiang.checkout.events import OrderRefunded
from huixiang.checkout.model import Order, OrderState, OrderUnknown, Refund, RefundConflict, RefundRequest
from huixiang.checkout.service.complete import BOOKS
from huixiang.checkout.service.read import order_owner
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Transaction
from huixiang.points import service as points
from huixiang.points.model import GROWTH, POINTS, ClawBack, Source

CAUSE = "refund"
CLAWED_BACK = "clawed_back:refund"


async def refund_order(
    tx: Transaction, order_id: UUID, request: RefundRequest, member_id: UUID | None = None
) -> Refund:
    """Refund some lines of an order, or answer as before where this refund was made already.

    `member_id` is the order's owner, where the caller has asked for it. Raises OrderUnknown, RefundConflict,
    RefundBeforeOrder, RefundLineUnknown, RefundTooMuch.
    """
    member_id = member_id or await order_owner(tx, order_id)
    accounts = await points.lock_accounts(tx, [member_id], BOOKS)
    order = await store.load_order(tx, member_id, order_id, lock=True)
    if order is None:
        raise OrderUnknown(order_id=order_id)
    input_hash = rules.content_hash(request)
    if made := await store.find_refund(tx, order, request.external_id):
        refund, first_hash = made
        if first_hash != input_hash:
            raise RefundConflict(external_id=request.external_id)
        return refund
    refund = _decide(tx, order, request)
    await store.insert_refund(tx, order, refund, input_hash)
    await store.save_refunded(tx, _counted_in(order, refund))
    await points.post(tx, _claw_backs(order, refund), accounts)
    tx.emit(
        OrderRefunded(
            member_id=member_id,
            occurred_at=refund.occurred_at,
            order_id=order_id,
            refund_id=refund.refund_id,
            business_day=tx.calendar.day(refund.occurred_at),
            refund_fen=refund.refund_fen,
            points=refund.points,
            growth=refund.growth,
        )
    )
    return refund


def _decide(tx: Transaction, order: Order, request: RefundRequest) -> Refund:
    lines = rules.refund_lines(order, request, tx.now)
    return Refund(
        refund_id=new_id(),
        order_id=order.order_id,
        external_id=request.external_id,
        reason=request.reason,
        refund_fen=sum(line.refund_fen for line in lines),
        points=sum(line.points for line in lines),
        growth=sum(line.growth for line in lines),
        occurred_at=request.occurred_at,
        lines=lines,
    )


def _counted_in(order: Order, refund: Refund) -> Order:
    lines = rules.after_refund(order.lines, refund.lines)
    whole = all(line.refunded_quantity == line.quantity for line in lines)
    return msgspec.structs.replace(
        order,
        state=OrderState.REFUNDED if whole else OrderState.COMPLETED,
        refunded_fen=order.refunded_fen + refund.refund_fen,
        refunded_points=order.refunded_points + refund.points,
        refunded_growth=order.refunded_growth + refund.growth,
        lines=lines,
    )


def _claw_backs(order: Order, refund: Refund) -> list[ClawBack]:
    amounts = {POINTS: refund.points, GROWTH: refund.growth}
    # Growth goes back at the order's date, so that both leave the rolling window together.
    dates = {POINTS: refund.occurred_at, GROWTH: order.completed_at}
    return [
        ClawBack(
            member_id=order.member_id,
            book=book,
            points=amount,
            source=Source(
                key=f"refund:{refund.refund_id}",
                cause=CAUSE,
                counter_account=CLAWED_BACK,
                occurred_at=dates[book],
                order_ref=order.order_id,
            ),
            origin_key=points.earn_key(order.order_id),
        )
        for book, amount in amounts.items()
    ]
