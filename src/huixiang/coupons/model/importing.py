"""Copies that members have from another system, brought in."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.coupons.model.copies import Instant, TemplateCode
from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.members.model import MemberRef

Reference = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}$(?!\n)",
        description="By which the other system knows the copy; no other copy has it.",
    ),
]


class ImportedCopy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A copy that a member has and has not used, of a template here. expires_at: before which it is to be used; left
    out, as of one that is issued now."""

    reference: Reference
    member: MemberRef
    template: TemplateCode
    expires_at: Instant | None = None


class Brought(msgspec.Struct, frozen=True):
    """What became of a row: its copy, and whether it was not there before; or why there is none."""

    coupon_id: UUID | None = None
    created: bool = False
    refusal: DomainError | None = None


class CouponReferenceTaken(DomainError):
    """Field: reference."""

    code = "coupon_reference_taken"
    status = 409
    title = Text(zh="外部编号已被使用", en="The reference is another copy's")
    detail = Text(
        zh="外部编号 {reference} 已用于另一会员、另一模板或另一有效期的券。",
        en="The reference {reference} was brought in with another member, template or end.",
    )
