"""Codes that members type: one that all may use, or one of a batch that is good once (CPN-02)."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.coupons.model import Coupon
from huixiang.coupons.model.codes import CodeEntry
from huixiang.coupons.service import claims, redeeming
from huixiang.coupons.service.redeeming import Redeeming
from huixiang.kernel.errors import DomainError
from huixiang.platform.access import member, system
from huixiang.platform.edge import Edge
from huixiang.platform.web.client import client_of, neighbourhood
from huixiang.platform.web.request import StrictRequest


@post("/api/member/v1/me/coupons/redeem", **member())
async def redeem_my_code(
    edge: NamedDependency[Edge], request: StrictRequest, data: JSONBody[CodeEntry]
) -> Response[Coupon]:
    """A coupon for a code. Case, spaces and dashes do not matter. One refusal says that a code is not good, whyever;
    after a few of them one has to wait."""
    return await redeem(edge, edge.member.member_id, data.code, neighbourhood(client_of(request.scope)))


@post("/api/v1/members/{member_id:uuid}/coupons/redeem", **system("coupons:write"))
async def redeem_code(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[CodeEntry]
) -> Response[Coupon]:
    """A coupon for a code that a member shows. Wrong codes are counted by member; a system has many behind it."""
    return await redeem(edge, member_id, data.code, None)


async def redeem(edge: Edge, member_id: UUID, typed: str, address: str | None) -> Response[Coupon]:
    """Taken, with its ticket, then issued. Who dies on the way leaves both to be swept."""
    answered = await edge.replay(member_id)
    if answered is not None:
        return answered
    asked = await edge.asked()
    found = await edge.transact(lambda tx: redeeming.take(tx, member_id, typed, address, asked.key))
    if isinstance(found, DomainError):
        raise found
    try:
        await edge.direct(lambda db: claims.take(db, found.planned))
    except DomainError:
        # No ticket, so nothing has to be decided of the copy: who repeats this later may have one.
        await edge.transact(lambda tx: redeeming.free(tx, found))
        raise
    try:
        return await edge.command(lambda tx: redeeming.issue(tx, found), owner=member_id)
    except DomainError:
        await _let_go(edge, found)
        raise


async def _let_go(edge: Edge, found: Redeeming) -> None:
    if await edge.transact(lambda tx: claims.is_gone(tx, found.planned)):
        await edge.transact(lambda tx: claims.free(tx, found.planned))
    await edge.transact(lambda tx: redeeming.free(tx, found))


ROUTES = [redeem_my_code, redeem_code]
