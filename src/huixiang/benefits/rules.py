"""Decisions about benefits: which period a use counts in, and of which entitlement it is taken. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from huixiang.benefits.model import Counted, Span, Use
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.period import Period

NO_END = date.max


def period_from(span: Span, today: date, calendar: BusinessCalendar) -> date:
    """The first day of the period that counts today; of a benefit for life, the day that it was given."""
    period = _period(span, today, calendar)
    return today if period is None else calendar.day(period.start)


def choose(
    wanted: Iterable[str], held: Sequence[Counted], now: datetime, calendar: BusinessCalendar
) -> tuple[list[Use], list[str]]:
    """A use of each benefit, and the benefits of which nothing is left. held: a member's active entitlements.

    Of several entitlements to one benefit the one without limit, then what would be lost first: by its end, or with the
    next period.
    """
    today = calendar.day(now)
    uses: list[Use] = []
    lacking: list[str] = []
    for benefit in sorted(set(wanted)):
        open_ones = [one for one in held if one.entitlement.benefit == benefit and _is_open(one, now, calendar)]
        if not open_ones:
            lacking.append(benefit)
            continue
        best = min(open_ones, key=lambda one: (one.entitlement.quota is not None, *_lost_on(one, today, calendar)))
        uses.append(Use(benefit, best.entitlement.entitlement_id, _counted_from(best, today, calendar)))
    return uses, lacking


def _is_open(one: Counted, now: datetime, calendar: BusinessCalendar) -> bool:
    terms = one.entitlement
    if terms.ends_at is not None and terms.ends_at <= now:
        return False
    # The quota of a period that began since has not been written back yet.
    used = terms.used if one.period_from >= _counted_from(one, calendar.day(now), calendar) else 0
    return terms.quota is None or used < terms.quota


def _counted_from(one: Counted, today: date, calendar: BusinessCalendar) -> date:
    if one.entitlement.in_a == "life":
        return one.period_from
    return max(one.period_from, period_from(one.entitlement.in_a, today, calendar))


def _lost_on(one: Counted, today: date, calendar: BusinessCalendar) -> tuple[date, str]:
    ends_at = one.entitlement.ends_at
    period = _period(one.entitlement.in_a, today, calendar)
    ends = [calendar.day(moment) for moment in (ends_at, period.end if period else None) if moment is not None]
    return min(ends, default=NO_END), str(one.entitlement.entitlement_id)


def _period(span: Span, today: date, calendar: BusinessCalendar) -> Period | None:
    match span:
        case "day":
            return calendar.day_period(today)
        case "week":
            return calendar.week(today)
        case "month":
            return calendar.month(today)
        case "life":
            return None
