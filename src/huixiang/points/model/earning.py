"""Earning rules as data, what they look at, and what they decide."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from huixiang.kernel.money import BasisPoints
from huixiang.kernel.text import Text


class BaseRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`points` for every `fen` paid: (1, 100) is a point a yuan, (1, 1000) a point for ten yuan."""

    points: Annotated[int, Meta(ge=0, le=1_000_000)]
    fen: Annotated[int, Meta(ge=1, le=1_000_000_000)]


class MultiplierCondition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What must be so for a multiplier to apply to a line. Everything that is given must hold."""

    category: str | None = None
    tier: str | None = None
    weekday: Annotated[int, Meta(ge=1, le=7, description="1 is Monday, 7 is Sunday.")] | None = None
    birthday_month: bool | None = None


class Multiplier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    bp: BasisPoints
    when: MultiplierCondition
    name: Text | None = None


class Expiry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When what is earned expires: never, or some months after, at the end of that month."""

    policy: Literal["never", "months"]
    months: Annotated[int, Meta(ge=1, le=120)] | None = None
    end_of: Literal["month"] | None = None

    def __post_init__(self) -> None:
        if (self.policy == "months") != (self.months is not None and self.end_of is not None):
            raise ValueError('policy "months" needs months and end_of, and policy "never" takes neither')


class EarningRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule document of kind `earning`: what an order earns on what was paid in cash for it."""

    name: Text
    base_rate: BaseRate
    multipliers: list[Multiplier]
    stacking: Literal["highest", "sum", "product"]
    ceiling_bp: BasisPoints
    pending_days: Annotated[int, Meta(ge=0, le=365)]
    expiry: Expiry

    def __post_init__(self) -> None:
        codes = [multiplier.code for multiplier in self.multipliers]
        if len(set(codes)) != len(codes):
            raise ValueError("two multipliers have the same code")

    @property
    def needs_categories(self) -> bool:
        return any(multiplier.when.category is not None for multiplier in self.multipliers)

    @property
    def needs_birthday(self) -> bool:
        return any(multiplier.when.birthday_month is not None for multiplier in self.multipliers)


class EarningLine(msgspec.Struct, frozen=True):
    """A line as earning sees it: its share of the order's cash, and its categories from leaf to root."""

    line_id: str
    paid_fen: int
    categories: tuple[str, ...] = ()


class EarningFacts(msgspec.Struct, frozen=True):
    """What is known when an order is completed."""

    business_day: date
    tier: str | None = None
    birth_month: int | None = None


class Earning(msgspec.Struct, frozen=True):
    """What an order earns: in all, and per line in the order of its lines."""

    points: int
    by_line: list[int]


class Validity(msgspec.Struct, frozen=True):
    """Until when points can be spent, and from when; None: at once."""

    expires_on: date
    matures_at: datetime | None
