"""Accounts: locked in (member, book) order, so that two batches cannot wait for each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.points.model import BEGINNING, CHAIN_START, NEVER, Account, AccountKey, Book

COLUMNS = (
    "balance", "held", "pending", "debt", "seq", "last_lot", "head", "counters", "recorded_at", "open_from", "open_lot",
)  # fmt: skip


def columns_of(keys: Collection[AccountKey]) -> tuple[list[UUID], list[int]]:
    """Account keys as two columns, in lock order."""
    # An id's number sorts as the id does, and is quicker to compare.
    ordered = sorted(keys, key=lambda key: (key[0].int, key[1]))
    return [member_id for member_id, _ in ordered], [book for _, book in ordered]


async def lock_accounts(tx: Transaction, wanted: Mapping[AccountKey, Book]) -> dict[AccountKey, Account]:
    """The accounts, locked to the end of the transaction; those that were not there are opened empty."""
    found = await _lock_existing(tx, wanted)
    missing = {key: book for key, book in wanted.items() if key not in found}
    if missing:
        await tx.execute(
            """
            INSERT INTO points.account (member_id, book, balance, held, pending, debt, seq, last_lot, head, counters,
                                        recorded_at, open_from, open_lot)
            SELECT member_id, book, 0, 0, 0, 0, 0, 0, $3, '{}', $4, $5, 0
            FROM unnest($1::uuid[], $2::smallint[]) AS wanted (member_id, book)
            ON CONFLICT DO NOTHING
            """,
            *columns_of(missing),
            CHAIN_START,
            BEGINNING,
            NEVER,
        )
        found |= await _lock_existing(tx, missing)
    return found


async def _lock_existing(tx: Transaction, wanted: Mapping[AccountKey, Book]) -> dict[AccountKey, Account]:
    members, books = columns_of(wanted)
    rows = await tx.fetch(
        f"""
        SELECT wanted.place, {", ".join(f"a.{column}" for column in COLUMNS)}
        FROM points.account AS a
        JOIN unnest($1::uuid[], $2::smallint[]) WITH ORDINALITY AS wanted (member_id, book, place)
          ON a.member_id = wanted.member_id AND a.book = wanted.book
        ORDER BY a.member_id, a.book
        FOR UPDATE OF a
        """,
        members,
        books,
    )
    accounts: dict[AccountKey, Account] = {}
    for place, *values in rows:
        key = members[place - 1], books[place - 1]
        values[7] = tuple(values[7])
        accounts[key] = Account(key[0], wanted[key], *values)
    return accounts


async def load_account(tx: Transaction, member_id: UUID, book: Book) -> Account | None:
    """An account as it stands, not locked."""
    row = await tx.fetchrow(
        f"SELECT {', '.join(COLUMNS)} FROM points.account WHERE member_id = $1 AND book = $2", member_id, book.number
    )
    if row is None:
        return None
    values = list(row)
    values[7] = tuple(values[7])
    return Account(member_id, book, *values)
