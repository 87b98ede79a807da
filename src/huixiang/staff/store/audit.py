"""The audit log, where its chains stand, and the roots of its days."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.staff.model.audit import AuditFilter, AuditRoot, ChainEnd, Link

Row = Mapping[str, Any]
# Shared by whoever records, held alone by who closes a day: an entry is of a day that has no root yet.
CLOSING_LOCK = 7_081_026
_COLUMNS = """
    audit_id, actor, chain_day AS day, chain_seq AS seq, action, object AS subject, member_id, before::text AS before,
    after::text AS after, reason, recorded_at, previous_hash, hash
"""
_ROOT_COLUMNS = "day, chains, entries, ends, previous, root, key_id, public_key, signature"


def _link(row: Row) -> Link:
    return Link(**dict(row))


async def begin_entry(tx: Transaction, day: date, actor: str) -> tuple[date, int, bytes | None]:
    """The day of the entry, its place in the actor's chain, and the hash of the one before it; whoever records for the
    same actor waits. The day is later than `day` where that has a root already."""
    await tx.execute("SELECT pg_advisory_xact_lock_shared($1)", CLOSING_LOCK)
    row = await tx.fetchrow(
        """
        INSERT INTO staff.audit_head AS h (chain_day, actor, seq, hash)
        SELECT greatest($1, (SELECT max(day) + 1 FROM staff.audit_root)), $2, 1, ''::bytea
        ON CONFLICT (chain_day, actor) DO UPDATE SET seq = h.seq + 1
        RETURNING chain_day, seq, CASE WHEN seq > 1 THEN hash END AS hash
        """,
        day,
        actor,
    )
    assert row is not None  # noqa: S101 - RETURNING of one row
    return row["chain_day"], row["seq"], row["hash"]


async def insert_link(tx: Transaction, link: Link) -> None:
    """Add the entry, and let the chain's head stand at it."""
    await tx.execute(
        """
        WITH head AS (
            UPDATE staff.audit_head SET hash = $13 WHERE chain_day = $3 AND actor = $2
        )
        INSERT INTO staff.audit
            (audit_id, actor, chain_day, chain_seq, action, object, member_id, before, after, reason, recorded_at,
             previous_hash, hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8::json, $9::json, $10, $11, $12, $13)
        """,
        link.audit_id,
        link.actor,
        link.day,
        link.seq,
        link.action,
        link.subject,
        link.member_id,
        link.before,
        link.after,
        link.reason,
        link.recorded_at,
        link.previous_hash,
        link.hash,
    )


async def newest(tx: Transaction, asked: AuditFilter, before: tuple[datetime, UUID] | None, limit: int) -> list[Link]:
    """The latest first."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM staff.audit
        WHERE ($1::text IS NULL OR actor = $1) AND ($2::text IS NULL OR action = $2)
          AND ($3::text IS NULL OR object = $3) AND ($4::uuid IS NULL OR member_id = $4)
          AND ($5::timestamptz IS NULL OR recorded_at >= $5) AND ($6::timestamptz IS NULL OR recorded_at < $6)
          AND ($7::timestamptz IS NULL OR (recorded_at, audit_id) < ($7, $8::uuid))
        ORDER BY recorded_at DESC, audit_id DESC LIMIT $9
        """,
        asked.actor,
        asked.action,
        asked.subject,
        asked.member_id,
        asked.since,
        asked.until,
        *(before or (None, None)),
        limit,
    )
    return [_link(row) for row in rows]


async def find(tx: Transaction, audit_id: UUID) -> Link | None:
    row = await tx.fetchrow(f"SELECT {_COLUMNS} FROM staff.audit WHERE audit_id = $1", audit_id)
    return _link(row) if row else None


async def chain(tx: Transaction, day: date, actor: str) -> AsyncIterator[Link]:
    """The entries of one chain, in its order."""
    cursor = tx.cursor(
        f"SELECT {_COLUMNS} FROM staff.audit WHERE chain_day = $1 AND actor = $2 ORDER BY chain_seq", day, actor
    )
    async for row in cursor:
        yield _link(row)


