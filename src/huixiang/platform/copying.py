"""PostgreSQL's binary COPY format, written from and read into columns (the server's manual, COPY, "Binary Format")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from struct import Struct
from typing import Any

import numpy as np
import numpy.typing as npt

from huixiang.kernel.layout import Bytes, Layout, Numbers

# Before some rows put down in a table just made are joined to a large one, each by its key or place: the planner knows
# nothing of the one and may know nothing of the other, and would hash or walk all of it for each.
JOIN_BY_INDEX = """
SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;
SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off
"""
_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_ABSENT = b"\xff\xff\xff\xff"
_LENGTH = Struct(">i")
_INT8_OID = 20
_UUID_OID = 2950
# So many ids a list: an index is walked once for a list, and one of its ids is looked for when a row was waited for.
_IDS_A_LIST = 120
# The server counts from 2000-01-01.
EPOCH_DAYS = 10_957
EPOCH_US = EPOCH_DAYS * 86_400_000_000


class CopyRow(Layout):
    """A row of so many fields, from left to right, to be sent with `Transaction.copy_rows`."""

    def __init__(self, fields: int) -> None:
        super().__init__()
        self.constant(fields.to_bytes(2))

    def _length(self, length: int) -> None:
        self.constant(length.to_bytes(4))

    def null(self) -> None:
        self.constant(_ABSENT)

    def int2(self, value: int) -> None:
        self._length(2)
        self.constant(value.to_bytes(2, signed=True))

    def int4(self, value: Numbers | int | None) -> None:
        if value is None:
            self.null()
            return
        self._length(4)
        if isinstance(value, int):
            self.constant(value.to_bytes(4, signed=True))
        else:
            self.numbers(value, ">i4")

    def int8(self, values: Numbers | int) -> None:
        self._length(8)
        if isinstance(values, int):
            self.constant(values.to_bytes(8, signed=True))
        else:
            self.numbers(values, ">i8")

    def date(self, days: Numbers) -> None:
        """Days since 1970-01-01."""
        self.int4(days - EPOCH_DAYS)

    def timestamptz(self, microseconds: Numbers) -> None:
        """Microseconds since 1970-01-01 UTC."""
        self.int8(microseconds - EPOCH_US)

    def octets_of(self, rows: Bytes) -> None:
        """A uuid, bytea or text, as the server sends it."""
        self._length(rows.shape[1])
        self.octets(rows)

    def text(self, value: str | bytes | None) -> None:
        if value is None:
            self.null()
        else:
            encoded = value.encode() if isinstance(value, str) else value
            self._length(len(encoded))
            self.constant(encoded)

    def int8_array(self, values: npt.NDArray[np.int64]) -> None:
        """(rows, elements)."""
        count = values.shape[1]
        self._length(20 + 12 * count if count else 12)
        self.constant((1 if count else 0).to_bytes(4) + bytes(4) + _INT8_OID.to_bytes(4))
        if count:
            self.constant(count.to_bytes(4) + (1).to_bytes(4))
        for place in range(count):
            self.int8(values[:, place])


def id_lists(ids: Bytes) -> list[bytes]:
    """Ids of 16 bytes as a whole COPY into one column of uuid[], some hundreds a row, in their order."""
    elements = np.empty((len(ids), 20), np.uint8)
    elements[:, :4] = np.frombuffer((16).to_bytes(4), np.uint8)
    elements[:, 4:] = ids
    rows = []
    for first in range(0, len(ids), _IDS_A_LIST):
        octets = elements[first : first + _IDS_A_LIST].tobytes()
        heading = (1, 0, _UUID_OID, len(octets) // 20, 1)
        rows += [(1).to_bytes(2), (20 + len(octets)).to_bytes(4), *(number.to_bytes(4) for number in heading), octets]
    return stream(b"".join(rows))


def ids_of(fetched: npt.NDArray[np.void]) -> Bytes:
    """A column of ids as rows of 16 bytes."""
    return np.ascontiguousarray(fetched).view(np.uint8).reshape(-1, 16)


def places(ids: Bytes, among: Bytes) -> Numbers:
    """Where ids stand in `among`, which is in ascending order and has them all."""
    if len(ids) == len(among) and np.array_equal(ids, among):
        return np.arange(len(ids))
    wanted, known = (np.ascontiguousarray(octets).view("S16")[:, 0] for octets in (ids, among))
    return np.searchsorted(known, wanted)


def stream(*rows: bytes) -> list[bytes]:
    """Rows as a whole COPY."""
    return [_HEADER, *rows, _TRAILER]


def streamed(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Rows as a whole COPY, each part laid when those before it are sent."""
    yield _HEADER
    yield from parts
    yield _TRAILER


