"""The calendar's part of conditions: local time, recurring days, days since and until."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import lru_cache

from huixiang.conditions.model import Anniversary, During, Hours, MonthDays, OfTime, Weekdays, Yearly
from huixiang.kernel.calendar import BusinessCalendar


@lru_cache(64)
def local_time(calendar: BusinessCalendar, now: datetime) -> datetime:
    """The wall clock. Kept, for all conditions of a moment ask for the same."""
    return calendar.local(now)


def today(calendar: BusinessCalendar, now: datetime) -> date:
    return local_time(calendar, now).date()


def holds_at(node: OfTime, calendar: BusinessCalendar, now: datetime) -> bool:
    """Whether a condition that asks for the time alone holds."""
    if isinstance(node, During):
        return (node.start is None or node.start <= now) and (node.end is None or now < node.end)
    local = local_time(calendar, now)
    match node:
        case Weekdays():
            return local.isoweekday() in node.days
        case MonthDays():
            return local.day in node.days
        case Hours():
            return _turns(minute_of(node.start), minute_of(node.end) - 1, local.hour * 60 + local.minute)
        case Yearly():
            return _turns(month_day(node.first), month_day(node.last), month_and_day(local))


def minute_of(wall_clock: str) -> int:
    return int(wall_clock[:2]) * 60 + int(wall_clock[3:])


def month_day(text: str) -> int:
    """`02-29` as 229: days of a year in their order."""
    return int(text[:2]) * 100 + int(text[3:])


def month_and_day(day: date) -> int:
    return day.month * 100 + day.day


def _turns(first: int, last: int, place: int) -> bool:
    """Whether a place on a circle is within two others, both included; from the last to the first where they are
    reversed."""
    return first <= place <= last if first <= last else place >= first or place <= last


def near_anniversary(node: Anniversary, month_and_day: int, day: date) -> bool:
    """Whether a day is near the day of a year, given as 229 for 29 February."""
    if node.within == "month":
        return month_and_day // 100 == day.month
    for year in (day.year - 1, day.year, day.year + 1):
        if 1 <= year <= 9999:
            away = (day - _in_year(month_and_day, year)).days
            if -node.before <= away <= node.after:
                return True
    return False


def _in_year(month_and_day: int, year: int) -> date:
    month, day = divmod(month_and_day, 100)
    return date(year, month, 28 if month_and_day == 229 and not isleap(year) else day)


def anniversaries_near(node: Anniversary, day: date) -> Collection[int]:
    """The days of a year that a day is near, each as 229 for 29 February: what SQL looks a date up in."""
    if node.within == "month":
        return range(day.month * 100 + 1, day.month * 100 + 32)
    found = set()
    for away in range(-node.after, node.before + 1):
        near = day + timedelta(days=away)
        found.add(month_and_day(near))
        if month_and_day(near) == 228 and not isleap(near.year):
            found.add(229)
    return sorted(found)
