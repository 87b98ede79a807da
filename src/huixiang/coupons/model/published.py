"""Coupon templates as staff look at them."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from huixiang.coupons.model.copies import RuleCode, TemplateCode
from huixiang.kernel.text import Text


class PublishedTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """A template that is in force, or will be: in_force says which; from `starts_at` until before `ends_at`, null
    without an end.

    A copy is good through the day `until`, or for `days` whole ones after today's. claim: members take it themselves,
    from `opens_at` until before `closes_at`, those of an audience where `for_some`; codes: batches of codes can be
    made; public_code: one that all may use; grant: staff, campaigns and packs give it;
    desk_per_day: by hand so many to one member on one day. per_member, total: copies;
    budget_fen: what all may cost, each reckoned as `worth_fen`. left: copies that there are still for all members; null
    without an end of them. holdout_bp: the share of members who are given none.
    """

    template: TemplateCode
    version: int
    in_force: bool
    starts_at: datetime
    ends_at: datetime | None
    rule: RuleCode
    name: Text
    until: date | None
    days: int | None
    claim: bool
    opens_at: datetime | None
    closes_at: datetime | None
    for_some: bool
    codes: bool
    public_code: str | None
    grant: bool
    desk_per_day: int
    giftable: bool
    per_member: int | None
    total: int | None
    worth_fen: int | None
    budget_fen: int | None
    holdout_bp: int
    left: int | None
