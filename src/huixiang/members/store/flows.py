"""Visits to identity providers that pages have begun."""

from __future__ import annotations

from huixiang.members.model.providers import ProviderName, StoredFlow
from huixiang.platform.db import Transaction


async def insert_flow(tx: Transaction, flow: StoredFlow) -> None:
    await tx.execute(
        """
        INSERT INTO members.sign_in_flow (flow_hash, state_hash, provider, return_to, expires_at)
        VALUES ($1, $2, $3, $4, $5)
        """,
        flow.flow_hash,
        flow.state_hash,
        flow.provider,
        flow.return_to,
        flow.expires_at,
    )


async def take_flow(tx: Transaction, flow_hash: bytes, state_hash: bytes, provider: ProviderName) -> str | None:
    """Use a visit up: where to return to; None where there is no such visit any more. Of two at once one gets it."""
    return_to: str | None = await tx.fetchval(
        """
        DELETE FROM members.sign_in_flow
        WHERE flow_hash = $1 AND state_hash = $2 AND provider = $3 AND expires_at > $4 RETURNING return_to
        """,
        flow_hash,
        state_hash,
        provider,
        tx.now,
    )
    return return_to


async def delete_flows(tx: Transaction, limit: int) -> int:
    """Remove visits from which nobody came back, up to a number; how many went."""
    return await tx.execute(
        """
        WITH due AS MATERIALIZED (
            SELECT flow_hash FROM members.sign_in_flow WHERE expires_at <= $1
            ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        DELETE FROM members.sign_in_flow WHERE flow_hash IN (TABLE due)
        """,
        tx.now,
        limit,
    )
