"""Business days, weeks, months and quarters, over clock changes too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.calendar import BusinessCalendar, end_of_month, first_of_month
from huixiang.kernel.period import Period

# Clock changes by day, at midnight into a gap (Sao Paulo, Cairo), at midnight doubled (Havana), of half an hour
# (Lord Howe), and none (Shanghai since 1991, UTC).
ZONES = [
    "Asia/Shanghai",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Havana",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "UTC",
]
INSTANTS = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
DAYS = st.dates(date(1971, 1, 1), date(2100, 1, 1))
ZONE = st.sampled_from(ZONES)
HOUR = timedelta(hours=1)

Cut = Callable[[BusinessCalendar, date], Period]
CUTS: dict[str, Cut] = {
    "day": BusinessCalendar.day_period,
    "week": BusinessCalendar.week,
    "month": BusinessCalendar.month,
    "quarter": BusinessCalendar.quarter,
}


@pytest.mark.requirement("INV-8")
@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
@given(zone=ZONE, instant=INSTANTS)
def test_an_instant_lies_in_the_period_of_its_day(cut: Cut, zone: str, instant: datetime) -> None:
    calendar = BusinessCalendar(zone)
    assert instant in cut(calendar, calendar.day(instant))


@pytest.mark.requirement("INV-8")
@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
@given(zone=ZONE, day=DAYS)
def test_periods_follow_each_other_without_gap_or_overlap(cut: Cut, zone: str, day: date) -> None:
    calendar = BusinessCalendar(zone)
    period = cut(calendar, day)
    assert period.end is not None
    after = cut(calendar, calendar.day(period.end))
    before = cut(calendar, calendar.day(period.start) - timedelta(days=1))
    assert after.start == period.end
    assert before.end == period.start
    # Every day of the period gives the same period.
    last = calendar.day(period.end) - timedelta(days=1)
    assert cut(calendar, calendar.day(period.start)) == cut(calendar, last) == period


@given(ZONE, DAYS)
def test_periods_begin_where_people_expect(zone: str, day: date) -> None:
    calendar = BusinessCalendar(zone)
    assert calendar.day(calendar.start_of(day)) == day
    assert calendar.day(calendar.week(day).start).isoweekday() == 1
    assert calendar.day(calendar.month(day).start) == day.replace(day=1)
    quarter = calendar.day(calendar.quarter(day).start)
    assert (quarter.day, quarter.month) in {(1, 1), (1, 4), (1, 7), (1, 10)}
    assert 0 <= day.month - quarter.month <= 2


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("America/New_York", date(2026, 7, 4), 24),
        ("Asia/Shanghai", date(2026, 3, 8), 24),
        ("Asia/Shanghai", date(1986, 5, 4), 23),
        ("Asia/Shanghai", date(1986, 9, 14), 25),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),
    ],
)
def test_a_day_of_a_clock_change_is_shorter_or_longer(zone: str, day: date, hours: int) -> None:
    period = BusinessCalendar(zone).day_period(day)
    assert period.end is not None
    assert period.end - period.start == hours * HOUR


def test_a_week_with_a_clock_change_has_its_seven_days() -> None:
    calendar = BusinessCalendar("America/New_York")
    assert calendar.week(date(2026, 3, 8)) == Period(
        datetime(2026, 3, 2, 5, tzinfo=UTC), datetime(2026, 3, 9, 4, tzinfo=UTC)
    )


def test_shanghai_by_example() -> None:
    calendar = BusinessCalendar("Asia/Shanghai")
    evening = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)  # midnight of the new year in Shanghai
    assert calendar.day(evening) == date(2026, 1, 1)
    assert calendar.day(evening - timedelta(microseconds=1)) == date(2025, 12, 31)
    assert calendar.start_of(date(2026, 1, 1)) == evening
    assert calendar.month(date(2025, 12, 31)).end == evening
    assert calendar.quarter(date(2026, 2, 14)) == Period(evening, datetime(2026, 3, 31, 16, tzinfo=UTC))
    assert calendar.local(evening).hour == 0


def test_a_wall_clock_that_is_shown_twice_means_the_first_time() -> None:
    calendar = BusinessCalendar("America/New_York")
    assert calendar.at(date(2026, 11, 1), time(1, 30)) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert calendar.at(date(2026, 11, 1), time(2, 30)) == datetime(2026, 11, 1, 7, 30, tzinfo=UTC)


@given(ZONE, INSTANTS)
def test_instants_are_in_utc_whatever_zone_they_came_in(zone: str, instant: datetime) -> None:
    calendar = BusinessCalendar(zone)
    assert calendar.start_of(calendar.day(instant)).tzinfo is UTC
    assert calendar.day(calendar.local(instant)) == calendar.day(instant)


def test_an_instant_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        BusinessCalendar("UTC").day(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


@given(DAYS, st.integers(-600, 600))
def test_months_are_counted_from_the_first(day: date, months: int) -> None:
    first = first_of_month(day, months)
    assert first.day == 1
    assert (first.year - day.year) * 12 + first.month - day.month == months


@given(DAYS)
def test_the_end_of_a_month_is_the_day_before_the_next(day: date) -> None:
    last = end_of_month(day)
    assert (last.year, last.month) == (day.year, day.month)
    assert (last + timedelta(days=1)).day == 1
