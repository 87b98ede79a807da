"""Events to be sent, the lanes that they wait in, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.webhooks.model import Answer, Attempt, Delivery, Task, Telling

_SHOWN = """
    SELECT d.event_id, e.type, d.member_id, d.state, d.attempts, d.queued_at, d.settled_at, d.status, d.reason,
           CASE WHEN d.state = 'waiting' AND NOT EXISTS (
               SELECT FROM webhooks.delivery AS w WHERE w.member_id = d.member_id AND w.endpoint_id = d.endpoint_id
                  AND w.state = 'waiting' AND w.place < d.place
           ) THEN l.due_at END AS due_at
    FROM webhooks.delivery AS d
    JOIN webhooks.event AS e ON e.member_id = d.member_id AND e.event_id = d.event_id
    JOIN webhooks.lane AS l ON l.member_id = d.member_id AND l.endpoint_id = d.endpoint_id
"""
# Literal, so that what is not delivered is found by the index that holds nothing else.
_IN_STATE = {
    None: "",
    "waiting": "AND d.state = 'waiting'",
    "delivered": "AND d.state = 'delivered'",
    "given_up": "AND d.state = 'given_up'",
}


async def insert_events(tx: Transaction, tellings: Sequence[Telling]) -> None:
    await tx.insert(
        "webhooks.event",
        ("member_id", "event_id", "type", "body", "recorded_at"),
        [(one.member_id, one.event_id, one.type, one.body, tx.now) for one in tellings],
    )


async def queue(tx: Transaction, queued: Sequence[tuple[UUID, Telling]]) -> None:
    """Put events, each with its endpoint, at the end of their lanes, in the order that they come in."""
    await tx.execute(
        """
        WITH input AS (
            SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) WITH ORDINALITY
                AS input (endpoint_id, member_id, event_id, n)
        ), counted AS (
            SELECT member_id, endpoint_id, count(*) AS many FROM input GROUP BY member_id, endpoint_id
        ), lane AS (
            INSERT INTO webhooks.lane AS l (member_id, endpoint_id, last_place, due_at)
            SELECT member_id, endpoint_id, many, $4 FROM counted ORDER BY member_id, endpoint_id
            ON CONFLICT (member_id, endpoint_id) DO UPDATE
            SET last_place = l.last_place + excluded.last_place, due_at = coalesce(l.due_at, excluded.due_at)
            RETURNING member_id, endpoint_id, last_place
        )
        INSERT INTO webhooks.delivery (member_id, endpoint_id, place, event_id, state, attempts, tries, queued_at)
        SELECT i.member_id, i.endpoint_id,
               l.last_place - c.many + row_number() OVER (PARTITION BY i.member_id, i.endpoint_id ORDER BY i.n),
               i.event_id, 'waiting', 0, 0, $4
        FROM input AS i JOIN counted AS c USING (member_id, endpoint_id) JOIN lane AS l USING (member_id, endpoint_id)
        """,
        [endpoint_id for endpoint_id, _ in queued],
        [one.member_id for _, one in queued],
        [one.event_id for _, one in queued],
        tx.now,
    )


async def claim(
    tx: Transaction, claim: UUID, room: int, busy: Mapping[UUID, int], each: int, until: datetime
) -> list[Task]:
    """Take up to `room` lanes in hand that are due, of no endpoint more than `each` less what is busy there."""
    claimed = await tx.fetch(
        """
        WITH due AS (
            SELECT e.endpoint_id, e.url, l.member_id
            FROM webhooks.endpoint AS e
            LEFT JOIN unnest($3::uuid[], $4::bigint[]) AS b (endpoint_id, busy) ON b.endpoint_id = e.endpoint_id
            CROSS JOIN LATERAL (
                SELECT w.member_id, w.due_at FROM webhooks.lane AS w
                WHERE w.endpoint_id = e.endpoint_id AND w.due_at <= $2
                ORDER BY w.due_at LIMIT greatest($5 - coalesce(b.busy, 0), 0) FOR UPDATE SKIP LOCKED
            ) AS l
            WHERE e.state = 'active'
            ORDER BY l.due_at LIMIT $6
        )
        UPDATE webhooks.lane AS l SET claim = $1, due_at = $7 FROM due
        WHERE l.member_id = due.member_id AND l.endpoint_id = due.endpoint_id
        RETURNING l.member_id, l.endpoint_id, due.url
        """,
        claim,
        tx.now,
        list(busy),
        list(busy.values()),
        each,
        room,
        until,
    )
    if not claimed:
        return []
    rows = await tx.fetch(
        """
        SELECT i.endpoint_id, i.member_id, i.url, d.place, d.event_id, d.tries, d.attempts, d.tried_since, e.body,
               ARRAY(SELECT (s.secret_no, s.sealed) FROM webhooks.secret AS s
                     WHERE s.endpoint_id = i.endpoint_id AND (s.ends_at IS NULL OR s.ends_at > $4)
                     ORDER BY s.secret_no DESC) AS secrets
        FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS i (member_id, endpoint_id, url)
        CROSS JOIN LATERAL (
            SELECT * FROM webhooks.delivery AS w
            WHERE w.member_id = i.member_id AND w.endpoint_id = i.endpoint_id AND w.state = 'waiting'
            ORDER BY w.place LIMIT 1
        ) AS d
        JOIN webhooks.event AS e ON e.member_id = d.member_id AND e.event_id = d.event_id
        """,
        [row["member_id"] for row in claimed],
        [row["endpoint_id"] for row in claimed],
        [row["url"] for row in claimed],
        tx.now,
    )
    tasks = [Task(**{**row, "secrets": [tuple(one) for one in row["secrets"]]}, claim=claim) for row in rows]
    if len(tasks) < len(claimed):
        in_hand = {(task.member_id, task.endpoint_id) for task in tasks}
        found = {(row["member_id"], row["endpoint_id"]) for row in claimed}
        await _rest(tx, found - in_hand)
    return tasks


async def _rest(tx: Transaction, lanes: Collection[tuple[UUID, UUID]]) -> None:
    """Lanes in which nothing waits any more, since it was put away, are looked at no more."""
    await tx.execute(
        """
        UPDATE webhooks.lane SET claim = NULL, due_at = NULL
        WHERE (member_id, endpoint_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
        """,
        [member_id for member_id, _ in lanes],
        [endpoint_id for _, endpoint_id in lanes],
    )


async def lock_claimed(tx: Transaction, task: Task) -> bool:
    """Whether the lane is still the claim's; it is locked to the commit."""
    return bool(
        await tx.fetchval(
            """
            SELECT true FROM webhooks.lane WHERE member_id = $1 AND endpoint_id = $2 AND claim = $3 FOR UPDATE
            """,
            task.member_id,
            task.endpoint_id,
            task.claim,
        )
    )


async def insert_attempt(tx: Transaction, task: Task, answer: Answer, began_at: datetime) -> None:
    await tx.execute(
        """
        INSERT INTO webhooks.attempt
            (member_id, endpoint_id, event_id, number, began_at, ended_at, status, reason, excerpt)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        task.member_id,
        task.endpoint_id,
        task.event_id,
        task.attempts + 1,
        began_at,
        tx.now,
        answer.status,
        answer.reason,
        answer.excerpt,
    )


async def note(tx: Transaction, task: Task, answer: Answer, state: str, tried_since: datetime) -> None:
    """What an attempt came to."""
    await tx.execute(
        """
        UPDATE webhooks.delivery
        SET state = $4, attempts = attempts + 1, tries = tries + 1, tried_since = $5, status = $6, reason = $7,
            settled_at = CASE WHEN $4 <> 'waiting' THEN $8::timestamptz END
        WHERE member_id = $1 AND endpoint_id = $2 AND place = $3
        """,
        task.member_id,
        task.endpoint_id,
        task.place,
        state,
        tried_since,
        answer.status,
        answer.reason,
        tx.now,
    )


async def release(tx: Transaction, task: Task, due_at: datetime) -> None:
    """Let the lane be looked at when the first that waits in it is due; never, where none waits."""
    await tx.execute(
        """
        UPDATE webhooks.lane AS l SET claim = NULL, due_at = CASE WHEN EXISTS (
            SELECT FROM webhooks.delivery AS d
            WHERE d.member_id = l.member_id AND d.endpoint_id = l.endpoint_id AND d.state = 'waiting'
        ) THEN $3::timestamptz END
        WHERE l.member_id = $1 AND l.endpoint_id = $2
        """,
        task.member_id,
        task.endpoint_id,
        due_at,
    )


async def hurry(tx: Transaction, endpoint_id: UUID, limit: int) -> int:
    """Let what pauses be due now; how many lanes did. Those that somebody has in hand are left to them."""
    return await tx.execute(
        """
        WITH pausing AS MATERIALIZED (
            SELECT member_id FROM webhooks.lane WHERE endpoint_id = $1 AND due_at > $2 AND claim IS NULL
            ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
        )
        UPDATE webhooks.lane AS l SET due_at = $2
        FROM pausing
        WHERE l.endpoint_id = $1 AND l.member_id = pausing.member_id
        """,
        endpoint_id,
        tx.now,
        limit,
    )


async def of_endpoint(
    tx: Transaction, endpoint_id: UUID, state: str | None, before: UUID | None, limit: int
) -> list[Delivery]:
    """The latest first."""
    rows = await tx.fetch(
        f"""
        {_SHOWN}
        WHERE d.endpoint_id = $1 {_IN_STATE[state]} AND ($2::uuid IS NULL OR d.event_id < $2)
        ORDER BY d.event_id DESC LIMIT $3
        """,
        endpoint_id,
        before,
        limit,
    )
    return [Delivery(**row) for row in rows]


async def open_counts(tx: Transaction, endpoint_ids: Sequence[UUID], limit: int) -> dict[UUID, tuple[int, int]]:
    """By endpoint how many deliveries wait and how many were given up, each counted up to a limit."""
    rows = await tx.fetch(
        """
        SELECT e.endpoint_id, (
            SELECT count(*) FROM (
                SELECT FROM webhooks.delivery AS w WHERE w.endpoint_id = e.endpoint_id AND w.state = 'waiting' LIMIT $2
            ) AS waiting
        ), (
            SELECT count(*) FROM (
                SELECT FROM webhooks.delivery AS g WHERE g.endpoint_id = e.endpoint_id AND g.state = 'given_up' LIMIT $2
            ) AS given_up
        )
        FROM unnest($1::uuid[]) AS e (endpoint_id)
        """,
        endpoint_ids,
        limit,
    )
    return {row[0]: (row[1], row[2]) for row in rows}


async def find(tx: Transaction, endpoint_id: UUID, event_id: UUID) -> Delivery | None:
    row = await tx.fetchrow(f"{_SHOWN} WHERE d.endpoint_id = $1 AND d.event_id = $2", endpoint_id, event_id)
    return Delivery(**row) if row else None


async def body(tx: Transaction, member_id: UUID, event_id: UUID) -> str:
    found: str = await tx.fetchval(
        "SELECT body FROM webhooks.event WHERE member_id = $1 AND event_id = $2", member_id, event_id
    )
    return found


async def attempts(tx: Transaction, endpoint_id: UUID, delivery: Delivery, limit: int) -> list[Attempt]:
    rows = await tx.fetch(
        """
        SELECT number, began_at, ended_at, status, reason, excerpt FROM webhooks.attempt
        WHERE member_id = $1 AND endpoint_id = $2 AND event_id = $3 ORDER BY number DESC LIMIT $4
        """,
        delivery.member_id,
        endpoint_id,
        delivery.event_id,
        limit,
    )
    return [Attempt(**row) for row in rows]


async def waiting(tx: Transaction, limit: int) -> tuple[int, timedelta]:
    """How many lanes of active endpoints have something to send, counted up to a limit, and for how long the oldest
    has waited past its time."""
    row = await tx.fetchrow(
        """
        SELECT count(*), min(due_at) FROM (
            SELECT l.due_at FROM webhooks.lane AS l JOIN webhooks.endpoint AS e USING (endpoint_id)
            WHERE l.due_at IS NOT NULL AND e.state = 'active' LIMIT $1
        ) AS due
        """,
        limit,
    )
    count, oldest = row or (0, None)
    return count, max(tx.now - oldest, timedelta(0)) if oldest else timedelta(0)
