"""What postings did to lots, by the month in which the points were earned and the month in which they expire."""

from __future__ import annotations

from datetime import date

import msgspec

from huixiang.platform.db import Transaction
from huixiang.points.model import Book

# Of the postings with $1 <= recorded_at < $2, one row for each lot that one opened or changed. $3: the time zone.
# What is read of a lot never changes once it is opened, so it does not matter when this is asked. A lot of new
# points is all in its posting; the lots of members whose older lots changed are read once each, so that a member with
# very many costs no more than what they are.
LOT_MOVES = """
    WITH moved AS MATERIALIZED (
        SELECT p.member_id, p.book, p.kind, change.lot_no, change.points
        FROM points.posting AS p
        CROSS JOIN LATERAL (
            SELECT p.opened[place] AS lot_no, p.opened[place + 1] AS points
            FROM generate_series(1, cardinality(p.opened), 5) AS place WHERE p.opened[place + 4] <> 0
            UNION ALL
            SELECT p.alloc[place], p.alloc[place + 1]
            FROM generate_series(1, cardinality(p.alloc), 3) AS place WHERE p.alloc[place + 1] <> 0
        ) AS change
        WHERE p.recorded_at >= $1 AND p.recorded_at < $2
    ), lots AS MATERIALIZED (
        SELECT l.member_id, l.book, l.lot_no, l.expires_on, l.origin_posting, l.origin_lot
        FROM (SELECT DISTINCT member_id, book FROM moved) AS touched
        JOIN points.lot AS l ON l.member_id = touched.member_id AND l.book = touched.book
    )
    SELECT moved.book, moved.kind, moved.points,
           date_trunc('month', origin.occurred_at AT TIME ZONE $3)::date AS earned_in,
           date_trunc('month', lots.expires_on::timestamp)::date AS expires_in
    FROM moved
    JOIN lots ON lots.member_id = moved.member_id AND lots.book = moved.book AND lots.lot_no = moved.lot_no
    LEFT JOIN lots AS root
           ON root.member_id = lots.member_id AND root.book = lots.book AND root.lot_no = lots.origin_lot
    JOIN points.posting AS origin
      ON origin.member_id = moved.member_id AND origin.book = moved.book
     AND origin.seq = coalesce(root.origin_posting, lots.origin_posting)
    UNION ALL
    SELECT p.book, p.kind, p.opened[place + 1],
           date_trunc('month', p.occurred_at AT TIME ZONE $3)::date,
           date_trunc('month', ('1970-01-01'::date + p.opened[place + 2]::integer)::timestamp)::date
    FROM points.posting AS p CROSS JOIN generate_series(1, cardinality(p.opened), 5) AS place
    WHERE p.recorded_at >= $1 AND p.recorded_at < $2 AND p.opened[place + 4] = 0
"""


class LotMove(msgspec.Struct, frozen=True):
    """What the postings of one kind and month did to points that were earned and expire in the same months. Months
    are their first days."""

    moved_in: date
    earned_in: date
    expires_in: date
    kind: str
    points: int


async def lot_moves(tx: Transaction, book: Book, last: date) -> list[LotMove]:
    """What happened to lots up to the end of a closed day."""
    rows = await tx.fetch(
        """
        SELECT date_trunc('month', day::timestamp)::date, earned_in, expires_in, kind, sum(points)::bigint
        FROM points.lot_day_sum WHERE book = $1 AND day <= $2 GROUP BY 1, 2, 3, 4
        """,
        book.number,
        last,
    )
    return [LotMove(*row) for row in rows]
