"""What members say of themselves, over HTTP."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get, patch
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.members.model.profile import Completion, Profile, ProfileChanges, ShownProfile
from huixiang.members.service import profile
from huixiang.platform.access import member, staff, system
from huixiang.platform.db import Transaction
from huixiang.platform.edge import Edge


@get("/api/member/v1/me/profile", **member())
async def read_my_profile(edge: NamedDependency[Edge]) -> Profile:
    """What I said of myself, and what is missing (MEM-06)."""
    return await edge.query(lambda tx: profile.profile(tx, edge.member.member_id))


@patch("/api/member/v1/me/profile", **member())
async def change_my_profile(edge: NamedDependency[Edge], data: JSONBody[ProfileChanges]) -> Response[Profile]:
    """Set what I say of myself; null removes a field. The first time that all is known is rewarded (MEM-06)."""
    mine = edge.member.member_id
    return await edge.command(lambda tx: profile.change_profile(tx, mine, data), owner=mine)


@patch("/api/v1/members/{member_id:uuid}/profile", **system("members:manage"))
async def change_profile(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[ProfileChanges]
) -> Response[Completion]:
    """Set what a member says of themselves in another system, which is told how much is known and not what (MEM-06)."""

    async def run(tx: Transaction) -> Completion:
        changed = await profile.change_profile(tx, member_id, data)
        return Completion(changed.complete_percent, changed.missing, changed.completed_at)

    return await edge.command(run, owner=member_id)


@get("/api/console/v1/members/{member_id:uuid}/profile", **staff("members:read"))
async def read_profile_for_staff(edge: NamedDependency[Edge], member_id: FromPath[UUID]) -> ShownProfile:
    """What a member said of themselves that identifies nobody, and how much is known (MEM-06)."""
    found = await edge.query(lambda tx: profile.profile(tx, member_id))
    return ShownProfile(**{field: getattr(found, field) for field in ShownProfile.__struct_fields__})


ROUTES = [read_my_profile, change_my_profile, change_profile, read_profile_for_staff]
