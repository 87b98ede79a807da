"""What a coupon is to its member: the rule document that copies are issued by."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from huixiang.conditions.model import Condition
from huixiang.coupons.model.copies import RETURNED_DAYS, RuleCode
from huixiang.kernel.text import Text

KIND = "coupon_template"  # of rule documents
PublicCode = Annotated[
    str, Meta(pattern=r"^[A-Z0-9][A-Z0-9-]{3,31}$(?!\n)", description="A code that everybody may use.")
]
PictureKey = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_./-]{0,199}$(?!\n)", description="By which a page has it.")
]
Instant = Annotated[datetime, Meta(tz=True)]
Copies = Annotated[int, Meta(ge=1, le=100_000_000)]
Fen = Annotated[int, Meta(ge=1, le=10**13)]
HoldoutShare = Annotated[int, Meta(ge=0, le=9_000, description="Members held out, in basis points: 1000 is 10 %.")]


class ClaimTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Members take a copy themselves: from `opens_at` until before `closes_at`, those for whom `audience` holds."""

    opens_at: Instant | None = None
    closes_at: Instant | None = None
    audience: Condition | None = None


class CodeTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Members get a copy for a code. public: one that all may use; unique: batches of codes that are good once each."""

    public: PublicCode | None = None
    unique: bool = False


class CouponTemplate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule document of kind `coupon_template`. rule: what a copy does, by the promotions.

    A copy is good through the day `until`, or for the rest of the day and `days` whole ones. claim, codes, grant: how
    it may be had. per_member: copies that one member ever has; total: copies in all; worth_fen: what one is worth,
    which a pack adds up; budget_fen: what all may cost, each reckoned as `worth_fen`. desk_per_day:
    copies that staff may give one member by hand on one day, 0 for none. giftable: a member may give a copy on, and
    begin `gifts_per_day` on one day. What is given back has `returned_days` left at least. remind_days: so long before
    its end that is announced. holdout_bp: this share of members is given none, so that what they buy tells what the
    coupon brings.
    """

    rule: RuleCode
    name: Text
    picture: PictureKey | None = None
    until: date | None = None
    days: Annotated[int, Meta(ge=0, le=3660)] | None = None
    claim: ClaimTerms | None = None
    codes: CodeTerms | None = None
    grant: bool = True
    desk_per_day: Annotated[int, Meta(ge=0, le=100)] = 1
    per_member: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    total: Copies | None = None
    budget_fen: Fen | None = None
    worth_fen: Fen | None = None
    giftable: bool = False
    gifts_per_day: Annotated[int, Meta(ge=1, le=100)] = 3
    returned_days: Annotated[int, Meta(ge=1, le=90)] = RETURNED_DAYS
    remind_days: Annotated[int, Meta(ge=1, le=60)] | None = None
    holdout_bp: HoldoutShare = 0
