"""Copies that are had under what all members share: looked at, a ticket taken, issued."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.coupons.model import Coupon, CouponWithheld, NewClaim
from huixiang.coupons.rules.issuing import Way
from huixiang.coupons.service import claims
from huixiang.kernel.errors import DomainError
from huixiang.platform.access import member, system
from huixiang.platform.db import Transaction
from huixiang.platform.edge import Edge

Issue = Callable[[Transaction, claims.Plan], Awaitable[Coupon]]


async def obtain(
    edge: Edge, member_id: UUID, template: str, way: Way, issue: Issue = claims.issue_planned
) -> Response[Coupon]:
    """A copy of a template under the request's Idempotency-Key. Who dies on the way leaves a ticket that is swept.
    Who is held out is refused; that is kept. issue: what makes the copy of the plan."""
    asked = await edge.asked()
    refusal = await edge.direct(lambda db: claims.turned_away(db, member_id, template, way, asked.key))
    if refusal is not None and not await edge.was_answered(member_id):
        raise refusal
    planned = await edge.query(lambda tx: claims.plan(tx, member_id, template, way, asked.key))
    if planned.withheld:
        await edge.transact(lambda tx: claims.withhold(tx, planned))
        raise CouponWithheld(template=template)
    await edge.direct(lambda db: claims.take(db, planned))
    try:
        return await edge.command(lambda tx: issue(tx, planned), owner=member_id)
    except DomainError:
        if await edge.transact(lambda tx: claims.is_gone(tx, planned)):
            await edge.transact(lambda tx: claims.free(tx, planned))
        raise


@post("/api/member/v1/me/coupons/claim", **member())
async def claim_my_coupon(edge: NamedDependency[Edge], data: JSONBody[NewClaim]) -> Response[Coupon]:
    """Take a coupon of a template that I may have; there may be only so many."""
    return await obtain(edge, edge.member.member_id, data.template, "claim")


@post("/api/v1/members/{member_id:uuid}/coupons/claim", **system("coupons:write"))
async def claim_coupon(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewClaim]
) -> Response[Coupon]:
    """Take a coupon for a member, as they would themselves."""
    return await obtain(edge, member_id, data.template, "claim")


ROUTES = [claim_my_coupon, claim_coupon]
