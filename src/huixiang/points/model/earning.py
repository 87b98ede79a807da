"""Earning rules as data, what they look at, and what they decide. What types cannot say, `rules.documents` checks."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from huixiang.conditions.depends import attributes_of
from huixiang.conditions.model import Condition
from huixiang.kernel.money import BasisPoints, PointsNonNegative
from huixiang.kernel.text import Text
from huixiang.points.model.earning_conditions import OF_THE_CATALOGUE, Compiled, compile_all

Code = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}$(?!\n)")]
Days = Annotated[int, Meta(ge=0, le=3650)]
Times = Annotated[int, Meta(ge=1, le=1000)]
Span = Literal["day", "week", "month"]

CONSUMPTION = "consumption"


class BaseRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`points` for every `fen` paid: (1, 100) is a point a yuan, (1, 1000) a point for ten yuan."""

    points: Annotated[int, Meta(ge=0, le=1_000_000)]
    fen: Annotated[int, Meta(ge=1, le=1_000_000_000)]


class Multiplier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """More points for the lines for which `when` holds; `earning_conditions` has what it may ask for."""

    code: str
    bp: BasisPoints
    when: Condition
    name: Text | None = None


class Exclusion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines for which it holds earn nothing, whatever multiplies."""

    code: str
    when: Condition
    name: Text | None = None


class CapRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """At most `limit` points a business day, week or month; what it cuts is recorded.

    causes: what it counts: named causes, all "behaviours" of the document, or, left out, whatever a member earns. Every
    document that earns by a cause must cap it alike, or what one counts the other does not see.
    """

    code: Code
    period: Span
    limit: PointsNonNegative
    causes: list[Code] | Literal["behaviours"] | None = None
    name: Text | None = None


class Frequency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often a behaviour is rewarded: `times` a business day, week or month, or in all."""

    times: Times
    per: Literal["day", "week", "month", "ever"]


class Behaviour(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Points for something done that is not a purchase; its code is the cause of the posting."""

    code: Code
    name: Text
    points: Annotated[int, Meta(ge=1, le=1_000_000)]
    frequency: Frequency
    pending_days: Days = 0
    active: bool = True


class RewardedBehaviour(msgspec.Struct, frozen=True):
    """What members are rewarded for beside purchases, so many times a period. noticed: by the program itself, as soon
    as it is done; of others, some system has to tell."""

    code: str
    name: Text
    points: int
    frequency: Frequency
    noticed: bool


class Expiry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When what is earned expires.

    never; year_end: at the end of the calendar year, or of the one `years` later; days, months: so long after the day
    of earning, to the end of the month, quarter or year that this falls in where `end_of` is given.
    grace_days: added to all that. reason: why points last less than twelve months, for the member to read beforehand.
    """

    policy: Literal["never", "year_end", "days", "months"]
    years: Annotated[int, Meta(ge=0, le=10)] | None = None
    days: Annotated[int, Meta(ge=1, le=3650)] | None = None
    months: Annotated[int, Meta(ge=1, le=120)] | None = None
    end_of: Literal["month", "quarter", "year"] | None = None
    grace_days: Annotated[int, Meta(ge=0, le=365)] = 0
    reason: Text | None = None

    def __post_init__(self) -> None:
        takes = {"never": (), "year_end": ("years",), "days": ("days", "end_of"), "months": ("months", "end_of")}
        given = [name for name in ("years", "days", "months", "end_of") if getattr(self, name) is not None]
        if surplus := [name for name in given if name not in takes[self.policy]]:
            raise ValueError(f'policy "{self.policy}" takes no {surplus[0]}')
        if self.policy in {"days", "months"} and self.policy not in given:
            raise ValueError(f'policy "{self.policy}" needs {self.policy}')
        if self.policy == "never" and self.grace_days:
            raise ValueError('policy "never" takes no grace_days')


class ExpiryFor(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Another expiry for what is earned by a cause, or in a tier, or both."""

    cause: Code | None = None
    tier: str | None = None
    expiry: Expiry


class EarningRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """A rule document of kind `earning`: what an order earns on what was paid in cash for it, and what else earns.

    expiries: the first that fits has precedence over `expiry`. noticed: the behaviours that the program rewards by
    itself; of others, and of these where they are not named, somebody must tell it.
    """

    name: Text
    base_rate: BaseRate
    multipliers: list[Multiplier]
    stacking: Literal["highest", "sum", "product"]
    ceiling_bp: BasisPoints
    pending_days: Annotated[int, Meta(ge=0, le=365)]
    expiry: Expiry
    expiries: list[ExpiryFor] = []
    caps: list[CapRule] = []
    behaviours: list[Behaviour] = []
    exclusions: list[Exclusion] = []
    noticed: list[Literal["registration", "first_order", "profile"]] = []

    @cached_property
    def needs_goods(self) -> bool:
        """Whether it matters what the catalogue says of the goods."""
        conditions = [one.when for one in self.multipliers] + [one.when for one in self.exclusions]
        return not OF_THE_CATALOGUE.isdisjoint(attributes_of(conditions))

    @cached_property
    def multiplying(self) -> Compiled:
        return compile_all((one.when, one.bp) for one in self.multipliers)

    @cached_property
    def excluding(self) -> Compiled:
        return compile_all((one.when, 0) for one in self.exclusions)


class EarningLine(msgspec.Struct, frozen=True):
    """A line as earning sees it: its share of the order's cash, and what was sold: its categories from leaf to root."""

    line_id: str
    paid_fen: int
    categories: tuple[str, ...] = ()
    sku: str | None = None
    brand: str | None = None


class Earning(msgspec.Struct, frozen=True):
    """What an order earns: in all, and per line in the order of its lines."""

    points: int
    by_line: list[int]


class Validity(msgspec.Struct, frozen=True):
    """Until when points can be spent, and from when; None: at once."""

    expires_on: date
    matures_at: datetime | None


class Reward(msgspec.Struct, frozen=True, kw_only=True):
    """What a behaviour earned. `points` were granted; `cut` is what a cap took off the `offered` ones.

    expires_on: None where nothing is left to expire. matures_at: None where the points can be spent at once.
    paused: they wait until a person has looked at why so many are issued by this cause.
    """

    behaviour: str
    points: int
    offered: int
    cut: int
    rule: str | None
    rule_version: int | None
    occurred_at: datetime
    expires_on: date | None
    matures_at: datetime | None
    paused: bool


class NewReward(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something a member did. `source_key` names the act: the review, the friend; the same act earns once. For what has
    no number of its own, as a sign-in, its day does. `occurred_at`: now if left out."""

    behaviour: Code
    source_key: Annotated[str, Meta(min_length=1, max_length=100)]
    occurred_at: datetime | None = None
