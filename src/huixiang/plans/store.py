"""Subscriptions in the database."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huixiang.members.model.merging import Held
from huixiang.plans.model import Subscription
from huixiang.platform.db import Transaction

_COLUMNS = "subscription_id, plan, state, starts_at, ends_at, ended_at, trial"


async def insert(tx: Transaction, member_id: UUID, one: Subscription) -> None:
    await tx.execute(
        f"""
        INSERT INTO plans.subscription (member_id, {_COLUMNS}, recorded_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        member_id,
        one.subscription_id,
        one.plan,
        one.state,
        one.starts_at,
        one.ends_at,
        one.ended_at,
        one.trial,
        tx.now,
    )


async def trials_of(tx: Transaction, member_id: UUID) -> list[Subscription]:
    rows = await tx.fetch(f"SELECT {_COLUMNS} FROM plans.subscription WHERE member_id = $1 AND trial", member_id)
    return [Subscription(**row) for row in rows]


async def subscriptions_before(tx: Transaction, member_id: UUID, before: UUID, limit: int) -> list[Subscription]:
    """What a member has and had, the latest first, from before one of them."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM plans.subscription WHERE member_id = $1 AND subscription_id < $2
        ORDER BY subscription_id DESC LIMIT $3
        """,
        member_id,
        before,
        limit,
    )
    return [Subscription(**row) for row in rows]


async def find(tx: Transaction, member_id: UUID, subscription_id: UUID) -> Subscription | None:
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM plans.subscription WHERE member_id = $1 AND subscription_id = $2 FOR UPDATE",
        member_id,
        subscription_id,
    )
    return Subscription(**row) if row else None


async def end(tx: Transaction, member_id: UUID, subscription_id: UUID) -> None:
    await tx.execute(
        "UPDATE plans.subscription SET state = 'ended', ended_at = $3 WHERE member_id = $1 AND subscription_id = $2",
        member_id,
        subscription_id,
        tx.now,
    )


async def end_due(tx: Transaction, limit: int) -> int:
    """End what is over, the longest over first; how many."""
    return await tx.execute(
        """
        WITH due AS MATERIALIZED (
            SELECT member_id, subscription_id FROM plans.subscription
            WHERE state = 'active' AND ends_at <= $1 ORDER BY ends_at LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        UPDATE plans.subscription AS s SET state = 'ended', ended_at = s.ends_at FROM due
        WHERE s.member_id = due.member_id AND s.subscription_id = due.subscription_id
        """,
        tx.now,
        limit,
    )


async def move(tx: Transaction, from_id: UUID, into_id: UUID, merge_id: UUID) -> int:
    """Give all that one member has and had to another; how much it was."""
    return await tx.execute(
        "UPDATE plans.subscription SET member_id = $2, merges = merges || $3::uuid WHERE member_id = $1",
        from_id,
        into_id,
        merge_id,
    )


async def move_back(tx: Transaction, into_id: UUID, from_id: UUID, merge_id: UUID) -> int:
    """Give back what a merge was the last to bring; how much it was."""
    return await tx.execute(
        """
        UPDATE plans.subscription SET member_id = $2, merges = trim_array(merges, 1)
        WHERE member_id = $1 AND merges[cardinality(merges)] = $3
        """,
        into_id,
        from_id,
        merge_id,
    )


async def counted(tx: Transaction, member_ids: Sequence[UUID]) -> dict[UUID, Held]:
    """How many each has now, and had."""
    rows = await tx.fetch(
        """
        SELECT member_id, count(*) FILTER (WHERE state = 'active') AS now, count(*) AS all_of_them
        FROM plans.subscription WHERE member_id = ANY ($1::uuid[]) GROUP BY member_id
        """,
        member_ids,
    )
    return {row["member_id"]: Held(row["now"], row["all_of_them"] - row["now"]) for row in rows}
