"""What members have and had, by state, and what became of one copy (CPN-03)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from huixiang.coupons.model import Coupon, CouponChange, State
from huixiang.coupons.model.desk import DeskChange
from huixiang.coupons.service import wallet
from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.platform.access import member, staff, system
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit

InState = Annotated[
    State,
    QueryParameter(name="state", description="issued: those that can be used now. What has ended is expired."),
]
OF_MEMBER = "members/{member_id:uuid}/coupons"
CHANGES = f"{OF_MEMBER}/{{coupon_id:uuid}}/changes"


@get(f"/api/v1/{OF_MEMBER}", **system("coupons:read"))
async def list_coupons(
    edge: NamedDependency[Edge],
    member_id: FromPath[UUID],
    in_state: InState = "issued",
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[Coupon]:
    """The coupons of a member in a state: those that can be used now in the order of their ends, others with the latest
    issued first."""
    return await edge.query(lambda tx: wallet.listed(tx, member_id, in_state, cursor, limit))


@get("/api/member/v1/me/coupons", **member())
async def list_my_coupons(
    edge: NamedDependency[Edge], in_state: InState = "issued", cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[Coupon]:
    """My coupons in a state: those that I may use now in the order of their ends, others with the latest issued
    first."""
    return await edge.query(lambda tx: wallet.listed(tx, edge.member.member_id, in_state, cursor, limit))


@get(f"/api/console/v1/{OF_MEMBER}", **staff("coupons:read"))
async def list_member_coupons(
    edge: NamedDependency[Edge],
    member_id: FromPath[UUID],
    in_state: InState = "issued",
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[Coupon]:
    """The coupons of a member in a state, for staff."""
    return await edge.query(lambda tx: wallet.listed(tx, member_id, in_state, cursor, limit))


@get(f"/api/v1/{CHANGES}", **system("coupons:read"))
async def list_coupon_changes(
    edge: NamedDependency[Edge],
    member_id: FromPath[UUID],
    coupon_id: FromPath[UUID],
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[CouponChange]:
    """All that became of one coupon of a member, the first change first."""
    return await edge.query(lambda tx: wallet.log(tx, member_id, coupon_id, cursor, limit))


@get(f"/api/console/v1/{CHANGES}", **staff("coupons:read"))
async def list_member_coupon_changes(
    edge: NamedDependency[Edge],
    member_id: FromPath[UUID],
    coupon_id: FromPath[UUID],
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[DeskChange]:
    """All that became of one coupon of a member, the first change first; with who of staff did it by hand, and why."""
    return await edge.query(lambda tx: wallet.desk_log(tx, member_id, coupon_id, cursor, limit))


ROUTES = [
    list_coupons, list_my_coupons, list_member_coupons, list_coupon_changes, list_member_coupon_changes
]  # fmt: skip
