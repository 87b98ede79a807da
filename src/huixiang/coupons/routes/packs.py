"""Packs of coupons over HTTP: offered, taken by members, given by systems (CPN-02)."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.coupons.model import CouponWithheld
from huixiang.coupons.model.packs import NewPackIssue, PackIssue, PackOffer
from huixiang.coupons.service import claims, packs
from huixiang.coupons.service.packs import PackPlan, Way
from huixiang.kernel.errors import DomainError
from huixiang.kernel.page import Page
from huixiang.platform.access import member, system
from huixiang.platform.db import Transaction
from huixiang.platform.edge import Edge

MINE = "/api/member/v1/me/coupon-packs"


@get(MINE, **member())
async def list_my_packs(edge: NamedDependency[Edge]) -> Page[PackOffer]:
    """The packs of coupons that I may take now, and those of them that I have taken, by code; always one page."""
    return await edge.query(lambda tx: _offers(tx, edge.member.member_id))


@post(MINE, **member())
async def claim_my_pack(edge: NamedDependency[Edge], data: JSONBody[NewPackIssue]) -> Response[PackIssue]:
    """Take a pack of coupons, all of them or none; once."""
    return await obtain(edge, edge.member.member_id, data.pack, "claim")


@post("/api/v1/members/{member_id:uuid}/coupon-packs", **system("coupons:write"))
async def grant_pack(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewPackIssue]
) -> Response[PackIssue]:
    """Give a member a pack of coupons, all of them or none; once."""
    return await obtain(edge, member_id, data.pack, "grant")


async def _offers(tx: Transaction, member_id: UUID) -> Page[PackOffer]:
    return Page(await packs.offered(tx, member_id))


async def obtain(edge: Edge, member_id: UUID, pack: str, way: Way) -> Response[PackIssue]:
    """A pack under the request's Idempotency-Key. Who dies on the way leaves tickets that are swept."""
    answered = await edge.replay(member_id)
    if answered is not None:
        return answered
    asked = await edge.asked()
    planned = await edge.query(lambda tx: packs.plan(tx, member_id, pack, way, asked.key))
    if planned.empty:
        await edge.transact(lambda tx: packs.withhold(tx, planned))
        raise CouponWithheld(template=pack)
    kept, refusal = await edge.direct(lambda db: packs.take(db, planned))
    if refusal is None:
        try:
            return await edge.command(lambda tx: packs.issue_planned(tx, kept), owner=member_id)
        except DomainError as error:
            refusal = error
    await _let_go(edge, kept)
    raise refusal


async def _let_go(edge: Edge, planned: PackPlan) -> None:
    for one in await edge.transact(lambda tx: packs.gone(tx, planned)):
        await edge.transact(partial(claims.free, planned=one))


ROUTES = [list_my_packs, claim_my_pack, grant_pack]
