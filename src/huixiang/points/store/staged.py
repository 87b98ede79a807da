"""Accounts of very many members, read as columns: their ids are put down in a table, which is joined."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from huixiang.kernel.layout import Bytes, Numbers, groups, interleave, pick
from huixiang.platform import copying
from huixiang.platform.copying import EPOCH_DAYS, EPOCH_US, CopyRow, Fetched, id_lists, ids_of, places, stream
from huixiang.platform.db import Transaction
from huixiang.points.model import BEGINNING, CHAIN_START, NEVER, Book
from huixiang.points.model.columns import Blocks, Counters, Earnings, Standing

READ_COLUMNS = """a.member_id, a.ctid, a.balance, a.held, a.pending, a.debt, a.seq, a.last_lot, a.head, a.recorded_at,
    a.open_from, a.open_lot, a.counters"""
READ_KINDS = ["V16", "V6", *[">i8"] * 6, "V32", ">i8", ">i4", ">i8"]


async def stage(tx: Transaction, members: Bytes) -> None:
    """Put down whose accounts are meant, in lock order.

    From here on the transaction joins by index.
    """
    await tx.execute(copying.JOIN_BY_INDEX)
    await tx.execute("CREATE TEMPORARY TABLE bulk_wanted (members uuid[] NOT NULL) ON COMMIT DROP")
    await tx.copy_rows("bulk_wanted", ("members",), id_lists(members))


async def read_accounts(tx: Transaction, book: Book, members: Bytes, *, lock: bool) -> Standing:
    """The staged accounts as they stand; locked, as they stand when all waiting is over."""
    if lock:
        await tx.execute(
            """
            SELECT FROM (SELECT unnest(members) AS member_id FROM bulk_wanted ORDER BY 1) AS w
            CROSS JOIN LATERAL (
                SELECT FROM points.account AS a WHERE a.member_id = w.member_id AND a.book = $1 FOR NO KEY UPDATE
            ) AS a
            """,
            book.number,
        )
    copied = await tx.copy_out(
        f"""
        SELECT a.*
        FROM bulk_wanted AS w
        CROSS JOIN LATERAL (
            SELECT {READ_COLUMNS}
            FROM points.account AS a WHERE a.member_id = ANY (w.members) AND a.book = $1
            OFFSET 0  -- list by list, whatever the planner thinks of accounts it has not counted yet
        ) AS a
        """,
        book.number,
    )
    return standing_of(Fetched(copied, READ_KINDS, array=True).parts(), members)


def standing_of(parts: Sequence[tuple[Numbers, npt.NDArray[Any], npt.NDArray[np.int64]]], members: Bytes) -> Standing:
    """What was read of accounts, by their place among the members, who are in order. parts: of rows of READ_COLUMNS."""
    standing = _nobody(len(members))
    most = max((counters.shape[1] // 3 for _, _, counters in parts), default=0)
    standing.counters = Counters.empty(len(members), most)
    for _, fields, counters in parts:
        at = places(ids_of(fields["f0"]), members)
        standing.found[at] = True
        standing.place[at] = fields["f1"]
        numbers = (
            standing.balance, standing.held, standing.pending, standing.debt, standing.seq, standing.last_lot,
        )  # fmt: skip
        for column, name in zip(numbers, ("f2", "f3", "f4", "f5", "f6", "f7"), strict=True):
            column[at] = fields[name]
        standing.head[at] = np.ascontiguousarray(fields["f8"]).view(np.uint8).reshape(-1, 32)
        standing.recorded[at] = fields["f9"].astype(np.int64) + EPOCH_US
        standing.open_from[at] = fields["f10"].astype(np.int64) + EPOCH_DAYS
        standing.open_lot[at] = fields["f11"]
        standing.counters.sizes[at] = counters.shape[1] // 3
        standing.counters.entries[at, : counters.shape[1] // 3] = counters.reshape(len(at), -1, 3)
    return standing


async def open_accounts(tx: Transaction, book: Book) -> None:
    """Open the staged accounts that have no row."""
    await tx.execute(
        """
        INSERT INTO points.account (member_id, book, balance, held, pending, debt, seq, last_lot, head, counters,
                                    recorded_at, open_from, open_lot)
        SELECT w.member_id, $1, 0, 0, 0, 0, 0, 0, $2, '{}', $3, $4, 0
        FROM bulk_wanted CROSS JOIN unnest(members) AS w (member_id)
        ORDER BY w.member_id
        ON CONFLICT DO NOTHING
        """,
        book.number,
        CHAIN_START,
        BEGINNING,
        NEVER,
    )


def _nobody(count: int) -> Standing:
    """Accounts without a row."""

    def zeros() -> Numbers:
        return np.zeros(count, np.int64)

    return Standing(
        found=np.zeros(count, np.bool_), place=np.zeros(count, "V6"), balance=zeros(), held=zeros(),
        pending=zeros(), debt=zeros(),
        seq=zeros(), last_lot=zeros(), head=np.tile(np.frombuffer(CHAIN_START, np.uint8), (count, 1)),
        recorded=zeros(), open_from=np.full(count, (NEVER - BEGINNING.date()).days), open_lot=zeros(),
        counters=Counters.empty(count),
    )  # fmt: skip


async def used_keys(tx: Transaction, book: Book, earnings: Earnings, blocks: Blocks) -> Numbers:
    """The blocks of staged members with a key that the journal has."""
    await tx.execute(
        """
        CREATE TEMPORARY TABLE bulk_keys (place integer NOT NULL, member_id uuid NOT NULL, key text NOT NULL)
        ON COMMIT DROP
        """
    )
    parts = []
    for (length,), rows in groups(earnings.key_lengths):
        row = CopyRow(3)
        row.int4(blocks.member[rows])
        row.octets_of(pick(earnings.members, rows))
        row.octets_of(earnings.key_rows(rows, length))
        parts.append((rows, row.rows(len(rows))))
    await tx.copy_rows("bulk_keys", ("place", "member_id", "key"), stream(interleave(parts)))
    found = await tx.fetch(
        """
        SELECT DISTINCT k.place
        FROM bulk_keys AS k
        JOIN points.posting AS p ON p.member_id = k.member_id AND p.book = $1 AND p.key = k.key
        """,
        book.number,
    )
    return np.array([row["place"] for row in found], np.int64)
