"""Copies of templates: added and counted in one statement; claims decided."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from huixiang.conditions.sql import Query
from huixiang.coupons.model import Coupon
from huixiang.platform.db import Transaction

# The count of the member's row is locked by its change, so nobody has more than the limit.
ISSUE = """
    WITH made AS (
        INSERT INTO coupons.coupon
            (member_id, coupon_id, rule, state, issued_at, expires_at, recorded_at, template, template_version,
             returned_days, remind_at, pack)
        VALUES ($1, $2, $3, 'issued', $4, $5, $4, $6, $7, $8, $9, $12) ON CONFLICT DO NOTHING RETURNING member_id
    ), counted AS (
        INSERT INTO coupons.member_issued AS m (member_id, template, issued) SELECT member_id, $6, 1 FROM made
        ON CONFLICT (member_id, template) DO UPDATE SET issued = m.issued + 1
        WHERE $10::integer IS NULL OR m.issued < $10 RETURNING m.member_id
    ), logged AS (
        INSERT INTO coupons.coupon_change
            (member_id, coupon_id, seq, what, state, expires_at, cause, changed_at, actor, reason)
        SELECT member_id, $2, 1, 'issued', 'issued', $5, $11, $4, $13, $14 FROM made
    )
    SELECT EXISTS (SELECT FROM made) AS made, EXISTS (SELECT FROM counted) AS counted
"""


class Kept(msgspec.Struct, frozen=True):
    """What is kept of a copy beside what is shown."""

    returned_days: int
    remind_at: datetime | None
    limit: int | None
    cause: str
    pack: str | None = None
    actor: str | None = None
    reason: str | None = None


async def issue(tx: Transaction, member_id: UUID, copy: Coupon, kept: Kept) -> tuple[bool, bool]:
    """Whether the copy was not there before, and whether it is within the member's limit. Where it is not, the
    transaction must not be kept."""
    row = await tx.fetchrow(
        ISSUE, member_id, copy.coupon_id, copy.rule, copy.issued_at, copy.expires_at, copy.template,
        copy.template_version, kept.returned_days, kept.remind_at, kept.limit, kept.cause,
        kept.pack, kept.actor, kept.reason,
    )  # fmt: skip
    assert row is not None  # noqa: S101 - one row always
    return row["made"], row["counted"]


async def issued(tx: Transaction, member_id: UUID, template: str) -> int:
    """How many copies of a template a member has and had."""
    found = await tx.fetchval(
        "SELECT issued FROM coupons.member_issued WHERE member_id = $1 AND template = $2", member_id, template
    )
    return found or 0


async def given_since(tx: Transaction, member_id: UUID, template: str, since: datetime) -> int:
    """How many copies of a template staff gave a member by hand since then, but for those that are voided."""
    found: int = await tx.fetchval(
        """
        SELECT count(*) FROM coupons.coupon AS c
        JOIN coupons.coupon_change AS h ON h.coupon_id = c.coupon_id AND h.what = 'issued' AND h.cause = 'desk'
        WHERE c.member_id = $1 AND c.template = $2 AND c.state <> 'voided' AND c.issued_at >= $3
        """,
        member_id,
        template,
        since,
    )
    return found


async def decide(tx: Transaction, coupon_ids: Collection[UUID], *, stands: bool) -> dict[UUID, bool]:
    """Whether each claim stands: as was decided before, or now. Whoever decides meanwhile is waited for."""
    ids = sorted(coupon_ids)
    await tx.execute(
        """
        INSERT INTO coupons.claim (coupon_id, stands, decided_at)
        SELECT coupon_id, $2, $3 FROM unnest($1::uuid[]) WITH ORDINALITY AS one (coupon_id, place) ORDER BY place
        ON CONFLICT DO NOTHING
        """,
        ids,
        stands,
        tx.now,
    )
    rows = await tx.fetch("SELECT coupon_id, stands FROM coupons.claim WHERE coupon_id = ANY ($1::uuid[])", ids)
    return {row["coupon_id"]: row["stands"] for row in rows}


async def holds_for(tx: Transaction, member_id: UUID, query: Query) -> bool:
    """Whether a condition, compiled from the second parameter on, holds for a member."""
    found: bool = await tx.fetchval(
        f"""
        SELECT EXISTS (SELECT FROM {query.members} AS m {query.joins} WHERE m.member_id = $1 AND ({query.where}))
        """,
        member_id,
        *query.parameters,
    )
    return found
