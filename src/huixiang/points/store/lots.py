"""Lots and open holds of locked accounts. Read in a statement after the lock: it sees what waiting for it let in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from huixiang.platform.db import Transaction
from huixiang.points.model import Account, AccountKey, HeldPoints, Lot
from huixiang.points.store.accounts import columns_of

COLUMNS = tuple(Lot.__struct_fields__)


async def load_open(tx: Transaction, accounts: Mapping[AccountKey, Account]) -> None:
    """Give accounts their lots with something remaining, and their open holds."""
    if not accounts:
        return
    members, books = columns_of(accounts)
    ordered = [accounts[key] for key in zip(members, books, strict=True)]
    rows = await tx.fetch(
        f"""
        SELECT wanted.place, {", ".join(f"l.{column}" for column in COLUMNS)}
        FROM unnest($1::uuid[], $2::smallint[], $3::date[], $4::bigint[]) WITH ORDINALITY
             AS wanted (member_id, book, open_from, open_lot, place)
        JOIN points.lot AS l
          ON l.member_id = wanted.member_id AND l.book = wanted.book
         AND (l.expires_on, l.lot_no) >= (wanted.open_from, wanted.open_lot)
        WHERE l.remaining > 0
        """,
        members,
        books,
        [account.open_from for account in ordered],
        [account.open_lot for account in ordered],
    )
    for place, *values in rows:
        lot = Lot(*values)
        ordered[place - 1].lots[lot.lot_no] = lot
    holding = {key: account for key, account in accounts.items() if account.held}
    if holding:
        await _load_holds(tx, holding)


async def _load_holds(tx: Transaction, accounts: Mapping[AccountKey, Account]) -> None:
    rows = await tx.fetch(
        """
        SELECT h.member_id, h.book, h.hold_id, h.points, h.alloc, h.expires_at, h.order_ref
        FROM points.hold AS h
        JOIN unnest($1::uuid[], $2::smallint[]) AS wanted (member_id, book)
          ON h.member_id = wanted.member_id AND h.book = wanted.book
        """,
        *columns_of(accounts),
    )
    for member_id, book, hold_id, points, alloc, expires_at, order_ref in rows:
        held = HeldPoints(hold_id, points, tuple(alloc), expires_at, order_ref)
        accounts[member_id, book].holds[hold_id] = held


async def load_numbered(
    tx: Transaction, accounts: Mapping[AccountKey, Account], wanted: Iterable[tuple[AccountKey, int]]
) -> None:
    """Give accounts the lots with these numbers, used up or not."""
    missing = [(key, lot_no) for key, lot_no in wanted if lot_no not in accounts[key].lots]
    await _load_lots(tx, accounts, missing, "l.lot_no = wanted.lot_no")


async def load_families(
    tx: Transaction, accounts: Mapping[AccountKey, Account], wanted: Sequence[tuple[AccountKey, int]]
) -> None:
    """Give accounts the lots with these numbers and those that their points came back in, used up or not."""
    await _load_lots(tx, accounts, wanted, "(l.lot_no = wanted.lot_no OR l.origin_lot = wanted.lot_no)")


async def _load_lots(
    tx: Transaction, accounts: Mapping[AccountKey, Account], wanted: Sequence[tuple[AccountKey, int]], which: str
) -> None:
    if not wanted:
        return
    rows = await tx.fetch(
        f"""
        SELECT l.member_id, l.book, {", ".join(f"l.{column}" for column in COLUMNS)}
        FROM points.lot AS l
        JOIN unnest($1::uuid[], $2::smallint[], $3::bigint[]) AS wanted (member_id, book, lot_no)
          ON l.member_id = wanted.member_id AND l.book = wanted.book AND {which}
        """,
        [member_id for (member_id, _), _ in wanted],
        [book for (_, book), _ in wanted],
        [lot_no for _, lot_no in wanted],
    )
    _add(accounts, rows)


def _add(accounts: Mapping[AccountKey, Account], rows: Iterable[Sequence[object]]) -> None:
    for member_id, book, *values in rows:
        lot = Lot(*values)  # type: ignore[arg-type]  # the columns are the fields
        accounts[member_id, book].lots[lot.lot_no] = lot  # type: ignore[index]
