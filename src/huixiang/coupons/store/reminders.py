"""Copies whose end is to be announced."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from huixiang.platform.db import Transaction


class EndNear(NamedTuple):
    member_id: UUID
    coupon_id: UUID
    template: str
    template_version: int
    expires_at: datetime


async def take_due(tx: Transaction, limit: int) -> list[EndNear]:
    """Those whose reminder is due, which have none any more: the first `limit`, and all others of their members. What
    has ended meanwhile is left to expire."""
    rows = await tx.fetch(
        """
        WITH whose AS MATERIALIZED (
            SELECT DISTINCT member_id FROM (
                SELECT member_id FROM coupons.coupon
                WHERE state = 'issued' AND remind_at <= $1 AND expires_at > $1
                ORDER BY remind_at, member_id, coupon_id LIMIT $2
            ) AS first
        ), due AS MATERIALIZED (
            SELECT c.member_id, c.coupon_id FROM coupons.coupon AS c JOIN whose ON whose.member_id = c.member_id
            WHERE c.state = 'issued' AND c.remind_at <= $1 AND c.expires_at > $1
            FOR UPDATE OF c SKIP LOCKED
        )
        UPDATE coupons.coupon AS c SET remind_at = NULL
        FROM due
        WHERE c.member_id = due.member_id AND c.coupon_id = due.coupon_id
        RETURNING c.member_id, c.coupon_id, c.template, c.template_version, c.expires_at
        """,
        tx.now,
        limit,
    )
    return sorted(EndNear(**row) for row in rows)
