"""What coupons bring, against members who were held out."""

from __future__ import annotations

from datetime import date

from huixiang.insight.model.lift import CouponLift
from huixiang.insight.rules.lift import compared, sums
from huixiang.insight.service.sums import coupon_period
from huixiang.insight.store import lift as store
from huixiang.insight.store.lift import Compared
from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.platform.db import Transaction

DAYS = 28  # from when a member came to a template; whole weeks, as people shop by the week
DAYS_MAX = 92
MEMBERS_MAX = 300_000  # of one report: what each of them bought is looked up


async def coupon_lift(
    tx: Transaction,
    first: date,
    last: date,
    days: int,
    template: str | None,
    cursor: str | None,
    limit: int,
    *,
    members_max: int = MEMBERS_MAX,
) -> Page[CouponLift]:
    """By template and share: those who first came to it between two business days, both included, and what they bought
    in so many days from then. Raises InvalidInput as `coupon_period`, for more members than `members_max`, and for a
    cursor of another list."""
    after = decode_cursor(cursor, str, int) if cursor else None
    period = coupon_period(tx, first, last)
    if await store.came(tx, period, template, members_max + 1) > members_max:
        problem = f"more than {members_max} members came in these days: ask for fewer days, or for one template"
        raise InvalidInput(path="to", problem=problem)
    found = await store.groups(tx, period, template, days, after, limit + 1)
    page = page_of(found, limit, lambda one: one.place)
    return Page([_shown(one) for one in page.items], page.next_cursor)


def _shown(one: Compared) -> CouponLift:
    lift = compared(one.issued, one.withheld)
    template, holdout_bp = one.place
    return CouponLift(
        template=template,
        holdout_bp=holdout_bp,
        issued=sums(one.issued),
        withheld=sums(one.withheld),
        waiting=one.waiting,
        reached=one.reached,
        discount_fen=one.discount_fen,
        verdict=lift.verdict,
        per_member=lift.per_member,
        incremental=lift.in_all,
    )
