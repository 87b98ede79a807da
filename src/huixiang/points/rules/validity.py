"""Until when earned points can be spent, and from when."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from huixiang.kernel.calendar import BusinessCalendar, end_of_month, first_of_month
from huixiang.points.model import NEVER, Expiry, Validity
from huixiang.points.model.earning import CONSUMPTION, EarningRules

# What is recorded so late that it would expire at once lasts so long from then, or for the grace where that is longer.
LATE_DAYS = 30
YEAR_DAYS = 365
YEAR_MONTHS = 12


def validity(
    rules: EarningRules,
    occurred_at: datetime,
    calendar: BusinessCalendar,
    *,
    cause: str = CONSUMPTION,
    tier: str | None = None,
    pending_days: int | None = None,
    recorded_at: datetime | None = None,
) -> Validity:
    """Of points earned by a cause, in a tier. `pending_days`: where it is not the document's. `recorded_at`: None where
    it was recorded when it happened."""
    pending = rules.pending_days if pending_days is None else pending_days
    return Validity(
        expires_on=expires_on(
            expiry_for(rules, cause, tier),
            calendar.day(occurred_at),
            calendar.day(recorded_at) if recorded_at else None,
        ),
        matures_at=matures_at(pending, occurred_at, calendar),
    )


def expiry_for(rules: EarningRules, cause: str, tier: str | None) -> Expiry:
    for exception in rules.expiries:
        if exception.cause in {None, cause} and exception.tier in {None, tier}:
            return exception.expiry
    return rules.expiry


def expires_on(expiry: Expiry, earned_on: date, recorded_on: date | None = None) -> date:
    """The last day on which points earned on a day can be used."""
    if expiry.policy == "never":
        return NEVER
    last = _last_day(expiry, earned_on) + timedelta(days=expiry.grace_days)
    if recorded_on is not None and last < recorded_on:
        return recorded_on + timedelta(days=max(expiry.grace_days, LATE_DAYS))
    return last


def _last_day(expiry: Expiry, earned_on: date) -> date:
    if expiry.policy == "year_end":
        return date(earned_on.year + (expiry.years or 0), 12, 31)
    if expiry.days is not None:
        return _end_of(earned_on + timedelta(days=expiry.days), expiry.end_of)
    return _end_of(months_later(earned_on, expiry.months or 0), expiry.end_of)


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day."""
    first = first_of_month(day, months)
    return min(first + timedelta(days=day.day - 1), end_of_month(first))


def _end_of(day: date, span: str | None) -> date:
    match span:
        case None:
            return day
        case "month":
            return end_of_month(day)
        case "quarter":
            return end_of_month(date(day.year, day.month + (-day.month % 3), 1))
        case _:
            return date(day.year, 12, 31)


def lasts_a_year(expiry: Expiry) -> bool:
    """Whether points last twelve months on whatever day they are earned."""
    match expiry.policy:
        case "never":
            return True
        case "year_end":
            return bool(expiry.years)
        case "days":
            return (expiry.days or 0) >= YEAR_DAYS
        case _:
            return (expiry.months or 0) >= YEAR_MONTHS


def matures_at(pending_days: int, occurred_at: datetime, calendar: BusinessCalendar) -> datetime | None:
    """When points become spendable: the start of the day after the return window. None: at once."""
    if not pending_days:
        return None
    return calendar.start_of(calendar.day(occurred_at) + timedelta(days=pending_days + 1))
