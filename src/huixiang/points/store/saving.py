"""What a batch decided, written in one statement: rows travel as arrays of rows, in the order of each table."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from huixiang.platform.db import Transaction
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
    head = c.head, counters = c.counters, recorded_at = c.recorded_at, open_from = c.open_from, open_lot = c.open_lot
FROM unnest($8::points.account[]) AS c
WHERE a.member_id = c.member_id AND a.book = c.book
"""


class Changes(msgspec.Struct):
    """What is to be written of locked accounts. A lot is opened or changed, a hold is made or ended, not both."""

    postings: Sequence[Posting]
    accounts: list[Account] = []
    opened: list[tuple[AccountKey, Lot]] = []
    changed: list[tuple[AccountKey, Lot]] = []
    made: list[tuple[AccountKey, HeldPoints]] = []
    ended: list[tuple[AccountKey, UUID]] = []


async def save(tx: Transaction, changes: Changes) -> None:
    await tx.execute(
        SAVE,
        [msgspec.structs.astuple(posting) for posting in changes.postings],
        [_lot(key, lot) for key, lot in changes.opened],
        [_lot(key, lot) for key, lot in changes.changed],
        [_hold(key, held) for key, held in changes.made],
        [member_id for (member_id, _), _ in changes.ended],
        [book for (_, book), _ in changes.ended],
        [hold_id for _, hold_id in changes.ended],
        [_account(account) for account in changes.accounts],
    )


def _account(account: Account) -> tuple[object, ...]:
    return (
        account.member_id, account.book.number, account.balance, account.held, account.pending, account.debt,
        account.seq, account.last_lot, account.head, account.counters, account.recorded_at, account.open_from,
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
