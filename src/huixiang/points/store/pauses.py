"""Pauses, and the credits that wait behind them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.points.model.breaker import Pause, Paused, PausedKey, PausedPosting

PAUSE = tuple(Pause.__struct_fields__)
PAUSED = (
    "member_id", "book", "key", "pause_id", "cause", "points", "posted_at", "due_at", "state", "decided_by",
    "decided_at", "reason",
)  # fmt: skip


async def open_pauses(tx: Transaction) -> tuple[Pause, ...]:
    rows = await tx.fetch(f"SELECT {', '.join(PAUSE)} FROM points.pause WHERE ended_at IS NULL ORDER BY pause_id")
    return tuple(Pause(**dict(row)) for row in rows)


async def recent_pauses(tx: Transaction, since: datetime) -> list[Pause]:
    """Those that are open or began since an instant, the latest first."""
    rows = await tx.fetch(
        f"SELECT {', '.join(PAUSE)} FROM points.pause WHERE ended_at IS NULL OR started_at >= $1"
        " ORDER BY started_at DESC, pause_id DESC",
        since,
    )
    return [Pause(**dict(row)) for row in rows]


async def insert_pause(tx: Transaction, pause: Pause) -> bool:
    """False where the same is paused already."""
    inserted = await tx.execute(
        """
        INSERT INTO points.pause (pause_id, asset, side, cause, rule, place, reason, started_at, started_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (asset, side, cause, coalesce(rule, ''), coalesce(place, '')) WHERE ended_at IS NULL DO NOTHING
        """,
        pause.pause_id,
        pause.asset,
        pause.side,
        pause.cause,
        pause.rule,
        pause.place,
        pause.reason,
        pause.started_at,
        pause.started_by,
    )
    return inserted == 1


async def find_pause(tx: Transaction, pause_id: UUID) -> Pause | None:
    """Locked to the end of the transaction."""
    row = await tx.fetchrow(f"SELECT {', '.join(PAUSE)} FROM points.pause WHERE pause_id = $1 FOR UPDATE", pause_id)
    return Pause(**dict(row)) if row else None


async def end_pause(tx: Transaction, pause_id: UUID, by: str, reason: str) -> None:
    await tx.execute(
        "UPDATE points.pause SET ended_at = $2, ended_by = $3, ended_reason = $4 WHERE pause_id = $1",
        pause_id,
        tx.now,
        by,
        reason,
    )


async def insert_paused(tx: Transaction, rows: Sequence[tuple[object, ...]]) -> None:
    """Rows of (member, book, key, pause, cause, points, posted, due)."""
    await tx.insert("points.paused_credit", (*PAUSED[:8], "state"), [(*row, "waiting") for row in rows])


async def waiting(
    tx: Transaction, pause_id: UUID, after: tuple[datetime, UUID, str] | None, limit: int
) -> list[Paused]:
    """Credits that wait behind a pause, in the order in which they were posted."""
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(f"c.{column}" for column in PAUSED if column != "book")}, b.code AS book
        FROM points.paused_credit AS c JOIN points.book AS b USING (book)
        WHERE c.pause_id = $1 AND c.state = 'waiting'
          AND ($2::timestamptz IS NULL OR (c.posted_at, c.member_id, c.key) > ($2, $3::uuid, $4::text))
        ORDER BY c.posted_at, c.member_id, c.key LIMIT $5
        """,
        pause_id,
        *(after or (None, None, None)),
        limit,
    )
    return [Paused(**dict(row)) for row in rows]


async def lock_waiting(tx: Transaction, pause_id: UUID, keys: Sequence[PausedKey]) -> list[PausedPosting]:
    """Those that still wait, locked in key order."""
    rows = await tx.fetch(
        """
        SELECT c.member_id, c.book, c.key, c.due_at
        FROM points.paused_credit AS c
        JOIN unnest($2::uuid[], $3::text[]) AS wanted (member_id, key)
          ON c.member_id = wanted.member_id AND c.key = wanted.key
        WHERE c.pause_id = $1 AND c.state = 'waiting'
        ORDER BY c.member_id, c.book, c.key
        FOR UPDATE OF c
        """,
        pause_id,
        [key.member_id for key in keys],
        [key.key for key in keys],
    )
    return [PausedPosting(*row) for row in rows]


async def decide(tx: Transaction, those: Sequence[PausedPosting], state: str, by: str, reason: str) -> None:
    await tx.execute(
        """
        UPDATE points.paused_credit AS c
        SET state = $4, decided_at = $5, decided_by = $6, reason = $7
        FROM unnest($1::uuid[], $2::smallint[], $3::text[]) AS decided (member_id, book, key)
        WHERE c.member_id = decided.member_id AND c.book = decided.book AND c.key = decided.key
        """,
        *_columns(those),
        state,
        tx.now,
        by,
        reason,
    )


async def lock_to_clear(tx: Transaction, limit: int) -> list[PausedPosting]:
    """Released credits whose time has come; what another transaction clears is passed over."""
    rows = await tx.fetch(
        """
        SELECT member_id, book, key, due_at FROM points.paused_credit
        WHERE state = 'released' AND cleared_at IS NULL AND due_at <= $1
        ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
        """,
        tx.now,
        limit,
    )
    return [PausedPosting(*row) for row in rows]


async def mark_cleared(tx: Transaction, those: Sequence[PausedPosting]) -> None:
    await tx.execute(
        """
        UPDATE points.paused_credit AS c SET cleared_at = $4
        FROM unnest($1::uuid[], $2::smallint[], $3::text[]) AS cleared (member_id, book, key)
        WHERE c.member_id = cleared.member_id AND c.book = cleared.book AND c.key = cleared.key
        """,
        *_columns(those),
        tx.now,
    )


def _columns(those: Sequence[PausedPosting]) -> tuple[list[UUID], list[int], list[str]]:
    return [one.member_id for one in those], [one.book for one in those], [one.key for one in those]
