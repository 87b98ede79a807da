"""Tier progress over HTTP."""

from __future__ import annotations

from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.platform.access import member, staff, system
from huixiang.platform.db import Transaction
from huixiang.platform.edge import Edge
from huixiang.tiers import service
from huixiang.tiers.model import TierProgress


async def _progress(edge: Edge, member_id: UUID) -> TierProgress:
    async def run(tx: Transaction) -> TierProgress:
        return await service.progress(tx, await members.resolve(tx, MemberRef(member_id=member_id)))

    return await edge.query(run)


@get("/api/v1/members/{member_id:uuid}/tier", **system("tiers:read"))
async def read_tier(edge: NamedDependency[Edge], member_id: FromPath[UUID]) -> TierProgress:
    """A member's tier, growth, and what is missing to the next (TIER-05)."""
    return await _progress(edge, member_id)


@get("/api/member/v1/me/tier", **member())
async def read_my_tier(edge: NamedDependency[Edge]) -> TierProgress:
    """My tier, and how far it is to the next."""
    return await _progress(edge, edge.member.member_id)


@get("/api/console/v1/members/{member_id:uuid}/tier", **staff("members:read"))
async def read_member_tier(edge: NamedDependency[Edge], member_id: FromPath[UUID]) -> TierProgress:
    """A member's tier, for staff."""
    return await _progress(edge, member_id)


ROUTES = [read_tier, read_my_tier, read_member_tier]
