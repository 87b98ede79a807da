"""Sums of the journal by what finance asks: closed days from their sums, open days from the journal itself."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from huixiang.platform.db import Transaction
from huixiang.points.model import Book

Grain = Literal["day", "month"]

# $1 book, $2 first day shown by itself, $3 grain, $4-$6 the range, $7 time zone, $8 causes and $9 budgets each by
# themselves, $10 rows at most (null: all).
JOURNAL_SUMS = """
    WITH summed AS (
        SELECT day, cause, counter_account, budget, postings, points, held_delta, pending_delta,
               debt_incurred, debt_paid
        FROM points.day_sum WHERE book = $1 AND day < $4
        UNION ALL
        SELECT greatest((recorded_at AT TIME ZONE $7)::date, $4), cause, counter_account,
               coalesce(budget, ''), count(*), sum(points), sum(held_delta), sum(pending_delta),
               sum(greatest(debt_delta, 0)), sum(greatest(-debt_delta, 0))
        FROM points.posting
        WHERE book = $1 AND recorded_at >= $5 AND ($6::timestamptz IS NULL OR recorded_at < $6)
        GROUP BY 1, 2, 3, 4
    )
    SELECT CASE WHEN day < $2 THEN NULL
                WHEN $3 = 'month' THEN date_trunc('month', day::timestamp)::date
                ELSE day END,
           CASE WHEN $8 THEN cause ELSE '' END, counter_account, CASE WHEN $9 THEN budget ELSE '' END,
           sum(postings)::bigint, sum(points)::bigint, sum(held_delta)::bigint, sum(pending_delta)::bigint,
           sum(debt_incurred)::bigint, sum(debt_paid)::bigint
    FROM summed GROUP BY 1, 2, 3, 4 LIMIT $10::bigint
"""


class Range(msgspec.Struct, frozen=True, kw_only=True):
    """Up to where days are summed, and from where the journal itself is read.

    Days before `open_day` come from their sums. The journal is read from the instant `open_from`, which is where they
    end, to before `until`; None: to its end.
    """

    open_day: date
    open_from: datetime
    until: datetime | None


class JournalSum(msgspec.Struct, frozen=True):
    """Postings that agree in period, cause, counter-account and budget ('': none, or all together). period: a day or
    the first day of a month; None: before the periods asked for."""

    period: date | None
    cause: str
    counter_account: str
    budget: str
    postings: int
    points: int
    held_delta: int
    pending_delta: int
    debt_incurred: int
    debt_paid: int


async def journal_sums(
    tx: Transaction, book: Book, first: date, grain: Grain, within: Range, *, at_most: int | None = None,
    causes: bool = False, budgets: bool = False,
) -> list[JournalSum]:  # fmt: skip
    """Everything up to the end of the range; what lies before the day `first` in one sum. at_most: no more sums than
    these. causes, budgets: each by itself."""
    rows = await tx.fetch(
        JOURNAL_SUMS,
        book.number,
        first,
        grain,
        within.open_day,
        within.open_from,
        within.until,
        tx.calendar.zone_name,
        causes,
        budgets,
        at_most,
    )
    return [JournalSum(*row) for row in rows]


async def closed_before(tx: Transaction, until: datetime | None) -> tuple[date, datetime] | None:
    """The last day that is closed and ends at `until` or before, and its end; None: no day is."""
    row = await tx.fetchrow(
        """
        SELECT day, ends_at FROM points.closed_day
        WHERE $1::timestamptz IS NULL OR ends_at <= $1 ORDER BY day DESC LIMIT 1
        """,
        until,
    )
    return None if row is None else (row[0], row[1])


async def account_sums(tx: Transaction, book: Book) -> tuple[int, int, int, int]:
    """Balance, held, pending and debt of all accounts of a book at this moment."""
    row = await tx.fetchrow(
        """
        SELECT coalesce(sum(balance), 0)::bigint, coalesce(sum(held), 0)::bigint,
               coalesce(sum(pending), 0)::bigint, coalesce(sum(debt), 0)::bigint
        FROM points.account WHERE book = $1
        """,
        book.number,
    )
    return (0, 0, 0, 0) if row is None else (row[0], row[1], row[2], row[3])


async def pool_balances(tx: Transaction, book: Book) -> int:
    """What stands in the accounts of family pools at this moment."""
    balance: int = await tx.fetchval(
        """
        SELECT coalesce(sum(a.balance), 0)::bigint
        FROM points.pool AS p JOIN points.account AS a ON a.member_id = p.member_id AND a.book = $1
        """,
        book.number,
    )
    return balance


async def on_the_way(tx: Transaction, book: Book) -> int:
    """What transfers say is neither with the sender nor with the receiver at this moment."""
    points: int = await tx.fetchval(
        """
        SELECT coalesce(sum(CASE WHEN direction = 'in' THEN -points WHEN state = 'returned' THEN 0 ELSE points END), 0)
               ::bigint
        FROM points.transfer WHERE book = $1
        """,
        book.number,
    )
    return points


async def exchanged(tx: Transaction) -> int:
    """What partners have had of our points, less what came of theirs, by the journal of exchanges."""
    points: int = await tx.fetchval(
        "SELECT coalesce(sum(CASE WHEN direction = 'out' THEN points ELSE -points END), 0)::bigint FROM points.exchange"
    )
    return points


async def lot_sums(tx: Transaction, book: Book) -> tuple[int, int, int]:
    """What remains, is held and is pending of all lots of a book at this moment: one pass over the lots."""
    row = await tx.fetchrow(
        """
        SELECT coalesce(sum(remaining), 0)::bigint, coalesce(sum(held), 0)::bigint,
               coalesce(sum(remaining) FILTER (WHERE matures_at IS NOT NULL), 0)::bigint
        FROM points.lot WHERE book = $1
        """,
        book.number,
    )
    return (0, 0, 0) if row is None else (row[0], row[1], row[2])
