"""The journal: rows are added and read, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.points.model import AccountKey, Book, Cap, Posting

COLUMNS = tuple(Posting.__struct_fields__)
ALLOC = COLUMNS.index("alloc")
OPENED = COLUMNS.index("opened")

PostingKey = tuple[UUID, int, str]


def posting_of(row: Sequence[Any]) -> Posting:
    """A row of COLUMNS."""
    values: list[Any] = list(row)
    values[ALLOC], values[OPENED] = tuple(values[ALLOC]), tuple(values[OPENED])
    return Posting(*values)


async def find_postings(tx: Transaction, keys: Sequence[PostingKey], origins: Sequence[PostingKey]) -> list[Posting]:
    """The postings with these keys, and those that reverse or finish the ones with the keys in `origins`."""
    by_key = f"""
        SELECT {", ".join(f"p.{column}" for column in COLUMNS)}
        FROM points.posting AS p
        JOIN unnest($1::uuid[], $2::smallint[], $3::text[]) AS wanted (member_id, book, key)
          ON p.member_id = wanted.member_id AND p.book = wanted.book AND p.key = wanted.key
    """
    if not origins:
        rows = await tx.fetch(by_key, *_columns(keys))
    else:
        rows = await tx.fetch(
            f"""
            {by_key}
            UNION ALL
            SELECT {", ".join(f"p.{column}" for column in COLUMNS)}
            FROM points.posting AS p
            JOIN unnest($4::uuid[], $5::smallint[], $6::text[]) AS wanted (member_id, book, key)
              ON p.member_id = wanted.member_id AND p.book = wanted.book AND p.origin_key = wanted.key
            """,
            *_columns(keys),
            *_columns(origins),
        )
    postings = {(row[0], row[1], row[2]): posting_of(row) for row in rows}
    return list(postings.values())


def _columns(keys: Sequence[PostingKey]) -> tuple[list[UUID], list[int], list[str]]:
    return [key[0] for key in keys], [key[1] for key in keys], [key[2] for key in keys]


async def earned_in(tx: Transaction, key: AccountKey, cap: Cap) -> int:
    """What an account earned in a cap's period by the causes it counts."""
    member_id, book = key
    earned: int = await tx.fetchval(
        """
        SELECT coalesce(sum(points), 0)::bigint FROM points.posting
        WHERE member_id = $1 AND book = $2 AND kind = 'earn' AND occurred_at >= $3 AND occurred_at < $4
          AND ($5::text[] IS NULL OR cause = ANY ($5))
        """,
        member_id,
        book,
        cap.start,
        cap.end,
        cap.causes,
    )
    return earned


async def postings_before(tx: Transaction, member_id: UUID, book: Book, before_seq: int, limit: int) -> list[Posting]:
    """Postings below a sequence number, the latest first."""
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(COLUMNS)} FROM points.posting
        WHERE member_id = $1 AND book = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4
        """,
        member_id,
        book.number,
        before_seq,
        limit,
    )
    return [posting_of(row) for row in rows]
