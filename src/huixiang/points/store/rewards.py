"""Rewards that were given, and what of a member rewards depend on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from huixiang.platform.db import Transaction


async def given(tx: Transaction, member_id: UUID, behaviour: str, period: date, source_key: str) -> tuple[int, bool]:
    """How often a behaviour was rewarded in a period, and whether this very act was, in whatever period."""
    row = await tx.fetchrow(
        """
        SELECT count(*) FILTER (WHERE period = $3) AS times, coalesce(bool_or(source_key = $4), false) AS this
        FROM points.reward
        WHERE member_id = $1 AND behaviour = $2 AND (period = $3 OR source_key = $4)
        """,
        member_id,
        behaviour,
        period,
        source_key,
    )
    return (row["times"], row["this"]) if row else (0, False)


async def insert(tx: Transaction, member_id: UUID, behaviour: str, period: date, nth: int, source_key: str) -> None:
    await tx.execute(
        "INSERT INTO points.reward (member_id, behaviour, period, nth, source_key) VALUES ($1, $2, $3, $4, $5)",
        member_id,
        behaviour,
        period,
        nth,
        source_key,
    )


async def note(tx: Transaction, acts: Sequence[tuple[UUID, str, date, int, str]]) -> set[tuple[UUID, str]]:
    """Note rewards of (member, behaviour, period, most in a period, act) of locked accounts; those that are new and not
    too many, as (member, behaviour). Of each there is one act at most."""
    if not acts:
        return set()
    rows = await tx.fetch(
        """
        INSERT INTO points.reward (member_id, behaviour, period, nth, source_key)
        SELECT act.member_id, act.behaviour, act.period, given.times + 1, act.source_key
        FROM unnest($1::uuid[], $2::text[], $3::date[], $4::integer[], $5::text[])
             AS act (member_id, behaviour, period, most, source_key)
        CROSS JOIN LATERAL (
            SELECT count(*) AS times FROM points.reward AS r
            WHERE r.member_id = act.member_id AND r.behaviour = act.behaviour AND r.period = act.period
        ) AS given
        WHERE given.times < act.most
        ON CONFLICT DO NOTHING
        RETURNING member_id, behaviour
        """,
        *(list(column) for column in zip(*acts, strict=True)),
    )
    return {(row["member_id"], row["behaviour"]) for row in rows}


async def tier_of(tx: Transaction, member_id: UUID) -> str | None:
    tier: str | None = await tx.fetchval(
        """
        SELECT CASE WHEN trial_until <= $2 THEN earned ELSE tier END FROM tiers.tiers_facts WHERE member_id = $1
        """,
        member_id,
        tx.now,
    )
    return tier
