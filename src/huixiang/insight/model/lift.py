"""What coupons bring: members who have a copy beside those from whom it was withheld."""

from __future__ import annotations

from typing import Literal

import msgspec

# more, less: the whole interval lies above, or below, nothing; unclear: nothing lies in it.
Verdict = Literal["more", "less", "unclear", "too_few"]


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Members, and what they paid in their days and was not given back, in fen. buyers: those with more than nothing;
    squares: the sum of the squares of what each paid."""

    members: int
    buyers: int
    sales_fen: int
    squares: int


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """An amount in fen, half up, and the interval that has the true one in 95 of 100 cases, rounded outwards."""

    fen: int
    low_fen: int
    high_fen: int


class Lift(msgspec.Struct, frozen=True):
    """What a comparison says. per_member: what one who has a copy buys more; in_all: all who have one; null where there
    are too few to tell."""

    verdict: Verdict
    per_member: Estimate | None
    in_all: Estimate | None


class GroupSums(msgspec.Struct, frozen=True, kw_only=True):
    """Members of one side, and what they paid in their days and was not given back. buyers: those with more than
    nothing. mean_fen: per member, half up; null without members."""

    members: int
    buyers: int
    sales_fen: int
    mean_fen: int | None


class CouponLift(msgspec.Struct, frozen=True, kw_only=True):
    """What a template brings by one share of members held out (CPN-06): who first would have been given a copy in the
    period, under that share, and what each bought in so many days from then.

    waiting: members whose days are not over, who are left out. reached: of the withheld, those who had a copy in their
    days all the same, by a code, a gift, an order or an end of the holdout; they count as withheld. discount_fen: what
    copies took off the orders of those who were issued one, as it was quoted. verdict: whether sales are more or less
    for it, `unclear` where both may be, `too_few` where there are too few members or buyers to tell."""

    template: str
    holdout_bp: int
    issued: GroupSums
    withheld: GroupSums
    waiting: int
    reached: int
    discount_fen: int
    verdict: Verdict
    per_member: Estimate | None
    incremental: Estimate | None
