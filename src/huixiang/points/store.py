"""SQL of the ledger. Accounts are locked in (member, book) order, so that two batches cannot wait for each other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from huixiang.platform.db import Transaction
from huixiang.points.model import Account, AccountKey, Book, ExpiringPoints, Lot, LotSums, Posting

POSTING_COLUMNS = tuple(Posting.__struct_fields__)
LOT_COLUMNS = (
    "member_id", "book", "expires_on", "lot_no", "original", "remaining", "held", "matures_at", "origin_posting",
    "origin_lot",
)  # fmt: skip


def _columns(keys: Collection[AccountKey]) -> tuple[list[UUID], list[int]]:
    ordered = sorted(keys)
    return [member_id for member_id, _ in ordered], [int(book) for _, book in ordered]


async def lock_accounts(tx: Transaction, keys: Collection[AccountKey]) -> dict[AccountKey, Account]:
    """The accounts, locked to the end of the transaction; those that were not there are opened empty."""
    found = await _lock_existing(tx, keys)
    missing = [key for key in keys if key not in found]
    if missing:
        await tx.execute(
            """
            INSERT INTO points.account (member_id, book, balance, held, pending, debt, seq, last_lot, head)
            SELECT member_id, book, 0, 0, 0, 0, 0, 0, $3
            FROM unnest($1::uuid[], $2::smallint[]) AS wanted (member_id, book)
            ON CONFLICT DO NOTHING
            """,
            *_columns(missing),
            b"\0" * 32,
        )
        found |= await _lock_existing(tx, missing)
    return found


async def _lock_existing(tx: Transaction, keys: Collection[AccountKey]) -> dict[AccountKey, Account]:
    rows = await tx.fetch(
        """
        SELECT a.member_id, a.book, a.balance, a.held, a.pending, a.debt, a.seq, a.last_lot, a.head
        FROM points.account AS a
        JOIN unnest($1::uuid[], $2::smallint[]) AS wanted (member_id, book)
          ON a.member_id = wanted.member_id AND a.book = wanted.book
        ORDER BY a.member_id, a.book
        FOR UPDATE OF a
        """,
        *_columns(keys),
    )
    accounts = (Account(r[0], Book(r[1]), *list(r.values())[2:]) for r in rows)
    return {(account.member_id, account.book): account for account in accounts}


async def load_open_lots(tx: Transaction, accounts: Mapping[AccountKey, Account]) -> None:
    """Give locked accounts their lots with something remaining. A statement after the lock: it sees what waiting
    for the lock let in."""
    rows = await tx.fetch(
        """
        SELECT l.member_id, l.book, l.lot_no, l.expires_on, l.original, l.remaining, l.held, l.matures_at,
               l.origin_posting, l.origin_lot
        FROM points.lot AS l
        JOIN unnest($1::uuid[], $2::smallint[]) AS wanted (member_id, book)
          ON l.member_id = wanted.member_id AND l.book = wanted.book
        WHERE l.remaining > 0
        ORDER BY l.member_id, l.book, l.expires_on, l.lot_no
        """,
        *_columns(accounts),
    )
    for row in rows:
        accounts[row["member_id"], Book(row["book"])].lots.append(Lot(*list(row.values())[2:]))


async def find_postings(
    tx: Transaction, keys: Sequence[tuple[UUID, Book, str]]
) -> dict[tuple[UUID, Book, str], Posting]:
    """The postings made under these keys before."""
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(f"p.{column}" for column in POSTING_COLUMNS)}
        FROM points.posting AS p
        JOIN unnest($1::uuid[], $2::smallint[], $3::text[]) AS wanted (member_id, book, key)
          ON p.member_id = wanted.member_id AND p.book = wanted.book AND p.key = wanted.key
        """,
        [member_id for member_id, _, _ in keys],
        [int(book) for _, book, _ in keys],
        [key for _, _, key in keys],
    )
    postings = (_posting(row) for row in rows)
    return {(posting.member_id, posting.book, posting.key): posting for posting in postings}


def _posting(row: Any) -> Posting:
    fields = dict(row)
    return Posting(**fields | {"book": Book(fields["book"]), "alloc": tuple(fields["alloc"])})


async def insert_postings(tx: Transaction, postings: Sequence[Posting]) -> None:
    await tx.insert(
        "points.posting",
        POSTING_COLUMNS,
        [msgspec.structs.astuple(posting) for posting in postings],
    )


async def insert_lots(tx: Transaction, lots: Iterable[tuple[AccountKey, Lot]]) -> None:
    await tx.insert(
        "points.lot",
        LOT_COLUMNS,
        [
            (
                member_id,
                int(book),
                lot.expires_on,
                lot.lot_no,
                lot.original,
                lot.remaining,
                lot.held,
                lot.matures_at,
                lot.origin_posting,
                lot.origin_lot,
            )
            for (member_id, book), lot in lots
        ],
    )


async def update_lots(tx: Transaction, lots: Sequence[tuple[AccountKey, Lot]]) -> None:
    if not lots:
        return
    await tx.execute(
        """
        UPDATE points.lot AS l
        SET remaining = changed.remaining, held = changed.held, matures_at = changed.matures_at
        FROM unnest($1::uuid[], $2::smallint[], $3::date[], $4::bigint[], $5::bigint[], $6::bigint[],
                    $7::timestamptz[])
             AS changed (member_id, book, expires_on, lot_no, remaining, held, matures_at)
        WHERE l.member_id = changed.member_id AND l.book = changed.book
          AND l.expires_on = changed.expires_on AND l.lot_no = changed.lot_no
        """,
        [member_id for (member_id, _), _ in lots],
        [int(book) for (_, book), _ in lots],
        [lot.expires_on for _, lot in lots],
        [lot.lot_no for _, lot in lots],
        [lot.remaining for _, lot in lots],
        [lot.held for _, lot in lots],
        [lot.matures_at for _, lot in lots],
    )


