"""The journal and the tables beside it, read by binary COPY into columns.

A row of the server's COPY is a count of fields, then each field behind its length, all big-endian. What has a fixed
width comes first, then the two lists, then the texts, which are the canonical bytes of texts as they stand. Where rows
begin, their first bytes tell; a row that is not as a row should be is left out, and its account fails for want of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from huixiang.kernel.layout import Bytes, Flags, Numbers, groups, split
from huixiang.platform.copying import EPOCH_DAYS, EPOCH_US, Fetched
from huixiang.platform.db import Transaction
from huixiang.points.model import NOT_PENDING, HoldState, MemberRange
from huixiang.points.model.columns import Table
from huixiang.points.model.walked import JournalColumns, JournalSheet, LotColumns, OpenHold, StoredColumns
from huixiang.points.store.sweep import NO_MATURITY
from huixiang.points.store.walk import SIGNATURE, of_32_bytes, where

BATCH_BYTES = 16_000_000
_HEADER = len(SIGNATURE) + 8
_TRAILER = 2
_BEGIN = b"\x18\0\0\0\x10"  # of two bytes that say 24 fields the second, and that the first has 16 bytes
_KINDS = ["V16", ">i2", *[">i8"] * 9, ">i4", "V16", "V32", "V32"]
_NO_ORDER = "00000000-0000-0000-0000-000000000000"
_LEAST_TEXTS = 7 * 4
_EMPTY_LIST, _LIST_HEAD, _ELEMENT = 12, 20, 12
_INT8_OID = 20
_LOT_KINDS = ["V16", ">i2", ">i8", ">i4", *[">i8"] * 7]
_ACCOUNT_KINDS = ["V16", ">i2", *[">i8"] * 7, ">i4", ">i8", "V32"]


def _places() -> tuple[np.dtype[Any], npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    """The fixed part of a row; where in it the lengths of its fields stand, and what they are."""
    offsets, at, lengths, values = [], 2, list[int](), b""
    for kind in _KINDS:
        width = np.dtype(kind).itemsize
        lengths += range(at, at + 4)
        values += width.to_bytes(4)
        offsets.append(at + 4)
        at += 4 + width
    names = [f"f{number}" for number in range(len(_KINDS))]
    fixed: Any = {"names": names, "formats": _KINDS, "offsets": offsets, "itemsize": at}
    return np.dtype(fixed), np.array(lengths), np.frombuffer(values, np.uint8)


_FIXED, _LENGTHS_AT, _LENGTHS = _places()
_WIDTH = _FIXED.itemsize
_LEAST = _WIDTH + 2 * (4 + _EMPTY_LIST) + _LEAST_TEXTS
_PADDING = bytes(_WIDTH)  # so that whatever looks like a row can be read as one


async def copy_columns(
    tx: Transaction, members: MemberRange, take: Callable[[JournalColumns], None], batch_bytes: int = BATCH_BYTES
) -> None:
    """Hand on every posting of the members' accounts, account by account, in order, some at a time: accounts are whole,
    but for those too long for a batch."""
    waiting: list[bytes] = []
    size = 0

    def hand_on(*, last: bool) -> None:
        nonlocal size
        body = b"".join((*waiting, _PADDING))
        bounds = [*_starts(body), len(body) - len(_PADDING)]
        cut = len(bounds) - 1 if last else _last_account(body, bounds[:-1])
        if cut:
            take(_columns(body, np.array(bounds[: cut + 1], np.int64)))
        waiting[:] = [body[bounds[cut] : bounds[-1]]]
        size = 0

    def gather(chunk: bytes) -> None:
        nonlocal size
        waiting.append(chunk[_HEADER:] if chunk.startswith(SIGNATURE) else chunk)
        size += len(chunk)
        if size >= batch_bytes:
            hand_on(last=False)

    await tx.copy_each(
        f"""
        SELECT member_id, book, seq, points, requested, lapsed, held_delta, pending_delta, debt_delta, occurred_at,
               recorded_at, coalesce(rule_version, -1), coalesce(order_ref, '{_NO_ORDER}'), hash, input_hash,
               alloc, opened, kind, cause, counter_account, budget, rule, key, origin_key
        FROM points.posting {where(members)} ORDER BY member_id, book, seq
        """,
        gather,
    )
    waiting[-1:] = [waiting[-1][:-_TRAILER]]
    hand_on(last=True)


def _starts(body: bytes) -> list[int]:
    found, find = list[int](), body.find
    at = find(_BEGIN)
    while at >= 0:
        found.append(at - 1)
        at = find(_BEGIN, at + _LEAST)
    return found


def _last_account(body: bytes, starts: list[int]) -> int:
    """The first row of the last account; all rows where there is but one."""

    def account(row: int) -> bytes:
        return body[starts[row] : starts[row] + 2 + 4 + 16 + 4 + 2]

    last = row = len(starts) - 1
    while row >= 0 and account(row) == account(last):
        row -= 1
    return row + 1 or len(starts)


def _columns(body: bytes, bounds: Numbers) -> JournalColumns:
    """Of rows that begin at each of the bounds and end at the next."""
    starts, ends = bounds[:-1], bounds[1:]
    alloc, opened, fit = _measured(body, starts, ends)
    if not fit.all():
        starts, ends, alloc, opened = starts[fit], ends[fit], alloc[fit], opened[fit]
    fields = _gathered(body, starts, _WIDTH).view(_FIXED)[:, 0]
    texts = ends - starts - _WIDTH - alloc - opened - 8
    sheets = [
        _sheet(rows, _gathered(body, starts[rows] + _WIDTH, sum(lengths) + 8), lengths)
        for lengths, rows in groups(texts, alloc, opened)
    ]
    seq, *amounts, occurred, recorded, rule_version = (fields[f"f{n}"].astype(np.int64) for n in range(2, 12))
    orders, hashes, asked = (_octets(fields[f"f{n}"]) for n in (12, 13, 14))
    points, requested, lapsed, held, pending, debt = amounts
    return JournalColumns(
        _names(fields), seq, points, requested, lapsed, held, pending, debt, occurred + EPOCH_US, recorded + EPOCH_US,
        rule_version, orders, hashes, asked, sheets,
    )  # fmt: skip


def _measured(body: bytes, starts: Numbers, ends: Numbers) -> tuple[Numbers, Numbers, Flags]:
    """How long the fields of the two lists are, and which rows are as rows should be."""
    fit = (_gathered(body, starts, _WIDTH)[:, _LENGTHS_AT] == _LENGTHS).all(axis=1)
    lengths, at = [], starts + _WIDTH
    for _ in range(2):
        fit &= at + 4 + _LIST_HEAD <= ends  # there is more behind them
        at = np.where(fit, at, 0)
        length, *head = _gathered(body, at, 4 + _LIST_HEAD).view(">i4").astype(np.int64).T
        elements = (length - _LIST_HEAD) // _ELEMENT
        fit &= (length == _EMPTY_LIST) | ((length == _LIST_HEAD + elements * _ELEMENT) & (elements > 0))
        some = length != _EMPTY_LIST
        fit &= (head[0] == some) & (head[1] == 0) & (head[2] == _INT8_OID)
        fit &= ~some | ((head[3] == elements) & (head[4] == 1))
        lengths.append(length)
        at = at + 4 + length
    fit &= at + _LEAST_TEXTS <= ends
    return lengths[0], lengths[1], fit


def _sheet(rows: Numbers, tails: Bytes, lengths: Sequence[int]) -> JournalSheet:
    texts, alloc, opened = lengths
    lists = tails[:, 4 : 4 + alloc], tails[:, 8 + alloc : 8 + alloc + opened]
    return JournalSheet(rows, tails[:, tails.shape[1] - texts :], *map(_elements, lists))


def _elements(fields: Bytes) -> Table:
    elements = fields[:, _LIST_HEAD:].reshape(len(fields), -1, _ELEMENT)[:, :, 4:]
    return np.ascontiguousarray(elements).view(">i8")[:, :, 0].astype(np.int64)


def _gathered(body: bytes, at: Numbers, width: int) -> Bytes:
    """So many bytes from each of these places."""
    places = np.ndarray(len(body) - width + 1, f"V{width}", body, strides=(1,))
    return places[at].view(np.uint8).reshape(len(at), width)


def _octets(column: npt.NDArray[Any]) -> Bytes:
    return np.ascontiguousarray(column).view(np.uint8).reshape(len(column), column.dtype.itemsize)


def _names(fields: npt.NDArray[Any]) -> Bytes:
    """Of the accounts in the first two fields."""
    return np.concatenate((_octets(fields["f0"]), _octets(fields["f1"])), axis=1)


async def load_columns(tx: Transaction, members: MemberRange) -> StoredColumns:
    """What the tables say of the members' accounts, in the journal's order."""
    accounts = await _fetched(
        tx,
        f"""
        SELECT member_id, book, balance, held, pending, debt, seq, last_lot, recorded_at, open_from, open_lot,
               {of_32_bytes("head")}
        FROM points.account {where(members)} ORDER BY member_id, book
        """,
        _ACCOUNT_KINDS,
    )
    names = _names(accounts)
    numbers = {name: number for number, name in enumerate(split(names))}
    astray: set[bytes] = set()
    lots = await _lots(tx, members, numbers, astray)
    holds: dict[OpenHold, HoldState] = {}
    for row in await tx.fetch(
        f"SELECT member_id, book, hold_id::text, points, alloc, order_ref FROM points.hold {where(members)}"
    ):
        member_id, book, hold_id, points, alloc, order_ref = row
        name = member_id.bytes + book.to_bytes(2)
        if name in numbers:
            order = order_ref.bytes if order_ref else bytes(16)
            holds[numbers[name], hold_id.encode()] = HoldState(points, tuple(alloc), order)
        else:
            astray.add(name)
    book, balance, held, pending, debt, seq, last_lot, recorded, open_from, open_lot = (
        accounts[f"f{n}"].astype(np.int64) for n in range(1, 11)
    )
    return StoredColumns(
        names, book, balance, held, pending, debt, seq, last_lot, recorded + EPOCH_US, open_from + EPOCH_DAYS, open_lot,
        _octets(accounts["f11"]), numbers, lots, holds, astray,
    )  # fmt: skip


async def _lots(tx: Transaction, members: MemberRange, numbers: dict[bytes, int], astray: set[bytes]) -> LotColumns:
    rows = await _fetched(
        tx,
        f"""
        SELECT member_id, book, lot_no, expires_on, original, remaining, held, lapsed,
               coalesce(matures_at, '-infinity'), origin_posting, coalesce(origin_lot, 0)
        FROM points.lot {where(members)}
        """,
        _LOT_KINDS,
    )
    names = split(_names(rows))
    account = np.array([numbers.get(name, -1) for name in names], np.int64)
    astray.update(names[row] for row in np.flatnonzero(account < 0))
    lot, expires, original, remaining, held, lapsed, matures, posting, origin = (
        rows[f"f{n}"].astype(np.int64) for n in range(2, 11)
    )
    matures = np.where(matures == NO_MATURITY, NOT_PENDING, matures + EPOCH_US)
    return LotColumns(account, lot, expires + EPOCH_DAYS, original, remaining, held, lapsed, matures, posting, origin)


async def _fetched(tx: Transaction, sql: str, kinds: list[str]) -> npt.NDArray[Any]:
    parts = Fetched(await tx.copy_out(sql), kinds, array=False).parts()
    places = [(f"f{number}", kind) for number, kind in enumerate(kinds)]
    return parts[0][1] if parts else np.empty(0, places)
