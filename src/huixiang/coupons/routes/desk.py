"""Coupons that staff give and take back by hand, over HTTP (CPN-03)."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.coupons.model import Coupon
from huixiang.coupons.model.desk import DeskCoupon, DeskVoid, Said
from huixiang.coupons.routes.claims import obtain
from huixiang.coupons.service import desk
from huixiang.platform.access import staff
from huixiang.platform.edge import Edge

PATH = "/api/console/v1/members/{member_id:uuid}/coupons"
GIVE = "coupons:give"


@post(PATH, **staff(GIVE))
async def give_member_coupon(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[DeskCoupon]
) -> Response[Coupon]:
    """Give a member a coupon of a template, within its limits, with a reason; the audit log keeps it."""
    said = _said(edge, data.reason)
    return await obtain(edge, member_id, data.template, "desk", lambda tx, planned: desk.give(tx, planned, said))


@post(PATH + "/{coupon_id:uuid}/void", status_code=200, **staff(GIVE))
async def void_member_coupon(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], coupon_id: FromPath[UUID], data: JSONBody[DeskVoid]
) -> Response[Coupon]:
    """Take a coupon back that could be used, with a reason; the audit log keeps it."""
    said = _said(edge, data.reason)
    return await edge.command(lambda tx: desk.void(tx, member_id, coupon_id, said), owner=member_id)


def _said(edge: Edge, reason: str) -> Said:
    return Said(f"staff:{edge.staff.staff_id}", reason)


ROUTES = [give_member_coupon, void_member_coupon]
