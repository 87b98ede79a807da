"""What is sealed, and the wrapped keys that open it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from huixiang.members.model import StoredIdentity, StoredPersonal, WrappedKey
from huixiang.platform.db import Transaction


async def insert_identities(tx: Transaction, identities: Sequence[StoredIdentity]) -> None:
    await tx.insert(
        "members.identity",
        ("member_id", "kind", "key", "source", "sealed", "tail", "recorded_at"),
        [(i.member_id, i.kind, i.key, i.source, i.sealed, i.tail, tx.now) for i in identities],
    )


async def insert_personal(tx: Transaction, fields: Sequence[StoredPersonal]) -> None:
    await tx.insert(
        "members.personal",
        ("member_id", "field", "sealed", "recorded_at"),
        [(f.member_id, f.field, f.sealed, tx.now) for f in fields],
    )


async def insert_wrapped_keys(tx: Transaction, keys: Sequence[WrappedKey]) -> None:
    await tx.insert(
        "members.wrapped_key",
        ("member_id", "key_id", "wrapped", "recorded_at"),
        [(k.member_id, k.key_id, k.wrapped, tx.now) for k in keys],
    )


async def identities_of(tx: Transaction, member_ids: Sequence[UUID]) -> list[StoredIdentity]:
    rows = await tx.fetch(
        """
        SELECT member_id, kind, key, source, sealed FROM members.identity
        WHERE member_id = ANY ($1::uuid[]) ORDER BY member_id, recorded_at, source, key
        """,
        member_ids,
    )
    return [StoredIdentity(r["member_id"], r["kind"], r["key"], r["source"], r["sealed"]) for r in rows]


async def count_of_source(tx: Transaction, source: str) -> int:
    count: int = await tx.fetchval(
        "SELECT count(DISTINCT member_id) FROM members.identity WHERE kind = 'external' AND source = $1", source
    )
    return count


async def personal_of(tx: Transaction, member_ids: Sequence[UUID], fields: Sequence[str]) -> list[StoredPersonal]:
    rows = await tx.fetch(
        """
        SELECT member_id, field, sealed FROM members.personal
        WHERE member_id = ANY ($1::uuid[]) AND field = ANY ($2::text[])
        """,
        member_ids,
        fields,
    )
    return [StoredPersonal(r["member_id"], r["field"], r["sealed"]) for r in rows]


async def wrapped_keys_of(tx: Transaction, member_ids: Sequence[UUID]) -> list[WrappedKey]:
    rows = await tx.fetch(
        "SELECT member_id, key_id, wrapped FROM members.wrapped_key WHERE member_id = ANY ($1::uuid[])", member_ids
    )
    return [WrappedKey(r["member_id"], r["key_id"], r["wrapped"]) for r in rows]


async def lock_keys_wrapped_by(tx: Transaction, key_ids: Collection[str], limit: int) -> list[WrappedKey]:
    """Some data keys that these master keys wrap; those that somebody else is at are passed over."""
    rows = await tx.fetch(
        """
        SELECT member_id, key_id, wrapped FROM members.wrapped_key
        WHERE key_id = ANY ($1::text[]) LIMIT $2 FOR UPDATE SKIP LOCKED
        """,
        list(key_ids),
        limit,
    )
    return [WrappedKey(r["member_id"], r["key_id"], r["wrapped"]) for r in rows]


async def update_wrapped_keys(tx: Transaction, keys: Sequence[WrappedKey]) -> None:
    await tx.execute(
        """
        UPDATE members.wrapped_key AS k SET key_id = new.key_id, wrapped = new.wrapped, recorded_at = $4
        FROM unnest($1::uuid[], $2::text[], $3::bytea[]) AS new (member_id, key_id, wrapped)
        WHERE k.member_id = new.member_id
        """,
        [k.member_id for k in keys],
        [k.key_id for k in keys],
        [k.wrapped for k in keys],
        tx.now,
    )


async def key_checks(tx: Transaction) -> dict[str, bytes]:
    rows = await tx.fetch("SELECT key_id, fingerprint FROM members.key_check")
    return {row["key_id"]: row["fingerprint"] for row in rows}


async def key_recorded_at(tx: Transaction, key_id: str) -> datetime | None:
    """When a key was first seen here; None where it was not."""
    found: datetime | None = await tx.fetchval("SELECT recorded_at FROM members.key_check WHERE key_id = $1", key_id)
    return found


async def insert_key_checks(tx: Transaction, fingerprints: Mapping[str, bytes]) -> None:
    await tx.execute(
        """
        INSERT INTO members.key_check (key_id, fingerprint, recorded_at)
        SELECT *, $3 FROM unnest($1::text[], $2::bytea[])
        ON CONFLICT (key_id) DO NOTHING
        """,
        list(fingerprints),
        list(fingerprints.values()),
        tx.now,
    )
