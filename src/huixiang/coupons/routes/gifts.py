"""Coupons that members give on to each other, by a link (CPN-05)."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.coupons.model.gifts import Gift, GiftTaken, MadeGift, TakeGift
from huixiang.coupons.service import gifts
from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.platform.access import member
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit

MINE = "/api/member/v1/me/coupon-gifts"


@post("/api/member/v1/me/coupons/{coupon_id:uuid}/gift", **member())
async def give_my_coupon(edge: NamedDependency[Edge], coupon_id: FromPath[UUID]) -> Response[MadeGift]:
    """Give a coupon on, where its template allows that: who first opens the link with the token has it. Until then
    I can take it back, and cannot use it."""
    owner = edge.member.member_id
    return await edge.command(lambda tx: gifts.give(tx, owner, coupon_id), owner=owner)


@get(MINE, **member())
async def list_my_gifts(
    edge: NamedDependency[Edge], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[Gift]:
    """The coupons that I gave on, the latest first."""
    return await edge.query(lambda tx: gifts.listed(tx, edge.member.member_id, cursor, limit))


@post(MINE + "/{gift_id:uuid}/withdraw", status_code=200, **member())
async def withdraw_my_gift(edge: NamedDependency[Edge], gift_id: FromPath[UUID]) -> Response[Gift]:
    """Take back what nobody has taken."""
    owner = edge.member.member_id
    return await edge.command(lambda tx: gifts.withdraw(tx, owner, gift_id), owner=owner)


@post(MINE + "/take", status_code=202, **member())
async def take_gift(edge: NamedDependency[Edge], data: JSONBody[TakeGift]) -> GiftTaken:
    """Take a coupon that somebody gives, by the token in their link. It is among my coupons in a moment; asked
    again, this says what became of it."""
    await edge.asked()
    return await edge.transact(lambda tx: gifts.take(tx, edge.member.member_id, data.token))


ROUTES = [give_my_coupon, list_my_gifts, withdraw_my_gift, take_gift]
