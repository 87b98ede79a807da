"""Members' plans over HTTP, for the system that sells them."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.plans import service
from huixiang.plans.model import NewSubscription, NewTrial, Subscription, Trial, TrialOffer
from huixiang.plans.service import offers, trials
from huixiang.platform.access import member, staff, system
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


@get("/api/v1/members/{member_id:uuid}/trials", **system("plans:read"))
async def list_trials(edge: NamedDependency[Edge], member_id: FromPath[UUID]) -> list[Trial]:
    """What a member tries, and tried (MEM-13)."""
    return await edge.query(lambda tx: trials.trials(tx, member_id))


@post("/api/v1/members/{member_id:uuid}/trials", **system("plans:write"))
async def give_trial(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewTrial]
) -> Response[Trial]:
    """Let a newcomer try what the rules say, once a person (MEM-13)."""
    by = f"key:{edge.system.key_id}"
    return await edge.command(
        lambda tx: trials.give(tx, member_id, by, data.reason), owner=member_id, keep_forever=True
    )


@get("/api/console/v1/members/{member_id:uuid}/trials", **staff("members:read"))
async def list_trials_for_staff(edge: NamedDependency[Edge], member_id: FromPath[UUID]) -> list[Trial]:
    """What a member tries, and tried, for staff."""
    return await edge.query(lambda tx: trials.trials(tx, member_id))


@post("/api/console/v1/members/{member_id:uuid}/trials", **staff("members:manage"))
async def give_trial_by_staff(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewTrial]
) -> Response[Trial]:
    """Let a newcomer try what the rules say, once a person, with a reason; the audit log keeps it (MEM-13)."""
    by = f"staff:{edge.staff.staff_id}"
    return await edge.command(
        lambda tx: trials.give(tx, member_id, by, data.reason), owner=member_id, keep_forever=True
    )


@get("/api/member/v1/me/trials", **member())
async def list_my_trials(edge: NamedDependency[Edge]) -> list[Trial]:
    """What I try, and until when; what I tried (MEM-13)."""
    return await edge.query(lambda tx: trials.trials(tx, edge.member.member_id))


@get("/api/member/v1/me/trials/offers", **member())
async def list_my_trial_offers(edge: NamedDependency[Edge]) -> list[TrialOffer]:
    """What I may begin to try, or why I may not; empty where nothing is offered (MEM-13)."""
    return await edge.query(lambda tx: offers.offers(tx, edge.member.member_id))


@post("/api/member/v1/me/trials", **member())
async def begin_my_trial(edge: NamedDependency[Edge]) -> Response[Trial]:
    """Begin what is offered to newcomers, once a person (MEM-13)."""
    mine = edge.member.member_id
    return await edge.command(lambda tx: offers.begin(tx, mine), owner=mine, keep_forever=True)


ROUTES = [
    list_plans,
    give_plan,
    end_plan,
    list_trials,
    give_trial,
    list_trials_for_staff,
    give_trial_by_staff,
    list_my_trials,
    list_my_trial_offers,
    begin_my_trial,
]
