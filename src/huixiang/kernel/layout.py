"""Rows of bytes made of columns: one template, whose places columns fill. Everything is numpy; nothing loops over rows.

A hundred thousand rows of a wire format cost some ten numpy calls, where a row at a time costs microseconds each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]  # (rows, width)
Numbers = npt.NDArray[np.int64]  # (rows,)
Flags = npt.NDArray[np.bool_]  # (rows,)

DAY_US = 86_400_000_000
# So many rows are laid at a time: few enough that they are still in the processor's cache when they are sent or hashed,
# enough that a call of numpy costs nothing a row.
ROWS_AT_A_TIME = 8192
_POWERS = 10 ** np.arange(19, dtype=np.int64)
_HEX = np.array([f"{octet:02x}" for octet in range(256)], "S2").view(np.uint16)
_UUID_PARTS = ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))


class Layout:
    """A row in the making, from left to right."""

    def __init__(self) -> None:
        self._template = bytearray()
        self._places: list[tuple[int, npt.NDArray[Any]]] = []

    def constant(self, value: bytes) -> None:
        self._template += value

    def numbers(self, values: npt.NDArray[Any], kind: str) -> None:
        """Integers as a numpy type with its byte order, such as `>i8`."""
        self._place(values.astype(kind))

    def octets(self, rows: Bytes) -> None:
        """Bytes, as many in each row."""
        width = rows.shape[1]
        if width:
            self._place(np.ascontiguousarray(rows).view(f"V{width}")[:, 0])

    def _place(self, column: npt.NDArray[Any]) -> None:
        self._places.append((len(self._template), column))
        self._template += bytes(column.dtype.itemsize)

    def rows(self, count: int) -> Bytes:
        width = len(self._template)
        laid = np.empty(count, dtype=f"V{width}")
        laid[:] = np.void(bytes(self._template))
        names = [f"f{number}" for number in range(len(self._places))]
        places: Any = {
            "names": names,
            "formats": [column.dtype for _, column in self._places],
            "offsets": [offset for offset, _ in self._places],
            "itemsize": width,
        }
        view = laid.view(np.dtype(places))
        for name, (_, column) in zip(names, self._places, strict=True):
            view[name] = column
        return laid.view(np.uint8).reshape(count, width)


def runs(count: int) -> list[slice]:
    """So many rows, some at a time."""
    return [slice(first, first + ROWS_AT_A_TIME) for first in range(0, count, ROWS_AT_A_TIME)]


def interleave(parts: Sequence[tuple[Numbers, Bytes]]) -> bytes:
    """One stream of rows of several widths: (position of each row in the stream, rows) per width."""
    if len(parts) == 1:
        return parts[0][1].tobytes()
    stream: list[bytes] = [b""] * sum(len(positions) for positions, _ in parts)
    for positions, rows in parts:
        for position, row in zip(positions.tolist(), split(rows), strict=True):
            stream[position] = row
    return b"".join(stream)


def split(rows: Bytes) -> list[bytes]:
    """Each row by itself."""
    found: list[bytes] = np.ascontiguousarray(rows).view(f"V{rows.shape[1]}")[:, 0].tolist()
    return found


def pick(rows: Bytes, which: Numbers) -> Bytes:
    """Rows by their numbers: what indexing does, by whole rows at a time."""
    return np.take(rows, which, axis=0)


def groups(*columns: npt.NDArray[Any]) -> list[tuple[tuple[int, ...], Numbers]]:
    """Positions of rows that are alike in small numbers, as (those numbers, positions in order)."""
    if not len(columns[0]):
        return []
    code = columns[0].astype(np.int64)
    for column in columns[1:]:
        code = code * (int(column.max()) + 1) + column
    if code.min() == code.max():
        return [(tuple(int(column[0]) for column in columns), np.arange(len(code)))]
    order = np.argsort(code, kind="stable")
    cuts = np.flatnonzero(np.diff(code[order])) + 1
    return [(tuple(int(column[part[0]]) for column in columns), part) for part in np.split(order, cuts)]


def decimal_width(values: Numbers) -> Numbers:
    """How many decimal digits numbers have that are not negative."""
    return np.maximum(np.searchsorted(_POWERS, values, side="right"), 1).astype(np.int64)


def decimals(values: Numbers, width: int) -> Bytes:
    """Numbers that are not negative as so many decimal digits, with zeros in front."""
    digits = np.empty((len(values), width), np.uint8)
    left = values
    for place in range(width - 1, -1, -1):
        rest = left // 10
        digits[:, place] = left - rest * 10
        left = rest
    return digits + np.uint8(48)


def hex_text(rows: Bytes) -> Bytes:
    """Lower-case hexadecimal."""
    return _HEX[rows].view(np.uint8)


def uuid_text(ids: Bytes) -> Bytes:
    """Ids of 16 bytes as people write them."""
    digits = hex_text(ids)
    text = np.full((len(ids), 36), ord("-"), np.uint8)
    for number, (start, end) in enumerate(_UUID_PARTS):
        text[:, start + number : end + number] = digits[:, start:end]
    return text


def day_text(days: Numbers) -> Bytes:
    """Days since 1970-01-01 as 10 characters, `2026-03-18`."""
    distinct, which = np.unique(days, return_inverse=True)
    texts = np.datetime_as_string(distinct.astype("datetime64[D]")).astype("S10")
    return np.ascontiguousarray(texts).view(np.uint8).reshape(len(distinct), 10)[which]
