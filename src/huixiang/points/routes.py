"""Balances and statements over HTTP, for systems, for the member, and for staff."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, Page
from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.platform.access import member, staff, system
from huixiang.platform.db import Transaction
from huixiang.platform.edge import Edge
from huixiang.points import service
from huixiang.points.model import Balance, StatementLine

BookCode = Annotated[str, QueryParameter(description="points or growth", max_length=32)]
Cursor = Annotated[str | None, QueryParameter(description="next_cursor of the page before", max_length=512)]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_LIMIT_MAX)]


async def _balance(edge: Edge, member_id: UUID, book: str) -> Balance:
    async def run(tx: Transaction) -> Balance:
        found = await members.resolve(tx, MemberRef(member_id=member_id))
        return await service.balance(tx, found, await service.find_book(tx, book))

    return await edge.query(run)


async def _statement(edge: Edge, member_id: UUID, book: str, cursor: str | None, limit: int) -> Page[StatementLine]:
    async def run(tx: Transaction) -> Page[StatementLine]:
        found = await members.resolve(tx, MemberRef(member_id=member_id))
        return await service.statement(tx, found, await service.find_book(tx, book), cursor, limit)

    return await edge.query(run)


@get("/api/v1/members/{member_id:uuid}/points", **system("points:read"))
async def read_balance(edge: NamedDependency[Edge], member_id: FromPath[UUID], book: BookCode = "points") -> Balance:
    """What a member has in one book."""
    return await _balance(edge, member_id, book)


@get("/api/v1/members/{member_id:uuid}/points/postings", **system("points:read"))
async def list_postings(
    edge: NamedDependency[Edge],
    member_id: FromPath[UUID],
    book: BookCode = "points",
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[StatementLine]:
    """A member's statement, the latest posting first (PTS-18)."""
    return await _statement(edge, member_id, book, cursor, limit)


@get("/api/member/v1/me/points", **member())
async def read_my_balance(edge: NamedDependency[Edge]) -> Balance:
    """What I have, and what of it expires next (PTS-10)."""
    return await _balance(edge, edge.member.member_id, "points")


@get("/api/member/v1/me/points/postings", **member())
async def list_my_postings(
    edge: NamedDependency[Edge], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[StatementLine]:
    """My statement, the latest posting first."""
    return await _statement(edge, edge.member.member_id, "points", cursor, limit)


@get("/api/console/v1/members/{member_id:uuid}/points", **staff("points:read"))
async def read_member_balance(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], book: BookCode = "points"
) -> Balance:
    """What a member has, for staff."""
    return await _balance(edge, member_id, book)


@get("/api/console/v1/members/{member_id:uuid}/points/postings", **staff("points:read"))
async def list_member_postings(
    edge: NamedDependency[Edge],
    member_id: FromPath[UUID],
    book: BookCode = "points",
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[StatementLine]:
    """A member's statement, for staff."""
    return await _statement(edge, member_id, book, cursor, limit)


ROUTES = [read_balance, list_postings, read_my_balance, list_my_postings, read_member_balance, list_member_postings]
