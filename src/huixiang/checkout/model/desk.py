"""Orders as staff see them. Amounts are fen."""

from __future__ import annotations

from uuid import UUID

from huixiang.checkout.model.placing import PlacedSummary

OLDEST_DAYS = 365


class OpenOrder(PlacedSummary, frozen=True, kw_only=True):
    """An order of any member that is on its way. due_fen: what was left to pay when it was placed; cash_fen: what it
    comes to now. days: whole days of 24 hours since then."""

    member_id: UUID
    due_fen: int
    days: int