async def update_accounts(tx: Transaction, accounts: Sequence[Account]) -> None:
    await tx.execute(
        """
        UPDATE points.account AS a
        SET balance = changed.balance, held = changed.held, pending = changed.pending, debt = changed.debt,
            seq = changed.seq, last_lot = changed.last_lot, head = changed.head
        FROM unnest($1::uuid[], $2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
                    $7::bigint[], $8::bigint[], $9::bytea[])
             AS changed (member_id, book, balance, held, pending, debt, seq, last_lot, head)
        WHERE a.member_id = changed.member_id AND a.book = changed.book
        """,
        [account.member_id for account in accounts],
        [int(account.book) for account in accounts],
        [account.balance for account in accounts],
        [account.held for account in accounts],
        [account.pending for account in accounts],
        [account.debt for account in accounts],
        [account.seq for account in accounts],
        [account.last_lot for account in accounts],
        [account.head for account in accounts],
    )


async def load_account(tx: Transaction, member_id: UUID, book: Book) -> Account | None:
    """An account as it stands, not locked."""
    row = await tx.fetchrow(
        """
        SELECT member_id, book, balance, held, pending, debt, seq, last_lot, head
        FROM points.account WHERE member_id = $1 AND book = $2
        """,
        member_id,
        int(book),
    )
    return Account(row[0], Book(row[1]), *list(row.values())[2:]) if row else None


async def next_expiring(tx: Transaction, member_id: UUID, book: Book, days: int) -> list[ExpiringPoints]:
    """The earliest days on which something expires, with how much."""
    rows = await tx.fetch(
        """
        SELECT expires_on, sum(remaining)::bigint AS points
        FROM points.lot
        WHERE member_id = $1 AND book = $2 AND remaining > 0 AND expires_on < 'infinity'
        GROUP BY expires_on ORDER BY expires_on LIMIT $3
        """,
        member_id,
        int(book),
        days,
    )
    return [ExpiringPoints(row["expires_on"], row["points"]) for row in rows]


async def postings_before(tx: Transaction, member_id: UUID, book: Book, before_seq: int, limit: int) -> list[Posting]:
    """Postings below a sequence number, the latest first."""
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(POSTING_COLUMNS)} FROM points.posting
        WHERE member_id = $1 AND book = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4
        """,
        member_id,
        int(book),
        before_seq,
        limit,
    )
    return [_posting(row) for row in rows]


async def sums_by_day(
    tx: Transaction, member_ids: Collection[UUID], book: Book, since: datetime
) -> dict[UUID, dict[date, int]]:
    """Points by business day of `occurred_at`, from an instant on."""
    rows = await tx.fetch(
        """
        SELECT member_id, (occurred_at AT TIME ZONE $4)::date AS day, sum(points)::bigint AS points
        FROM points.posting
        WHERE member_id = ANY ($1::uuid[]) AND book = $2 AND occurred_at >= $3
        GROUP BY member_id, day
        """,
        list(member_ids),
        int(book),
        since,
        tx.calendar.zone_name,
    )
    sums: dict[UUID, dict[date, int]] = {}
    for row in rows:
        sums.setdefault(row["member_id"], {})[row["day"]] = row["points"]
    return sums


async def earned_by_orders(tx: Transaction, order_ids: Sequence[UUID]) -> dict[Book, int]:
    rows = await tx.fetch(
        """
        SELECT p.book, sum(p.points)::bigint AS points
        FROM points.posting AS p
        JOIN unnest($1::uuid[]) AS wanted (order_id) ON p.order_ref = wanted.order_id
        WHERE p.kind = 'earn' GROUP BY p.book
        """,
        order_ids,
    )
    return {Book(row["book"]): row["points"] for row in rows}


async def members_with_due_lots(tx: Transaction, limit: int) -> list[tuple[UUID, Book]]:
    rows = await tx.fetch(
        """
        SELECT DISTINCT member_id, book FROM (
            SELECT member_id, book FROM points.lot WHERE matures_at <= $1 ORDER BY matures_at, member_id LIMIT $2
        ) AS due
        """,
        tx.now,
        limit,
    )
    return [(row["member_id"], Book(row["book"])) for row in rows]


async def walk_postings(tx: Transaction) -> AsyncIterator[Posting]:
    """The whole journal, account by account, in order."""
    async for row in tx.cursor(
        f"SELECT {', '.join(POSTING_COLUMNS)} FROM points.posting ORDER BY member_id, book, seq", prefetch=5000
    ):
        yield _posting(row)


async def walk_accounts(tx: Transaction) -> AsyncIterator[tuple[Account, LotSums]]:
    """Every account with the sums over its lots, in the journal's order."""
    async for row in tx.cursor(
        """
        SELECT a.member_id, a.book, a.balance, a.held, a.pending, a.debt, a.seq, a.last_lot, a.head,
               coalesce(l.remaining, 0)::bigint, coalesce(l.held, 0)::bigint, coalesce(l.pending, 0)::bigint
        FROM points.account AS a
        LEFT JOIN (
            SELECT member_id, book, sum(remaining) AS remaining, sum(held) AS held,
                   sum(remaining) FILTER (WHERE matures_at IS NOT NULL) AS pending
            FROM points.lot GROUP BY member_id, book
        ) AS l ON l.member_id = a.member_id AND l.book = a.book
        ORDER BY a.member_id, a.book
        """
    ):
        values = list(row.values())
        yield Account(values[0], Book(values[1]), *values[2:9]), LotSums(*values[9:])
