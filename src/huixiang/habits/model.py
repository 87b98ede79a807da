"""Nouns of habits. Amounts are fen; days are business days; a window of 30 days is today and the 29 days before."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.catalogue.model import Code
from huixiang.kernel.text import Text

KIND = "lifecycle"
DOCUMENT = (KIND, "default")
WINDOWS = (30, 90, 365)
LONGEST = max(WINDOWS)
FAVOURITES = 3
RECKON = "habits.reckon_chunk"

Days = Annotated[int, Meta(ge=1, le=3660)]
Instant = Annotated[datetime, Meta(tz=True)]


class Stage(StrEnum):
    """Where members are in their life as customers."""

    NEW = "new"
    GROWING = "growing"
    MATURE = "mature"
    DECLINING = "declining"
    DORMANT = "dormant"
    LOST = "lost"


class LifecycleRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A rule document of kind `lifecycle`.

    Who did nothing for `dormant_days` is dormant, for `lost_days` lost; measured_by: nothing means no order, no visit,
    or neither of both. Who has not ordered yet, or whose first order is less than `new_days` ago, is new. Of the
    others, what was spent in the last `trend_days` is compared with the same number of days before: from `growing_bp`
    of it on they grow, up to `declining_bp` they decline.
    """

    name: Text
    measured_by: Literal["orders", "visits", "both"] = "orders"
    new_days: Days
    dormant_days: Days
    lost_days: Days
    trend_days: Annotated[int, Meta(ge=7, le=180)]
    growing_bp: Annotated[int, Meta(ge=10_001, le=1_000_000)]
    declining_bp: Annotated[int, Meta(ge=0, le=9_999)]

    def __post_init__(self) -> None:
        if self.lost_days <= self.dormant_days:
            raise ValueError("lost_days must be more than dormant_days")


# Where the database has no document.
USUAL = LifecycleRules(
    name=Text(zh="默认生命周期规则", en="Default rules of the life cycle"),
    new_days=30,
    dormant_days=30,
    lost_days=180,
    trend_days=90,
    growing_bp=12_000,
    declining_bp=7_000,
)


class OrderSum(msgspec.Struct, frozen=True):
    """What a member kept of a day's orders in one store; store: None where none was named."""

    day: date
    store: str | None
    orders: int
    fen: int


class History(msgspec.Struct, frozen=True, kw_only=True):
    """What a member's row is made of. recent: of the longest window. spent: of that window, by category."""

    joined_on: date
    first_order_on: date | None = None
    last_order_on: date | None = None
    last_seen_on: date | None = None
    recent: list[OrderSum] = []
    spent: dict[str, int] = {}


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """A member's row. turns_on: the first day on which something changes though nobody orders."""

    member_id: UUID
    rule_version: int
    turns_on: date | None
    first_order_on: date | None
    last_order_on: date | None
    orders_30d: int
    orders_90d: int
    orders_365d: int
    spend_30d: int
    spend_90d: int
    spend_365d: int
    favourite_categories: list[str]
    home_store: str | None
    lifecycle: Stage


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a member that segments may ask for (MEM-07).

    as_of: when the windows were reckoned last. points: that can be spent now. birthday: month and day. home_store: the
    most used one of 365 days; home_city: its city, or that of the address. favourite_categories: by what was spent in
    365 days, the most first. last_seen_at and last_viewed_category: as systems told. category_names, home_store_name:
    how the catalogue calls them, as far as it knows them.
    """

    member_id: UUID
    as_of: datetime
    first_order_on: date | None
    last_order_on: date | None
    days_since_last_order: int | None
    orders_30d: int
    orders_90d: int
    orders_365d: int
    spend_30d_fen: int
    spend_90d_fen: int
    spend_365d_fen: int
    favourite_categories: list[str]
    home_store: str | None
    home_city: str | None
    tier: str | None
    plans: list[str]
    points: int
    birthday: str | None
    age_band: str | None
    lifecycle: Stage
    lifecycle_version: int
    last_seen_at: datetime | None
    last_viewed_category: str | None
    category_names: dict[str, Text]
    home_store_name: Text | None


class NewBehaviour(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A signed-in member was seen; viewed_category: what they looked at. seen_at: now if left out."""

    seen_at: Instant | None = None
    viewed_category: Code | None = None


class Behaviour(msgspec.Struct, frozen=True):
    """What stands now: what is told late changes nothing that is later."""

    last_seen_at: datetime | None
    last_viewed_category: str | None
    last_viewed_at: datetime | None


class Difference(msgspec.Struct, frozen=True):
    """A row that is not what the orders come to. fields: which differ; `row` where it is missing or one too many."""

    member_id: UUID
    fields: list[str]


class Rebuilt(msgspec.Struct, frozen=True):
    """One page of a rebuild. last: the last member of it, None where there are no more."""

    members: int
    differences: list[Difference]
    last: UUID | None


class Reckon(msgspec.Struct, frozen=True):
    """A job: reckon up to so many members who are marked."""

    members: int = 500
