"""Rows of a binary COPY laid out one at a time: for some tens or hundreds of rows, which the driver would look at value
by value, and columns (`platform.copying`) are not worth setting up for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from struct import Struct
from uuid import UUID

from huixiang.kernel.epoch import microseconds
from huixiang.platform.copying import EPOCH_US

ABSENT = b"\xff\xff\xff\xff"
# Each field of these is its length and its value.
NUMBER = Struct(">iq")
SMALL_NUMBER = Struct(">ii")
_LENGTH = Struct(">i")
_ID = Struct(">i16s")
_INT8_OID = 20
_NO_NUMBERS = Struct(">iiii").pack(12, 0, 0, _INT8_OID)


def text(value: str | None) -> bytes:
    return ABSENT if value is None else octets(value.encode())


word = lru_cache(1024)(text)
"""A text that many rows have."""


def octets(value: bytes) -> bytes:
    return _LENGTH.pack(len(value)) + value


def identity(value: UUID | None) -> bytes:
    return ABSENT if value is None else _ID.pack(16, value.bytes)


def number(value: int | None) -> bytes:
    return ABSENT if value is None else NUMBER.pack(8, value)


def small_number(value: int | None) -> bytes:
    return ABSENT if value is None else SMALL_NUMBER.pack(4, value)


def instant(value: datetime | None) -> bytes:
    return ABSENT if value is None else NUMBER.pack(8, microseconds(value) - EPOCH_US)


def numbers(values: Sequence[int]) -> bytes:
    """An array of eight-byte integers."""
    count = len(values)
    if not count:
        return _NO_NUMBERS
    return _numbers(count).pack(
        20 + 12 * count, 1, 0, _INT8_OID, count, 1, *[n for value in values for n in (8, value)]
    )


@lru_cache(64)
def _numbers(count: int) -> Struct:
    return Struct(">iiiiii" + "iq" * count)
