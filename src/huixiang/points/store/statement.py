"""An account's postings with the balance after each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.points.model import Book, Posting
from huixiang.points.model.requests import StatementFilter
from huixiang.points.store.postings import COLUMNS, posting_of


async def postings_before(
    tx: Transaction,
    member_id: UUID,
    book: Book,
    before_seq: int,
    balance: int,
    wanted: StatementFilter,
    limit: int,
) -> Sequence[tuple[Posting, int]]:
    """Postings below a sequence number, the latest first, each with the balance after it, net of debt.

    balance: before the posting of that number. Those that are not wanted are walked over, for they count.
    """
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(COLUMNS)}, balance_after
        FROM (
            SELECT *, $4 - (sum(points) OVER (ORDER BY seq DESC))::bigint + points AS balance_after
            FROM points.posting WHERE member_id = $1 AND book = $2 AND seq < $3
        ) AS walked
        WHERE ($5::text IS NULL OR kind = $5) AND ($6::text IS NULL OR cause = $6)
          AND ($7::timestamptz IS NULL OR occurred_at >= $7) AND ($8::timestamptz IS NULL OR occurred_at < $8)
        ORDER BY seq DESC LIMIT $9
        """,
        member_id,
        book.number,
        before_seq,
        balance,
        wanted.kind,
        wanted.cause,
        _start(tx, wanted),
        _end(tx, wanted),
        limit,
    )
    return [(posting_of(row[:-1]), row[-1]) for row in map(tuple, rows)]


def _start(tx: Transaction, wanted: StatementFilter) -> datetime | None:
    return tx.calendar.start_of(wanted.first_day) if wanted.first_day else None


def _end(tx: Transaction, wanted: StatementFilter) -> datetime | None:
    return tx.calendar.day_period(wanted.last_day).end if wanted.last_day else None
