"""Conditions of time at their bounds: midnight, the turn of the year, leap days, and zones with and without a clock
change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from huixiang.conditions.model import Anniversary
from huixiang.conditions.moments import anniversaries_near, month_and_day, near_anniversary
from tests.conditions.ground import BERLIN, NOW, at, condition, facts, holds, member, purchase, purchases

TODAY = date(2026, 3, 18)


@pytest.mark.requirement("PRC-05", "PRC-06")
def test_a_period_includes_its_start_and_not_its_end() -> None:
    period = condition(type="during", start="2026-03-18T00:00:00+08:00", end="2026-03-19T00:00:00+08:00")
    assert holds(period, at(2026, 3, 18, 0, 0))
    assert holds(period, at(2026, 3, 18, 23, 59))
    assert not holds(period, at(2026, 3, 19, 0, 0))
    assert not holds(period, at(2026, 3, 17, 23, 59))
    assert holds(condition(type="during", start="2026-03-18T00:00:00Z"), at(2030, 1, 1))
    assert not holds(condition(type="during", end="2026-03-18T00:00:00Z"), at(2026, 3, 18, 8, 0))


def test_days_of_the_week_are_local() -> None:
    wednesday = condition(type="weekdays", days=[3])
    assert holds(wednesday, at(2026, 3, 18, 0, 0))
    assert holds(wednesday, facts(now=datetime(2026, 3, 17, 16, 0, tzinfo=UTC)))  # midnight in Shanghai
    assert not holds(wednesday, facts(now=datetime(2026, 3, 17, 15, 59, tzinfo=UTC)))
    assert not holds(wednesday, facts(now=datetime(2026, 3, 17, 16, 0, tzinfo=UTC), calendar=BERLIN))


@pytest.mark.parametrize(
    ("start", "end", "inside", "outside"),
    [
        ("09:00", "18:30", [(9, 0), (18, 29)], [(8, 59), (18, 30), (0, 0)]),
        ("22:00", "06:00", [(22, 0), (23, 59), (0, 0), (5, 59)], [(6, 0), (21, 59)]),
        ("18:00", "00:00", [(18, 0), (23, 59)], [(0, 0), (17, 59)]),
        ("00:00", "06:00", [(0, 0), (5, 59)], [(6, 0), (23, 59)]),
    ],
)
def test_hours_and_hours_past_midnight(
    start: str, end: str, inside: list[tuple[int, int]], outside: list[tuple[int, int]]
) -> None:
    asked = condition(type="hours", start=start, end=end)
    assert all(holds(asked, at(2026, 3, 18, *moment)) for moment in inside)
    assert not any(holds(asked, at(2026, 3, 18, *moment)) for moment in outside)


def test_hours_go_by_the_wall_clock_through_a_clock_change() -> None:
    night = condition(type="hours", start="02:00", end="03:00")
    spring = [facts(now=datetime(2026, 3, 29, 0, minute, tzinfo=UTC) + timedelta(hours=hour), calendar=BERLIN)
              for hour in (0, 1) for minute in (0, 59)]  # fmt: skip
    assert not any(holds(night, moment) for moment in spring)  # 01:59 is followed by 03:00
    autumn = [facts(now=datetime(2026, 10, 25, hour, 30, tzinfo=UTC), calendar=BERLIN) for hour in (0, 1)]
    assert all(holds(night, moment) for moment in autumn)  # 02:30 comes twice
    assert not holds(night, facts(now=datetime(2026, 10, 25, 2, 0, tzinfo=UTC), calendar=BERLIN))


def test_days_of_months() -> None:
    eighth = condition(type="month_days", days=[8, 31])
    assert holds(eighth, at(2026, 3, 8))
    assert holds(eighth, at(2026, 3, 31))
    assert not any(holds(eighth, at(2026, 4, day)) for day in range(1, 31) if day != 8)


@pytest.mark.parametrize(
    ("first", "last", "inside", "outside"),
    [
        ("06-01", "06-18", [(6, 1), (6, 18)], [(5, 31), (6, 19)]),
        ("12-20", "01-05", [(12, 20), (12, 31), (1, 1), (1, 5)], [(1, 6), (12, 19), (6, 1)]),
        ("02-29", "02-29", [], [(2, 28), (3, 1)]),
        ("02-28", "03-01", [(2, 28), (3, 1)], [(2, 27), (3, 2)]),
    ],
)
def test_days_of_every_year(
    first: str, last: str, inside: list[tuple[int, int]], outside: list[tuple[int, int]]
) -> None:
    asked = condition(type="yearly", first=first, last=last)
    assert all(holds(asked, at(2026, *day)) for day in inside)
    assert not any(holds(asked, at(2026, *day)) for day in outside)
    assert holds(asked, at(2028, 2, 29)) is (first.startswith("02"))


@pytest.mark.requirement("PRC-01")
@pytest.mark.parametrize(
    ("birthday", "moment", "expected"),
    [
        ("03-18", (2026, 3, 18), True),
        ("03-21", (2026, 3, 18), True),  # three days before it
        ("03-22", (2026, 3, 18), False),
        ("03-17", (2026, 3, 18), True),  # a day after it
        ("03-16", (2026, 3, 18), False),
        ("01-01", (2026, 12, 29), True),
        ("12-31", (2027, 1, 1), True),
        ("12-31", (2027, 1, 2), False),
        ("02-29", (2026, 2, 25), True),  # 28 February where there is no 29th
        ("02-29", (2026, 3, 1), True),
        ("02-29", (2026, 3, 2), False),
        ("02-29", (2028, 3, 1), True),
        ("02-29", (2028, 2, 25), False),
    ],
)
def test_near_a_birthday(birthday: str, moment: tuple[int, int, int], *, expected: bool) -> None:
    near = condition(type="anniversary", attribute="birthday", before=3, after=1)
    there = at(*moment)
    assert holds(near, facts(now=there.now, member={"birthday": birthday})) is expected
    by_date = condition(type="anniversary", attribute="joined_on", before=3, after=1)
    year = 2024  # any year that has the day
    day = date(year, int(birthday[:2]), int(birthday[3:]))
    assert holds(by_date, facts(now=there.now, member={"joined_on": day})) is expected


def test_the_month_of_a_birthday() -> None:
    month = condition(type="anniversary", attribute="birthday", within="month")
    assert holds(month, member(birthday="03-31"))
    assert not holds(month, member(birthday="04-01"))


def test_both_ways_to_find_an_anniversary_agree_on_every_day_of_years() -> None:
    """The predicate counts days, SQL looks days up: the same for every birthday on every day around a leap year."""
    every_birthday = [month_and_day(date(2024, 1, 1) + timedelta(days=days)) for days in range(366)]
    node = Anniversary(attribute="birthday", before=4, after=2)
    for days in range(3 * 366):
        day = date(2026, 12, 20) + timedelta(days=days)
        found = anniversaries_near(node, day)
        assert {one for one in every_birthday if near_anniversary(node, one, day)} == set(found) & set(every_birthday)


@pytest.mark.parametrize(
    ("joined", "bounds", "expected"),
    [
        (TODAY, {"at_least": 0, "at_most": 29}, True),
        (TODAY - timedelta(days=29), {"at_least": 0, "at_most": 29}, True),
        (TODAY - timedelta(days=30), {"at_least": 0, "at_most": 29}, False),
        (TODAY - timedelta(days=60), {"at_least": 60}, True),
        (TODAY - timedelta(days=59), {"at_least": 60}, False),
        (TODAY + timedelta(days=1), {"at_most": 29}, True),
        (TODAY + timedelta(days=1), {"at_least": 0}, False),
    ],
)
def test_days_since(joined: date, bounds: dict[str, int], *, expected: bool) -> None:
    assert holds(condition(type="elapsed", attribute="joined_on", **bounds), member(joined_on=joined)) is expected


def test_days_pass_at_local_midnight() -> None:
    fresh = condition(type="elapsed", attribute="joined_on", at_least=1)
    known = {"joined_on": date(2026, 3, 17)}
    assert holds(fresh, facts(now=datetime(2026, 3, 17, 16, 0, tzinfo=UTC), member=known))
    assert not holds(fresh, facts(now=datetime(2026, 3, 17, 15, 59, tzinfo=UTC), member=known))


@pytest.mark.requirement("PRC-06")
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"count": "orders", "days": 30}, 2),
        ({"count": "orders", "days": 31}, 5),
        ({"count": "quantity", "days": 1}, 4),
        ({"count": "spend_fen", "days": 30, "category": "fresh"}, 700),
        ({"count": "orders", "days": 30, "category": "home"}, 0),
        ({"count": "orders", "days": 30, "sku": "milk"}, 1),
    ],
)
def test_what_was_bought(asked: dict[str, object], expected: int) -> None:
    history = purchases(
        purchase(TODAY, orders=1, quantity=4),
        purchase(TODAY - timedelta(days=29)),
        purchase(TODAY - timedelta(days=30), orders=3),
        purchase(TODAY + timedelta(days=1), orders=9, quantity=9),
        purchase(TODAY, category="fresh", spend_fen=700),
        purchase(TODAY, sku="milk", spend_fen=300),
    )
    assert holds(condition(type="bought", at_least=expected, at_most=expected, **asked), history)
    assert not holds(condition(type="bought", at_least=expected + 1, **asked), history)


def test_who_bought_nothing_bought_none_of_it() -> None:
    seldom = condition(type="bought", count="orders", days=30, at_most=0)
    assert holds(seldom, purchases())
    assert not holds(seldom, facts())  # nobody knows what a guest bought


def test_a_moment_is_the_same_in_every_zone_that_writes_it() -> None:
    period = condition(type="during", start="2026-03-18T10:30:00+08:00", end="2026-03-18T02:30:01Z")
    assert holds(period, facts(now=NOW))
