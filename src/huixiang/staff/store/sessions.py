"""Console sessions, and failures to sign in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.staff.model import Attempts, StoredSession
from huixiang.staff.model.sessions import Method, OpenSession
from huixiang.staff.store.accounts import read_account

# What a session is called: half of the hash by which it is known, which opens nothing.
_ID = "encode(substr(token_hash, 1, 16), 'hex')::uuid"


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


async def insert_session(
    tx: Transaction, token_hash: bytes, staff_id: UUID, expires_at: datetime, method: Method, agent: str | None
) -> None:
    """One that was opened by a passkey alone has proved nothing of a password."""
    await tx.execute(
        """
        INSERT INTO staff.session (token_hash, staff_id, created_at, last_seen_at, expires_at, method, proved_at, agent)
        VALUES ($1, $2, $3::timestamptz, $3::timestamptz, $4, $5::text,
                CASE WHEN $5::text <> 'passkey' THEN $3::timestamptz END, $6)
        """,
        token_hash,
        staff_id,
        tx.now,
        expires_at,
        method,
        agent,
    )


async def note_proof(tx: Transaction, token_hash: bytes) -> None:
    await tx.execute("UPDATE staff.session SET proved_at = $2 WHERE token_hash = $1", token_hash, tx.now)


async def open_sessions(
    tx: Transaction, staff_id: UUID, seen_since: datetime, made_since: datetime
) -> list[OpenSession]:
    """Those of an account that hold, the last seen first."""
    rows = await tx.fetch(
        f"""
        SELECT {_ID} AS session_id, method, agent, created_at, last_seen_at, expires_at
        FROM staff.session
        WHERE staff_id = $1 AND ended_at IS NULL AND expires_at > $2 AND last_seen_at > $3 AND created_at > $4
        ORDER BY last_seen_at DESC, session_id LIMIT 200
        """,
        staff_id,
        tx.now,
        seen_since,
        made_since,
    )
    return [OpenSession(**row) for row in rows]


async def find_session(tx: Transaction, token_hash: bytes) -> StoredSession | None:
    row = await tx.fetchrow(
        """
        SELECT s.created_at, s.last_seen_at, s.expires_at, s.ended_at, s.proved_at,
               a.staff_id, a.username, a.display_name, a.role, a.created_at AS account_created_at,
               a.disabled_at, a.stores, a.password_until
        FROM staff.session s JOIN staff.account a USING (staff_id)
        WHERE s.token_hash = $1
        """,
        token_hash,
    )
    if row is None:
        return None
    return StoredSession(
        read_account(row), row["created_at"], row["last_seen_at"], row["expires_at"], row["ended_at"], row["proved_at"]
    )


async def touch_session(tx: Transaction, token_hash: bytes) -> None:
    await tx.execute("UPDATE staff.session SET last_seen_at = $2 WHERE token_hash = $1", token_hash, tx.now)


async def end_session(tx: Transaction, token_hash: bytes) -> bool:
    """False where it had ended before."""
    changed = await tx.execute(
        "UPDATE staff.session SET ended_at = $2 WHERE token_hash = $1 AND ended_at IS NULL", token_hash, tx.now
    )
    return changed == 1


async def end_sessions_of(
    tx: Transaction, staff_id: UUID, *, but: bytes | None = None, session_id: UUID | None = None
) -> int:
    """End an account's sessions: all but one, or one alone; how many."""
    return await tx.execute(
        f"""
        UPDATE staff.session SET ended_at = $2
        WHERE staff_id = $1 AND ended_at IS NULL AND expires_at > $2
          AND ($3::bytea IS NULL OR token_hash <> $3) AND ($4::uuid IS NULL OR {_ID} = $4)
        """,
        staff_id,
        tx.now,
        but,
        session_id,
    )


async def delete_sessions_expired_before(tx: Transaction, instant: datetime) -> None:
    await tx.execute("DELETE FROM staff.session WHERE expires_at < $1", instant)
