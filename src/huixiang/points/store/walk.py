"""The journal and the tables beside it, read by binary COPY: millions of rows, no object per field.

A row of the server's COPY is a count of fields, then each field behind its length, all big-endian. What has a fixed
width comes first, so one `Struct` reads it; texts come last, and are the canonical bytes of texts as they stand.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from functools import cache
from struct import Struct
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.points.model import (
    NOT_PENDING,
    SERVER_EPOCH_US,
    AccountBalance,
    AccountState,
    HoldState,
    JournalRow,
    LotState,
    MemberRange,
    Members,
    RawKey,
    StoredAccount,
)

SIGNATURE = b"PGCOPY\n\xff\r\n\0"
_HEADER_BYTES = len(SIGNATURE) + 8
_TRAILER_BYTES = 2
# The server counts from 2000-01-01.
_EPOCH_DAYS = 10_957
_EPOCH_US = SERVER_EPOCH_US

_POSTING = Struct(">2x4x16s4xH" + "4xq" * 9 + "4xi4x16s4xi4x32s4x32s4xi4xi4xi")
_NO_INSTANT = -(2**63)  # -infinity
_LOT = Struct(">2x4x16s4xH4xq4xi" + "4xq" * 7)
_ACCOUNT = Struct(">2x4x16s4xH" + "4xq" * 7 + "4xi4xq4x32s")

_TEXTS = ("kind", "cause", "counter_account", "budget", "rule", "key", "origin_key")


async def copy_postings(tx: Transaction, members: Members, feed: Callable[[Iterator[JournalRow]], None]) -> None:
    """Feed every posting of the members' accounts, account by account, in order, some at a time."""

    def take(chunk: bytes) -> None:
        feed(_postings(chunk))

    lengths = [f"coalesce(octet_length({text}), 0)" for text in _TEXTS]
    alloc, opened = _plain("alloc"), _plain("opened")
    await tx.copy_each(
        f"""
        SELECT member_id, book, seq, points, requested, lapsed, held_delta, pending_delta, debt_delta, occurred_at,
               recorded_at, coalesce(rule_version, -1), coalesce(order_ref, '{UUID(int=0)}'),
               {4 * 5} + {" + ".join(lengths[:5])}, {of_32_bytes("hash")}, {of_32_bytes("input_hash")},
               {4 * len(_TEXTS)} + {" + ".join(lengths)}, cardinality({alloc}), cardinality({opened}),
               {alloc}, {opened}, {", ".join(_TEXTS)}
        FROM points.posting {where(members)} ORDER BY member_id, book, seq
        """,
        take,
    )


async def load_stored(tx: Transaction, members: Members) -> dict[RawKey, StoredAccount]:
    """What the tables say of the members' accounts, in the journal's order."""
    found: dict[RawKey, StoredAccount] = {}
    bounds = where(members)

    def take_accounts(chunk: bytes) -> None:
        for member_id, book, *values in _ACCOUNT.iter_unpack(whole_rows(chunk, _ACCOUNT.size)):
            values[6] += _EPOCH_US
            values[7] += _EPOCH_DAYS
            found[member_id, book] = StoredAccount(AccountState(*values), {}, {})

    def take_lots(chunk: bytes) -> None:
        for member_id, book, lot_no, expires_on, *values in _LOT.iter_unpack(whole_rows(chunk, _LOT.size)):
            values[4] = values[4] + _EPOCH_US if values[4] != _NO_INSTANT else NOT_PENDING
            lot = LotState(lot_no, expires_on + _EPOCH_DAYS, *values)
            _at(found, (member_id, book)).lots[lot_no] = lot

    await tx.copy_each(
        f"""
        SELECT member_id, book, balance, held, pending, debt, seq, last_lot, recorded_at, open_from, open_lot,
               {of_32_bytes("head")}
        FROM points.account {bounds} ORDER BY member_id, book
        """,
        take_accounts,
    )
    await tx.copy_each(
        f"""
        SELECT member_id, book, lot_no, expires_on, original, remaining, held, lapsed,
               coalesce(matures_at, '-infinity'), origin_posting, coalesce(origin_lot, 0)
        FROM points.lot {bounds}
        """,
        take_lots,
    )
    for row in await tx.fetch(f"SELECT member_id, book, hold_id, points, alloc, order_ref FROM points.hold {bounds}"):
        member_id, book, hold_id, points, alloc, order_ref = row
        state = HoldState(points, tuple(alloc), order_ref.bytes if order_ref else bytes(16))
        _at(found, (member_id.bytes, book)).holds[hold_id] = state
    return found


