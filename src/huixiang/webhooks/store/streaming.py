"""Events that wait for Kafka, and whose turn it is to write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.webhooks.model import Message, Telling


async def queue(tx: Transaction, tellings: Sequence[Telling]) -> None:
    """Put events behind those that wait, in the order in which they come. The row that counts is locked to the commit,
    so whoever reads a place has all before it."""
    last: int = await tx.fetchval(
        """
        INSERT INTO webhooks.kafka_stream AS s (stream, last_place) VALUES ('kafka', $1)
        ON CONFLICT (stream) DO UPDATE SET last_place = s.last_place + excluded.last_place
        RETURNING last_place
        """,
        len(tellings),
    )
    await tx.insert(
        "webhooks.kafka_event",
        ("member_id", "place", "event_id", "type", "body", "queued_at"),
        [
            (one.member_id, place, one.event_id, one.type, one.body, tx.now)
            for place, one in enumerate(tellings, start=last - len(tellings) + 1)
        ],
    )


async def take_turn(tx: Transaction, claim: UUID, until: datetime) -> bool:
    """Whether something waits and it is the claim's turn, which it then is until `until`. Nothing is written where
    nothing waits."""
    return bool(
        await tx.execute(
            """
            UPDATE webhooks.kafka_stream SET claim = $1, ends_at = $2
            WHERE (claim IS NULL OR claim = $1 OR ends_at <= $3) AND EXISTS (SELECT FROM webhooks.kafka_event)
            """,
            claim,
            until,
            tx.now,
        )
    )


async def draw_out(tx: Transaction, claim: UUID, until: datetime) -> None:
    await tx.execute(
        "UPDATE webhooks.kafka_stream SET ends_at = $2 WHERE claim = $1 AND EXISTS (SELECT FROM webhooks.kafka_event)",
        claim,
        until,
    )


async def end_turn(tx: Transaction, claim: UUID) -> None:
    await tx.execute("UPDATE webhooks.kafka_stream SET claim = NULL, ends_at = NULL WHERE claim = $1", claim)


async def oldest(tx: Transaction, limit: int) -> list[Message]:
    rows = await tx.fetch(
        "SELECT place, member_id, event_id, type, body FROM webhooks.kafka_event ORDER BY place LIMIT $1", limit
    )
    return [Message(**row) for row in rows]


async def delete(tx: Transaction, messages: Sequence[Message]) -> None:
    await tx.execute(
        """
        DELETE FROM webhooks.kafka_event AS e
        USING unnest($1::uuid[], $2::bigint[]) AS done (member_id, place)
        WHERE e.member_id = done.member_id AND e.place = done.place
        """,
        [one.member_id for one in messages],
        [one.place for one in messages],
    )


async def waiting(tx: Transaction, limit: int) -> tuple[int, datetime | None]:
    """How many events wait, counted up to a limit, and when the one that waits longest was put there."""
    row = await tx.fetchrow(
        """
        SELECT (SELECT count(*) FROM (SELECT FROM webhooks.kafka_event LIMIT $1) AS counted) AS many,
               (SELECT queued_at FROM webhooks.kafka_event ORDER BY place LIMIT 1) AS oldest
        """,
        limit,
    )
    return (row["many"], row["oldest"]) if row else (0, None)
