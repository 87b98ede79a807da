"""What budgets have given: closed days from their sums, open days from the journal."""

from __future__ import annotations

from huixiang.platform.db import Transaction
from huixiang.points.model import Book


async def issued(tx: Transaction, book: Book, budget: str) -> int:
    """Points issued from a budget, less what was clawed back to it."""
    points: int = await tx.fetchval(
        """
        SELECT coalesce(sum(points), 0)::bigint FROM (
            SELECT points FROM points.day_sum
            WHERE book = $1 AND budget = $2
              AND (counter_account LIKE 'issued:%' OR counter_account LIKE 'clawed\\_back:%')
            UNION ALL
            SELECT points FROM points.posting
            WHERE book = $1 AND budget = $2
              AND recorded_at >= coalesce((SELECT max(ends_at) FROM points.closed_day), '-infinity')
              AND (counter_account LIKE 'issued:%' OR counter_account LIKE 'clawed\\_back:%')
        ) AS moved
        """,
        book.number,
        budget,
    )
    return points
