"""Nouns of coupons: the copies that members hold. What one does is a rule of pricing, which it names."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text

RuleCode = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$(?!\n)", description="The rule that says what it does.")
]
Instant = Annotated[datetime, Meta(tz=True)]


class NewCoupon(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A copy for a member, to be used before `expires_at`; without it, it never expires."""

    rule: RuleCode
    expires_at: Instant | None = None


class Coupon(msgspec.Struct, frozen=True, kw_only=True):
    coupon_id: UUID
    rule: str
    state: Literal["issued", "voided"]
    issued_at: datetime
    expires_at: datetime | None


class CouponUnknown(DomainError):
    code = "coupon_unknown"
    status = 404
    title = Text(zh="没有这张券", en="Unknown coupon")
    detail = Text(zh="该会员没有编号为 {coupon_id} 的券。", en="The member has no coupon {coupon_id}.")
