"""What showed that members were there: codes that were used, and one-time codes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huixiang.members.model import StoredOneTimeCode
from huixiang.platform.db import Transaction


async def use_code(
    tx: Transaction, member_id: UUID, issued_at: datetime, command: bytes, kept_until: datetime
) -> bytes:
    """Use a member's code of one second for a command, unless another has used it: the command that has it now."""
    used_by: bytes = await tx.fetchval(
        """
        INSERT INTO members.used_code AS used (member_id, issued_at, command, kept_until)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (member_id, issued_at) DO UPDATE SET command = used.command
        RETURNING command
        """,
        member_id,
        issued_at,
        command,
        kept_until,
    )
    return used_by


async def code_used_by(tx: Transaction, member_id: UUID, issued_at: datetime) -> bytes | None:
    """The command that used a member's code of one second, as long as it may be repeated."""
    used_by: bytes | None = await tx.fetchval(
        "SELECT command FROM members.used_code WHERE member_id = $1 AND issued_at = $2 AND kept_until > $3",
        member_id,
        issued_at,
        tx.now,
    )
    return used_by


async def lock_one_time_code(tx: Transaction, member_id: UUID) -> StoredOneTimeCode | None:
    row = await tx.fetchrow(
        """
        SELECT code_hash, expires_at, guesses, command, counted_from, asked
        FROM members.one_time_code WHERE member_id = $1 FOR UPDATE
        """,
        member_id,
    )
    return None if row is None else StoredOneTimeCode(**row)


async def save_one_time_code(tx: Transaction, member_id: UUID, code: StoredOneTimeCode, kept_until: datetime) -> None:
    await tx.execute(
        """
        INSERT INTO members.one_time_code
            (member_id, code_hash, expires_at, guesses, command, counted_from, asked, kept_until)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (member_id) DO UPDATE SET
            code_hash = excluded.code_hash, expires_at = excluded.expires_at, guesses = excluded.guesses,
            command = excluded.command, counted_from = excluded.counted_from, asked = excluded.asked,
            kept_until = excluded.kept_until
        """,
        member_id,
        code.code_hash,
        code.expires_at,
        code.guesses,
        code.command,
        code.counted_from,
        code.asked,
        kept_until,
    )


async def delete_codes(tx: Transaction, limit: int) -> int:
    """Remove codes of either kind that are kept no longer, up to a number of each; how many went."""
    used = await tx.execute(
        """
        WITH due AS MATERIALIZED (
            SELECT member_id, issued_at FROM members.used_code WHERE kept_until <= $1
            ORDER BY kept_until LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        DELETE FROM members.used_code WHERE (member_id, issued_at) IN (TABLE due)
        """,
        tx.now,
        limit,
    )
    return used + await tx.execute(
        """
        WITH due AS MATERIALIZED (
            SELECT member_id FROM members.one_time_code WHERE kept_until <= $1
            ORDER BY kept_until LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        DELETE FROM members.one_time_code WHERE member_id IN (TABLE due)
        """,
        tx.now,
        limit,
    )
