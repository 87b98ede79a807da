"""Sums of the business. Amounts in fen, points whole; days and months are the programme's own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from huixiang.intake.model import ImportProgress
from huixiang.kernel.text import Text


class DaySum(msgspec.Struct, eq=True):
    """What one business day adds. `sales_fen` is the payable of its orders, `refunded_fen` what came back that day of
    orders of any day; `points_net` is the sum of all postings, claw-backs included."""

    new_members: int = 0
    orders: int = 0
    sales_fen: int = 0
    cash_fen: int = 0
    refunds: int = 0
    refunded_fen: int = 0
    points_issued: int = 0
    points_net: int = 0


class Additions(msgspec.Struct):
    """What a batch of events adds: per day, per day and tier (members more or fewer), and who bought in which month
    (its first day)."""

    days: dict[date, DaySum] = msgspec.field(default_factory=dict)
    tiers: dict[tuple[date, str], int] = msgspec.field(default_factory=dict)
    buyers: set[tuple[UUID, date]] = msgspec.field(default_factory=set)

    def day(self, business_day: date) -> DaySum:
        return self.days.setdefault(business_day, DaySum())


class MonthSum(msgspec.Struct, frozen=True, kw_only=True):
    """One month of the trend, as `2026-01`. `active_members` bought at least once in that whole month; the other
    figures are those of its days within the period asked for."""

    month: str
    orders: int
    sales_fen: int
    points_issued: int
    new_members: int
    active_members: int


class TierShare(msgspec.Struct, frozen=True):
    code: str
    name: Text
    members: int


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """The business at a glance. Orders, sales (payable, before refunds) and points issued are those of the period;
    members, tiers and points outstanding are as at its last day."""

    as_of: datetime
    members: int
    orders: int
    sales_fen: int
    refunded_fen: int
    points_issued: int
    points_outstanding: int
    tiers: list[TierShare]
    months: list[MonthSum]
    import_: ImportProgress | None = msgspec.field(name="import")


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What the daily sums come to: those of a period, and those as at its end."""

    orders: int
    sales_fen: int
    refunded_fen: int
    points_issued: int
    members: int
    points_outstanding: int


class Recount(msgspec.Struct, frozen=True, kw_only=True):
    """The same figures two ways, each on its own day; tiers as they stand now."""

    days: dict[date, DaySum]
    tiers: dict[str, int]
    active_members: dict[date, int]


CouponsBy = Literal["template", "day", "batch"]


class CouponSums(msgspec.Struct, frozen=True, kw_only=True):
    """What became of coupons of a template, or bare ones of a rule (`template` null), in a period (CPN-06). With `day`
    of that business day, with `batch_id` of that batch of codes; null for copies of no batch.

    issued: new copies, however they were had; claimed, by_code, granted, in_packs: of these. gifted: copies that were
    received as gifts, which are not new ones. used, returned, expired, voided: changes in the period. orders: those in
    which copies were used in the period; sales_fen: what was paid for them in cash and not refunded since.
    discount_fen: what these copies took off them, as it was quoted."""

    template: str | None
    rule: str
    day: date | None
    batch_id: UUID | None
    issued: int
    claimed: int
    by_code: int
    granted: int
    in_packs: int
    gifted: int
    used: int
    returned: int
    expired: int
    voided: int
    orders: int
    sales_fen: int
    discount_fen: int
