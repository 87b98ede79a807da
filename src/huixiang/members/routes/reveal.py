"""Personal fields in full, for staff."""

from __future__ import annotations

from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.members.model.reveal import NewReveal, Revealed
from huixiang.members.service.reveal import reveal
from huixiang.platform.access import staff
from huixiang.platform.edge import Edge


@post("/api/console/v1/members/{member_id:uuid}/reveal", status_code=200, **staff("members:reveal"))
async def reveal_member_field(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewReveal]
) -> Revealed:
    """One personal field in full, which lists and cards show masked. Each time stands in the audit log, with the reason
    (CON-01)."""
    return await edge.transact(lambda tx: reveal(tx, member_id, data, edge.staff.staff_id))


ROUTES = [reveal_member_field]
