"""Devices that members are signed in with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from huixiang.members.model import State
from huixiang.members.model.sign_in import EndCause, Session
from huixiang.platform.db import Transaction

_FIELDS = Session.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)


async def insert_sessions(tx: Transaction, sessions: Sequence[Session]) -> None:
    await tx.insert("members.session", _FIELDS, [tuple(getattr(one, name) for name in _FIELDS) for one in sessions])


async def end_crowded(tx: Transaction, member_ids: Sequence[UUID], most: int) -> None:
    """End those sessions of the members that were longest without a sign of life, but for so many of each."""
    await tx.execute(
        """
        UPDATE members.session AS s
        SET ended_at = $3, end_cause = 'crowded_out', expires_at = least(s.expires_at, $3)
        FROM (
            SELECT member_id, session_id, row_number() OVER (
                PARTITION BY member_id ORDER BY rotated_at DESC, session_id DESC
            ) AS place
            FROM members.session WHERE member_id = ANY ($1::uuid[]) AND ended_at IS NULL AND expires_at > $3
        ) AS placed
        WHERE placed.place > $2 AND s.member_id = placed.member_id AND s.session_id = placed.session_id
        """,
        member_ids,
        most,
        tx.now,
    )


async def lock_session(tx: Transaction, member_id: UUID, session_id: UUID) -> Session | None:
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM members.session WHERE member_id = $1 AND session_id = $2 FOR UPDATE",
        member_id,
        session_id,
    )
    return None if row is None else Session(**row)


async def note_proof(tx: Transaction, member_id: UUID, session_id: UUID) -> None:
    """The member has shown anew who they are."""
    await tx.execute(
        "UPDATE members.session SET proven_at = $3 WHERE member_id = $1 AND session_id = $2",
        member_id,
        session_id,
        tx.now,
    )


async def sessions_of(tx: Transaction, member_id: UUID) -> list[Session]:
    """Those that are signed in, the one that was heard of last first."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM members.session
        WHERE member_id = $1 AND ended_at IS NULL AND expires_at > $2 ORDER BY rotated_at DESC, session_id DESC
        """,
        member_id,
        tx.now,
    )
    return [Session(**row) for row in rows]


async def rotate(tx: Transaction, session: Session) -> None:
    """Keep which refresh token of the session is good from now on."""
    await tx.execute(
        """
        UPDATE members.session SET generation = $3, rotated_at = $4, expires_at = $5
        WHERE member_id = $1 AND session_id = $2
        """,
        session.member_id,
        session.session_id,
        session.generation,
        session.rotated_at,
        session.expires_at,
    )


async def end_sessions(tx: Transaction, member_id: UUID, cause: EndCause, session_id: UUID | None = None) -> int:
    """End one of a member's sessions, or all of them; how many."""
    return await tx.execute(
        """
        UPDATE members.session SET ended_at = $3, end_cause = $4, expires_at = least(expires_at, $3)
        WHERE member_id = $1 AND ($2::uuid IS NULL OR session_id = $2) AND ended_at IS NULL
        """,
        member_id,
        session_id,
        tx.now,
        cause,
    )


async def state_of(tx: Transaction, member_id: UUID, session_id: UUID | None) -> State | None:
    """The member's state; None where there is no such member, or where a session is named that is not signed in."""
    state: str | None = await tx.fetchval(
        """
        SELECT state FROM members.member WHERE member_id = $1 AND (
            $2::uuid IS NULL OR EXISTS (
                SELECT FROM members.session
                WHERE member_id = $1 AND session_id = $2 AND ended_at IS NULL AND expires_at > $3
            )
        )
        """,
        member_id,
        session_id,
        tx.now,
    )
    return None if state is None else State(state)


async def delete_sessions(tx: Transaction, expired_before: datetime, limit: int) -> int:
    """Remove sessions that ran out before then, up to a number; how many went."""
    return await tx.execute(
        """
        WITH due AS MATERIALIZED (
            SELECT member_id, session_id FROM members.session WHERE expires_at <= $1
            ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        DELETE FROM members.session WHERE (member_id, session_id) IN (TABLE due)
        """,
        expired_before,
        limit,
    )
