"""What points are worth at checkout, as data."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from huixiang.kernel.money import BasisPoints, FenNonNegative, PointsNonNegative
from huixiang.kernel.text import Text
from huixiang.points.model.commands import ClawBackPolicy

Count = Annotated[int, Meta(ge=1, le=1_000_000)]


class SpendingRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`points` take `fen` off: (100, 100) is a yuan for a hundred points."""

    points: Count
    fen: Count


class SpendingCondition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When a better rate holds. Everything that is given must be so. from, to: first and last business day."""

    tier: str | None = None
    first_day: date | None = msgspec.field(default=None, name="from")
    last_day: date | None = msgspec.field(default=None, name="to")
    weekday: Annotated[int, Meta(ge=1, le=7, description="1 is Monday, 7 is Sunday.")] | None = None
    channel: str | None = None
    store: str | None = None


class RateRaise(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A better rate: `fen` off for as many points as the base rate names."""

    code: str
    name: Text
    fen: Count
    when: SpendingCondition


class SpendingRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule document of kind `spending`.

    step, minimum: points are used in multiples of one, and not below the other. share_bp: how much of the goods they
    may take off at most. Of the raises that hold the highest counts. claw_back: where a refund looks for earned points
    that are gone.
    """

    name: Text
    rate: SpendingRate
    step: Count
    minimum: Count
    share_bp: BasisPoints
    raises: list[RateRaise] = []
    claw_back: ClawBackPolicy = ClawBackPolicy.DEBT


class SpendingFacts(msgspec.Struct, frozen=True):
    business_day: date
    tier: str | None = None
    channel: str | None = None
    store: str | None = None


class CashOff(msgspec.Struct, frozen=True, kw_only=True):
    """What of the available points an order can use, and what that takes off.

    limit_fen: the share of the goods that points may take off. rate_points, rate_fen: the rate that held; raised_by:
    the raise that made it. reasons: what kept it from being more: `available`, `share`, `step`, `minimum`, in the order
    in which they came to bear.
    """

    available: PointsNonNegative
    goods_fen: FenNonNegative
    limit_fen: FenNonNegative
    usable: PointsNonNegative
    fen_off: FenNonNegative
    rate_points: int
    rate_fen: int
    raised_by: str | None
    step: int
    minimum: int
    reasons: list[str]
    rule: str
    rule_version: int


# What points are given for. Of a lottery ticket and of a tier, the module that keeps the thing asks.
Purpose = Literal["exchange", "donation", "lottery_ticket", "tier_upgrade"]


class NewRedemption(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Points for something of the mall, or for the public good; `reference` says for what."""

    purpose: Literal["exchange", "donation"]
    points: Annotated[int, Meta(ge=1, le=10_000_000)]
    reference: Annotated[str, Meta(min_length=1, max_length=100)]


class Redemption(msgspec.Struct, frozen=True, kw_only=True):
    """Points spent, by the number of their posting."""

    purpose: str
    points: int
    reference: str
    seq: int