def array_elements(length: int) -> int:
    """How many elements an array of eight-byte integers has whose field is so long."""
    return (length - 20) // 12 if length > 12 else 0


class Fetched:
    """What a COPY gave: rows of fixed fields, of which the last may be an array of eight-byte integers.

    kinds: the numpy type of each fixed field, such as `>i8` or `V16`.
    """

    def __init__(self, copied: bytes, kinds: list[str], *, array: bool) -> None:
        self._kinds = kinds
        self._array = array
        self._fixed = 2 + sum(4 + np.dtype(kind).itemsize for kind in kinds)
        self._body = np.frombuffer(copied, np.uint8)[len(_HEADER) : len(copied) - len(_TRAILER)]

    def parts(self) -> list[tuple[Numbers, npt.NDArray[Any], npt.NDArray[np.int64]]]:
        """(positions, fixed fields f0.., array) for each length of the array."""
        if not len(self._body):
            return []
        if not self._array:
            count = len(self._body) // self._fixed
            return [
                (np.arange(count), self._view(self._body.reshape(count, self._fixed)), np.empty((count, 0), np.int64))
            ]
        starts, lengths = self._measure()
        found, body = [], self._body.tobytes()
        for length in np.unique(lengths):
            at = np.flatnonzero(lengths == length)
            width = self._fixed + 4 + int(length)
            joined = b"".join([body[start : start + width] for start in starts[at].tolist()])
            rows = np.frombuffer(joined, np.uint8).reshape(len(at), width)
            found.append((at, self._view(rows[:, : self._fixed]), self._elements(rows[:, self._fixed + 4 :])))
        return found

    def _measure(self) -> tuple[Numbers, Numbers]:
        """Where rows start, and how long their arrays are."""
        body, fixed = self._body.tobytes(), self._fixed
        width = fixed + 4 + int.from_bytes(body[fixed : fixed + 4])
        if len(body) % width == 0:
            rows = self._body.reshape(-1, width)
            lengths = np.ascontiguousarray(rows[:, fixed : fixed + 4]).view(">i4")[:, 0].astype(np.int64)
            if (lengths == width - fixed - 4).all():
                return np.arange(len(rows)) * width, lengths
        found, at, end = [], fixed, len(body)
        while at < end:
            (length,) = _LENGTH.unpack_from(body, at)
            found.append(length)
            at += length + fixed + 4
        lengths = np.fromiter(found, np.int64, len(found))
        return np.cumsum(lengths + fixed + 4) - (lengths + fixed + 4), lengths

    def _view(self, rows: Bytes) -> npt.NDArray[Any]:
        offsets, at = [], 2
        for kind in self._kinds:
            offsets.append(at + 4)
            at += 4 + np.dtype(kind).itemsize
        places: Any = {
            "names": [f"f{number}" for number in range(len(self._kinds))],
            "formats": self._kinds,
            "offsets": offsets,
            "itemsize": self._fixed,
        }
        fields: npt.NDArray[Any] = np.ascontiguousarray(rows).view(np.dtype(places))[:, 0]
        return fields

    def _elements(self, fields: Bytes) -> npt.NDArray[np.int64]:
        count = array_elements(fields.shape[1])
        if not count:
            return np.empty((len(fields), 0), np.int64)
        elements = fields[:, 20:].reshape(len(fields), count, 12)[:, :, 4:]
        return np.ascontiguousarray(elements).view(">i8")[:, :, 0].astype(np.int64)
