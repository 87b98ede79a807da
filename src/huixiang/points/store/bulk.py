"""Earnings by the hundred thousand: accounts read and written as columns, journal and lots by COPY.

Reading (`store.staged`) takes no lock. The update finds an account's row by its place in the table (ctid) and its
sequence number: one that moved meanwhile is not found, and the caller does the batch again with the accounts locked. A
place means something inside one table of one server only. On a sharded engine, where the table is many, the join is by
key: `by_place` false, with the tables made here distributed by member_id beside the accounts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from huixiang.kernel.layout import Bytes, Flags, Numbers, groups, interleave, pick, runs
from huixiang.platform.copying import CopyRow, stream, streamed
from huixiang.platform.db import Transaction
from huixiang.points.model import Book
from huixiang.points.model.columns import Decided, Earnings, Sheet, Standing
from huixiang.points.store.lots import COLUMNS as LOT_COLUMNS
from huixiang.points.store.postings import COLUMNS as POSTING_COLUMNS

CHANGED = (
    "place", "member_id", "seq_read", "balance", "pending", "seq", "last_lot", "head", "recorded_at", "open_from",
    "open_lot", "counters",
)  # fmt: skip


async def write_accounts(
    tx: Transaction, book: Book, members: Bytes, before: Standing, after: Standing, which: Flags, *,
    by_place: bool = True,
) -> bool:  # fmt: skip
    """Write what accounts have become. False where one moved since it was read; nothing may be committed then."""
    known = np.flatnonzero(which & before.found)
    if len(known) and not await _update(tx, book, members, known, before, after, by_place=by_place):
        return False
    opened = np.flatnonzero(which & ~before.found)
    if len(opened):
        columns = ("member_id", "book", "held", "debt", *ACCOUNT_STATE)
        await tx.copy_rows("points.account", columns, stream(_account_rows(members, opened, after, book)))
    return True


ACCOUNT_STATE = CHANGED[3:]


def _account_rows(members: Bytes, blocks: Numbers, after: Standing, book: Book) -> bytes:
    parts = []
    for (size,), at in groups(after.counters.sizes[blocks]):
        row = CopyRow(4 + len(ACCOUNT_STATE))
        row.octets_of(pick(members, blocks[at]))
        row.int2(book.number)
        row.int8(0)
        row.int8(0)
        _state(row, after, blocks[at], size)
        parts.append((at, row.rows(len(at))))
    return interleave(parts)


def _state(row: CopyRow, after: Standing, blocks: Numbers, counters: int) -> None:
    for column in (after.balance, after.pending, after.seq, after.last_lot):
        row.int8(column[blocks])
    row.octets_of(pick(after.head, blocks))
    row.timestamptz(after.recorded[blocks])
    row.date(after.open_from[blocks])
    row.int8(after.open_lot[blocks])
    row.int8_array(after.counters.entries[blocks, :counters].reshape(len(blocks), -1))


async def _update(
    tx: Transaction, book: Book, members: Bytes, blocks: Numbers, before: Standing, after: Standing, *, by_place: bool
) -> bool:
    await tx.execute(
        """
        CREATE TEMPORARY TABLE bulk_changed (
            place tid, member_id uuid, seq_read bigint, balance bigint, pending bigint, seq bigint, last_lot bigint,
            head bytea, recorded_at timestamptz, open_from date, open_lot bigint, counters bigint[]
        ) ON COMMIT DROP
        """
    )
    parts = []
    for (size,), at in groups(after.counters.sizes[blocks]):
        row = CopyRow(len(CHANGED))
        row.octets_of(before.place[blocks[at]].view(np.uint8).reshape(-1, 6))
        row.octets_of(pick(members, blocks[at]))
        row.int8(before.seq[blocks[at]])
        _state(row, after, blocks[at], size)
        parts.append((at, row.rows(len(at))))
    await tx.copy_rows("bulk_changed", CHANGED, stream(interleave(parts)))
    # A place may be another account's by now. The index is not to be asked for that: the row is at hand.
    join = "a.ctid = c.place AND a.member_id IS NOT DISTINCT FROM" if by_place else "a.member_id ="
    updated = await tx.execute(
        f"""
        UPDATE points.account AS a
        SET balance = c.balance, pending = c.pending, seq = c.seq, last_lot = c.last_lot, head = c.head,
            recorded_at = c.recorded_at, open_from = c.open_from, open_lot = c.open_lot, counters = c.counters
        FROM bulk_changed AS c
        WHERE {join} c.member_id AND a.book = $1 AND a.seq = c.seq_read
        """,
        book.number,
    )
    return updated == len(blocks)


async def add_postings(tx: Transaction, sheets: Sequence[Sheet], hashes: Bytes) -> None:
    """Write the journal's rows, sheet by sheet. A key that is there raises."""
    parts = (part for sheet in sheets for part in sheet.parts())
    laid = (_posting_rows(part, pick(hashes, part.rows)).tobytes() for part in parts)
    await tx.copy_rows("points.posting", POSTING_COLUMNS, streamed(laid))


def _posting_rows(sheet: Sheet, hashes: Bytes) -> Bytes:
    heading = sheet.heading
    row = CopyRow(len(POSTING_COLUMNS))
    row.octets_of(sheet.members)
    row.int2(heading.book.number)
    row.int8(sheet.seq)
    row.int8(sheet.points)
    row.int8(sheet.requested)
    row.int8(0)  # lapsed
    row.int8(0)  # held_delta
    row.int8(sheet.pending)
    row.int8(0)  # debt_delta
    for value in (heading.kind, heading.cause, heading.counter_account, heading.budget, heading.rule):
        row.text(value)
    row.int4(heading.rule_version)
    if sheet.orders is None:
        row.null()
    else:
        row.octets_of(sheet.orders)
    row.timestamptz(sheet.occurred)
    row.timestamptz(sheet.recorded)
    row.octets_of(sheet.keys)
    row.null()  # origin_key
    row.octets_of(sheet.asked)
    row.int8_array(sheet.alloc)
    row.int8_array(sheet.opened)
    row.octets_of(hashes)
    return row.rows(len(sheet))


async def add_lots(tx: Transaction, book: Book, earnings: Earnings, decided: Decided, rows: Numbers) -> None:
    """Write the lots that `rows` open."""
    opening = rows[decided.lot[rows] > 0]
    if not len(opening):
        return
    laid = (
        _lot_rows(book, earnings, decided, opening[run][at], pending=bool(pending)).tobytes()
        for run in runs(len(opening))
        for (pending,), at in groups((earnings.matures[opening[run]] >= 0).astype(np.int64))
    )
    await tx.copy_rows("points.lot", ("member_id", "book", *LOT_COLUMNS), streamed(laid))


def _lot_rows(book: Book, earnings: Earnings, decided: Decided, rows: Numbers, *, pending: bool) -> Bytes:
    row = CopyRow(2 + len(LOT_COLUMNS))
    row.octets_of(pick(earnings.members, rows))
    row.int2(book.number)
    row.int8(decided.lot[rows])
    row.date(earnings.expires[rows])
    row.int8(decided.granted[rows])
    row.int8(decided.granted[rows])
    row.int8(0)  # held
    row.int8(0)  # lapsed
    if pending:
        row.timestamptz(earnings.matures[rows])
    else:
        row.null()
    row.int8(decided.seq[rows])
    row.null()  # origin_lot
    return row.rows(len(rows))
