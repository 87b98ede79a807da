"""Members' plans over HTTP, for the system that sells them."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.plans import service
from huixiang.plans.model import NewSubscription, Subscription
from huixiang.platform.access import system
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit


@get("/api/v1/members/{member_id:uuid}/plans", **system("plans:read"))
async def list_plans(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[Subscription]:
    """The plans that a member has and had, the latest first."""
    return await edge.query(lambda tx: service.subscriptions(tx, member_id, cursor, limit))


@post("/api/v1/members/{member_id:uuid}/plans", **system("plans:write"))
async def give_plan(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewSubscription]
) -> Response[Subscription]:
    """Give a member a plan, from now on."""
    return await edge.command(lambda tx: service.subscribe(tx, member_id, data), owner=member_id)


@post("/api/v1/members/{member_id:uuid}/plans/{subscription_id:uuid}/end", status_code=200, **system("plans:write"))
async def end_plan(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], subscription_id: FromPath[UUID]
) -> Response[Subscription]:
    """End a member's plan now. One that has ended stays as it is."""
    return await edge.command(lambda tx: service.end(tx, member_id, subscription_id), owner=member_id)


ROUTES = [list_plans, give_plan, end_plan]
