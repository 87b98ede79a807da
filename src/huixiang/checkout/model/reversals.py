"""The one record of what a refund undid (PTS-24): every effect that the order had, by kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec

from huixiang.kernel.effects import EffectKind, Unit
from huixiang.kernel.text import Text
from huixiang.points.model import GROWTH, POINTS
from huixiang.points.model.effects import EFFECTS as OF_POINTS

COUPON_RETURNED = EffectKind("coupon_returned", "coupons", Text(zh="退还优惠券", en="Coupons given back"), posted=False)
QUOTA_RETURNED = EffectKind("quota_returned", "uses", Text(zh="退还活动次数", en="Uses given back"), posted=False)
BENEFIT_RETURNED = EffectKind(
    "benefit_returned", "uses", Text(zh="退还权益次数", en="Uses of benefits given back"), posted=False
)
BENEFIT_OVER = EffectKind(
    "benefit_over",
    "uses",
    Text(zh="权益周期已过，次数不再退还", en="Uses of benefits whose period is over"),
    posted=False,
)
GIFT_TAKEN = EffectKind("gift_taken", "coupons", Text(zh="收回赠券", en="Gift coupons taken back"), posted=False)
GIFT_LET_GO = EffectKind(
    "gift_let_go",
    "coupons",
    Text(zh="赠券已被使用或失效，不再收回", en="Gift coupons used or over by then"),
    posted=False,
)
GIFT_HELD = EffectKind(
    "gift_held", "fen", Text(zh="赠品未归还，暂扣退款", en="Kept back for gifts not returned"), posted=False
)
GIFT_HELD_ENDED = EffectKind(
    "gift_held_ended", "fen", Text(zh="解除赠品暂扣", en="No longer kept back for gifts"), posted=False
)
GIFT_IN_CASH = EffectKind(
    "gift_in_cash", "fen", Text(zh="已用赠品抵扣退款", en="Used gifts taken off the cash"), posted=False
)
STOCK_FREED = EffectKind("stock_freed", "orders", Text(zh="释放名额", en="Shares of stock freed"), posted=False)
OF_ORDERS = (
    COUPON_RETURNED, QUOTA_RETURNED, BENEFIT_RETURNED, BENEFIT_OVER, GIFT_TAKEN, GIFT_LET_GO, GIFT_HELD,
    GIFT_HELD_ENDED, GIFT_IN_CASH, STOCK_FREED,
)  # fmt: skip

# What a module below reverses it publishes in kinds of its own, and they are added here: codes are unique.
KINDS: dict[str, EffectKind] = {kind.code: kind for kind in (*OF_POINTS, *OF_ORDERS)}

EffectState = Literal["pending", "done"]

_BOOKS = {book.number: book.code for book in (POINTS, GROWTH)}


class NewEffect(msgspec.Struct, frozen=True, kw_only=True):
    """An effect to be kept. `cause`: of what is reversed. owner_id: whose it is, where that is not the order's member:
    it follows, and is pending until then, as is what all share (`follows`). book, seq: the posting that it is, or is a
    part of."""

    kind: EffectKind
    cause: str
    amount: int
    owner_id: UUID | None = None
    book: int | None = None
    seq: int | None = None
    follows: bool = False

    @property
    def state(self) -> EffectState:
        """When it is kept."""
        return "pending" if self.follows or self.owner_id is not None else "done"

    @property
    def shown(self) -> ReversalEffect:
        return ReversalEffect(
            kind=self.kind.code, name=self.kind.name, cause=self.cause, amount=self.amount, unit=self.kind.unit,
            state=self.state, owner_id=self.owner_id, book=None if self.book is None else _BOOKS[self.book],
            seq=self.seq,
        )  # fmt: skip


class ReversalEffect(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was undone, or is to be: so many of its unit. owner_id: null for the order's own member. book,
    seq: the posting by which it was done, which others of these effects may share."""

    kind: str
    name: Text
    cause: str
    amount: int
    unit: Unit
    state: EffectState
    owner_id: UUID | None
    book: str | None
    seq: int | None


class Reversal(msgspec.Struct, frozen=True):
    """All that a refund undid. `pending` until what concerns others is done too."""

    state: EffectState
    effects: list[ReversalEffect]


NOTHING_REVERSED = Reversal("done", [])


def reversal_of(effects: Sequence[ReversalEffect]) -> Reversal:
    open_ones = any(effect.state == "pending" for effect in effects)
    return Reversal("pending" if open_ones else "done", list(effects))
