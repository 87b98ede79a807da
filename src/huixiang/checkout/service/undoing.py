"""What an order that comes back whole had beside money and points: coupons, quotas, benefits, gifts, stock (PTS-24)."""

from __future__ import annotations

from uuid import UUID

from huixiang.benefits import service as benefits
from huixiang.checkout.events import GiftToTakeBack
from huixiang.checkout.model import NewEffect, Order
from huixiang.checkout.model.fulfilment import FulfilmentRules
from huixiang.checkout.model.placing import OrderMoving
from huixiang.checkout.model.reversals import (
    BENEFIT_OVER,
    BENEFIT_RETURNED,
    COUPON_RETURNED,
    GIFT_HELD,
    GIFT_HELD_ENDED,
    GIFT_IN_CASH,
    GIFT_LET_GO,
    GIFT_TAKEN,
    QUOTA_RETURNED,
    STOCK_FREED,
)
from huixiang.checkout.service import gifts as given
from huixiang.checkout.service.gifts import coupon_ids
from huixiang.checkout.service.taking_back import RefundDraft
from huixiang.checkout.store import reversals
from huixiang.checkout.store.placed import Kept
from huixiang.coupons import service as coupons
from huixiang.kernel.effects import EffectKind
from huixiang.kernel.errors import InvariantBroken
from huixiang.members import service as members
from huixiang.members.model import MemberRef, State
from huixiang.platform.db import Transaction
from huixiang.pricing.service import uses

BENEFIT = "benefit"
COUPON = "coupon"
GIFT = "gift"
CAP = "cap"
STOCK = "stock"


async def undo(tx: Transaction, kept: Kept, rules: FulfilmentRules, draft: RefundDraft) -> int:
    """Undo what a placed order did beside the ledger, when all of it has come back; the worth of its gifts that were
    used, in fen."""
    placed, owner = kept.placed, draft.owner_id
    if rules.coupons_back and placed.coupons:
        back = await coupons.give_back(tx, owner, placed.order_id, placed.coupons)
        _note(draft, COUPON_RETURNED, COUPON, len(back))
    await uses.give_back(tx, placed.member_id, kept.uses)
    _note(draft, QUOTA_RETURNED, CAP, sum(one.uses for one in kept.uses))
    if placed.benefits:
        uses_back = await benefits.give_back(tx, owner, placed.order_id)
        _note(draft, BENEFIT_RETURNED, BENEFIT, sum(one.counts for one in uses_back))
        _note(draft, BENEFIT_OVER, BENEFIT, len(placed.benefits) - sum(one.counts for one in uses_back))
    gifts_fen = await _take_gifts(tx, draft)
    if kept.ticketed:
        draft.effects.append(NewEffect(kind=STOCK_FREED, cause=STOCK, amount=1, follows=True))
    return gifts_fen


async def _take_gifts(tx: Transaction, draft: RefundDraft) -> int:
    """Void the gift coupons that are the member's; the worth of those that were used. What is another's follows."""
    gifts_fen = 0
    for gift in draft.gifts:
        if gift.kind != "coupon" or gift.refused is not None:
            continue
        copies = coupon_ids(draft.completed.order_id, gift.gift_no, gift.count)
        taken = await coupons.take_back(tx, draft.owner_id, copies)
        await coupons.leave_promised(tx, gift.what, copies, len(taken.voided))
        _note(draft, GIFT_TAKEN, GIFT, len(taken.voided))
        gifts_fen += gift.value_fen * len(taken.used) // gift.count
        for coupon_id, other in taken.elsewhere:
            draft.effects.append(NewEffect(kind=GIFT_TAKEN, cause=GIFT, amount=1, owner_id=other))
            tx.emit(
                GiftToTakeBack(
                    member_id=draft.completed.member_id, occurred_at=tx.now, order_id=draft.completed.order_id,
                    refund_id=draft.refund_id, effect_no=len(draft.effects), gift_no=gift.gift_no, coupon_id=coupon_id,
                )
            )  # fmt: skip
    return gifts_fen


async def gifts_out(tx: Transaction, kept: Kept, draft: RefundDraft) -> int:
    """The worth of gift coupons that were used, or may be yet, in fen, while a part of the order is still there."""
    there = [gift for gift in draft.gifts if gift.kind == "coupon" and gift.refused is None]
    copies = {gift.gift_no: coupon_ids(kept.placed.order_id, gift.gift_no, gift.count) for gift in there}
    if not there:
        return 0
    out = await coupons.not_over(tx, draft.owner_id, [one for ids in copies.values() for one in ids])
    return sum(gift.value_fen * len(out.intersection(copies[gift.gift_no])) // gift.count for gift in there)


def note_gifts(draft: RefundDraft, used_fen: int, held_fen: int) -> None:
    """Have the record say what comes off what is paid back for gifts: of used ones, and kept back for others. held_fen:
    below zero where that is over."""
    _note(draft, GIFT_IN_CASH, GIFT, used_fen)
    _note(draft, GIFT_HELD, GIFT, max(0, held_fen))
    _note(draft, GIFT_HELD_ENDED, GIFT, max(0, -held_fen))


async def owner_of(tx: Transaction, order: Order, kept: Kept | None) -> UUID:
    """Whose the order's coupons, gifts and benefits are: they went with a member who was merged since; the order
    stayed. Raises OrderMoving while they go."""
    placed = kept.placed if kept is not None else None
    if placed is None or not (placed.coupons or placed.benefits or any(one.gift for one in placed.applied)):
        return order.member_id
    [owner] = await members.identify(tx, [MemberRef(member_id=order.member_id)])
    if owner is None:
        raise InvariantBroken(f"order {order.order_id} has no member")
    if owner.state is State.MERGING:
        raise OrderMoving(order_id=order.order_id)
    return owner.member_id


def _note(draft: RefundDraft, kind: EffectKind, cause: str, amount: int) -> None:
    if amount:
        draft.effects.append(NewEffect(kind=kind, cause=cause, amount=amount))


async def gift_is_taken(tx: Transaction, event: GiftToTakeBack) -> None:
    """Void a gift coupon of a refunded order at who has it now, unless they used it first; and say which it was."""
    taken = await coupons.recall(tx, event.coupon_id)
    kind = GIFT_TAKEN if taken else GIFT_LET_GO
    await reversals.finish_effect(tx, event.member_id, event.refund_id, event.effect_no, None, kind.code)
    if taken:
        gift = next(
            one for one in await given.of_order(tx, event.member_id, event.order_id) if one.gift_no == event.gift_no
        )
        copies = coupon_ids(event.order_id, event.gift_no, gift.count)
        await coupons.leave_promised(tx, gift.what, copies, 1, key=f"taken back: {event.coupon_id}")


async def stock_is_free(tx: Transaction, member_id: UUID, refund_id: UUID) -> None:
    """What a refunded order had of what all share is for others again."""
    await reversals.finish_following(tx, member_id, refund_id, STOCK_FREED.code)
