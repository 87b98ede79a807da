"""Who came to a template that has a holdout, and what became of it."""

from __future__ import annotations

from uuid import UUID

import msgspec

from huixiang.platform.db import Transaction


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """That a member would have a copy of a template with a holdout. coupon_id: of the copy; None: it is withheld."""

    template: str
    version: int
    holdout_bp: int
    cause: str
    coupon_id: UUID | None


async def add(tx: Transaction, member_id: UUID, exposure: Exposure) -> None:
    """Write it down, now; of one member and template the first stands."""
    await tx.execute(
        """
        INSERT INTO coupons.exposure
            (member_id, template, template_version, holdout_bp, coupon_id, cause, exposed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
        """,
        member_id,
        exposure.template,
        exposure.version,
        exposure.holdout_bp,
        exposure.coupon_id,
        exposure.cause,
        tx.now,
    )
