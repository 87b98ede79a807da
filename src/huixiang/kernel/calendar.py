"""The business calendar: which day, week, month and quarter an instant belongs to."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from huixiang.kernel.period import Period


class BusinessCalendar:
    """Days of one time zone; weeks run Monday to Sunday. Periods are in UTC: a day of a clock change has 23 or 25 h."""

    def __init__(self, zone: str) -> None:
        self.zone_name = zone
        self._zone = ZoneInfo(zone)

    def day(self, instant: datetime) -> date:
        return self.local(instant).date()

    def local(self, instant: datetime) -> datetime:
        if instant.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return instant.astimezone(self._zone)

    def at(self, day: date, wall_clock: time) -> datetime:
        """The instant, in UTC, of a wall clock on a day; the earlier one where the clock shows it twice."""
        return datetime.combine(day, wall_clock, self._zone).astimezone(UTC)

    def start_of(self, day: date) -> datetime:
        return self.at(day, time.min)

    def day_period(self, day: date) -> Period:
        return self._days(day, day + timedelta(days=1))

    def week(self, day: date) -> Period:
        monday = day - timedelta(days=day.weekday())
        return self._days(monday, monday + timedelta(days=7))

    def month(self, day: date) -> Period:
        first = day.replace(day=1)
        return self._days(first, first_of_month(first, 1))

    def quarter(self, day: date) -> Period:
        first = date(day.year, day.month - (day.month - 1) % 3, 1)
        return self._days(first, first_of_month(first, 3))

    def _days(self, first: date, after: date) -> Period:
        return Period(self.start_of(first), self.start_of(after))


def first_of_month(day: date, months: int) -> date:
    """The first day of the month that lies `months` after the month of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def end_of_month(day: date) -> date:
    return first_of_month(day, 1) - timedelta(days=1)
