"""Ids that ascend, and numbers that people can mistype and be told."""

from __future__ import annotations

import re
import threading
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.clock import SystemClock
from huixiang.kernel.ids import (
    _Sequence,
    check_member_number,
    lowest_id_at,
    member_number,
    new_id,
    order_number,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
INSTANTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
SERIALS = st.integers(0, 10**11 - 1)


def milliseconds(id_: UUID) -> int:
    return id_.int >> 80


def test_an_id_is_a_version_7_uuid_of_its_instant() -> None:
    before = (SystemClock().now() - EPOCH) // MILLISECOND
    ids = [new_id() for _ in range(1_000)]
    after = (SystemClock().now() - EPOCH) // MILLISECOND
    assert {(id_.version, id_.variant) for id_ in ids} == {(7, RFC_4122)}
    assert all(before <= milliseconds(id_) <= after for id_ in ids)


def test_ids_ascend() -> None:
    ids = [new_id() for _ in range(10_000)]
    assert len({milliseconds(id_) for id_ in ids}) < len(ids) // 2  # most share their millisecond with others
    assert all(one < next_ for one, next_ in pairwise(ids))
    assert [str(id_) for id_ in ids] == sorted(str(id_) for id_ in ids)


def test_ids_of_many_threads_differ_and_ascend_in_each() -> None:
    made: list[list[UUID]] = [[] for _ in range(8)]
    together = threading.Barrier(len(made))

    def make(ids: list[UUID]) -> None:
        together.wait()
        ids.extend(new_id() for _ in range(2_000))

    first = new_id()
    threads = [threading.Thread(target=make, args=(ids,)) for ids in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = [id_ for ids in made for id_ in ids]
    assert len(set(every)) == len(every) == 16_000
    assert all(one < next_ for ids in made for one, next_ in pairwise(ids))
    assert first < min(every)
    assert max(every) < new_id()


def test_ids_ascend_though_the_clock_steps_back() -> None:
    sequence = _Sequence()
    places = [sequence.next(ms) for ms in (5_000, 5_000, 4_000, 4_999, 5_000, 5_001, 1)]
    assert all(one < next_ for one, next_ in pairwise(places))
    assert [ms for ms, _ in places] == [5_000] * 5 + [5_001] * 2


def test_a_millisecond_has_room_above_every_start() -> None:
    starts = [_Sequence().next(1)[1] for _ in range(200)]
    assert all(0 <= start < 2**41 for start in starts)
    assert len(set(starts)) == len(starts)


@given(INSTANTS)
def test_the_lowest_id_of_an_instant_is_below_every_id_of_its_millisecond(instant: datetime) -> None:
    lowest = lowest_id_at(instant)
    assert (lowest.version, lowest.variant) == (7, RFC_4122)
    assert milliseconds(lowest) == (instant - EPOCH) // MILLISECOND
    assert lowest.int & (1 << 76) - 1 == 0b10 << 62  # nothing else is set


def test_the_lowest_id_keeps_the_millisecond_that_a_float_would_lose() -> None:
    instant = datetime(2004, 5, 31, 13, 17, 20, 909_000, tzinfo=UTC)
    assert milliseconds(lowest_id_at(instant)) == 1_086_009_440_909
    assert lowest_id_at(instant) == lowest_id_at(instant.astimezone(timezone(timedelta(hours=8))))


@given(SERIALS)
def test_a_member_number_has_twelve_digits_and_checks(serial: int) -> None:
    number = member_number(serial)
    assert re.fullmatch(r"\d{12}", number)
    assert int(number[:-1]) == serial
    assert check_member_number(number)


@given(SERIALS)
def test_every_single_wrong_digit_is_caught(serial: int) -> None:
    number = member_number(serial)
    wrong = [
        number[:place] + digit + number[place + 1 :]
        for place in range(12)
        for digit in "0123456789"
        if digit != number[place]
    ]
    assert len(wrong) == 12 * 9
    assert [mistyped for mistyped in wrong if check_member_number(mistyped)] == []


@given(SERIALS)
def test_every_swap_of_neighbours_is_caught(serial: int) -> None:
    number = member_number(serial)
    swapped = [
        number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        for place in range(11)
        if number[place] != number[place + 1]
    ]
    assert [mistyped for mistyped in swapped if check_member_number(mistyped)] == []


def test_exactly_one_check_digit_fits() -> None:
    fitting = [digit for digit in "0123456789" if check_member_number(f"12345678901{digit}")]
    assert fitting == [member_number(12_345_678_901)[-1]]


@pytest.mark.parametrize(
    "text", ["", "1", "0" * 11, "0" * 13, "00000000000a", " 00000000000", "٠" * 12, "-00000000000"]
)
def test_what_is_no_twelve_digits_is_no_member_number(text: str) -> None:
    assert check_member_number("0" * 12)
    assert not check_member_number(text)


@pytest.mark.parametrize("serial", [-1, 10**11])
def test_a_serial_has_eleven_digits(serial: int) -> None:
    with pytest.raises(ValueError, match="at most 11 digits"):
        member_number(serial)


def test_an_order_number_shows_its_day_and_its_id() -> None:
    order_id = UUID("019a8f4e-1c2d-7abc-8def-0123456789ab")
    number = order_number(order_id, date(2025, 11, 21))
    assert re.fullmatch(r"251121-[0-9A-HJKMNP-TV-Z]{10}", number)
    decoded = 0
    for character in number[7:]:
        decoded = decoded * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(character)
    assert decoded == order_id.int % 2**50


def test_orders_of_one_day_have_different_numbers() -> None:
    numbers = {order_number(new_id(), date(2025, 11, 21)) for _ in range(5_000)}
    assert len(numbers) == 5_000
