"""Where now comes from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from huixiang.kernel.clock import Clock, SettableClock, SystemClock

INSTANT = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)


def read(clock: Clock) -> datetime:
    return clock.now()


def test_the_system_clock_is_in_utc_and_goes_on() -> None:
    first = read(SystemClock())
    assert first.tzinfo is UTC
    while (second := read(SystemClock())) == first:
        pass
    assert timedelta() < second - first < timedelta(minutes=1)


def test_a_settable_clock_stands_until_it_is_moved() -> None:
    clock = SettableClock(INSTANT)
    assert read(clock) == read(clock) == INSTANT
    clock.advance(timedelta(days=1, microseconds=1))
    assert read(clock) == datetime(2026, 3, 19, 2, 30, 0, 1, tzinfo=UTC)
    clock.set(INSTANT - timedelta(days=400))
    assert read(clock) == INSTANT - timedelta(days=400)


def test_a_settable_clock_is_in_utc_whatever_it_was_set_to() -> None:
    clock = SettableClock(INSTANT.astimezone(timezone(timedelta(hours=8))))
    assert read(clock) == INSTANT
    assert read(clock).tzinfo is UTC


def test_an_instant_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        SettableClock(INSTANT.replace(tzinfo=None))
