"""What is old goes: deliveries with their attempts, lanes that nothing is in, events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from huixiang.platform.db import Transaction


async def tidy(tx: Transaction, before: datetime, limit: int) -> int:
    """Put away a chunk of what is older, and of what was told to endpoints that are deleted; how much it was."""
    gone = await tx.fetch(
        """
        DELETE FROM webhooks.delivery AS d
        USING (
            (SELECT member_id, endpoint_id, place FROM webhooks.delivery WHERE queued_at < $1 LIMIT $2)
            UNION
            (SELECT o.member_id, o.endpoint_id, o.place
             FROM webhooks.endpoint AS e JOIN webhooks.delivery AS o USING (endpoint_id)
             WHERE e.state = 'deleted' LIMIT $2)
        ) AS old
        WHERE d.member_id = old.member_id AND d.endpoint_id = old.endpoint_id AND d.place = old.place
        RETURNING d.member_id, d.endpoint_id, d.event_id
        """,
        before,
        limit,
    )
    keys = [[row[n] for row in gone] for n in range(3)]
    await tx.execute(
        """
        DELETE FROM webhooks.attempt AS a
        USING unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS g (member, endpoint, event)
        WHERE a.member_id = g.member AND a.endpoint_id = g.endpoint AND a.event_id = g.event
        """,
        *keys,
    )
    await _tidy_lanes(tx, keys[0], keys[1])
    return len(gone) + await _tidy_events(tx, before, limit)


async def _tidy_lanes(tx: Transaction, members: Sequence[UUID], endpoints: Sequence[UUID]) -> None:
    """Lanes that nothing is in go, but for those that somebody is just putting something in: who locks a lane sees all
    that was put in before, with the statement after."""
    owned = await tx.fetch(
        """
        SELECT member_id, endpoint_id FROM webhooks.lane
        WHERE (member_id, endpoint_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[])) FOR UPDATE SKIP LOCKED
        """,
        members,
        endpoints,
    )
    await tx.execute(
        """
        DELETE FROM webhooks.lane AS l USING unnest($1::uuid[], $2::uuid[]) AS own (member_id, endpoint_id)
        WHERE l.member_id = own.member_id AND l.endpoint_id = own.endpoint_id AND NOT EXISTS (
            SELECT FROM webhooks.delivery AS d WHERE d.member_id = l.member_id AND d.endpoint_id = l.endpoint_id
        )
        """,
        [row[0] for row in owned],
        [row[1] for row in owned],
    )


async def _tidy_events(tx: Transaction, before: datetime, limit: int) -> int:
    """A day later than their deliveries, so that none is without its event."""
    return await tx.execute(
        """
        DELETE FROM webhooks.event AS e
        USING (
            SELECT member_id, event_id FROM webhooks.event WHERE recorded_at < $1 ORDER BY recorded_at LIMIT $2
        ) AS old
        WHERE e.member_id = old.member_id AND e.event_id = old.event_id
        """,
        before - timedelta(days=1),
        limit,
    )
