"""What an order that comes back whole had beside money and points: coupons, quotas, gifts, stock (PTS-24)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from huixiang.checkout.model import NewEffect
from huixiang.checkout.model.fulfilment import FulfilmentRules
from huixiang.checkout.model.placing import OrderGift
from huixiang.checkout.model.reversals import (
    COUPON_RETURNED,
    GIFT_IN_CASH,
    GIFT_TAKEN,
    QUOTA_RETURNED,
    STOCK_FREED,
)
from huixiang.checkout.service.gifts import coupon_ids
from huixiang.checkout.store import reversals
from huixiang.checkout.store.placed import Kept
from huixiang.coupons import service as coupons
from huixiang.kernel.effects import EffectKind
from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.platform.db import Transaction
from huixiang.pricing.service import uses

COUPON = "coupon"
GIFT = "gift"
CAP = "cap"
STOCK = "stock"


class Undone(msgspec.Struct, frozen=True):
    """What was undone beside the ledger. gifts_fen: of gifts that were used, to come off what is paid back."""

    effects: Sequence[NewEffect]
    gifts_fen: int


async def undo(
    tx: Transaction, kept: Kept, rules: FulfilmentRules, given: Sequence[OrderGift], refund_fen: int
) -> Undone:
    """Undo what a placed order did beside the ledger, when all of it has come back. refund_fen: what is paid back for
    the last of it; a used gift takes no more than that off."""
    placed = kept.placed
    # Coupons went with a member who was merged since; the order stayed.
    owner = await members.resolve(tx, MemberRef(member_id=placed.member_id))
    effects: list[NewEffect] = []
    if rules.coupons_back and placed.coupons:
        back = await coupons.give_back(tx, owner, placed.order_id, placed.coupons)
        _note(effects, COUPON_RETURNED, COUPON, len(back))
    await uses.give_back(tx, placed.member_id, kept.uses)
    _note(effects, QUOTA_RETURNED, CAP, sum(one.uses for one in kept.uses))
    gifts_fen = 0
    for gift in given:
        if gift.kind == "coupon" and gift.refused is None:
            copies = coupon_ids(placed.order_id, gift.gift_no, gift.count)
            taken = await coupons.take_back(tx, owner, copies)
            await coupons.leave_promised(tx, gift.what, copies, len(taken.voided))
            _note(effects, GIFT_TAKEN, GIFT, len(taken.voided))
            gifts_fen += gift.value_fen * len(taken.used) // gift.count
    withheld = min(gifts_fen, refund_fen) if rules.used_gifts == "off_refund" else 0
    _note(effects, GIFT_IN_CASH, GIFT, withheld)
    if kept.ticketed:
        effects.append(NewEffect(kind=STOCK_FREED, cause=STOCK, amount=1, follows=True))
    return Undone(effects, withheld)


def _note(effects: list[NewEffect], kind: EffectKind, cause: str, amount: int) -> None:
    if amount:
        effects.append(NewEffect(kind=kind, cause=cause, amount=amount))


async def stock_is_free(tx: Transaction, member_id: UUID, refund_id: UUID) -> None:
    """What a refunded order had of what all share is for others again."""
    await reversals.finish_following(tx, member_id, refund_id, STOCK_FREED.code)
