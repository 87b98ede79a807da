"""What a batch decided, written in one statement: rows travel as arrays of rows, in the order of each table.

Of many, what is new comes by COPY before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from uuid import UUID

import msgspec

from huixiang.kernel.epoch import days
from huixiang.platform import packing
from huixiang.platform.copying import EPOCH_DAYS, stream
from huixiang.platform.db import COPY_FROM_ROWS, Transaction
from huixiang.points.model import Account, AccountKey, HeldPoints, Lot, Posting

SAVE = """
WITH posting AS (
    INSERT INTO points.posting SELECT * FROM unnest($1::points.posting[])
), opened AS (
    INSERT INTO points.lot SELECT * FROM unnest($2::points.lot[])
), changed AS (
    UPDATE points.lot AS l
    SET remaining = c.remaining, held = c.held, lapsed = c.lapsed, matures_at = c.matures_at
    FROM unnest($3::points.lot[]) AS c
    WHERE l.member_id = c.member_id AND l.book = c.book AND l.expires_on = c.expires_on AND l.lot_no = c.lot_no
), made AS (
    INSERT INTO points.hold SELECT * FROM unnest($4::points.hold[])
), ended AS (
    DELETE FROM points.hold AS h USING unnest($5::uuid[], $6::smallint[], $7::uuid[]) AS e (member_id, book, hold_id)
    WHERE h.member_id = e.member_id AND h.book = e.book AND h.hold_id = e.hold_id
)
UPDATE points.account AS a
SET balance = c.balance, held = c.held, pending = c.pending, debt = c.debt, seq = c.seq, last_lot = c.last_lot,
    head = c.head, counters = coalesce(c.counters, a.counters), recorded_at = greatest(a.recorded_at, $9),
    open_from = c.open_from, open_lot = c.open_lot
FROM unnest($8::points.account[]) AS c
WHERE a.member_id = c.member_id AND a.book = c.book
"""


_POSTING = tuple(Posting.__struct_fields__)
_LOT = (
    "member_id", "book", "expires_on", "lot_no", "original", "remaining", "held", "lapsed", "matures_at",
    "origin_posting", "origin_lot",
)  # fmt: skip
# The number of fields, and those that are never absent at the beginning of a row, each after its length.
_POSTING_BEGINS = Struct(">hi16sih" + "iq" * 7)
_LOT_BEGINS = Struct(">hi16sihii" + "iq" * 5)


class Changes(msgspec.Struct):
    """What is to be written of locked accounts. A lot is opened or changed, a hold is made or ended, not both.

    counted: the accounts whose counters changed.
    """

    postings: Sequence[Posting]
    accounts: list[Account] = []
    counted: set[AccountKey] = set()
    opened: list[tuple[AccountKey, Lot]] = []
    changed: list[tuple[AccountKey, Lot]] = []
    made: list[tuple[AccountKey, HeldPoints]] = []
    ended: list[tuple[AccountKey, UUID]] = []


async def save(tx: Transaction, changes: Changes) -> None:
    postings, opened = changes.postings, changes.opened
    if len(postings) > COPY_FROM_ROWS:
        await tx.copy_rows("points.posting", _POSTING, stream(b"".join(map(_pack_posting, postings))))
        if opened:
            await tx.copy_rows("points.lot", _LOT, stream(b"".join([_pack_lot(key, lot) for key, lot in opened])))
        postings, opened = [], []
    await tx.execute(
        SAVE,
        [msgspec.structs.astuple(posting) for posting in postings],
        [_lot(key, lot) for key, lot in opened],
        [_lot(key, lot) for key, lot in changes.changed],
        [_hold(key, held) for key, held in changes.made],
        [member_id for (member_id, _), _ in changes.ended],
        [book for (_, book), _ in changes.ended],
        [hold_id for _, hold_id in changes.ended],
        [_account(account, counted=account.key in changes.counted) for account in changes.accounts],
        tx.now,
    )


def _pack_posting(p: Posting) -> bytes:
    """A row of points.posting for a COPY."""
    return b"".join(
        (
            _POSTING_BEGINS.pack(
                24, 16, p.member_id.bytes, 2, p.book, 8, p.seq, 8, p.points, 8, p.requested, 8, p.lapsed,
                8, p.held_delta, 8, p.pending_delta, 8, p.debt_delta,
            ),
            packing.word(p.kind),
            packing.word(p.cause),
            packing.word(p.counter_account),
            packing.word(p.budget),
            packing.word(p.rule),
            packing.small_number(p.rule_version),
            packing.identity(p.order_ref),
            packing.instant(p.occurred_at),
            packing.instant(p.recorded_at),
            packing.text(p.key),
            packing.text(p.origin_key),
            packing.octets(p.input_hash),
            packing.numbers(p.alloc),
            packing.numbers(p.opened),
            packing.octets(p.hash),
        )
    )  # fmt: skip


def _pack_lot(key: AccountKey, lot: Lot) -> bytes:
    """A row of points.lot for a COPY."""
    member_id, book = key
    return b"".join(
        (
            _LOT_BEGINS.pack(
                11, 16, member_id.bytes, 2, book, 4, days(lot.expires_on) - EPOCH_DAYS, 8, lot.lot_no,
                8, lot.original, 8, lot.remaining, 8, lot.held, 8, lot.lapsed,
            ),
            packing.instant(lot.matures_at),
            packing.number(lot.origin_posting),
            packing.number(lot.origin_lot),
        )
    )  # fmt: skip


def _account(account: Account, *, counted: bool) -> tuple[object, ...]:
    """A row of points.account. Its recorded_at is known to the statement, its counters only where they changed: both
    cost the driver much."""
    return (
        account.member_id, account.book.number, account.balance, account.held, account.pending, account.debt,
        account.seq, account.last_lot, account.head, account.counters if counted else None, None, account.open_from,
        account.open_lot,
    )  # fmt: skip


def _lot(key: AccountKey, lot: Lot) -> tuple[object, ...]:
    return (
        *key, lot.expires_on, lot.lot_no, lot.original, lot.remaining, lot.held, lot.lapsed, lot.matures_at,
        lot.origin_posting, lot.origin_lot,
    )  # fmt: skip


def _hold(key: AccountKey, held: HeldPoints) -> tuple[object, ...]:
    member_id, book = key
    return (member_id, held.hold_id, book, held.points, held.alloc, held.expires_at, held.order_ref)
