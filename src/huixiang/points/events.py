"""What the ledger announces."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from huixiang.platform.outbox import Event


class PointsPosted(Event, frozen=True, kw_only=True, tag="points.posted.v1"):
    """A posting in the journal. `business_day` is the day of `occurred_at`."""

    book: str
    seq: int
    kind: str
    cause: str
    points: int
    business_day: date
    order_id: UUID | None = None