def _at(found: dict[RawKey, StoredAccount], key: RawKey) -> StoredAccount:
    return found.get(key) or found.setdefault(key, StoredAccount(None, {}, {}))


async def sum_accounts(tx: Transaction, before: datetime) -> AsyncIterator[AccountBalance]:
    """What the postings recorded before an instant add up to, account by account, in order."""
    async for row in tx.cursor(
        """
        SELECT member_id, book, (sum(points) + sum(debt_delta))::bigint, sum(held_delta)::bigint,
               sum(pending_delta)::bigint, sum(debt_delta)::bigint
        FROM points.posting WHERE recorded_at < $1 GROUP BY member_id, book ORDER BY member_id, book
        """,
        before,
    ):
        yield AccountBalance(*row)


async def member_ranges(tx: Transaction, accounts: int) -> list[MemberRange]:
    """All members that there may be, cut where `accounts` accounts lie between; a member is in one range whole."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT member_id FROM (
            SELECT member_id, row_number() OVER (ORDER BY member_id, book) AS place FROM points.account
        ) AS numbered
        WHERE place > 1 AND place % $1 = 0 ORDER BY member_id
        """,
        accounts,
    )
    cuts = [None, *(row["member_id"] for row in rows), None]
    return [MemberRange(*between) for between in itertools.pairwise(cuts)]


def where(members: Members) -> str:
    if isinstance(members, MemberRange):
        bounds = [f"member_id >= '{members.first}'"] if members.first else []
        bounds += [f"member_id < '{members.end}'"] if members.end else []
    else:
        bounds = [f"member_id = ANY ('{{{','.join(map(str, members))}}}')"]
    return f"WHERE {' AND '.join(bounds)}" if bounds else ""


def whole_rows(chunk: bytes, width: int) -> memoryview:
    """The rows of a chunk, of so many bytes each. The driver hands on whole rows; before the first is a header, after
    the last a trailer."""
    begin = _HEADER_BYTES if chunk.startswith(SIGNATURE) else 0
    return memoryview(chunk)[begin : begin + (len(chunk) - begin) // width * width]


def of_32_bytes(column: str) -> str:
    """A hash of fixed width, whatever was done to it: another one does not match either."""
    return f"CASE WHEN octet_length({column}) = 32 THEN {column} ELSE sha256('') END"


def _plain(column: str) -> str:
    """A list without nulls, whatever was done to it: no posting has this one."""
    odd = f"array_ndims({column}) > 1 OR array_position({column}, NULL) IS NOT NULL"
    return f"CASE WHEN {odd} THEN '{{-1}}' ELSE {column} END"


def _postings(chunk: bytes) -> Iterator[JournalRow]:
    at = _HEADER_BYTES if chunk.startswith(SIGNATURE) else 0
    last = len(chunk) - _TRAILER_BYTES  # a row is longer than that
    while at < last:
        *fixed, texts_bytes, alloc, opened = _POSTING.unpack_from(chunk, at)
        at += _POSTING.size
        arrays = _arrays(alloc, opened)
        numbers = arrays.unpack_from(chunk, at)
        at += arrays.size
        texts = chunk[at : at + texts_bytes]
        at += texts_bytes
        yield JournalRow(*fixed, alloc, numbers, texts)  # type: ignore[call-arg]  # the columns are the fields


@cache
def _arrays(first: int, second: int) -> Struct:
    """Two arrays of so many bigints, each behind its length; one without elements has no dimension, hence a shorter
    head."""
    return Struct(">" + "".join(f"{24 if count else 16}x" + "4xq" * count for count in (first, second)))
