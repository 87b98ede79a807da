"""Keys of calling systems."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.staff.model import StoredKey, SystemKey

Row = Mapping[str, Any]


def _key(row: Row) -> SystemKey:
    return SystemKey(
        row["key_id"],
        row["name"],
        frozenset(row["scopes"]),
        row["created_at"],
        row["last_used_at"],
        row["revoked_at"],
    )


async def insert_key(tx: Transaction, key: SystemKey, secret_hash: bytes, created_by: str) -> None:
    await tx.execute(
        """
        INSERT INTO staff.system_key (key_id, name, secret_hash, scopes, created_at, created_by)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        key.key_id,
        key.name,
        secret_hash,
        sorted(key.scopes),
        key.created_at,
        created_by,
    )


async def find_key(tx: Transaction, key_id: UUID) -> StoredKey | None:
    row = await tx.fetchrow(
        """
        SELECT key_id, name, secret_hash, scopes, created_at, last_used_at, revoked_at
        FROM staff.system_key WHERE key_id = $1
        """,
        key_id,
    )
    return StoredKey(_key(row), row["secret_hash"]) if row else None


async def all_keys(tx: Transaction) -> list[SystemKey]:
    rows = await tx.fetch(
        """
        SELECT key_id, name, scopes, created_at, last_used_at, revoked_at
        FROM staff.system_key ORDER BY created_at, key_id
        """
    )
    return [_key(row) for row in rows]


async def touch_key(tx: Transaction, key_id: UUID, unless_used_since: datetime) -> None:
    await tx.execute(
        """
        UPDATE staff.system_key SET last_used_at = $2
        WHERE key_id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)
        """,
        key_id,
        tx.now,
        unless_used_since,
    )


async def revoke_key(tx: Transaction, key_id: UUID, revoked_by: str) -> bool:
    """False where it was revoked before."""
    changed = await tx.execute(
        """
        UPDATE staff.system_key SET revoked_at = $2, revoked_by = $3
        WHERE key_id = $1 AND revoked_at IS NULL
        """,
        key_id,
        tx.now,
        revoked_by,
    )
    return changed == 1
