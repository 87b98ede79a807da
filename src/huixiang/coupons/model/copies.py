"""The copies that members hold. What one does is a rule of pricing, which it names."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

RuleCode = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$(?!\n)", description="The rule that says what it does.")
]
TemplateCode = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,31}$(?!\n)", description="A coupon template, by its document.")
]
Instant = Annotated[datetime, Meta(tz=True)]
State = Literal["issued", "held", "used", "expired", "voided", "given"]
What = Literal["issued", "held", "used", "released", "returned", "expired", "voided", "given", "withdrawn"]
Why = Literal["unknown", "used", "held", "expired", "voided", "given"]
RETURNED_DAYS = 3  # that are left at least of a copy that comes back, where no template says another number


class NewCoupon(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A copy for a member: of a `template`, which says until when it is good; or a bare one of a `rule`, to be used
    before `expires_at`, without which it never expires."""

    rule: RuleCode | None = None
    template: TemplateCode | None = None
    expires_at: Instant | None = None

    def __post_init__(self) -> None:
        if (self.rule is None) == (self.template is None):
            raise ValueError("give a rule or a template")
        if self.template is not None and self.expires_at is not None:
            raise ValueError("a template says itself when a copy ends")


class NewClaim(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A copy that a member takes themselves."""

    template: TemplateCode


class Coupon(msgspec.Struct, frozen=True, kw_only=True):
    """One copy. template and template_version: what it was issued by, null for a bare copy of a rule. order_id: of the
    order that holds it, or used it."""

    coupon_id: UUID
    rule: str
    template: str | None = None
    template_version: int | None = None
    state: State
    order_id: UUID | None = None
    issued_at: datetime
    expires_at: datetime | None


class CouponChange(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a copy, with what it was after it. seq: from 1, without a gap. member_id: who had it then, which is
    another member where it came by a merge. order_id: of the order that the change is about."""

    seq: int
    member_id: UUID
    what: What
    state: State
    order_id: UUID | None
    expires_at: datetime | None
    cause: str
    changed_at: datetime


class TakenBack(msgspec.Struct, frozen=True):
    """Of copies that are taken back: those that are voided now, and those that were used, or are held, by then, by
    whomever they were given on to. elsewhere: another member has the copy, and who that is; it follows in a
    transaction of theirs. Nothing is said of what is over."""

    voided: tuple[UUID, ...] = ()
    used: tuple[UUID, ...] = ()
    elsewhere: tuple[tuple[UUID, UUID], ...] = ()


class Holding(msgspec.Struct, frozen=True):
    """What an order holds of what it asked for, and why it does not hold the rest."""

    held: tuple[UUID, ...]
    refused: dict[UUID, Why]