async def head(tx: Transaction, day: date, actor: str) -> tuple[int, bytes] | None:
    row = await tx.fetchrow("SELECT seq, hash FROM staff.audit_head WHERE chain_day = $1 AND actor = $2", day, actor)
    return (row["seq"], row["hash"]) if row else None


async def names_of(tx: Transaction, staff_ids: Sequence[UUID], key_ids: Sequence[UUID]) -> dict[str, str]:
    """What those who act are called, by actor."""
    rows = await tx.fetch(
        """
        SELECT 'staff:' || staff_id AS actor, display_name AS name FROM staff.account WHERE staff_id = ANY ($1::uuid[])
        UNION ALL
        SELECT 'key:' || key_id, name FROM staff.system_key WHERE key_id = ANY ($2::uuid[])
        """,
        staff_ids,
        key_ids,
    )
    return {row["actor"]: row["name"] for row in rows}


async def chains(tx: Transaction) -> AsyncIterator[Link]:
    """Every entry: day by day, chain by chain, in the order of the chain."""
    cursor = tx.cursor(f'SELECT {_COLUMNS} FROM staff.audit ORDER BY chain_day, actor COLLATE "C", chain_seq')
    async for row in cursor:
        yield _link(row)


async def heads(tx: Transaction) -> dict[tuple[date, str], tuple[int, bytes]]:
    rows = await tx.fetch("SELECT chain_day, actor, seq, hash FROM staff.audit_head")
    return {(row["chain_day"], row["actor"]): (row["seq"], row["hash"]) for row in rows}


async def roots(tx: Transaction) -> list[AuditRoot]:
    """All of them, the first day first."""
    return [
        AuditRoot(**dict(row)) for row in await tx.fetch(f"SELECT {_ROOT_COLUMNS} FROM staff.audit_root ORDER BY day")
    ]


async def roots_before(tx: Transaction, before: date | None, limit: int) -> list[AuditRoot]:
    """The latest day first."""
    rows = await tx.fetch(
        f"SELECT {_ROOT_COLUMNS} FROM staff.audit_root WHERE $1::date IS NULL OR day < $1 ORDER BY day DESC LIMIT $2",
        before,
        limit,
    )
    return [AuditRoot(**dict(row)) for row in rows]


async def latest_root(tx: Transaction) -> AuditRoot | None:
    row = await tx.fetchrow(f"SELECT {_ROOT_COLUMNS} FROM staff.audit_root ORDER BY day DESC LIMIT 1")
    return AuditRoot(**dict(row)) if row else None


async def claim_closing(tx: Transaction) -> None:
    """Wait for those who are recording; who comes after waits for this transaction, and sees the root."""
    await tx.execute("SELECT pg_advisory_xact_lock($1)", CLOSING_LOCK)


async def first_day(tx: Transaction) -> date | None:
    found: date | None = await tx.fetchval("SELECT min(chain_day) FROM staff.audit")
    return found


async def ends_of(tx: Transaction, day: date) -> list[ChainEnd]:
    """The last entry of each chain of a day, from the entries themselves."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT ON (actor) actor, chain_seq, hash FROM staff.audit
        WHERE chain_day = $1 ORDER BY actor, chain_seq DESC
        """,
        day,
    )
    return [ChainEnd(row["actor"], row["chain_seq"], row["hash"]) for row in rows]


async def insert_root(tx: Transaction, root: AuditRoot) -> None:
    await tx.execute(
        f"""
        INSERT INTO staff.audit_root ({_ROOT_COLUMNS}, closed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        root.day,
        root.chains,
        root.entries,
        root.ends,
        root.previous,
        root.root,
        root.key_id,
        root.public_key,
        root.signature,
        tx.now,
    )
