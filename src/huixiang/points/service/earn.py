"""What an order earns, for the module that completes orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.points.model import Earning, EarningFacts, EarningLine, EarningRules, Validity
from huixiang.points.rules import earning


def earn_key(order_id: UUID) -> str:
    """The key of the posting that an order earns by; one per book."""
    return f"order:{order_id}:earn"


def earned(rules: EarningRules, lines: Sequence[EarningLine], facts: EarningFacts) -> Earning:
    """What an order earns by these rules, in all and per line."""
    return earning.earn(rules, lines, facts)


def validity(rules: EarningRules, completed_at: datetime, calendar: BusinessCalendar) -> Validity:
    """From when and until when points earned by an order can be spent."""
    return Validity(
        expires_on=earning.expires_on(rules.expiry, calendar.day(completed_at)),
        matures_at=earning.matures_at(rules, completed_at, calendar),
    )
