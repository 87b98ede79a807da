"""Earnings by the hundred thousand: what the events of a batch have in common, and the events."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from huixiang.points.model.commands import Credit
from huixiang.points.model.ledger import NEVER, Book


class PeriodCap(msgspec.Struct, frozen=True):
    """A cap as it is defined: of each day, week or month, in the business time zone. See `Cap`."""

    counter: int
    period: Literal["day", "week", "month"]
    limit: int
    causes: tuple[str, ...] | None = None


class EarnBatch(msgspec.Struct, frozen=True, kw_only=True):
    """What the events of a batch have in common. place: where they happened (a store), see `Source`."""

    book: Book
    cause: str
    counter_account: str
    budget: str | None = None
    rule: str | None = None
    rule_version: int | None = None
    place: str | None = None
    caps: tuple[PeriodCap, ...] = ()


class EarnedInBulk(msgspec.Struct, frozen=True):
    """What became of a batch.

    granted: points by row, in the order given; what is in `left` is not decided yet and stands at -1.
    left: credits that need the general door (a debt, a key seen before, a cap not yet counted), each with its row, in
    the order in which they are to be posted.
    """

    granted: list[int]
    left: list[tuple[int, Credit]]


class EarnEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One earning. See `Credit` and its `Source`."""

    member_id: UUID
    key: str
    points: int
    occurred_at: datetime
    order_ref: UUID | None = None
    expires_on: date = NEVER
    matures_at: datetime | None = None
