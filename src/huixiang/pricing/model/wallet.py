"""Coupons as their member sees them: what each is called, gives and asks for."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from huixiang.coupons.model import State
from huixiang.kernel.text import Text

NAMED_GOODS = 6  # of what a coupon is good for, as many are named


class CouponStep(msgspec.Struct, frozen=True, kw_only=True):
    """From `at` on, so many fen off, or this rate is paid."""

    at: int
    off_fen: int | None = None
    rate_bp: int | None = None


class CouponGives(msgspec.Struct, frozen=True, kw_only=True):
    """What a coupon gives. at: the least threshold, in fen or pieces (`counts`), 0 for none. steps: of off and rate,
    the least first. max_off_fen: of rate, at most. price_fen, pieces: of exchange, so many pieces at a price. fee_fen:
    of fee, what delivery costs at most. off_fen: of fee_off. repeats: the one step as often as it fits."""

    kind: Literal["off", "rate", "exchange", "fee", "fee_off", "gift"]
    at: int
    counts: Literal["fen", "pieces"] = "fen"
    steps: list[CouponStep] = []
    repeats: bool = False
    max_off_fen: int | None = None
    price_fen: int | None = None
    pieces: int | None = None
    fee_fen: int | None = None
    off_fen: int | None = None


class WalletCoupon(msgspec.Struct, frozen=True, kw_only=True):
    """A copy in its member's wallet. name: of its template, of a bare copy that of its rule; null where the promotions
    in force have that rule no more. gives: by the promotions in force. some_goods: it is good for a part of the goods;
    goods: of those, categories and goods by name, six at most. why_not: it is not over, but does nothing now:
    switched_off for a while, or withdrawn from the promotions. giftable: it may be given on."""

    coupon_id: UUID
    state: State
    template: str | None
    name: Text | None
    picture: str | None
    gives: CouponGives | None
    some_goods: bool
    goods: list[Text]
    why_not: Literal["switched_off", "withdrawn"] | None
    giftable: bool
    order_id: UUID | None
    issued_at: datetime
    expires_at: datetime | None
