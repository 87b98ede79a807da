"""What an order earns, for the module that completes orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from huixiang.conditions.facts import Facts
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.points.model import Cap, Earning, EarningLine, EarningRules, Validity
from huixiang.points.model.earning import CONSUMPTION
from huixiang.points.rules import earning as rules_of_earning
from huixiang.points.rules import periods
from huixiang.points.rules import validity as rules_of_validity

Caps = tuple[Cap, ...]


def earn_key(order_id: UUID) -> str:
    """The key of the posting that an order earns by; one per book."""
    return f"order:{order_id}:earn"


def earned(rules: EarningRules, lines: Sequence[EarningLine], facts: Facts) -> Earning:
    """What an order earns by these rules, in all and per line. facts: what `model.earning_conditions` names."""
    return rules_of_earning.earn(rules, lines, facts)


def after_caps(earning: Earning, granted: int, line_ids: Sequence[str]) -> Earning:
    """What is left of an order's earning, and of each of its lines, where caps granted less than it."""
    return rules_of_earning.cut(earning, granted, line_ids)


def caps(rules: EarningRules, occurred_at: datetime, calendar: BusinessCalendar, cause: str = CONSUMPTION) -> Caps:
    """The caps that the credit of an earning must carry."""
    return periods.caps_for(rules, cause, occurred_at, calendar)


def validity(
    rules: EarningRules,
    completed_at: datetime,
    calendar: BusinessCalendar,
    *,
    tier: str | None = None,
    recorded_at: datetime | None = None,
) -> Validity:
    """From when and until when points earned by an order can be spent. `recorded_at`: now, so that what is recorded
    late does not expire at once."""
    return rules_of_validity.validity(rules, completed_at, calendar, tier=tier, recorded_at=recorded_at)
