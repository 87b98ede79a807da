"""Rewards, what points are worth, adjustments and the circuit breaker over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from huixiang.kernel.money import AMOUNT_MAX
from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.members import service as members
from huixiang.members.model import Ability, MemberRef
from huixiang.platform.access import member, staff, system
from huixiang.platform.db import Transaction
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit
from huixiang.points.model import (
    Adjustment,
    CashOff,
    NewAdjustment,
    NewPause,
    Pause,
    Paused,
    Reward,
    Verdict,
)
from huixiang.points.model.adjusting import State
from huixiang.points.model.breaker import Decided, Resumption
from huixiang.points.model.earning import NewReward, RewardedBehaviour
from huixiang.points.model.spending import NewRedemption, Redemption
from huixiang.points.service import adjust, behaviour, breaker, spending

GoodsFen = Annotated[int, QueryParameter(ge=0, le=AMOUNT_MAX, description="what the order's goods cost, in fen")]
Where = Annotated[str | None, QueryParameter(max_length=64)]
OfMember = Annotated[UUID | None, QueryParameter(description="of one member")]
InState = Annotated[State | None, QueryParameter(description="waiting, posted, refused, expired or failed")]


@post("/api/v1/members/{member_id:uuid}/points/behaviours", **system("points:write"))
async def reward_behaviour(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewReward]
) -> Response[Reward]:
    """Reward something a member did (PTS-03)."""

    async def run(tx: Transaction) -> Reward:
        await members.require_able(tx, member_id, Ability.EARN)
        return await behaviour.reward(tx, member_id, data.behaviour, data.source_key, data.occurred_at or tx.now)

    return await edge.command(run, owner=member_id, keep_forever=True)


@get("/api/v1/members/{member_id:uuid}/points/cash-off", **system("points:read"))
async def quote_cash_off(
    edge: NamedDependency[Edge],
    member_id: FromPath[UUID],
    goods_fen: GoodsFen,
    channel: Where = None,
    store: Where = None,
) -> CashOff:
    """What an order's goods could use of a member's points now, and what that takes off (PTS-06)."""

    async def run(tx: Transaction) -> CashOff:
        found = await members.resolve(tx, MemberRef(member_id=member_id))
        return await spending.quote_cash_off(tx, found, goods_fen, channel=channel, store=store)

    return await edge.query(run)


@post("/api/v1/members/{member_id:uuid}/points/redemptions", **system("points:write", presence=True))
async def redeem_points(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewRedemption]
) -> Response[Redemption]:
    """Exchange points for something of the mall, or donate them (PTS-08)."""

    async def run(tx: Transaction) -> Redemption:
        await members.require_able(tx, member_id, Ability.SPEND)
        return await spending.redeem(tx, member_id, data.points, data.purpose, data.reference)

    await edge.attest(members.prove, member_id)
    return await edge.command(run, owner=member_id, keep_forever=True)


@post("/api/console/v1/members/{member_id:uuid}/points/adjustments", **staff("points:adjust"))
async def adjust_points(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewAdjustment]
) -> Response[Adjustment]:
    """Give or take points, with a reason; 202 where it waits for another person, who decides the request of the same id
    (PTS-13, CON-02)."""

    async def run(tx: Transaction) -> Adjustment:
        found = await members.resolve(tx, MemberRef(member_id=member_id))
        return await adjust.request(tx, found, data, edge.staff.staff_id)

    return await edge.command(run, owner=member_id, keep_forever=True, status=_status)


def _status(adjustment: Adjustment) -> int:
    return 202 if adjustment.state == "waiting" else 201


@get("/api/console/v1/points/adjustments", **staff("points:read"))
async def list_adjustments(
    edge: NamedDependency[Edge],
    member_id: OfMember = None,
    adjustment_state: InState = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[Adjustment]:
    """Adjustments, the latest first; of one member, or in one state."""
    return await edge.query(lambda tx: adjust.list_adjustments(tx, member_id, adjustment_state, cursor, limit))


@get("/api/console/v1/points/pauses", **staff("points:read"))
async def list_pauses(edge: NamedDependency[Edge]) -> list[Pause]:
    """What is paused, and what was in the last ninety days (PTS-23)."""
    return await edge.query(breaker.list_pauses)


@post("/api/console/v1/points/pauses", **staff("points:pause"))
async def pause_cause(edge: NamedDependency[Edge], data: JSONBody[NewPause]) -> Response[Pause]:
    """Pause what a cause issues or burns (PTS-23)."""
    return await edge.command(lambda tx: breaker.pause(tx, data, f"staff:{edge.staff.staff_id}"))


@post("/api/console/v1/points/pauses/{pause_id:uuid}/end", status_code=200, **staff("points:pause"))
async def end_pause(
    edge: NamedDependency[Edge], pause_id: FromPath[UUID], data: JSONBody[Resumption]
) -> Response[Pause]:
    """End a pause; what waits behind it still needs a decision."""
    return await edge.command(lambda tx: breaker.resume(tx, pause_id, f"staff:{edge.staff.staff_id}", data.reason))


@get("/api/console/v1/points/pauses/{pause_id:uuid}/credits", **staff("points:read"))
async def list_paused_credits(
    edge: NamedDependency[Edge], pause_id: FromPath[UUID], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[Paused]:
    """What was earned while its cause was paused, and waits for a decision."""
    return await edge.query(lambda tx: breaker.waiting(tx, pause_id, cursor, limit))


@post("/api/console/v1/points/pauses/{pause_id:uuid}/credits/decision", status_code=200, **staff("points:pause"))
async def decide_paused_credits(
    edge: NamedDependency[Edge], pause_id: FromPath[UUID], data: JSONBody[Verdict]
) -> Response[Decided]:
    """Release what was earned while its cause was paused, or void it (PTS-23)."""
    return await edge.command(
        lambda tx: breaker.judge(tx, pause_id, data, f"staff:{edge.staff.staff_id}"), keep_forever=True
    )


@get("/api/member/v1/points/behaviours", **member())
async def list_rewarded_behaviours(edge: NamedDependency[Edge]) -> list[RewardedBehaviour]:
    """What I get points for beside purchases, and how often (PTS-03)."""
    return await edge.query(behaviour.rewarded_behaviours)


ROUTES = [
    list_rewarded_behaviours,
    reward_behaviour,
    quote_cash_off,
    redeem_points,
    adjust_points,
    list_adjustments,
    list_pauses,
    pause_cause,
    end_pause,
    list_paused_credits,
    decide_paused_credits,
]
