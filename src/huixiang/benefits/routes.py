"""Members' benefits over HTTP, for the system that gives them."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.benefits import service
from huixiang.benefits.model import Entitlement, NewEntitlement
from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.platform.access import system
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit


@get("/api/v1/members/{member_id:uuid}/benefits", **system("benefits:read"))
async def list_benefits(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[Entitlement]:
    """The benefits that a member has and had, the latest first."""
    return await edge.query(lambda tx: service.entitlements(tx, member_id, cursor, limit))


@post("/api/v1/members/{member_id:uuid}/benefits", **system("benefits:write"))
async def give_benefit(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewEntitlement]
) -> Response[Entitlement]:
    """Give a member a benefit, from now on."""
    return await edge.command(lambda tx: service.entitle(tx, member_id, data), owner=member_id)


@post(
    "/api/v1/members/{member_id:uuid}/benefits/{entitlement_id:uuid}/end", status_code=200, **system("benefits:write")
)
async def end_benefit(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], entitlement_id: FromPath[UUID]
) -> Response[Entitlement]:
    """End a member's benefit now. One that has ended stays as it is."""
    return await edge.command(lambda tx: service.end(tx, member_id, entitlement_id), owner=member_id)


ROUTES = [list_benefits, give_benefit, end_benefit]
