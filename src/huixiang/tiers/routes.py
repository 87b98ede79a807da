"""Tier progress over HTTP."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.platform.access import member, staff, system
from huixiang.platform.db import Transaction
from huixiang.platform.edge import Edge
from huixiang.staff.model.approvals import Approval
from huixiang.tiers import service
from huixiang.tiers.model import EndManualTier, NewManualTier, NewUpgrade, TierOffer, TierProgress, TierUpgrade
from huixiang.tiers.service import manual, upgrades


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


@get("/api/member/v1/me/tier/offers", **member())
async def list_my_tier_offers(edge: NamedDependency[Edge]) -> list[TierOffer]:
    """The tiers that I can have for points (PTS-08)."""
    return await edge.query(lambda tx: upgrades.offers(tx, edge.member.member_id))


@get("/api/member/v1/me/tier/upgrades", **member())
async def list_my_tier_upgrades(edge: NamedDependency[Edge]) -> list[TierUpgrade]:
    """The tiers that I had for points or was given, and until when, the first one first."""
    return await edge.query(lambda tx: upgrades.upgrades(tx, edge.member.member_id))


@post("/api/member/v1/me/tier/upgrades", **member())
async def buy_my_tier(edge: NamedDependency[Edge], data: JSONBody[NewUpgrade]) -> Response[TierUpgrade]:
    """Have a tier for points, at once, until it ends (PTS-08)."""
    member_id = edge.member.member_id
    return await edge.command(lambda tx: upgrades.buy(tx, member_id, data.tier), owner=member_id, keep_forever=True)


@post("/api/v1/members/{member_id:uuid}/tier/upgrades", **system("points:write", presence=True))
async def buy_tier(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewUpgrade]
) -> Response[TierUpgrade]:
    """Have a tier for a member's points, at once, until it ends (PTS-08)."""
    await edge.attest(members.prove, member_id)
    return await edge.command(lambda tx: upgrades.buy(tx, member_id, data.tier), owner=member_id, keep_forever=True)


@post("/api/v1/members/{member_id:uuid}/tier/upgrades/{upgrade_id:uuid}/undo", **system("points:write"))
async def undo_tier_upgrade(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], upgrade_id: FromPath[UUID]
) -> Response[TierUpgrade]:
    """Take an upgrade back while it counts: the points return to their lots, the member to the tier without it."""
    return await edge.command(lambda tx: upgrades.undo(tx, member_id, upgrade_id), owner=member_id, keep_forever=True)


@get("/api/console/v1/members/{member_id:uuid}/tier/upgrades", **staff("members:read"))
async def list_member_tier_upgrades(edge: NamedDependency[Edge], member_id: FromPath[UUID]) -> list[TierUpgrade]:
    """The tiers with an end that a member bought or was given, the first one first (TIER-03)."""
    return await edge.query(lambda tx: upgrades.upgrades(tx, member_id))


@post("/api/console/v1/members/{member_id:uuid}/tier/manual", status_code=202, **staff("tiers:set"))
async def set_member_tier(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewManualTier]
) -> Response[Approval]:
    """Ask that a member have a higher tier through a day; it waits for another person with `tiers:approve` (TIER-03,
    CON-02)."""
    by = edge.staff.staff_id
    return await edge.command(lambda tx: manual.request_tier(tx, member_id, data, by), owner=member_id)


@post(
    "/api/console/v1/members/{member_id:uuid}/tier/manual/{upgrade_id:uuid}/end", status_code=202, **staff("tiers:set")
)
async def end_member_tier(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], upgrade_id: FromPath[UUID], data: JSONBody[EndManualTier]
) -> Response[Approval]:
    """Ask that a tier which staff set end now; it waits for another person with `tiers:approve` (TIER-03, CON-02)."""
    by = edge.staff.staff_id
    return await edge.command(lambda tx: manual.request_end(tx, member_id, upgrade_id, data, by), owner=member_id)


ROUTES = [
    list_member_tier_upgrades,
    set_member_tier,
    end_member_tier,
    read_tier,
    read_my_tier,
    read_member_tier,
    list_my_tier_offers,
    list_my_tier_upgrades,
    buy_my_tier,
    buy_tier,
    undo_tier_upgrade,
]
