"""Announce what became of copies."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huixiang.coupons.events import CouponChanged
from huixiang.coupons.model import Coupon, What
from huixiang.platform.db import Transaction


def tell(tx: Transaction, member_id: UUID, copies: Sequence[Coupon], what: What, order_id: UUID | None = None) -> None:
    """Of copies of one member, as they are now. order_id: of the order that used them, or gave them back."""
    for copy in copies:
        tx.emit(
            CouponChanged(
                member_id=member_id, occurred_at=tx.now, coupon_id=copy.coupon_id, rule=copy.rule,
                template=copy.template, what=what, state=copy.state, order_id=order_id, expires_at=copy.expires_at,
            )
        )  # fmt: skip
