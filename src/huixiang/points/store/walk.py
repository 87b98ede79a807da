"""The whole journal, account by account, for proving it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from huixiang.platform.db import Transaction
from huixiang.points.model import Account, Book, LotSums, Posting
from huixiang.points.store.postings import COLUMNS, posting_of


async def walk_postings(tx: Transaction) -> AsyncIterator[Posting]:
    """The whole journal, account by account, in order."""
    async for row in tx.cursor(
        f"SELECT {', '.join(COLUMNS)} FROM points.posting ORDER BY member_id, book, seq", prefetch=5000
    ):
        yield posting_of(row)


async def walk_accounts(tx: Transaction, books: dict[int, Book]) -> AsyncIterator[tuple[Account, LotSums]]:
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
        values = list(row)
        yield Account(values[0], books[values[1]], *values[2:9]), LotSums(*values[9:])
