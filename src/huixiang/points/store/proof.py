"""Signed roots of days, the keys that signed them, and the day's part of the journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import UUID

import numpy as np

from huixiang.kernel.errors import InvariantBroken
from huixiang.kernel.layout import Bytes
from huixiang.platform.db import Transaction
from huixiang.points.model import Branch, Posting, Root, SigningKey
from huixiang.points.store.postings import COLUMNS as POSTING_COLUMNS
from huixiang.points.store.postings import posting_of
from huixiang.points.store.walk import whole_rows

ROOT_COLUMNS = tuple(Root.__struct_fields__)
KEY_COLUMNS = tuple(SigningKey.__struct_fields__)
CLOSING_TIMEOUT = "2h"

# What of a row of the server's COPY is the fields: it begins with their count, and each is behind its length.
_LEAF_ROW = np.repeat([False, True] * 4, [2 + 4, 16, 4, 2, 4, 8, 4, 32])


async def latest_root(tx: Transaction) -> Root | None:
    row = await tx.fetchrow(f"SELECT {', '.join(ROOT_COLUMNS)} FROM points.root ORDER BY day DESC LIMIT 1")
    return Root(*row) if row else None


async def root_of_day(tx: Transaction, day: date) -> Root | None:
    row = await tx.fetchrow(f"SELECT {', '.join(ROOT_COLUMNS)} FROM points.root WHERE day = $1", day)
    return Root(*row) if row else None


async def root_at(tx: Transaction, instant: datetime) -> Root | None:
    """The root of the day that an instant lies in."""
    row = await tx.fetchrow(
        f"""
        SELECT {", ".join(ROOT_COLUMNS)} FROM points.root
        WHERE starts_at <= $1 AND ends_at > $1 ORDER BY starts_at DESC LIMIT 1
        """,
        instant,
    )
    return Root(*row) if row else None


async def roots_before(tx: Transaction, before: date | None, limit: int) -> list[Root]:
    """Roots of days before one, the latest first."""
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(ROOT_COLUMNS)} FROM points.root
        WHERE $1::date IS NULL OR day < $1 ORDER BY day DESC LIMIT $2
        """,
        before,
        limit,
    )
    return [Root(*row) for row in rows]


async def every_root(tx: Transaction) -> list[Root]:
    """By day."""
    return [Root(*row) for row in await tx.fetch(f"SELECT {', '.join(ROOT_COLUMNS)} FROM points.root ORDER BY day")]


async def insert_root(tx: Transaction, root: Root, branches: Sequence[Branch]) -> None:
    await tx.insert("points.root", (*ROOT_COLUMNS, "closed_at"), [(*(getattr(root, c) for c in ROOT_COLUMNS), tx.now)])
    await tx.insert(
        "points.root_branch",
        ("day", "number", "first_member", "first_book", "digest"),
        [(root.day, branch.number, branch.first_member, branch.first_book, branch.digest) for branch in branches],
    )


async def branches_of(tx: Transaction, day: date) -> list[Branch]:
    rows = await tx.fetch(
        "SELECT number, first_member, first_book, digest FROM points.root_branch WHERE day = $1 ORDER BY number", day
    )
    return [Branch(*row) for row in rows]


async def signing_keys(tx: Transaction) -> dict[str, SigningKey]:
    """By id, those that signed anything, the first one first."""
    rows = await tx.fetch(f"SELECT {', '.join(KEY_COLUMNS)} FROM points.signing_key ORDER BY registered_at")
    return {row["key_id"]: SigningKey(*row) for row in rows}


async def insert_signing_key(tx: Transaction, key: SigningKey) -> None:
    await tx.insert(
        "points.signing_key",
        (*KEY_COLUMNS, "registered_at"),
        [(*(getattr(key, column) for column in KEY_COLUMNS), tx.now)],
    )


async def first_recorded_at(tx: Transaction) -> datetime | None:
    """When the journal begins; walks all of it where it is long, so it is asked for the first root alone."""
    first: datetime | None = await tx.fetchval("SELECT min(recorded_at) FROM points.posting")
    return first


