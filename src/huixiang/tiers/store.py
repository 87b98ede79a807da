"""SQL of tiers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.tiers.model import Standing, StoredUpgrade, TierChange, TierTrial, TierUpgrade


async def load_standings(tx: Transaction, member_ids: Collection[UUID]) -> dict[UUID, Standing]:
    rows = await tx.fetch(
        """
        SELECT member_id, tier, since, rule_version, changes
        FROM tiers.standing WHERE member_id = ANY ($1::uuid[])
        """,
        list(member_ids),
    )
    return {row["member_id"]: Standing(**dict(row)) for row in rows}


async def lifted_by_growth(tx: Transaction, member_ids: Collection[UUID], cause: str) -> set[UUID]:
    """Those of the members whom this cause lifted once, and who stand where it, or an order, led."""
    rows = await tx.fetch(
        """
        SELECT member_id FROM tiers.change
        WHERE member_id = ANY ($1::uuid[])
        GROUP BY member_id
        HAVING bool_or(cause = $2) AND (array_agg(cause ORDER BY seq DESC))[1] IN ($2, 'consumption')
        """,
        list(member_ids),
        cause,
    )
    return {row["member_id"] for row in rows}


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


UPGRADE = """
SELECT member_id, earned, earned_from, upgrade_id, tier, points, rule_version, starts_at, ends_at, ended_at, undone,
       ground
FROM tiers.upgrade
"""


async def upgrades_of(tx: Transaction, member_id: UUID) -> list[StoredUpgrade]:
    """What a member bought, the first one first."""
    rows = await tx.fetch(f"{UPGRADE} WHERE member_id = $1 ORDER BY starts_at, upgrade_id", member_id)
    return [_upgrade(row) for row in rows]


async def insert_upgrade(tx: Transaction, bought: StoredUpgrade) -> None:
    upgrade = bought.upgrade
    await tx.execute(
        """
        INSERT INTO tiers.upgrade (member_id, upgrade_id, tier, points, rule_version, earned, earned_from, starts_at,
                                   ends_at, ended_at, undone, ground)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, false, $10)
        """,
        bought.member_id,
        upgrade.upgrade_id,
        upgrade.tier,
        upgrade.points,
        upgrade.rule_version,
        bought.earned,
        bought.earned_from,
        upgrade.starts_at,
        upgrade.ends_at,
        upgrade.ground,
    )


async def end_upgrade(tx: Transaction, member_id: UUID, upgrade_id: UUID, *, undone: bool) -> None:
    await tx.execute(
        "UPDATE tiers.upgrade SET ended_at = $3, undone = $4 WHERE member_id = $1 AND upgrade_id = $2",
        member_id,
        upgrade_id,
        tx.now,
        undone,
    )


async def members_with_due_upgrades(tx: Transaction, now: datetime, limit: int) -> list[UUID]:
    """Whose upgrades are over and not ended, those that are over longest first."""
    rows = await tx.fetch(
        """
        SELECT member_id FROM tiers.upgrade WHERE ended_at IS NULL AND ends_at <= $1
        GROUP BY member_id ORDER BY min(ends_at) LIMIT $2
        """,
        now,
        limit,
    )
    return [row["member_id"] for row in rows]


def _upgrade(row: Any) -> StoredUpgrade:
    member_id, earned, earned_from, *rest = row
    named = dict(zip(TierUpgrade.__struct_fields__, rest, strict=True))
    return StoredUpgrade(member_id=member_id, earned=earned, earned_from=earned_from, upgrade=TierUpgrade(**named))


async def running_trials(tx: Transaction, member_ids: Collection[UUID]) -> dict[UUID, TierTrial]:
    """Those that were not ended, also where they are over."""
    rows = await tx.fetch(
        """
        SELECT member_id, trial_id, tier, starts_at, ends_at
        FROM tiers.trial WHERE member_id = ANY ($1::uuid[]) AND ended_at IS NULL
        """,
        list(member_ids),
    )
    return {row["member_id"]: TierTrial(**dict(list(row.items())[1:])) for row in rows}


async def trials_of(tx: Transaction, member_id: UUID) -> list[TierTrial]:
    """The latest first."""
    rows = await tx.fetch(
        """
        SELECT trial_id, tier, starts_at, ends_at, ended_at FROM tiers.trial
        WHERE member_id = $1 ORDER BY starts_at DESC
        """,
        member_id,
    )
    return [TierTrial(**row) for row in rows]


async def insert_trial(tx: Transaction, member_id: UUID, trial: TierTrial) -> None:
    await tx.execute(
        "INSERT INTO tiers.trial (member_id, trial_id, tier, starts_at, ends_at) VALUES ($1, $2, $3, $4, $5)",
        member_id,
        trial.trial_id,
        trial.tier,
        trial.starts_at,
        trial.ends_at,
    )


async def end_trial(tx: Transaction, member_id: UUID, trial_id: UUID) -> None:
    await tx.execute(
        "UPDATE tiers.trial SET ended_at = $3 WHERE member_id = $1 AND trial_id = $2", member_id, trial_id, tx.now
    )


async def members_with_due_trials(tx: Transaction, now: datetime, limit: int) -> list[UUID]:
    """Whose trials are over and not ended, those that are over longest first."""
    rows = await tx.fetch(
        "SELECT member_id FROM tiers.trial WHERE ended_at IS NULL AND ends_at <= $1 ORDER BY ends_at LIMIT $2",
        now,
        limit,
    )
    return [row["member_id"] for row in rows]
