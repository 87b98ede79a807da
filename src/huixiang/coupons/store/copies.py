"""Copies in the database: added, asked for, moved with a merge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from huixiang.coupons.model import Coupon, State
from huixiang.coupons.store.changes import COLUMNS, Owned
from huixiang.members.model.merging import Held
from huixiang.platform.db import Transaction

Place = tuple[datetime | None, UUID]  # when it expires, None for never, and its id
HELD_AFTER = f"""
    SELECT {COLUMNS} FROM coupons.coupon
    WHERE member_id = $1 AND state = 'issued'
      AND (COALESCE(expires_at, 'infinity'), coupon_id) > (COALESCE($2::timestamptz, 'infinity'), $3::uuid)
    ORDER BY COALESCE(expires_at, 'infinity'), coupon_id LIMIT $4
"""
OVER_BEFORE = f"""
    SELECT {COLUMNS} FROM coupons.coupon
    WHERE member_id = $1 AND ($2::timestamptz IS NULL OR (issued_at, coupon_id) < ($2, $3::uuid))
      AND (state = $5 OR $5 = 'expired' AND state = 'issued' AND expires_at <= $6)
    ORDER BY issued_at DESC, coupon_id DESC LIMIT $4
"""


async def insert_bare(tx: Transaction, member_id: UUID, bare: Coupon, cause: str) -> None:
    """A copy of a rule, issued now, with its first change."""
    await tx.insert(
        "coupons.coupon",
        ("member_id", "coupon_id", "rule", "state", "issued_at", "expires_at", "recorded_at"),
        [(member_id, bare.coupon_id, bare.rule, bare.state, bare.issued_at, bare.expires_at, tx.now)],
    )
    await tx.insert(
        "coupons.coupon_change",
        ("member_id", "coupon_id", "seq", "what", "state", "expires_at", "cause", "changed_at"),
        [(member_id, bare.coupon_id, 1, "issued", bare.state, bare.expires_at, cause, tx.now)],
    )


async def states(tx: Transaction, copies: Sequence[Owned]) -> dict[UUID, State]:
    """The state of each copy that its member has; what has ended is expired, whether or not that is written down."""
    rows = await tx.fetch(
        """
        SELECT c.coupon_id, CASE WHEN c.state = 'issued' AND c.expires_at <= $3 THEN 'expired' ELSE c.state END AS state
        FROM unnest($1::uuid[], $2::uuid[]) AS asked (member_id, coupon_id)
        JOIN coupons.coupon AS c ON c.member_id = asked.member_id AND c.coupon_id = asked.coupon_id
        """,
        [member for member, _ in copies],
        [copy for _, copy in copies],
        tx.now,
    )
    return {row["coupon_id"]: row["state"] for row in rows}


async def of_member(tx: Transaction, member_id: UUID, coupon_ids: Sequence[UUID]) -> dict[UUID, Coupon]:
    """Those of them that the member has or had, whatever their state."""
    rows = await tx.fetch(
        f"SELECT {COLUMNS} FROM coupons.coupon WHERE member_id = $1 AND coupon_id = ANY ($2::uuid[])",
        member_id,
        coupon_ids,
    )
    return {row["coupon_id"]: Coupon(**row) for row in rows}


async def whose(tx: Transaction, coupon_id: UUID) -> list[UUID]:
    """By which ids members had a copy when it changed; none where it was never issued."""
    rows = await tx.fetch("SELECT DISTINCT member_id FROM coupons.coupon_change WHERE coupon_id = $1", coupon_id)
    return [row["member_id"] for row in rows]


async def holder(tx: Transaction, coupon_id: UUID, member_ids: Sequence[UUID]) -> UUID | None:
    """Which of them has a copy, or had."""
    found: UUID | None = await tx.fetchval(
        "SELECT member_id FROM coupons.coupon WHERE coupon_id = $1 AND member_id = ANY ($2::uuid[])",
        coupon_id,
        member_ids,
    )
    return found


async def held_after(tx: Transaction, member_id: UUID, after: Place, limit: int) -> list[Coupon]:
    """What a member has that expires after a place, the earliest expiring first."""
    rows = await tx.fetch(HELD_AFTER, member_id, *after, limit)
    return [Coupon(**row) for row in rows]


async def over_before(tx: Transaction, member_id: UUID, state: State, before: Place | None, limit: int) -> list[Coupon]:
    """What a member has or had in a state other than `issued`, the latest issued first. One whose end has passed is
    expired, whether or not that is written down."""
    rows = await tx.fetch(OVER_BEFORE, member_id, *(before or (None, None)), limit, state, tx.now)
    return [replace(Coupon(**row), state=state) for row in rows]


async def move(tx: Transaction, from_id: UUID, into_id: UUID, merge_id: UUID) -> int:
    """Give all that one member has and had to another, and count it there; how much it was."""
    moved = await tx.execute(
        "UPDATE coupons.coupon SET member_id = $2, merges = merges || $3::uuid WHERE member_id = $1",
        from_id,
        into_id,
        merge_id,
    )
    await tx.execute(
        "UPDATE coupons.gift SET member_id = $2, merges = merges || $3::uuid WHERE member_id = $1",
        from_id,
        into_id,
        merge_id,
    )
    await _recount(tx, [from_id, into_id])
    return moved


async def move_back(tx: Transaction, into_id: UUID, from_id: UUID, merge_id: UUID) -> int:
    """Give back what a merge was the last to bring, but for what an order took since: that order stays; how much it
    was."""
    rows = await tx.fetch(
        """
        UPDATE coupons.coupon SET member_id = $2, merges = trim_array(merges, 1)
        WHERE member_id = $1 AND merges[cardinality(merges)] = $3
          AND (state NOT IN ('held', 'used') OR order_merges < cardinality(merges))
        RETURNING template
        """,
        into_id,
        from_id,
        merge_id,
    )
    await tx.execute(
        """
        UPDATE coupons.gift SET member_id = $2, merges = trim_array(merges, 1)
        WHERE member_id = $1 AND merges[cardinality(merges)] = $3
        """,
        into_id,
        from_id,
        merge_id,
    )
    await _recount(tx, [into_id, from_id])
    return len(rows)


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


async def _recount(tx: Transaction, member_ids: Sequence[UUID]) -> None:
    """Count anew what members have of each template, in the order of ids."""
    await tx.execute(
        """
        INSERT INTO coupons.member_issued AS m (member_id, template, issued)
        SELECT known.member_id, known.template, (
            SELECT count(*) FROM coupons.coupon AS c
            WHERE c.member_id = known.member_id AND c.template = known.template
        )
        FROM (
            SELECT member_id, template FROM coupons.coupon
            WHERE member_id = ANY ($1::uuid[]) AND template IS NOT NULL
            UNION SELECT member_id, template FROM coupons.member_issued WHERE member_id = ANY ($1::uuid[])
        ) AS known
        ORDER BY known.member_id, known.template
        ON CONFLICT (member_id, template) DO UPDATE SET issued = excluded.issued
        """,
        member_ids,
    )