async def horizon(tx: Transaction) -> int:
    """The number of the next transaction that will write: those that write now have lower ones. Raises InvariantBroken
    in a transaction that sees one moment only, in which nothing ever ends."""
    [(number, isolation)] = await tx.fetch(
        "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint, current_setting('transaction_isolation')"
    )
    if isolation != "read committed":
        raise InvariantBroken(f"whether others have ended cannot be seen under {isolation}")
    found: int = number
    return found


async def writers_ended(tx: Transaction, before: int) -> bool:
    """Whether every transaction of this database with a lower number has ended. Asked in a transaction that has written
    nothing. What belongs to other databases of the server is known by the lock on its number; what is known of nothing
    counts as ours."""
    ended: bool = await tx.fetchval(
        """
        WITH elsewhere AS (
            SELECT l.transactionid::text::bigint AS number
            FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
            WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
              AND a.datid <> (SELECT oid FROM pg_database WHERE datname = current_database())
        )
        SELECT NOT EXISTS (
            SELECT FROM pg_snapshot_xip(pg_current_snapshot()) AS open(number)
            WHERE open.number::text::bigint < $1
              -- A lock names the lower 32 bits of a number.
              AND (open.number::text::bigint & 4294967295) NOT IN (SELECT number FROM elsewhere)
        )
        """,
        before,
    )
    return ended


async def claim_closing(tx: Transaction) -> bool:
    """Whether this transaction is the one that closes days; another one at it is left alone."""
    await tx.execute(f"SET LOCAL statement_timeout = '{CLOSING_TIMEOUT}'")
    claimed: bool = await tx.fetchval("SELECT pg_try_advisory_xact_lock(7081014)")
    return claimed


async def copy_leaves(tx: Transaction, starts_at: datetime, ends_at: datetime, take: Callable[[Bytes], None]) -> None:
    """The last posting of each account in a period, in the order of accounts: (accounts, LEAF_BYTES), a leaf each.
    Sorted by the server, which spills to disk, and handed on as it comes."""

    def take_rows(chunk: bytes) -> None:
        rows = np.frombuffer(whole_rows(chunk, _LEAF_ROW.size), np.uint8).reshape(-1, len(_LEAF_ROW))
        take(np.compress(_LEAF_ROW, rows, axis=1))

    await tx.copy_each(
        f"""
        SELECT DISTINCT ON (member_id, book) member_id, book, seq,
               -- of fixed width, whatever was done to it
               CASE WHEN octet_length(hash) = 32 THEN hash ELSE sha256('') END
        FROM points.posting
        WHERE recorded_at >= '{starts_at.isoformat()}' AND recorded_at < '{ends_at.isoformat()}'
        ORDER BY member_id, book, seq DESC
        """,
        take_rows,
    )


async def leaves_between(
    tx: Transaction, root: Root, first: Branch, following: Branch | None
) -> list[tuple[UUID, int, int, bytes]]:
    """The leaves of one branch of a day: (member, book, seq, head)."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT ON (member_id, book) member_id, book, seq, hash FROM points.posting
        WHERE recorded_at >= $1 AND recorded_at < $2 AND (member_id, book) >= ($3, $4)
          AND ($5::uuid IS NULL OR (member_id, book) < ($5, $6))
        ORDER BY member_id, book, seq DESC
        """,
        root.starts_at,
        root.ends_at,
        first.first_member,
        first.first_book,
        following.first_member if following else None,
        following.first_book if following else 0,
    )
    return [tuple(row) for row in rows]


async def posting_after_another(tx: Transaction, member_id: UUID, book: int, seq: int) -> list[Posting]:
    """A posting, with the one before it where there is one; nothing where there is no such posting."""
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(POSTING_COLUMNS)} FROM points.posting
        WHERE member_id = $1 AND book = $2 AND seq BETWEEN $3 - 1 AND $3 ORDER BY seq
        """,
        member_id,
        book,
        seq,
    )
    return [posting_of(row) for row in rows] if rows and rows[-1]["seq"] == seq else []


async def postings_later(tx: Transaction, posting: Posting, before: datetime) -> list[Posting]:
    """The account's postings after one, recorded before an instant."""
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(POSTING_COLUMNS)} FROM points.posting
        WHERE member_id = $1 AND book = $2 AND seq > $3 AND recorded_at < $4 ORDER BY seq
        """,
        posting.member_id,
        posting.book,
        posting.seq,
        before,
    )
    return [posting_of(row) for row in rows]
