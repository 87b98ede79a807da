"""SQL of staff: keys, accounts, failed sign-ins, sessions, audit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from huixiang.platform.db import Transaction
from huixiang.staff.model import Account, Attempts, AuditEntry, Credentials, Role, StoredKey, StoredSession, SystemKey

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


def _account(row: Row) -> Account:
    return Account(
        row["staff_id"],
        row["username"],
        row["display_name"],
        Role(row["role"]),
        row["account_created_at"],
        row["disabled_at"],
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


async def insert_account(tx: Transaction, credentials: Credentials) -> bool:
    """False where the username is taken."""
    account = credentials.account
    inserted = await tx.execute(
        """
        INSERT INTO staff.account
            (staff_id, username, display_name, role, password_hash, totp_sealed, totp_step, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (username) DO NOTHING
        """,
        account.staff_id,
        account.username,
        account.display_name,
        account.role,
        credentials.password_hash,
        credentials.totp_sealed,
        credentials.totp_step,
        account.created_at,
    )
    return inserted == 1


async def all_accounts(tx: Transaction) -> list[Account]:
    rows = await tx.fetch(
        """
        SELECT staff_id, username, display_name, role, created_at AS account_created_at, disabled_at
        FROM staff.account ORDER BY username
        """
    )
    return [_account(row) for row in rows]


_FIND_CREDENTIALS = """
    SELECT staff_id, username, display_name, role, created_at AS account_created_at, disabled_at,
           password_hash, totp_sealed, totp_step
    FROM staff.account WHERE username = $1
"""


async def find_credentials(tx: Transaction, username: str, *, lock: bool = False) -> Credentials | None:
    row = await tx.fetchrow(_FIND_CREDENTIALS + (" FOR UPDATE" if lock else ""), username)
    if row is None:
        return None
    return Credentials(_account(row), row["password_hash"], row["totp_sealed"], row["totp_step"])


async def update_secrets(tx: Transaction, staff_id: UUID, password_hash: str, totp_sealed: bytes) -> None:
    await tx.execute(
        "UPDATE staff.account SET password_hash = $2, totp_sealed = $3, totp_step = 0 WHERE staff_id = $1",
        staff_id,
        password_hash,
        totp_sealed,
    )


async def update_totp_step(tx: Transaction, staff_id: UUID, step: int) -> None:
    await tx.execute("UPDATE staff.account SET totp_step = $2 WHERE staff_id = $1", staff_id, step)


async def find_attempts(tx: Transaction, name_hash: bytes, *, lock: bool = False) -> Attempts:
    """Failures under a name. With `lock`, other sign-ins under it wait until this transaction ends."""
    if lock:
        # The row may not be there yet, so the name itself is locked.
        await tx.execute("SELECT pg_advisory_xact_lock($1)", int.from_bytes(name_hash[:8], signed=True))
    row = await tx.fetchrow(
        "SELECT failures, failed_at, locked_until FROM staff.sign_in_attempt WHERE name_hash = $1", name_hash
    )
    return Attempts(row["failures"], row["failed_at"], row["locked_until"]) if row else Attempts()


async def save_attempts(tx: Transaction, name_hash: bytes, attempts: Attempts, forget_before: datetime) -> None:
    await tx.execute("DELETE FROM staff.sign_in_attempt WHERE failed_at < $1", forget_before)
    await tx.execute(
        """
        INSERT INTO staff.sign_in_attempt (name_hash, failures, failed_at, locked_until) VALUES ($1, $2, $3, $4)
        ON CONFLICT (name_hash) DO UPDATE
        SET failures = excluded.failures, failed_at = excluded.failed_at, locked_until = excluded.locked_until
        """,
        name_hash,
        attempts.failures,
        attempts.failed_at,
        attempts.locked_until,
    )


async def delete_attempts(tx: Transaction, name_hash: bytes) -> None:
    await tx.execute("DELETE FROM staff.sign_in_attempt WHERE name_hash = $1", name_hash)


async def insert_session(tx: Transaction, token_hash: bytes, staff_id: UUID, expires_at: datetime) -> None:
    await tx.execute(
        """
        INSERT INTO staff.session (token_hash, staff_id, created_at, last_seen_at, expires_at)
        VALUES ($1, $2, $3, $3, $4)
        """,
        token_hash,
        staff_id,
        tx.now,
        expires_at,
    )


async def find_session(tx: Transaction, token_hash: bytes) -> StoredSession | None:
    row = await tx.fetchrow(
        """
        SELECT s.created_at, s.last_seen_at, s.expires_at, s.ended_at,
               a.staff_id, a.username, a.display_name, a.role, a.created_at AS account_created_at, a.disabled_at
        FROM staff.session s JOIN staff.account a USING (staff_id)
        WHERE s.token_hash = $1
        """,
        token_hash,
    )
    if row is None:
        return None
    return StoredSession(_account(row), row["created_at"], row["last_seen_at"], row["expires_at"], row["ended_at"])


async def touch_session(tx: Transaction, token_hash: bytes) -> None:
    await tx.execute("UPDATE staff.session SET last_seen_at = $2 WHERE token_hash = $1", token_hash, tx.now)


async def end_session(tx: Transaction, token_hash: bytes) -> bool:
    """False where it had ended before."""
    changed = await tx.execute(
        "UPDATE staff.session SET ended_at = $2 WHERE token_hash = $1 AND ended_at IS NULL", token_hash, tx.now
    )
    return changed == 1


async def end_sessions_of(tx: Transaction, staff_id: UUID) -> None:
    await tx.execute(
        "UPDATE staff.session SET ended_at = $2 WHERE staff_id = $1 AND ended_at IS NULL", staff_id, tx.now
    )


async def delete_sessions_expired_before(tx: Transaction, instant: datetime) -> None:
    await tx.execute("DELETE FROM staff.session WHERE expires_at < $1", instant)


async def insert_audit(tx: Transaction, audit_id: UUID, entry: AuditEntry) -> None:
    await tx.execute(
        """
        INSERT INTO staff.audit
            (audit_id, actor, action, object, member_id, before, after, reason, recorded_at, chain_day)
        VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb, $8, $9, $10)
        """,
        audit_id,
        entry.actor,
        entry.action,
        entry.subject,
        entry.member_id,
        None if entry.before is None else msgspec.json.encode(entry.before).decode(),
        None if entry.after is None else msgspec.json.encode(entry.after).decode(),
        entry.reason,
        tx.now,
        tx.calendar.day(tx.now),
    )
