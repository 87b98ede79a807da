"""Members' states over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, Page
from huixiang.members.model import MemberCard
from huixiang.members.model.states import NewState, StateChange, StateChoices
from huixiang.members.service import states
from huixiang.platform.access import staff, system
from huixiang.platform.edge import Edge

Cursor = Annotated[str | None, QueryParameter(description="next_cursor of the page before", max_length=512)]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_LIMIT_MAX)]


@post("/api/v1/members/{member_id:uuid}/state", status_code=200, **system("members:manage"))
async def change_state(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewState]
) -> Response[MemberCard]:
    """Bring a member into another state (MEM-14)."""
    by = f"key:{edge.system.key_id}"
    return await edge.command(lambda tx: states.change_state(tx, member_id, data, by), owner=member_id)


@post("/api/console/v1/members/{member_id:uuid}/state", status_code=200, **staff("members:manage"))
async def change_state_by_staff(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewState]
) -> Response[MemberCard]:
    """Bring a member into another state, with a reason; the audit log keeps it (MEM-14)."""
    by = f"staff:{edge.staff.staff_id}"
    return await edge.command(lambda tx: states.change_state(tx, member_id, data, by), owner=member_id)


@get("/api/console/v1/members/{member_id:uuid}/states", **staff("members:read"))
async def list_state_changes(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[StateChange]:
    """The changes of a member's state, the latest first."""
    return await edge.query(lambda tx: states.state_changes(tx, member_id, cursor, limit))


@get("/api/console/v1/members/{member_id:uuid}/states/choices", **staff("members:read"))
async def read_state_choices(edge: NamedDependency[Edge], member_id: FromPath[UUID]) -> StateChoices:
    """Into which states a member may be brought, and what each state allows (MEM-14)."""
    return await edge.query(lambda tx: states.state_choices(tx, member_id))


ROUTES = [change_state, change_state_by_staff, list_state_changes, read_state_choices]
