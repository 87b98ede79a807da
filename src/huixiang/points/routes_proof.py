"""Signed roots of days, proofs of postings, and balances as of an instant, over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.platform.access import member, system
from huixiang.platform.db import Transaction
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit
from huixiang.points import service
from huixiang.points.model import BalanceAsOf, Proof, PublishedRoot

BookCode = Annotated[str, QueryParameter(description="points or growth", max_length=32)]
At = Annotated[datetime, QueryParameter(description="an instant, with its offset")]


async def _proof(edge: Edge, member_id: UUID, book: str, seq: int) -> Proof:
    async def run(tx: Transaction) -> Proof:
        found = await members.resolve(tx, MemberRef(member_id=member_id))
        return await service.prove(tx, found, await service.find_book(tx, book), seq)

    return await edge.query(run)


@get("/api/v1/points/roots", **system("points:read"))
async def list_roots(
    edge: NamedDependency[Edge], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[PublishedRoot]:
    """The signed roots of closed days, the latest first. They say nothing of a member and may be published (PTS-15)."""
    return await edge.query(lambda tx: service.roots(tx, cursor, limit))


@get("/api/v1/points/roots/{day:date}", **system("points:read"))
async def read_root(edge: NamedDependency[Edge], day: FromPath[date]) -> PublishedRoot:
    """The signed root of one business day."""
    return await edge.query(lambda tx: service.root(tx, day))


@get("/api/v1/members/{member_id:uuid}/points/postings/{seq:int}/proof", **system("points:read"))
async def read_proof(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], seq: FromPath[int], book: BookCode = "points"
) -> Proof:
    """That a posting stood in the journal when its day was signed; whoever has it can check it alone."""
    return await _proof(edge, member_id, book, seq)


@get("/api/member/v1/me/points/postings/{seq:int}/proof", **member())
async def read_my_proof(edge: NamedDependency[Edge], seq: FromPath[int]) -> Proof:
    """That my posting stood in the journal when its day was signed."""
    return await _proof(edge, edge.member.member_id, "points", seq)


@get("/api/v1/members/{member_id:uuid}/points/as-of", **system("points:read"))
async def read_balance_as_of(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], at: At, book: BookCode = "points"
) -> BalanceAsOf:
    """What stood in the books of a member at an instant, from the journal alone (PTS-20)."""

    async def run(tx: Transaction) -> BalanceAsOf:
        found = await members.resolve(tx, MemberRef(member_id=member_id))
        return await service.balance_as_of(tx, found, await service.find_book(tx, book), at)

    return await edge.query(run)


ROUTES = [list_roots, read_root, read_proof, read_my_proof, read_balance_as_of]
