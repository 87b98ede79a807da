"""Keys of calling systems and their secrets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.staff.model import KeySecret, StoredKey, SystemKey

Row = Mapping[str, Any]

_KEYS = """
    SELECT key_id, name, scopes, addresses::text[] AS addresses, system_key.created_at AS key_created_at, expires_at,
           revoked_at, requests_per_minute, secret_no, secret_hash, key_secret.created_at, ends_at, last_used_at
    FROM staff.system_key JOIN staff.key_secret USING (key_id)
"""


def _stored(rows: Sequence[Row]) -> StoredKey:
    """A key of the rows of its secrets."""
    first = rows[0]
    key = SystemKey(
        key_id=first["key_id"],
        name=first["name"],
        scopes=first["scopes"],
        created_at=first["key_created_at"],
        addresses=first["addresses"],
        expires_at=first["expires_at"],
        revoked_at=first["revoked_at"],
        requests_per_minute=first["requests_per_minute"],
        secrets=[KeySecret(row["secret_no"], row["created_at"], row["ends_at"], row["last_used_at"]) for row in rows],
    )
    return StoredKey(key, [row["secret_hash"] for row in rows])


def _by_key(rows: Iterable[Row]) -> list[StoredKey]:
    return [_stored(list(own)) for _, own in groupby(rows, itemgetter("key_id"))]


async def insert_key(tx: Transaction, key: SystemKey, created_by: str) -> None:
    await tx.execute(
        """
        INSERT INTO staff.system_key
            (key_id, name, scopes, addresses, created_at, created_by, expires_at, requests_per_minute)
        VALUES ($1, $2, $3, $4::text[]::cidr[], $5, $6, $7, $8)
        """,
        key.key_id,
        key.name,
        key.scopes,
        key.addresses,
        key.created_at,
        created_by,
        key.expires_at,
        key.requests_per_minute,
    )


async def update_key(tx: Transaction, key: SystemKey) -> None:
    await tx.execute(
        """
        UPDATE staff.system_key
        SET name = $2, scopes = $3, addresses = $4::text[]::cidr[], expires_at = $5, requests_per_minute = $6
        WHERE key_id = $1
        """,
        key.key_id,
        key.name,
        key.scopes,
        key.addresses,
        key.expires_at,
        key.requests_per_minute,
    )


async def insert_secret(tx: Transaction, key_id: UUID, secret_no: int, secret_hash: bytes, created_by: str) -> None:
    await tx.execute(
        """
        INSERT INTO staff.key_secret (key_id, secret_no, secret_hash, created_at, created_by)
        VALUES ($1, $2, $3, $4, $5)
        """,
        key_id,
        secret_no,
        secret_hash,
        tx.now,
        created_by,
    )


async def end_secrets(tx: Transaction, key_id: UUID, before_no: int, ends_at: datetime) -> None:
    """Let secrets with numbers below one end at an instant, unless they end before it."""
    await tx.execute(
        """
        UPDATE staff.key_secret SET ends_at = $3
        WHERE key_id = $1 AND secret_no < $2 AND (ends_at IS NULL OR ends_at > $3)
        """,
        key_id,
        before_no,
        ends_at,
    )


async def find_key(tx: Transaction, key_id: UUID, *, lock: bool = False) -> StoredKey | None:
    order = "WHERE key_id = $1 ORDER BY secret_no DESC" + (" FOR UPDATE" if lock else "")
    rows = await tx.fetch(f"{_KEYS} {order}", key_id)
    return _stored(rows) if rows else None


async def all_keys(tx: Transaction) -> list[SystemKey]:
    rows = await tx.fetch(f"{_KEYS} ORDER BY system_key.created_at, key_id, secret_no DESC")
    return [stored.key for stored in _by_key(rows)]


async def keys_after(tx: Transaction, after: UUID | None, limit: int) -> list[SystemKey]:
    """Keys in the order in which they were made: their ids are."""
    rows = await tx.fetch(
        f"""
        {_KEYS}
        WHERE key_id IN (
            SELECT key_id FROM staff.system_key WHERE $1::uuid IS NULL OR key_id > $1 ORDER BY key_id LIMIT $2
        )
        ORDER BY key_id, secret_no DESC
        """,
        after,
        limit,
    )
    return [stored.key for stored in _by_key(rows)]


async def touch_secret(tx: Transaction, key_id: UUID, secret_no: int, unless_used_since: datetime) -> None:
    await tx.execute(
        """
        UPDATE staff.key_secret SET last_used_at = $3
        WHERE key_id = $1 AND secret_no = $2 AND (last_used_at IS NULL OR last_used_at <= $4)
        """,
        key_id,
        secret_no,
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
