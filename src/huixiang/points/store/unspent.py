"""What is left of the lots that earlier postings opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from huixiang.platform.db import Transaction
from huixiang.points.model import Book


class Unspent(msgspec.Struct, frozen=True):
    """free: neither held nor past its last day; lapsed: expired, whether or not a sweep has been by."""

    free: int = 0
    held: int = 0
    lapsed: int = 0


async def unspent(
    tx: Transaction, book: Book, opened: Mapping[UUID, Sequence[int]], today: date
) -> dict[UUID, Unspent]:
    """By member, of the lots with these numbers and of those that their points came back in."""
    pairs = [(member_id, lot_no) for member_id, numbers in opened.items() for lot_no in numbers]
    rows = await tx.fetch(
        """
        SELECT l.member_id, coalesce(sum(l.remaining - l.held) FILTER (WHERE l.expires_on >= $4), 0)::bigint,
               sum(l.held)::bigint,
               sum(l.lapsed + CASE WHEN l.expires_on < $4 THEN l.remaining - l.held ELSE 0 END)::bigint
        FROM points.lot AS l
        JOIN unnest($2::uuid[], $3::bigint[]) AS wanted (member_id, lot_no)
          ON l.member_id = wanted.member_id AND (l.lot_no = wanted.lot_no OR l.origin_lot = wanted.lot_no)
        WHERE l.book = $1 GROUP BY l.member_id
        """,
        book.number,
        [member_id for member_id, _ in pairs],
        [lot_no for _, lot_no in pairs],
        today,
    )
    return {row[0]: Unspent(*row[1:]) for row in rows}
