"""SQL of tiers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.tiers.model import Standing, TierChange

CHANGE_COLUMNS = (*TierChange.__struct_fields__, "recorded_at")


async def load_standings(tx: Transaction, member_ids: Collection[UUID]) -> dict[UUID, Standing]:
    rows = await tx.fetch(
        """
        SELECT member_id, tier, since, rule_version, changes
        FROM tiers.standing WHERE member_id = ANY ($1::uuid[])
        """,
        list(member_ids),
    )
    return {row["member_id"]: Standing(**dict(row)) for row in rows}


async def save_standings(tx: Transaction, standings: Sequence[Standing]) -> None:
    await tx.execute(
        """
        INSERT INTO tiers.standing (member_id, tier, since, rule_version, changes)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::integer[], $5::integer[])
        ON CONFLICT (member_id) DO UPDATE
        SET tier = excluded.tier, since = excluded.since, rule_version = excluded.rule_version,
            changes = excluded.changes
        """,
        [standing.member_id for standing in standings],
        [standing.tier for standing in standings],
        [standing.since for standing in standings],
        [standing.rule_version for standing in standings],
        [standing.changes for standing in standings],
    )


async def insert_changes(tx: Transaction, changes: Sequence[TierChange]) -> None:
    columns = TierChange.__struct_fields__
    await tx.insert(
        "tiers.change",
        CHANGE_COLUMNS,
        [(*(getattr(change, column) for column in columns), tx.now) for change in changes],
    )
