"""Balances over HTTP, for systems, for the member, and for staff."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.platform.access import member, staff, system
from huixiang.platform.db import Transaction
from huixiang.platform.edge import Edge
from huixiang.points import service
from huixiang.points.model import POINTS, Balance, ExpiringPoints

SHOWN_AHEAD = timedelta(days=366)

BookCode = Annotated[str, QueryParameter(description="points, growth, or a book of one's own", max_length=32)]
AsOf = Annotated[date | None, QueryParameter(description="the end of a business day; left out, now")]


async def _balance(edge: Edge, member_id: UUID, book: str, as_of: date | None = None) -> Balance:
    async def run(tx: Transaction) -> Balance:
        found = await members.resolve(tx, MemberRef(member_id=member_id))
        in_book = await service.find_book(tx, book)
        if as_of is None:
            return await service.balance(tx, found, in_book)
        return await service.balance_at_end(tx, found, in_book, as_of)

    return await edge.query(run)


@get("/api/v1/members/{member_id:uuid}/points", **system("points:read"))
async def read_balance(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], book: BookCode = "points", as_of: AsOf = None
) -> Balance:
    """What a member has in one book, now or at the end of a business day (PTS-20)."""
    return await _balance(edge, member_id, book, as_of)


@get("/api/member/v1/me/points", **member())
async def read_my_balance(edge: NamedDependency[Edge]) -> Balance:
    """What I have, and what of it expires next (PTS-10)."""
    return await _balance(edge, edge.member.member_id, "points")


@get("/api/member/v1/me/points/expiring", **member())
async def list_my_expiring(edge: NamedDependency[Edge]) -> list[ExpiringPoints]:
    """What of my points expires within twelve months, by day: "320 points expire on 31 December" (PTS-10)."""

    async def run(tx: Transaction) -> list[ExpiringPoints]:
        found = await members.resolve(tx, MemberRef(member_id=edge.member.member_id))
        return await service.expiring(tx, found, POINTS, tx.calendar.day(tx.now) + SHOWN_AHEAD)

    return await edge.query(run)


@get("/api/console/v1/members/{member_id:uuid}/points", **staff("points:read"))
async def read_member_balance(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], book: BookCode = "points", as_of: AsOf = None
) -> Balance:
    """What a member has, or had at the end of a business day, for staff."""
    return await _balance(edge, member_id, book, as_of)


ROUTES = [read_balance, read_my_balance, list_my_expiring, read_member_balance]
