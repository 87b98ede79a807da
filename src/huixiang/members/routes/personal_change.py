"""Corrections of personal data by staff, over HTTP."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.members.model.personal_change import NewPersonalChange
from huixiang.members.service.personal_change import request_change
from huixiang.platform.access import staff
from huixiang.platform.edge import Edge
from huixiang.staff.model.approvals import Approval


@post("/api/console/v1/members/{member_id:uuid}/personal", status_code=202, **staff("members:manage"))
async def correct_member(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewPersonalChange]
) -> Response[Approval]:
    """Ask that a member's name, birthday, address or phone be corrected; it waits for another person with
    `members:approve` (CON-02)."""
    by = edge.staff.staff_id
    return await edge.command(lambda tx: request_change(tx, member_id, data, by), owner=member_id)


ROUTES = [correct_member]
