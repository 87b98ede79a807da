"""Coupons in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from huixiang.coupons.model import Coupon
from huixiang.members.model.merging import Held
from huixiang.platform.db import Transaction

Place = tuple[datetime | None, UUID]  # when it expires, None for never, and its id
_COLUMNS = "coupon_id, rule, state, issued_at, expires_at"
HELD_AFTER = f"""
    SELECT {_COLUMNS} FROM coupons.coupon
    WHERE member_id = $1 AND state = 'issued'
      AND (COALESCE(expires_at, 'infinity'), coupon_id) > (COALESCE($2::timestamptz, 'infinity'), $3::uuid)
    ORDER BY COALESCE(expires_at, 'infinity'), coupon_id LIMIT $4
"""


async def insert(tx: Transaction, member_id: UUID, one: Coupon) -> None:
    await tx.execute(
        f"INSERT INTO coupons.coupon (member_id, {_COLUMNS}, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        member_id,
        one.coupon_id,
        one.rule,
        one.state,
        one.issued_at,
        one.expires_at,
        tx.now,
    )


async def held_after(tx: Transaction, member_id: UUID, after: Place, limit: int) -> list[Coupon]:
    """What a member has that expires after a place, the earliest expiring first."""
    rows = await tx.fetch(HELD_AFTER, member_id, *after, limit)
    return [Coupon(**row) for row in rows]


async def void(tx: Transaction, member_id: UUID, coupon_id: UUID) -> Coupon | None:
    row = await tx.fetchrow(
        f"UPDATE coupons.coupon SET state = 'voided' WHERE member_id = $1 AND coupon_id = $2 RETURNING {_COLUMNS}",
        member_id,
        coupon_id,
    )
    return Coupon(**row) if row else None


async def insert_many(
    tx: Transaction, copies: Sequence[tuple[UUID, UUID]], rule: str, expires_at: datetime | None
) -> None:
    """Copies as (member, coupon)."""
    await tx.insert(
        "coupons.coupon",
        ("member_id", "coupon_id", "rule", "state", "issued_at", "expires_at", "recorded_at"),
        [(member_id, coupon_id, rule, "issued", tx.now, expires_at, tx.now) for member_id, coupon_id in copies],
    )


async def void_many(tx: Transaction, copies: Sequence[tuple[UUID, UUID]]) -> set[UUID]:
    """Those that were issued and had not expired, and are voided now."""
    rows = await tx.fetch(
        """
        UPDATE coupons.coupon AS c SET state = 'voided'
        FROM unnest($1::uuid[], $2::uuid[]) AS wanted (member_id, coupon_id)
        WHERE c.member_id = wanted.member_id AND c.coupon_id = wanted.coupon_id
          AND c.state = 'issued' AND (c.expires_at IS NULL OR c.expires_at > $3)
        RETURNING c.coupon_id
        """,
        [member_id for member_id, _ in copies],
        [coupon_id for _, coupon_id in copies],
        tx.now,
    )
    return {row[0] for row in rows}


async def move(tx: Transaction, from_id: UUID, into_id: UUID, merge_id: UUID) -> int:
    """Give all that one member has and had to another; how much it was."""
    return await tx.execute(
        "UPDATE coupons.coupon SET member_id = $2, merges = merges || $3::uuid WHERE member_id = $1",
        from_id,
        into_id,
        merge_id,
    )


async def move_back(tx: Transaction, into_id: UUID, from_id: UUID, merge_id: UUID) -> int:
    """Give back what a merge was the last to bring; how much it was."""
    return await tx.execute(
        """
        UPDATE coupons.coupon SET member_id = $2, merges = trim_array(merges, 1)
        WHERE member_id = $1 AND merges[cardinality(merges)] = $3
        """,
        into_id,
        from_id,
        merge_id,
    )


async def counted(tx: Transaction, member_ids: Sequence[UUID]) -> dict[UUID, Held]:
    """How many each may use now, and had."""
    rows = await tx.fetch(
        """
        SELECT member_id, count(*) AS all_of_them,
               count(*) FILTER (WHERE state = 'issued' AND (expires_at IS NULL OR expires_at > $2)) AS now
        FROM coupons.coupon WHERE member_id = ANY ($1::uuid[]) GROUP BY member_id
        """,
        member_ids,
        tx.now,
    )
    return {row["member_id"]: Held(row["now"], row["all_of_them"] - row["now"]) for row in rows}
