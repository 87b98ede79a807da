"""Nouns of tiers. Growth and thresholds are fen of cash spend under the metric `spend`."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.money import PointsNonNegative
from huixiang.kernel.text import Text

TierCode = Annotated[str, Meta(min_length=1, max_length=64, description="A tier of the programme above its first.")]


class GrowthRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`growth` for every `fen` paid."""

    growth: Annotated[int, Meta(ge=0, le=1_000_000)]
    fen: Annotated[int, Meta(ge=1, le=1_000_000_000)]


class Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    name: Text
    threshold: PointsNonNegative


class TierPrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tier that members may buy for points, for so many days."""

    tier: str
    points: Annotated[int, Meta(ge=1, le=10_000_000)]
    days: Annotated[int, Meta(ge=1, le=3660)]


class TierRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule document of kind `tiers`: the ordered tiers of a programme, what they are reckoned from (TIER-01), and
    what some of them cost in points (PTS-08)."""

    name: Text
    metric: Literal["spend"]
    window_days: Annotated[int, Meta(ge=1, le=3660)]
    growth_rate: GrowthRate
    tiers: Annotated[list[Tier], Meta(min_length=1, max_length=50)]
    upgrades: list[TierPrice] = []

    def __post_init__(self) -> None:
        thresholds = [tier.threshold for tier in self.tiers]
        if thresholds[0] != 0:
            raise ValueError("the first tier must have the threshold 0, so that every member has a tier")
        if any(upper <= lower for lower, upper in pairwise(thresholds)):
            raise ValueError("thresholds must rise from tier to tier")
        if len({tier.code for tier in self.tiers}) != len(self.tiers):
            raise ValueError("two tiers have the same code")
        for price in self.upgrades:
            if price.tier not in {tier.code for tier in self.tiers[1:]}:
                raise ValueError(f"nobody can be raised to {price.tier}: it is no tier above the first")
        if len({price.tier for price in self.upgrades}) != len(self.upgrades):
            raise ValueError("a tier has two prices")


class Standing(msgspec.Struct, frozen=True):
    """The tier a member has, since when, and by which version. `changes` counts the changes before."""

    member_id: UUID
    tier: str
    since: datetime
    rule_version: int
    changes: int


class TierChange(msgspec.Struct, frozen=True, kw_only=True):
    """A step from one tier to another, with the growth that made it."""

    member_id: UUID
    seq: int
    from_tier: str | None
    to_tier: str
    cause: str
    growth: int
    order_ref: UUID | None
    rule: str
    rule_version: int
    occurred_at: datetime


class GrowthEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that gave growth, with the version of the rules in force when it happened."""

    member_id: UUID
    growth: int
    business_day: date
    occurred_at: datetime
    cause: str
    rule: str
    rule_version: int
    order_ref: UUID | None = None


class TierStep(msgspec.Struct, frozen=True):
    code: str
    name: Text
    threshold: int


class NextTier(msgspec.Struct, frozen=True):
    """The tier above and the growth that is missing to it."""

    code: str
    name: Text
    threshold: int
    missing: int


class CurrentTier(msgspec.Struct, frozen=True):
    code: str
    name: Text


class TierProgress(msgspec.Struct, frozen=True):
    """Where a member stands (TIER-05): `growth` is that of the window that ends today. bought_until: when the tier,
    which was bought or set by staff, ends; null where it was not. trial_until: when the tier, which is tried,
    ends; what is left then is `earned`."""

    tier: CurrentTier
    since: datetime | None
    growth: int
    next: NextTier | None
    tiers: list[TierStep]
    window_days: int
    bought_until: datetime | None = None
    earned: CurrentTier | None = None
    trial_until: datetime | None = None


class TierTrial(msgspec.Struct, frozen=True, kw_only=True):
    """A tier that a newcomer tries. ended_at: when it was over, or they had earned it; null while it runs."""

    trial_id: UUID
    tier: str
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None = None

    def runs(self, instant: datetime) -> bool:
        return self.ended_at is None and self.starts_at <= instant < self.ends_at


class TierOffer(msgspec.Struct, frozen=True):
    """A tier that a member can buy: for so many points, for so many days."""

    tier: CurrentTier
    points: int
    days: int


class NewUpgrade(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tier to buy."""

    tier: TierCode


class TierUpgrade(msgspec.Struct, frozen=True, kw_only=True):
    """A tier with an end: bought for points, or set by staff (`ground`). ended_at: when it was over or undone; null
    while it counts."""

    upgrade_id: UUID
    tier: str
    points: int
    rule_version: int
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    undone: bool
    ground: Literal["bought", "manual"] = "bought"


class NewManualTier(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tier that a member is to have through the business day `until`, and why."""

    tier: TierCode
    until: date
    reason: Annotated[str, Meta(min_length=1, max_length=500)]


class EndManualTier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it is to end before its day."""

    reason: Annotated[str, Meta(min_length=1, max_length=500)]


class StoredUpgrade(msgspec.Struct, frozen=True, kw_only=True):
    """The same as it is kept: whose it is, the tier that growth had made before, and from when growth counts for what
    the member falls back to."""

    member_id: UUID
    upgrade: TierUpgrade
    earned: str | None
    earned_from: datetime


class TierNotForSale(DomainError):
    code = "tier_not_for_sale"
    status = 409
    title = Text(zh="该等级不可兑换", en="Tier is not for sale")
    detail = Text(zh="等级 {tier} 不能用积分兑换。", en="The tier {tier} cannot be had for points.")


class TierUnknown(DomainError):
    code = "tier_unknown"
    status = 422
    title = Text(zh="没有该等级", en="No such tier")
    detail = Text(zh="没有等级 {tier}。", en="There is no tier {tier}.")


class TierMoved(DomainError):
    """Fields: before, what the member had when it was asked for; now."""

    code = "tier_moved"
    status = 409
    title = Text(zh="等级已变化", en="The tier has changed")
    detail = Text(
        zh="申请时会员是 {before}，现在是 {now}。",
        en="The member was {before} when this was asked for, and is {now} now.",
    )


class TierHeld(DomainError):
    code = "tier_held"
    status = 409
    title = Text(zh="已达到该等级", en="Tier is held already")
    detail = Text(zh="会员已是 {held}，无需兑换 {tier}。", en="The member is {held} already: {tier} is not above it.")


class UpgradeUnknown(DomainError):
    code = "tier_upgrade_unknown"
    status = 404
    title = Text(zh="没有这次升级", en="Unknown upgrade")
    detail = Text(zh="该会员没有编号为 {upgrade_id} 的等级升级。", en="The member has no upgrade {upgrade_id}.")


class UpgradeEnded(DomainError):
    code = "tier_upgrade_ended"
    status = 409
    title = Text(zh="升级已结束", en="The upgrade has ended")
    detail = Text(zh="编号为 {upgrade_id} 的等级升级已结束。", en="The upgrade {upgrade_id} has ended.")
