"""Endpoints and their secrets in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.webhooks.model import Endpoint, SigningSecret

_COLUMNS = "endpoint_id, name, url, events, state, why, failing_since, created_at, changed_at"
_WITH_SECRETS = f"""
    SELECT {_COLUMNS}, ARRAY(
        SELECT (secret_no, created_at, ends_at) FROM webhooks.secret AS s
        WHERE s.endpoint_id = e.endpoint_id AND (s.ends_at IS NULL OR s.ends_at > $1) ORDER BY secret_no DESC
    ) AS secrets
    FROM webhooks.endpoint AS e
    WHERE state <> 'deleted'
"""


async def insert(tx: Transaction, one: Endpoint) -> None:
    await tx.execute(
        f"INSERT INTO webhooks.endpoint ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        one.endpoint_id,
        one.name,
        one.url,
        one.events,
        one.state,
        one.why,
        one.failing_since,
        one.created_at,
        one.changed_at,
    )


async def count(tx: Transaction) -> int:
    found: int = await tx.fetchval("SELECT count(*) FROM webhooks.endpoint WHERE state <> 'deleted'")
    return found


async def find(tx: Transaction, endpoint_id: UUID, *, lock: bool = False) -> Endpoint | None:
    locking = "FOR UPDATE OF e" if lock else ""
    row = await tx.fetchrow(f"{_WITH_SECRETS} AND endpoint_id = $2 {locking}", tx.now, endpoint_id)
    return _endpoint(row) if row else None


async def after(tx: Transaction, endpoint_id: UUID, limit: int) -> list[Endpoint]:
    """In the order in which they were made."""
    rows = await tx.fetch(
        f"{_WITH_SECRETS} AND endpoint_id > $2 ORDER BY endpoint_id LIMIT $3", tx.now, endpoint_id, limit
    )
    return [_endpoint(row) for row in rows]


async def update(tx: Transaction, one: Endpoint) -> None:
    await tx.execute(
        """
        UPDATE webhooks.endpoint
        SET name = $2, url = $3, events = $4, state = $5, why = $6, failing_since = $7, changed_at = $8
        WHERE endpoint_id = $1
        """,
        one.endpoint_id,
        one.name,
        one.url,
        one.events,
        one.state,
        one.why,
        one.failing_since,
        one.changed_at,
    )


async def delete(tx: Transaction, endpoint_id: UUID) -> None:
    """It is gone for everybody, and its secrets with it; what it was told goes by and by."""
    await tx.execute("DELETE FROM webhooks.secret WHERE endpoint_id = $1", endpoint_id)
    await tx.execute(
        """
        UPDATE webhooks.endpoint SET state = 'deleted', why = NULL, failing_since = NULL, changed_at = $2
        WHERE endpoint_id = $1
        """,
        endpoint_id,
        tx.now,
    )


async def insert_secret(tx: Transaction, endpoint_id: UUID, secret_no: int, sealed: bytes) -> None:
    await tx.execute(
        "INSERT INTO webhooks.secret (endpoint_id, secret_no, sealed, created_at) VALUES ($1, $2, $3, $4)",
        endpoint_id,
        secret_no,
        sealed,
        tx.now,
    )


async def end_secrets(tx: Transaction, endpoint_id: UUID, ends_at: datetime) -> None:
    """Those that have no end yet get one; those that have ended go."""
    await tx.execute("DELETE FROM webhooks.secret WHERE endpoint_id = $1 AND ends_at <= $2", endpoint_id, tx.now)
    await tx.execute(
        "UPDATE webhooks.secret SET ends_at = $2 WHERE endpoint_id = $1 AND ends_at IS NULL", endpoint_id, ends_at
    )


async def wanted(tx: Transaction) -> list[tuple[UUID, list[str]]]:
    """Every endpoint with the events that it is told."""
    rows = await tx.fetch("SELECT endpoint_id, events FROM webhooks.endpoint WHERE state <> 'deleted'")
    return [(row[0], row[1]) for row in rows]


async def note_failure(tx: Transaction, endpoint_id: UUID, since: datetime, disable_since: datetime) -> bool:
    """Note that an endpoint fails; whether it is disabled for having failed since `disable_since` or longer."""
    await tx.execute(
        "UPDATE webhooks.endpoint SET failing_since = $2 WHERE endpoint_id = $1 AND failing_since IS NULL",
        endpoint_id,
        since,
    )
    return await _disable(tx, endpoint_id, "failing", "AND failing_since <= $4", disable_since)


async def note_gone(tx: Transaction, endpoint_id: UUID) -> bool:
    return await _disable(tx, endpoint_id, "gone", "")


async def _disable(tx: Transaction, endpoint_id: UUID, why: str, condition: str, *more: datetime) -> bool:
    return bool(
        await tx.execute(
            f"""
            UPDATE webhooks.endpoint SET state = 'disabled', why = $2, changed_at = $3
            WHERE endpoint_id = $1 AND state = 'active' {condition}
            """,
            endpoint_id,
            why,
            tx.now,
            *more,
        )
    )


async def note_success(tx: Transaction, endpoint_id: UUID) -> datetime | None:
    """Since when it had failed; None where it had not. Only then is anything written: the row is everybody's."""
    found: datetime | None = await tx.fetchval(
        """
        UPDATE webhooks.endpoint AS e SET failing_since = NULL
        FROM (SELECT endpoint_id, failing_since FROM webhooks.endpoint WHERE endpoint_id = $1 FOR UPDATE) AS b
        WHERE e.endpoint_id = b.endpoint_id AND b.failing_since IS NOT NULL
        RETURNING b.failing_since
        """,
        endpoint_id,
    )
    return found


def _endpoint(row: Any) -> Endpoint:
    values = dict(row)
    secrets: Sequence[Any] = values.pop("secrets")
    return Endpoint(**values, secrets=[SigningSecret(*one) for one in secrets])
