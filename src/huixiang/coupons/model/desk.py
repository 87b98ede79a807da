"""What staff do by hand: give a member one copy, and take one back, each for a reason."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from huixiang.coupons.model.copies import CouponChange, TemplateCode

Reason = Annotated[str, Meta(min_length=1, max_length=500, description="Why; the log and the audit log keep it.")]


class DeskCoupon(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A copy of a template for a member, given by hand."""

    template: TemplateCode
    reason: Reason


class DeskVoid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A copy is taken back by hand."""

    reason: Reason


class Said(msgspec.Struct, frozen=True):
    """Who did something, as `staff:<id>`, and why, in their words."""

    actor: str
    reason: str


class DeskChange(CouponChange, frozen=True, kw_only=True):
    """A change as staff see it. actor, actor_name, reason: of the person who did it by hand; null where none did."""

    actor: str | None = None
    actor_name: str | None = None
    reason: str | None = None
