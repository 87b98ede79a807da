"""SQL of tiers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.tiers.model import Standing, TierChange


async def load_standings(tx: Transaction, member_ids: Collection[UUID]) -> dict[UUID, Standing]:
    rows = await tx.fetch(
        """
        SELECT member_id, tier, since, rule_version, changes
        FROM tiers.standing WHERE member_id = ANY ($1::uuid[])
        """,
        list(member_ids),
    )
    return {row["member_id"]: Standing(**dict(row)) for row in rows}


async def save_changes(tx: Transaction, changes: Sequence[TierChange]) -> None:
    """Add changes, and let each member stand where the last of theirs led."""
    columns = TierChange.__struct_fields__
    await tx.execute(
        """
        WITH made AS (
            INSERT INTO tiers.change (member_id, seq, from_tier, to_tier, cause, growth, order_ref, rule, rule_version,
                                      occurred_at, recorded_at)
            SELECT step.*, $11
            FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::uuid[],
                        $8::text[], $9::integer[], $10::timestamptz[]) AS step
            RETURNING member_id, seq, to_tier, rule_version, occurred_at
        )
        INSERT INTO tiers.standing (member_id, tier, since, rule_version, changes)
        SELECT DISTINCT ON (member_id) member_id, to_tier, occurred_at, rule_version, seq
        FROM made ORDER BY member_id, seq DESC
        ON CONFLICT (member_id) DO UPDATE
        SET tier = excluded.tier, since = excluded.since, rule_version = excluded.rule_version,
            changes = excluded.changes
        """,
        *([getattr(change, column) for change in changes] for column in columns),
        tx.now,
    )
