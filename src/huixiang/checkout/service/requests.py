"""Refund requests: asked, refunded at once where the policy says so, else decided by a person; goods checked later.

Whoever changes one locks the accounts of its member first, as refunds do: so requests for one order, refunds at once to
one member, and two who decide come one after the other.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec

from huixiang.catalogue import service as catalogue
from huixiang.checkout import store
from huixiang.checkout.events import RefundAsked, RefundDecided
from huixiang.checkout.model import Order, OrderUnknown
from huixiang.checkout.model.request_errors import RefundRequestUnknown
from huixiang.checkout.model.requests import (
    BY_RULE,
    DOCUMENT,
    NOBODY,
    Asker,
    By,
    GoodsCheck,
    GoodsState,
    NewRefundRequest,
    NotAtOnce,
    RefundPolicy,
    RequestDecision,
    RequestedRefund,
    RequestState,
    RequestStep,
    Standing,
)
from huixiang.checkout.rules import requests as rules
from huixiang.checkout.service.complete import BOOKS
from huixiang.checkout.service.read import Stores, order_owner
from huixiang.checkout.service.refund import refund_order, refund_worth
from huixiang.checkout.service.requested import note_field, read_request
from huixiang.checkout.store import requests as request_store
from huixiang.conditions.model import Compare
from huixiang.coupons.service.audience import holds_for
from huixiang.kernel.ids import new_id
from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.members.service import sealing
from huixiang.platform.db import Transaction
from huixiang.points import service as points
from huixiang.rulebook import service as rulebook
from huixiang.staff import service as staff
from huixiang.staff.model import AuditEntry


class Asking(NamedTuple):
    """Who does something, and which orders are known to them: of a member those of their own, of staff those of their
    stores, where they are limited to some."""

    party: Asker
    party_id: UUID
    stores: Stores = None

    @property
    def by(self) -> By:
        return By(self.party, self.party_id)

    @property
    def of(self) -> UUID | None:
        return self.party_id if self.party == "member" else None


class _Locked(NamedTuple):
    """An order that nobody changes meanwhile, and by which id its member goes now."""

    order: Order
    owner: UUID


async def ask(tx: Transaction, order_id: UUID, asked: NewRefundRequest, asking: Asking) -> RequestedRefund:
    """Ask for lines of an order to come back; refunded at once where the policy says so.

    Raises OrderUnknown, RefundLineUnknown, RefundAskedTooMuch, RuleDocumentUnknown.
    """
    locked = await _lock(tx, order_id, asking)
    order, by = locked.order, asking.by
    rules.require_left(order, asked.lines, await request_store.waiting(tx, order.member_id, order_id))
    request_id = new_id()
    wanted = rules.refund_of(request_id, asked.ground, asked.lines, order, tx.now)
    document = await rulebook.current(tx, *DOCUMENT, at=tx.now)
    request = RequestedRefund(
        request_id=request_id,
        order_id=order_id,
        order_number=order.order_number,
        member_id=order.member_id,
        state=RequestState.ASKED,
        ground=asked.ground,
        lines=asked.lines,
        worth_fen=await refund_worth(tx, order, wanted),
        asked_by=asking.party,
        asked_by_id=asking.party_id,
        asked_at=tx.now,
        store_id=order.store_id,
        why_not=[],
        policy_version=document.version,
    )
    why_not = await _why_not(tx, locked, request, document.read(RefundPolicy))
    tx.emit(_asked(tx, request))
    log: list[tuple[RequestStep, By]] = [(RequestStep.ASKED, by)]
    if why_not:
        request = msgspec.structs.replace(request, why_not=why_not)
    else:
        refund_id = await _refund(tx, order, request)
        log += [(RequestStep.APPROVED, BY_RULE), (RequestStep.REFUNDED, BY_RULE)]
        request = msgspec.structs.replace(
            request,
            state=rules.after(request, RequestStep.REFUNDED),
            refund_id=refund_id,
            decided_by=BY_RULE.party,
            decided_at=tx.now,
            goods=GoodsState.TO_CHECK,
        )
        tx.emit(_decided(tx, request, RequestState.REFUNDED, BY_RULE, refund_id))
    note = (
        await sealing.seal(tx, order.member_id, note_field(request.request_id), asked.note)
        if asked.note is not None
        else None
    )
    await request_store.insert(tx, order, request, note, log)
    await _audit(tx, request, "refund_request.asked", by, None)
    return await read_request(tx, order.member_id, order_id, request.request_id)


async def decide(
    tx: Transaction, order_id: UUID, request_id: UUID, decision: RequestDecision, asking: Asking
) -> RequestedRefund:
    """Refund what was asked for, or refuse it. Raises OrderUnknown, RefundRequestUnknown, RefundRequestDecided,
    RefundRequestOwn, and what `refund_order` refuses, such as RefundTooMuch where a till has refunded it meanwhile."""
    order, request = await _lock_request(tx, order_id, request_id, asking)
    rules.require_other(request, asking.by)
    approved = decision.decision == "approve"
    state = rules.after(request, RequestStep.REFUNDED if approved else RequestStep.REFUSED)
    refund_id = await _refund(tx, order, request) if approved else None
    log = [RequestStep.APPROVED, RequestStep.REFUNDED] if approved else [RequestStep.REFUSED]
    await request_store.decide(tx, request, state, asking.by, reason=decision.reason, refund_id=refund_id, log=log)
    tx.emit(_decided(tx, request, state, asking.by, refund_id))
    await _audit(tx, request, f"refund_request.{log[0]}", asking.by, decision.reason)
    return await read_request(tx, order.member_id, order_id, request_id)


async def withdraw(tx: Transaction, order_id: UUID, request_id: UUID, asking: Asking) -> RequestedRefund:
    """Take a request back that nobody has decided. Raises OrderUnknown, RefundRequestUnknown, RefundRequestDecided."""
    order, request = await _lock_request(tx, order_id, request_id, asking)
    state = rules.after(request, RequestStep.WITHDRAWN)
    await request_store.decide(tx, request, state, asking.by, log=[RequestStep.WITHDRAWN])
    tx.emit(_decided(tx, request, state, asking.by, None))
    return await read_request(tx, order.member_id, order_id, request_id)


async def check_goods(
    tx: Transaction, order_id: UUID, request_id: UUID, check: GoodsCheck, asking: Asking
) -> RequestedRefund:
    """Note what goods that were refunded at once are like; the money stays where it is. Raises OrderUnknown,
    RefundRequestUnknown, RefundGoodsNotToCheck."""
    order, request = await _lock_request(tx, order_id, request_id, asking)
    rules.require_to_check(request)
    ok = check.goods == "ok"
    change = RequestStep.GOODS_OK if ok else RequestStep.GOODS_NOT_OK
    await request_store.check_goods(
        tx, request, GoodsState.OK if ok else GoodsState.NOT_OK, change, asking.by, check.note
    )
    await _audit(tx, request, f"refund_request.{change}", asking.by, check.note)
    return await read_request(tx, order.member_id, order_id, request_id)


async def _lock(tx: Transaction, order_id: UUID, asking: Asking) -> _Locked:
    """Raises OrderUnknown, also where the order is not one of those who asks."""
    member_id = await order_owner(tx, order_id)
    owner = await members.resolve(tx, MemberRef(member_id=member_id))
    if asking.of is not None and asking.of not in {member_id, owner}:
        raise OrderUnknown(order_id=order_id)
    await points.lock_accounts(tx, {member_id, owner}, BOOKS)
    order = (await store.load_orders(tx, [(member_id, order_id)], lock=True)).get(order_id)
    if order is None or (asking.stores is not None and order.store_id not in asking.stores):
        raise OrderUnknown(order_id=order_id)
    return _Locked(order, owner)


async def _lock_request(
    tx: Transaction, order_id: UUID, request_id: UUID, asking: Asking
) -> tuple[Order, RequestedRefund]:
    order, _ = await _lock(tx, order_id, asking)
    kept = await request_store.load(tx, order.member_id, order_id, request_id, lock=True)
    if kept is None:
        raise RefundRequestUnknown(request_id=request_id)
    return order, kept.request


async def _why_not(tx: Transaction, locked: _Locked, request: RequestedRefund, policy: RefundPolicy) -> list[NotAtOnce]:
    instant, today = policy.instant, tx.calendar.day(tx.now)
    if instant is None:
        return rules.why_not(policy, locked.order, request, [], NOBODY, today)
    risk = instant.risk
    fen, not_ok = await request_store.stood(
        tx, locked.owner, _since(today, instant.period_days), _since(today, instant.pause_days)
    )
    standing = Standing(
        in_audience=await holds_for(tx, locked.owner, instant.audience),
        risk_known_low=risk is None or await holds_for(tx, locked.owner, Compare(risk.attribute, "le", risk.at_most)),
        instant_fen=fen,
        not_ok=not_ok,
    )
    asked = {line.line_id for line in request.lines}
    skus = {line.sku for line in locked.order.lines if line.line_id in asked}
    known = await catalogue.categories_of(tx, skus)
    return rules.why_not(policy, locked.order, request, [known.get(sku, ()) for sku in skus], standing, today)


async def _refund(tx: Transaction, order: Order, request: RequestedRefund) -> UUID:
    asked = rules.refund_of(request.request_id, request.ground, request.lines, order, tx.now)
    return (await refund_order(tx, order.order_id, asked, order.member_id)).refund_id


def _since(today: date, days: int) -> date:
    """The first of so many business days, today included."""
    return today - timedelta(days=days - 1)


def _asked(tx: Transaction, request: RequestedRefund) -> RefundAsked:
    return RefundAsked(
        member_id=request.member_id,
        occurred_at=tx.now,
        order_id=request.order_id,
        request_id=request.request_id,
        store_id=request.store_id,
        business_day=tx.calendar.day(tx.now),
        asked_by=request.asked_by,
        worth_fen=request.worth_fen,
    )


def _decided(
    tx: Transaction, request: RequestedRefund, state: RequestState, by: By, refund_id: UUID | None
) -> RefundDecided:
    return RefundDecided(
        member_id=request.member_id,
        occurred_at=tx.now,
        order_id=request.order_id,
        request_id=request.request_id,
        store_id=request.store_id,
        business_day=tx.calendar.day(tx.now),
        outcome=state.value,
        decided_by=by.party,
        refund_id=refund_id,
    )


async def _audit(tx: Transaction, request: RequestedRefund, action: str, by: By, reason: str | None) -> None:
    """What staff does is in the log of what staff did; the words of members are not."""
    if by.party != "staff":
        return
    await staff.record(
        tx,
        AuditEntry(
            actor=f"staff:{by.party_id}",
            action=action,
            subject=f"refund_request:{request.request_id}",
            member_id=request.member_id,
            after={"order_id": str(request.order_id), "worth_fen": request.worth_fen},
            reason=reason,
        ),
    )
