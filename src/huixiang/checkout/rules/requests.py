"""What may be asked to come back, when a request is refunded at once, and what may follow what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from huixiang.checkout.model import Order, RefundLine, RefundLineUnknown, RefundRequest
from huixiang.checkout.model.request_errors import (
    RefundAskedTooMuch,
    RefundGoodsNotToCheck,
    RefundRequestDecided,
    RefundRequestOwn,
)
from huixiang.checkout.model.requests import (
    By,
    GoodsState,
    NotAtOnce,
    RefundGround,
    RefundPolicy,
    RequestedRefund,
    RequestState,
    RequestStep,
    Standing,
)

# What a change makes of a request; nothing else is possible.
_MAKES: Mapping[tuple[RequestState, RequestStep], RequestState] = {
    (RequestState.ASKED, RequestStep.REFUNDED): RequestState.REFUNDED,
    (RequestState.ASKED, RequestStep.REFUSED): RequestState.REFUSED,
    (RequestState.ASKED, RequestStep.WITHDRAWN): RequestState.WITHDRAWN,
}


def require_left(order: Order, lines: Sequence[RefundLine], waiting: Mapping[str, int]) -> None:
    """Whether so much is left to ask for. waiting: quantities by line that other requests ask for.

    Raises RefundLineUnknown, RefundAskedTooMuch.
    """
    known = {line.line_id: line for line in order.lines}
    for wanted in lines:
        line = known.get(wanted.line_id)
        if line is None:
            raise RefundLineUnknown(line_id=wanted.line_id)
        left, taken = line.quantity - line.refunded_quantity, waiting.get(line.line_id, 0)
        if wanted.quantity > left - taken:
            raise RefundAskedTooMuch(line_id=line.line_id, refundable=left, waiting=taken, requested=wanted.quantity)


def refund_of(
    request_id: UUID, ground: RefundGround, lines: Sequence[RefundLine], order: Order, now: datetime
) -> RefundRequest:
    """The refund that a request comes to. Its number has a space, which no caller's may have: nobody else makes it, and
    nobody makes it twice. A till's clock may be ahead of ours, so the order may have completed in a moment. No till
    pays it out, so the shop is asked to."""
    return RefundRequest(
        external_id=f"request {request_id}",
        reason=ground.value,
        occurred_at=max(now, order.completed_at),
        lines=list(lines),
        instruct=True,
    )


def after(request: RequestedRefund, change: RequestStep) -> RequestState:
    """The state that a change leads to. Raises RefundRequestDecided."""
    made = _MAKES.get((request.state, change))
    if made is None:
        raise RefundRequestDecided(request_id=request.request_id, state=request.state)
    return made


def require_other(request: RequestedRefund, by: By) -> None:
    """Nobody decides what they asked for. Raises RefundRequestOwn."""
    if (by.party, by.party_id) == (request.asked_by, request.asked_by_id):
        raise RefundRequestOwn(request_id=request.request_id)


def require_to_check(request: RequestedRefund) -> None:
    """Raises RefundGoodsNotToCheck."""
    if request.goods is not GoodsState.TO_CHECK:
        raise RefundGoodsNotToCheck(request_id=request.request_id)


def why_not(
    policy: RefundPolicy,
    order: Order,
    request: RequestedRefund,
    goods: Sequence[Collection[str]],
    standing: Standing,
    today: date,
) -> list[NotAtOnce]:
    """Why a request is not refunded at once, in the order of `NotAtOnce`; none where it is. goods: the
    categories of each, with all above them; none of what the catalogue does not know, which a person looks at where
    some are not returnable."""
    instant = policy.instant
    if instant is None:
        return [NotAtOnce.NOT_OFFERED]
    kept = set(instant.not_returnable)
    against = {
        NotAtOnce.ASKER: request.asked_by not in instant.asked_by,
        NotAtOnce.AUDIENCE: not standing.in_audience,
        NotAtOnce.RISK: not standing.risk_known_low,
        NotAtOnce.LATE: (today - order.business_day).days > instant.within_days,
        NotAtOnce.GOODS: bool(kept) and any(not those or not kept.isdisjoint(those) for those in goods),
        NotAtOnce.AMOUNT: request.worth_fen > instant.request_fen,
        NotAtOnce.PERIOD: standing.instant_fen + request.worth_fen > instant.period_fen,
        NotAtOnce.PAUSED: standing.not_ok >= instant.pause_after,
    }
    return [why for why, holds in against.items() if holds]
