"""The journal: rows are added and read, never changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import msgspec

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


async def keys_spent_on(tx: Transaction, book: Book, orders: Collection[tuple[UUID, UUID]]) -> list[tuple[UUID, str]]:
    """(member, key) of what was spent on some (member, order). There is no index by order: it reads those journals."""
    rows = await tx.fetch(
        """
        SELECT p.member_id, p.key
        FROM unnest($1::uuid[], $2::uuid[]) AS wanted (member_id, order_id)
        JOIN points.posting AS p ON p.member_id = wanted.member_id AND p.order_ref = wanted.order_id
        WHERE p.book = $3 AND p.kind IN ('spend', 'capture') AND p.points < 0
        """,
        [member_id for member_id, _ in orders],
        [order_id for _, order_id in orders],
        book.number,
    )
    return [(member_id, key) for member_id, key in rows]


def _columns(keys: Sequence[PostingKey]) -> tuple[list[UUID], list[int], list[str]]:
    return [key[0] for key in keys], [key[1] for key in keys], [key[2] for key in keys]


async def earned_in(tx: Transaction, wanted: Sequence[tuple[AccountKey, Cap]]) -> list[int]:
    """What each account earned in its cap's period by the causes that the cap counts, in the order asked."""
    rows = await tx.fetch(
        """
        SELECT coalesce(sum(p.points), 0)::bigint AS earned
        FROM unnest($1::uuid[], $2::smallint[], $3::timestamptz[], $4::timestamptz[], $5::text[]) WITH ORDINALITY
             AS wanted (member_id, book, starts_at, ends_at, causes, place)
        LEFT JOIN points.posting AS p
          ON p.member_id = wanted.member_id AND p.book = wanted.book AND p.kind = 'earn'
         AND p.occurred_at >= wanted.starts_at AND p.occurred_at < wanted.ends_at
         AND (wanted.causes IS NULL OR wanted.causes::jsonb ? p.cause)
        GROUP BY wanted.place ORDER BY wanted.place
        """,
        [member_id for (member_id, _), _ in wanted],
        [book for (_, book), _ in wanted],
        [cap.start for _, cap in wanted],
        [cap.end for _, cap in wanted],
        [None if cap.causes is None else msgspec.json.encode(cap.causes).decode() for _, cap in wanted],
    )
    return [row["earned"] for row in rows]


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
