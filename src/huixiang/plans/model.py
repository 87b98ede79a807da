"""Nouns of plans. What a plan gives is said by rules that ask for it; its life, payment and renewal stand elsewhere."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.money import FenNonNegative
from huixiang.kernel.text import Text

KIND = "plan"  # of rule documents
PlanCode = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,31}$(?!\n)", description="A plan, by its document.")]
Instant = Annotated[datetime, Meta(tz=True)]


class PlanTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule document of kind `plan`: what so many days of it cost."""

    name: Text
    price_fen: FenNonNegative
    days: Annotated[int, Meta(ge=1, le=3660)]


class NewSubscription(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plan for a member from now on; until `ends_at`, or until it is ended."""

    plan: PlanCode
    ends_at: Instant | None = None


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """One member's running instance of a plan, or one that has ended."""

    subscription_id: UUID
    plan: str
    state: Literal["active", "ended"]
    starts_at: datetime
    ends_at: datetime | None
    ended_at: datetime | None


class PlanUnknown(DomainError):
    code = "plan_unknown"
    status = 409
    title = Text(zh="没有这个付费会员方案", en="Unknown plan")
    detail = Text(zh="目前没有名为 {plan} 的方案。", en="There is no plan {plan} in force.")


class SubscriptionUnknown(DomainError):
    code = "subscription_unknown"
    status = 404
    title = Text(zh="没有这份付费会员", en="Unknown subscription")
    detail = Text(
        zh="该会员没有编号为 {subscription_id} 的付费会员。", en="The member has no subscription {subscription_id}."
    )
