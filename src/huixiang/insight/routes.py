"""What the business comes to, over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from huixiang.insight import service
from huixiang.insight.model import CouponsBy, CouponSums, Overview
from huixiang.insight.model.delays import DelayAlarm, DelayReport
from huixiang.insight.model.lift import CouponLift
from huixiang.insight.service import delays, lift
from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.platform.access import staff
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit

First = Annotated[
    date | None, QueryParameter(name="from", description="the first business day; the earliest if left out")
]
Last = Annotated[date | None, QueryParameter(name="to", description="the last business day; the latest if left out")]

FirstDay = Annotated[date, QueryParameter(name="from", description="the first business day")]
LastDay = Annotated[date, QueryParameter(name="to", description="the last business day")]
SummedBy = Annotated[
    CouponsBy, QueryParameter(description="day, batch: each template by business day, or batch of codes")
]
OfTemplate = Annotated[str | None, QueryParameter(description="this one alone", max_length=32)]
LookedAt = Annotated[
    int,
    QueryParameter(description="for how many days of 24 hours what each member buys counts", ge=1, le=lift.DAYS_MAX),
]


DelaysFrom = Annotated[
    date | None, QueryParameter(name="from", description="the first business day; the last one if left out")
]
DelaysTo = Annotated[date | None, QueryParameter(name="to", description="the last business day; today if left out")]
AlarmState = Annotated[Literal["open", "ended"], QueryParameter(name="state", description="open, or ended")]


@get("/api/console/v1/overview", **staff("insight:read"))
async def read_overview(edge: NamedDependency[Edge], first: First = None, last: Last = None) -> Overview:
    """Members, orders, sales, points and tiers, and the trend by month, of a period. A few seconds behind at most."""
    if first and last and last < first:
        raise InvalidInput(path="to", problem="lies before from")
    return await edge.query(lambda tx: service.overview(tx, first, last))


@get("/api/console/v1/coupons/sums", **staff("insight:read"))
async def sum_coupons(
    edge: NamedDependency[Edge],
    first_day: FirstDay,
    last_day: LastDay,
    by: SummedBy = "template",
    template: OfTemplate = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[CouponSums]:
    """What became of coupons in a period of at most 92 days: issued, claimed, used, the sales with them, and what they
    took off (CPN-06)."""
    return await edge.query(lambda tx: service.coupon_sums(tx, first_day, last_day, by, template, cursor, limit))


@get("/api/console/v1/coupons/lift", **staff("insight:read"))
async def compare_coupon_holdouts(
    edge: NamedDependency[Edge],
    first_day: FirstDay,
    last_day: LastDay,
    days: LookedAt = lift.DAYS,
    template: OfTemplate = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[CouponLift]:
    """What members who first came to a template in a period of at most 92 days bought more than those of them who were
    held out of it, what that cost, and how sure it is (CPN-06)."""
    return await edge.query(lambda tx: lift.coupon_lift(tx, first_day, last_day, days, template, cursor, limit))


@get("/api/console/v1/tills/delays", **staff("tills:read"))
async def list_till_delays(
    edge: NamedDependency[Edge],
    first_day: DelaysFrom = None,
    last_day: DelaysTo = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> DelayReport:
    """How long after selling it each store's tills posted an order, the worst first, in a period of at most 92 days
    (CHK-07). A few seconds behind at most. Staff of some stores see these alone."""
    stores = edge.staff.stores
    return await edge.query(lambda tx: delays.report(tx, first_day, last_day, stores, cursor, limit))


@get("/api/console/v1/tills/alarms", **staff("tills:read"))
async def list_till_alarms(
    edge: NamedDependency[Edge],
    in_state: AlarmState = "open",
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[DelayAlarm]:
    """Stores whose orders come late, or no more; or such alarms that have ended; the last raised first (CHK-07)."""
    stores, is_open = edge.staff.stores, in_state == "open"
    return await edge.query(lambda tx: delays.alarms(tx, is_open=is_open, stores=stores, cursor=cursor, limit=limit))


ROUTES = [read_overview, sum_coupons, compare_coupon_holdouts, list_till_delays, list_till_alarms]
