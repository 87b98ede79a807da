"""What is known of members from their orders and visits, over HTTP (MEM-07)."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.habits import service
from huixiang.habits.model import Behaviour, Facts, NewBehaviour
from huixiang.platform.access import member, staff, system
from huixiang.platform.edge import Edge


@get("/api/v1/members/{member_id:uuid}/facts", **system("members:read"))
async def read_facts(edge: NamedDependency[Edge], member_id: FromPath[UUID]) -> Facts:
    """What segments may ask of a member: recency, frequency, spending, favourites, home, stage (MEM-07)."""
    return await edge.query(lambda tx: service.facts(tx, member_id))


@get("/api/console/v1/members/{member_id:uuid}/facts", **staff("members:read"))
async def read_facts_for_staff(edge: NamedDependency[Edge], member_id: FromPath[UUID]) -> Facts:
    """What segments may ask of a member, for staff (MEM-07)."""
    return await edge.query(lambda tx: service.facts(tx, member_id))


@get("/api/member/v1/me/facts", **member())
async def read_my_facts(edge: NamedDependency[Edge]) -> Facts:
    """What is reckoned from my orders and visits (MEM-07)."""
    return await edge.query(lambda tx: service.facts(tx, edge.member.member_id))


@post("/api/v1/members/{member_id:uuid}/behaviour", status_code=200, **system("members:write"))
async def note_behaviour(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewBehaviour]
) -> Response[Behaviour]:
    """A signed-in member was seen, and looked at a category. What is told late changes nothing that is later; the
    answer is what stands (MEM-07)."""
    return await edge.command(lambda tx: service.note(tx, member_id, data), owner=member_id)


ROUTES = [read_facts, read_facts_for_staff, read_my_facts, note_behaviour]
