"""Family pools: an owner with an account of its own, which several members feed and spend from."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.points.model.reads import Balance
from huixiang.points.model.transfer import PointsPositive

MembershipState = Literal["invited", "joined", "left"]
TicketState = Literal["held", "captured", "released"]


class PoolRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whether members may form pools; a document of kind `pool`.

    daily_points, monthly_points: how much one person may take out of a pool, unless its head sets another limit.
    ticket_minutes: how long points stay set aside for an order that is not placed.
    """

    name: Text
    allowed: bool
    max_members: Annotated[int, Meta(ge=2, le=50)]
    daily_points: PointsPositive
    monthly_points: PointsPositive
    ticket_minutes: Annotated[int, Meta(ge=1, le=1440)]


class StoredPool(msgspec.Struct, frozen=True):
    pool_id: UUID
    head_id: UUID
    state: Literal["open", "dissolved"]
    created_at: datetime


class PoolMember(msgspec.Struct, frozen=True, kw_only=True):
    """A person in a pool. `contributed` and `spent` count from when they joined. Limits: null where the rules' hold."""

    person_id: UUID
    state: MembershipState
    daily_points: int | None
    monthly_points: int | None
    contributed: int
    spent: int


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """A pool as its people see it: who is in it or invited, and what is in it."""

    pool_id: UUID
    head_id: UUID
    state: Literal["open", "dissolved"]
    created_at: datetime
    members: list[PoolMember]
    points: Balance


class PoolInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """A pool that a member may join, and the number of the head who asks."""

    pool_id: UUID
    head_number: str
    invited_at: datetime


class PoolTicket(msgspec.Struct, frozen=True, kw_only=True):
    """Points of a pool set aside for one person's order. Past `expires_at` a held one is free again by itself."""

    ticket_id: UUID
    person_id: UUID
    points: int
    captured: int
    returned: int
    state: TicketState
    held_at: datetime
    expires_at: datetime


class Taken(msgspec.Struct, frozen=True):
    """What a person took out of a pool, or has set aside, on this business day and in this month."""

    today: int
    this_month: int


class PoolNotAllowed(DomainError):
    code = "pool_not_allowed"
    status = 409
    title = Text(zh="不允许家庭积分池", en="Pools are not allowed")
    detail = Text(zh="当前规则不允许家庭积分池。", en="The rules in force do not allow family pools.")


class PoolUnknown(DomainError):
    code = "pool_unknown"
    status = 404
    title = Text(zh="没有这个积分池", en="Unknown pool")
    detail = Text(zh="该会员不在任何家庭积分池中，或积分池不存在。", en="The member is in no such family pool.")


class PoolTaken(DomainError):
    code = "pool_membership_taken"
    status = 409
    title = Text(zh="已在积分池中", en="Already in a pool")
    detail = Text(zh="该会员已在一个家庭积分池中。", en="The member is in a family pool already.")


class PoolFull(DomainError):
    code = "pool_full"
    status = 409
    title = Text(zh="积分池人数已满", en="The pool is full")
    detail = Text(zh="积分池最多 {max_members} 人。", en="A pool has at most {max_members} members.")


class PoolNotInvited(DomainError):
    code = "pool_not_invited"
    status = 409
    title = Text(zh="未受邀请", en="Not invited")
    detail = Text(zh="该会员未受邀加入此积分池。", en="The member was not invited to this pool.")


class PoolHeadOnly(DomainError):
    code = "pool_head_only"
    status = 409
    title = Text(zh="仅限池主", en="For the head alone")
    detail = Text(zh="只有积分池的池主可以这样做。", en="Only the head of the pool may do this.")


class PoolHeadStays(DomainError):
    code = "pool_head_stays"
    status = 409
    title = Text(zh="池主不能退出", en="The head stays")
    detail = Text(zh="池主不能退出，只能解散积分池。", en="The head cannot leave the pool, only dissolve it.")


class PoolBusy(DomainError):
    """Field: held."""

    code = "pool_busy"
    status = 409
    title = Text(zh="积分池有冻结", en="The pool has open holds")
    detail = Text(
        zh="积分池有 {held} 积分被冻结，暂不能解散。", en="{held} points of the pool are held; dissolve it later."
    )


class PoolOutsideLimit(DomainError):
    """Fields: limit (daily_points, monthly_points), points, left."""

    code = "pool_outside_limit"
    status = 409
    title = Text(zh="超出积分池限额", en="Outside the limits of the pool")
    detail = Text(
        zh="取用 {points} 积分超出限额 {limit}：还剩 {left}。",
        en="Taking {points} points is outside the limit {limit}: {left} are left.",
    )


class TicketUnknown(DomainError):
    code = "pool_ticket_unknown"
    status = 404
    title = Text(zh="没有这张冻结凭证", en="Unknown ticket")
    detail = Text(zh="积分池没有编号为 {ticket_id} 的冻结。", en="The pool has no ticket {ticket_id}.")
