"""Identifiers: UUIDv7 for rows, a 12-digit number for members, a short number for orders."""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

MEMBER_NUMBER_DIGITS = 12
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

# Damm's quasigroup: catches every single wrong digit and every swap of neighbours.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


class _Sequence:
    """The last id given out by this process, so that ids made in the same millisecond still ascend."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last_ms = 0
        self._counter = 0

    def next(self, now_ms: int) -> tuple[int, int]:
        with self._lock:
            if now_ms > self._last_ms:
                self._last_ms = now_ms
                # The top bit starts at 0, so that a millisecond has room for 2^41 ids above a random start.
                self._counter = int.from_bytes(os.urandom(6)) >> 7
            else:
                self._counter += 1
            return self._last_ms, self._counter


_sequence = _Sequence()


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562, method 1): millisecond, a 42-bit counter with a random start, 32 random bits."""
    return _uuid7(*_sequence.next(time.time_ns() // 1_000_000), int.from_bytes(os.urandom(4)))


def _uuid7(ms: int, counter: int, tail: int) -> UUID:
    value = (ms & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76
    value |= (counter >> 30 & 0xFFF) << 64
    value |= 0b10 << 62
    value |= (counter & 0x3FFF_FFFF) << 32
    value |= tail
    return UUID(int=value)


def lowest_id_at(instant: datetime) -> UUID:
    """The smallest UUIDv7 of the instant's millisecond: a lower bound when ids stand in for times."""
    return _uuid7((instant - _EPOCH) // _MILLISECOND, 0, 0)


def member_number(serial: int) -> str:
    """The 12-digit number that people see: eleven digits of `serial` and a check digit."""
    if not 0 <= serial < 10 ** (MEMBER_NUMBER_DIGITS - 1):
        raise ValueError(f"a member serial has at most {MEMBER_NUMBER_DIGITS - 1} digits, got {serial}")
    digits = f"{serial:0{MEMBER_NUMBER_DIGITS - 1}d}"
    return f"{digits}{_damm(digits)}"


def check_member_number(text: str) -> bool:
    """Whether `text` is a member number that could have been given out: twelve digits with the right check digit."""
    return len(text) == MEMBER_NUMBER_DIGITS and text.isascii() and text.isdigit() and _damm(text) == 0


def _damm(digits: str) -> int:
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


def order_number(order_id: UUID, business_day: date) -> str:
    """What people call an order: its business day and ten characters of its id, as in `251121-7KQ2M9ZB4X`."""
    tail = order_id.int & (1 << 50) - 1
    characters = "".join(_CROCKFORD[tail >> shift & 31] for shift in range(45, -5, -5))
    return f"{business_day:%y%m%d}-{characters}"
