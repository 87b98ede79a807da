"""Coupons given to members and taken back, over HTTP."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.coupons import service
from huixiang.coupons.model import Coupon, NewCoupon
from huixiang.coupons.routes.claims import obtain
from huixiang.platform.access import system
from huixiang.platform.edge import Edge


@post("/api/v1/members/{member_id:uuid}/coupons", **system("coupons:write"))
async def grant_coupon(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewCoupon]
) -> Response[Coupon]:
    """Give a member a coupon of a rule, or of a template, within its limits."""
    if data.template is not None:
        return await obtain(edge, member_id, data.template, "grant")
    return await edge.command(lambda tx: service.grant(tx, member_id, data), owner=member_id)


@post("/api/v1/members/{member_id:uuid}/coupons/{coupon_id:uuid}/void", status_code=200, **system("coupons:write"))
async def void_coupon(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], coupon_id: FromPath[UUID]
) -> Response[Coupon]:
    """Take a coupon back."""
    return await edge.command(lambda tx: service.void(tx, member_id, coupon_id), owner=member_id)


ROUTES = [grant_coupon, void_coupon]
