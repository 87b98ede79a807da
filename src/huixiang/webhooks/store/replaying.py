"""Settled deliveries, sent again."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from huixiang.platform.db import Transaction

_CHOSEN = """
    d.endpoint_id = $1 AND d.state <> 'waiting' AND ($2::uuid IS NULL OR d.event_id = $2)
    AND ($3::timestamptz IS NULL OR d.queued_at >= $3) AND ($4::timestamptz IS NULL OR d.queued_at < $4)
    AND (NOT $5 OR d.state = 'given_up')
"""


class Chosen(NamedTuple):
    """One event to an endpoint, or those queued from `since` until before `until`."""

    endpoint_id: UUID
    event_id: UUID | None
    since: datetime | None
    until: datetime | None
    only_given_up: bool


async def count_settled(tx: Transaction, chosen: Chosen, limit: int) -> int:
    """How many deliveries would be sent again, counted up to a limit."""
    count: int = await tx.fetchval(
        f"SELECT count(*) FROM (SELECT FROM webhooks.delivery AS d WHERE {_CHOSEN} LIMIT $6) AS found", *chosen, limit
    )
    return count


async def replay(tx: Transaction, chosen: Chosen) -> int:
    """Let settled deliveries wait again, in the places that they had; how many. Lanes are locked first, in order."""
    owners = await tx.fetch(
        f"""
        SELECT l.member_id FROM webhooks.lane AS l
        WHERE l.endpoint_id = $1
          AND l.member_id IN (SELECT d.member_id FROM webhooks.delivery AS d WHERE {_CHOSEN})
        ORDER BY l.member_id FOR UPDATE
        """,
        *chosen,
    )
    again = await tx.execute(
        f"""
        UPDATE webhooks.delivery AS d
        SET state = 'waiting', tries = 0, tried_since = NULL, settled_at = NULL WHERE {_CHOSEN}
        """,
        *chosen,
    )
    await tx.execute(
        """
        UPDATE webhooks.lane SET due_at = least(due_at, $3)
        WHERE endpoint_id = $1 AND member_id = ANY ($2::uuid[]) AND claim IS NULL
        """,
        chosen.endpoint_id,
        [row[0] for row in owners],
        tx.now,
    )
    return again
