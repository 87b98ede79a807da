"""What staff choose from who give coupons."""

from __future__ import annotations

from datetime import date

import msgspec

from huixiang.coupons.model.copies import TemplateCode
from huixiang.kernel.text import Text


class GrantableTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """A template in force that may be given to members: a copy is good through `until`, or for `days` whole days after
    today's. left: copies that there are still for all members; null without an end of them."""

    template: TemplateCode
    version: int
    name: Text
    until: date | None
    days: int | None
    per_member: int | None
    left: int | None
