"""Stretches of time: the start is in, the end is out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.period import Period

START = datetime(2026, 1, 1, tzinfo=UTC)


def hour(number: int) -> datetime:
    return START + timedelta(hours=number)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(st.integers(0, 20))
    length = draw(st.one_of(st.none(), st.integers(1, 20)))
    return Period(hour(start), None if length is None else hour(start + length))


def test_the_start_is_in_and_the_end_is_out() -> None:
    period = Period(hour(1), hour(2))
    inside = [hour(0) in period, hour(1) in period, hour(2) - timedelta(microseconds=1) in period, hour(2) in period]
    assert inside == [False, True, True, False]


def test_without_an_end_it_goes_on() -> None:
    period = Period(hour(1))
    assert hour(10**6) in period
    assert hour(0) not in period


@given(periods(), periods())
def test_two_overlap_where_they_have_an_instant_in_common(one: Period, other: Period) -> None:
    # Whole hours, so that a common instant means a common hour; 60 lies after every end that there is.
    common = any(hour(n) in one and hour(n) in other for n in range(61))
    assert one.overlaps(other) == common
    assert other.overlaps(one) == common


def test_neighbours_do_not_overlap() -> None:
    assert not Period(hour(1), hour(2)).overlaps(Period(hour(2), hour(3)))
    assert not Period(hour(2)).overlaps(Period(hour(1), hour(2)))


@pytest.mark.parametrize("end", [hour(1), hour(0)])
def test_a_period_ends_after_it_starts(end: datetime) -> None:
    with pytest.raises(ValueError, match="end after it starts"):
        Period(hour(1), end)


def test_instants_need_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Period(START.replace(tzinfo=None))
    with pytest.raises(ValueError, match="time zone"):
        Period(START, hour(1).replace(tzinfo=None))


def test_a_period_is_read_and_written() -> None:
    period = Period(hour(1), hour(2))
    assert msgspec.json.decode(msgspec.json.encode(period), type=Period) == period
    for refused in (
        b'{"start":"2026-01-01T02:00:00Z","end":"2026-01-01T01:00:00Z"}',
        b'{"start":"2026-01-01T02:00:00"}',
    ):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(refused, type=Period)
