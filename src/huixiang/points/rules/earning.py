"""What an order earns.

Points of an order = floor(sum over its lines of paid fen x rate x multiplier), then allocated to the lines by largest
remainder, so that a refund of a line takes back exactly what the line earned. That floor is the one exception to
rounding half up (spec README, invariant 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from huixiang.kernel.allocation import allocate
from huixiang.kernel.calendar import BusinessCalendar, end_of_month, first_of_month
from huixiang.kernel.money import RATE_ONE
from huixiang.points.model import (
    NEVER,
    Earning,
    EarningFacts,
    EarningLine,
    EarningRules,
    Expiry,
    MultiplierCondition,
)


def earn(rules: EarningRules, lines: Sequence[EarningLine], facts: EarningFacts) -> Earning:
    """The points of an order and of each line. Lines with nothing paid earn nothing."""
    if rules.multipliers:
        weights = [line.paid_fen * multiplier_bp(rules, line.categories, facts) for line in lines]
        scale = RATE_ONE
    else:
        weights = [line.paid_fen for line in lines]
        scale = 1
    points = sum(weights) * rules.base_rate.points // (rules.base_rate.fen * scale)
    if not points:
        return Earning(0, [0] * len(lines))
    return Earning(points, allocate(points, weights, [line.line_id for line in lines]))


def multiplier_bp(rules: EarningRules, categories: Sequence[str], facts: EarningFacts) -> int:
    """The multiplier of one line in basis points, stacked as the rules say, never above their ceiling."""
    applying = [m.bp for m in rules.multipliers if _applies(m.when, categories, facts)]
    if not applying:
        stacked = RATE_ONE
    elif rules.stacking == "highest":
        stacked = max(RATE_ONE, *applying)
    elif rules.stacking == "sum":
        stacked = RATE_ONE + sum(bp - RATE_ONE for bp in applying)
    else:
        stacked = _product(applying)
    return min(max(stacked, 0), rules.ceiling_bp)


def _product(rates: Sequence[int]) -> int:
    """The product of rates, rounded half up once at the end."""
    numerator, denominator = 1, 1
    for bp in rates:
        numerator *= bp
        denominator *= RATE_ONE
    return (2 * numerator * RATE_ONE + denominator) // (2 * denominator)


def _applies(when: MultiplierCondition, categories: Sequence[str], facts: EarningFacts) -> bool:
    if when.category is not None and when.category not in categories:
        return False
    if when.tier is not None and when.tier != facts.tier:
        return False
    if when.weekday is not None and when.weekday != facts.business_day.isoweekday():
        return False
    in_birthday_month = facts.birth_month == facts.business_day.month
    return when.birthday_month is None or when.birthday_month == in_birthday_month


def expires_on(expiry: Expiry, earned_on: date) -> date:
    """The last day on which points earned on a day can be used."""
    if expiry.months is None:
        return NEVER
    return end_of_month(first_of_month(earned_on, expiry.months))


def matures_at(rules: EarningRules, completed_at: datetime, calendar: BusinessCalendar) -> datetime | None:
    """When points become spendable: the start of the day after the return window. None: at once."""
    if not rules.pending_days:
        return None
    return calendar.start_of(calendar.day(completed_at) + timedelta(days=rules.pending_days + 1))
