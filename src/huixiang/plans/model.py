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
TRIAL_DOCUMENT = ("trial", "default")
PlanCode = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,31}$(?!\n)", description="A plan, by its document.")]
Instant = Annotated[datetime, Meta(tz=True)]
Gives = Literal["tier", "plan"]


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
    trial: bool = False


class TrialRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The rule document of kind `trial`: what newcomers try, a tier or a plan, for the rest of the day and so many
    whole ones. Who registered up to `newcomer_days` ago is one. on_registration: everybody who joins has it at once.
    on_request: newcomers may begin it themselves on the member pages."""

    on_registration: bool
    on_request: bool = False
    tier: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    plan: PlanCode | None = None
    days: Annotated[int, Meta(ge=1, le=90)] = 7
    newcomer_days: Annotated[int, Meta(ge=1, le=365)] = 30

    def __post_init__(self) -> None:
        if (self.tier is None) == (self.plan is None):
            raise ValueError("give a tier or a plan")


class NewTrial(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a newcomer is to try it. What, and how long, is said by the rules in force."""

    reason: Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]{1,200}$(?!\n)")]


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What a member tries, or tried. name: of the tier or plan as it is called now, its code where it is no more.
    ended_at: when it was over, or the tier was earned; null while it runs."""

    trial_id: UUID
    gives: Gives
    code: str
    name: Text
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None


class TrialOffer(msgspec.Struct, frozen=True, kw_only=True):
    """What a member may begin to try, and until when they would have it if they began now. refused: the code of the
    refusal that they would get, null where they may; whose trial it was that keeps them from one is not told."""

    gives: Gives
    code: str
    name: Text
    days: int
    ends_at: datetime
    refused: str | None


class TrialNotOffered(DomainError):
    code = "trial_not_offered"
    status = 409
    title = Text(zh="暂无体验活动", en="No trial is offered")
    detail = Text(
        zh="目前没有可以自行开始的会员体验。", en="There is no trial at present that members begin themselves."
    )


class TrialUsed(DomainError):
    """Whose it was is not told: it may have been another membership."""

    code = "trial_used"
    status = 409
    title = Text(zh="已体验过", en="The trial was used")
    detail = Text(zh="每人仅限体验一次。", en="A person has one trial, and had it.")


class NotANewcomer(DomainError):
    """Field: days."""

    code = "trial_for_newcomers"
    status = 409
    title = Text(zh="仅限新会员体验", en="For newcomers")
    detail = Text(zh="仅注册 {days} 天内的会员可以体验。", en="A trial is for who joined within {days} days.")


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
