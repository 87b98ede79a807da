"""Copies that members give on to each other, by a link."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text

OPEN_FOR = timedelta(days=3)  # and no longer than the copy is good
TOKEN_BYTES = 24

GiftState = Literal["open", "taken", "received", "returned"]
# Why a copy went back: its giver withdrew it, nobody took it in time, it ended on its way, the receiver cannot have it,
# or the order came back that had brought it.
WhyReturned = Literal["withdrawn", "untaken", "ended", "limit", "receiver_unknown", "receiver_state", "own", "refunded"]


class TakeGift(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """token: the secret in the link."""

    token: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{32}$(?!\n)")]


class Gift(msgspec.Struct, frozen=True, kw_only=True):
    """A gift as its giver sees it, who is not told who took it. `open` until `ends_at`; `taken`: on its way;
    `received`; `returned`: the copy is the giver's again, and why."""

    gift_id: UUID
    coupon_id: UUID
    template: str
    state: GiftState
    why: WhyReturned | None = None
    made_at: datetime
    ends_at: datetime


class MadeGift(msgspec.Struct, frozen=True):
    """A gift and the secret for its link, which is not shown again."""

    gift: Gift
    token: str


class GiftTaken(msgspec.Struct, frozen=True, kw_only=True):
    """A gift as its receiver sees it. coupon_id: of their copy, which is theirs in a moment (`received`), or goes back
    to the giver if they cannot have it (`returned`)."""

    coupon_id: UUID
    template: str
    name: Text
    state: GiftState
    why: WhyReturned | None = None
    expires_at: datetime | None


class StoredGift(msgspec.Struct, frozen=True, kw_only=True):
    """A gift with its giver and receiver."""

    member_id: UUID
    gift: Gift
    receiver_id: UUID | None


class CouponNotGiftable(DomainError):
    """Field: coupon_id."""

    code = "coupon_not_giftable"
    status = 409
    title = Text(zh="该券不可转赠", en="The coupon cannot be given on")
    detail = Text(zh="券 {coupon_id} 不支持转赠。", en="Coupon {coupon_id} is not one that may be given on.")


class CouponNotToGive(DomainError):
    """An order holds or used it, it is over, or given. Fields: coupon_id, state."""

    code = "coupon_not_to_give"
    status = 409
    title = Text(zh="券状态不可转赠", en="The coupon cannot be given now")
    detail = Text(
        zh="券 {coupon_id} 的状态为 {state}，不可转赠。", en="Coupon {coupon_id} is {state} and cannot be given on."
    )


class CouponGiftsUsedUp(DomainError):
    """Fields: template, limit."""

    code = "coupon_gifts_used_up"
    status = 409
    title = Text(zh="今日转赠次数已用完", en="As many gifts as one day allows")
    detail = Text(
        zh="券 {template} 每天最多转赠 {limit} 次，请明天再试。",
        en="On one day {limit} of {template} may be given on; try again tomorrow.",
    )


class CouponGiftUnknown(DomainError):
    code = "coupon_gift_unknown"
    status = 404
    title = Text(zh="没有这份赠礼", en="Unknown gift")
    detail = Text(zh="链接无效，或没有这份赠礼。", en="The link is not good, or there is no such gift.")


class CouponGiftOver(DomainError):
    """Taken by somebody, withdrawn, or not taken in time."""

    code = "coupon_gift_over"
    status = 409
    title = Text(zh="赠礼已结束", en="The gift is over")
    detail = Text(zh="该赠礼已被领取、撤回或已过期。", en="The gift was taken, withdrawn, or its time is over.")


class CouponGiftOwn(DomainError):
    code = "coupon_gift_own"
    status = 409
    title = Text(zh="不能领取自己的赠礼", en="A gift of one's own")
    detail = Text(zh="赠送人与领取人是同一会员；如需收回，请撤回赠礼。", en="Giver and receiver are one: withdraw it.")
