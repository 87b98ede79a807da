"""Nouns of tiers. Growth and thresholds are fen of cash spend under the metric `spend`."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.money import PointsNonNegative
from huixiang.kernel.text import Text


class GrowthRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`growth` for every `fen` paid."""

    growth: Annotated[int, Meta(ge=0, le=1_000_000)]
    fen: Annotated[int, Meta(ge=1, le=1_000_000_000)]


class Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    name: Text
    threshold: PointsNonNegative


class TierRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule document of kind `tiers`: the ordered tiers of a programme and what they are reckoned from (TIER-01)."""

    name: Text
    metric: Literal["spend"]
    window_days: Annotated[int, Meta(ge=1, le=3660)]
    growth_rate: GrowthRate
    tiers: Annotated[list[Tier], Meta(min_length=1, max_length=50)]

    def __post_init__(self) -> None:
        thresholds = [tier.threshold for tier in self.tiers]
        if thresholds[0] != 0:
            raise ValueError("the first tier must have the threshold 0, so that every member has a tier")
        if any(upper <= lower for lower, upper in pairwise(thresholds)):
            raise ValueError("thresholds must rise from tier to tier")
        if len({tier.code for tier in self.tiers}) != len(self.tiers):
            raise ValueError("two tiers have the same code")


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
    """Where a member stands (TIER-05): `growth` is that of the window that ends today."""

    tier: CurrentTier
    since: datetime | None
    growth: int
    next: NextTier | None
    tiers: list[TierStep]
    window_days: int
