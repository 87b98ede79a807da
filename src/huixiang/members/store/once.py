"""What is given once a person: the keyed hashes of everything that found who had it, and of their devices.

They stand in the directory, which is unique over all members, under a kind of their own, and are never taken out.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from huixiang.platform.db import Transaction


async def keys_of(tx: Transaction, member_ids: Collection[UUID]) -> set[str]:
    """By which the person behind these members is known: their ids, what finds them, and their devices."""
    rows = await tx.fetch(
        """
        SELECT key FROM members.identity WHERE member_id = ANY ($1::uuid[])
        UNION SELECT key FROM members.device_mark WHERE member_id = ANY ($1::uuid[])
        UNION SELECT id::text FROM unnest($1::uuid[]) AS one (id)
        """,
        list(member_ids),
    )
    return {row["key"] for row in rows}


async def enter(tx: Transaction, kind: str, keys: Collection[str], member_id: UUID) -> bool:
    """Enter all of the keys, or say that one of them is there; then whoever calls this enters none. Waits for others
    who are entering the same ones."""
    entered = await tx.execute(
        """
        INSERT INTO platform.directory (kind, key, member_id, recorded_at)
        SELECT $1, key, $3, $4 FROM unnest($2::text[]) WITH ORDINALITY AS entry (key, place) ORDER BY place
        ON CONFLICT (kind, key) DO NOTHING
        """,
        kind,
        sorted(keys),  # in one order for everybody, so that two cannot wait for each other
        member_id,
        tx.now,
    )
    return entered == len(keys)


async def known(tx: Transaction, kind: str, keys: Collection[str]) -> bool:
    return bool(
        await tx.fetchval(
            "SELECT EXISTS (SELECT FROM platform.directory WHERE kind = $1 AND key = ANY ($2::text[]))",
            kind,
            list(keys),
        )
    )


async def remove(tx: Transaction, kind: str, member_id: UUID) -> None:
    """What this transaction has entered for a member who had nothing there before."""
    await tx.execute("DELETE FROM platform.directory WHERE kind = $1 AND member_id = $2", kind, member_id)


async def extend(tx: Transaction, kinds: Collection[str], member_ids: Collection[UUID], keys: Collection[str]) -> None:
    """Enter further keys of these members, each under the kinds of which they, or who was merged into them, had it."""
    await tx.execute(
        """
        INSERT INTO platform.directory (kind, key, member_id, recorded_at)
        SELECT had.kind, more.key, had.member_id, $4
        FROM (
            SELECT DISTINCT ON (d.kind, coalesce(m.merged_into, m.member_id))
                   d.kind, m.member_id, coalesce(m.merged_into, m.member_id) AS owner
            FROM members.member AS m
            JOIN platform.directory AS d ON d.kind = ANY ($1::text[]) AND d.key = m.member_id::text
            WHERE m.member_id = ANY ($2::uuid[]) OR m.merged_into = ANY ($2::uuid[])
        ) AS had
        JOIN unnest($2::uuid[], $3::text[]) AS more (owner, key) USING (owner)
        ORDER BY had.kind, more.key
        ON CONFLICT (kind, key) DO NOTHING
        """,
        list(kinds),
        list(member_ids),
        list(keys),
        tx.now,
    )


async def mark_devices(tx: Transaction, member_ids: Collection[UUID], keys: Collection[str]) -> None:
    await tx.execute(
        """
        INSERT INTO members.device_mark (member_id, key, seen_at)
        SELECT member_id, key, $3 FROM unnest($1::uuid[], $2::text[]) AS mark (member_id, key)
        ON CONFLICT DO NOTHING
        """,
        list(member_ids),
        list(keys),
        tx.now,
    )
