"""Copies of a template for many members: added, counted and logged in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from huixiang.coupons.model import Coupon
from huixiang.coupons.store.changes import Owned
from huixiang.coupons.store.issuing import Kept
from huixiang.platform.db import Transaction

End = tuple[datetime | None, datetime | None]  # when a copy ends, and when that is announced
# Who would have more than the limit has none of theirs. Counts are locked in the order of members.
ISSUE = """
    WITH copy AS (
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $5::timestamptz[], $9::timestamptz[])
            AS c (member_id, coupon_id, expires_at, remind_at)
    ), counted AS (
        INSERT INTO coupons.member_issued AS m (member_id, template, issued)
        SELECT member_id, $6, count(*) FROM copy GROUP BY member_id
        HAVING $10::integer IS NULL OR count(*) <= $10 ORDER BY member_id
        ON CONFLICT (member_id, template) DO UPDATE SET issued = m.issued + excluded.issued
        WHERE $10::integer IS NULL OR m.issued + excluded.issued <= $10 RETURNING m.member_id
    ), made AS (
        INSERT INTO coupons.coupon
            (member_id, coupon_id, rule, state, issued_at, expires_at, recorded_at, template, template_version,
             returned_days, remind_at)
        SELECT member_id, coupon_id, $3, 'issued', $4, expires_at, $4, $6, $7, $8, remind_at
        FROM copy JOIN counted USING (member_id)
    ), logged AS (
        INSERT INTO coupons.coupon_change (member_id, coupon_id, seq, what, state, expires_at, cause, changed_at)
        SELECT member_id, coupon_id, 1, 'issued', 'issued', expires_at, $11, $4
        FROM copy JOIN counted USING (member_id)
    )
    SELECT member_id FROM counted
"""


async def issue(
    tx: Transaction, copies: Sequence[Owned], like: Coupon, kept: Kept, ends: Sequence[End] | None = None
) -> set[UUID]:
    """Those of the members who have all their copies now; the others have none of theirs. like: what every copy is;
    ends: of each its own, where they differ."""
    ends = ends if ends is not None else [(like.expires_at, kept.remind_at)] * len(copies)
    rows = await tx.fetch(
        ISSUE, [member for member, _ in copies], [copy for _, copy in copies], like.rule, like.issued_at,
        [end for end, _ in ends], like.template, like.template_version, kept.returned_days,
        [remind_at for _, remind_at in ends], kept.limit, kept.cause,
    )  # fmt: skip
    return {row["member_id"] for row in rows}
