"""Points brought in by the thousand: from a system that is left behind, from an ERP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError

Amount = Annotated[int, Meta(ge=1, le=1_000_000_000, description="Points.", examples=[120])]
Code = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_.-]{0,31}$(?!\n)")]
StoreId = Annotated[str, Meta(min_length=1, max_length=64)]
RowKey = Annotated[str, Meta(min_length=1, max_length=128, description="Unique for the member and book, for ever.")]


class CreditRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Points to give, one row. The key makes it one of a kind, so a repeated row gives nothing twice.

    expires_on: the last day; left out, as the earning rules of the book say, and never where it has none.
    matures_at: from when they can be spent; left out, at once. store_id: where they were earned.
    """

    member_id: UUID
    key: RowKey
    points: Amount
    occurred_at: datetime
    cause: Code = "migration"
    book: Code = "points"
    expires_on: date | None = None
    matures_at: datetime | None = None
    order_id: UUID | None = None
    budget: Code | None = None
    store_id: StoreId | None = None


class Credited(msgspec.Struct, frozen=True):
    """What became of a row: the points that caps left of it, or why it was refused."""

    points: int
    replayed: bool = False
    refusal: DomainError | None = None
