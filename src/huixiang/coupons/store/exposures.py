"""Who came to a template that has a holdout, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
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


async def add(tx: Transaction, exposures: Mapping[UUID, Exposure]) -> None:
    """Write down what became of members, now, in their order; of one member and template the first stands."""
    rows = sorted(exposures.items())
    await tx.execute(
        """
        INSERT INTO coupons.exposure
            (member_id, template, template_version, holdout_bp, coupon_id, cause, exposed_at)
        SELECT e.*, $7 FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::integer[], $5::uuid[], $6::text[]) AS e
        ON CONFLICT DO NOTHING
        """,
        [member_id for member_id, _ in rows],
        [one.template for _, one in rows],
        [one.version for _, one in rows],
        [one.holdout_bp for _, one in rows],
        [one.coupon_id for _, one in rows],
        [one.cause for _, one in rows],
        tx.now,
    )


async def over_limit(tx: Transaction, template: str, wanted: Mapping[UUID, int], limit: int) -> set[UUID]:
    """Those of the members who would have more than one may, with so many copies of a template more."""
    rows = await tx.fetch(
        """
        SELECT w.member_id FROM unnest($2::uuid[], $3::bigint[]) AS w (member_id, copies)
        LEFT JOIN coupons.member_issued AS m ON m.member_id = w.member_id AND m.template = $1
        WHERE coalesce(m.issued, 0) + w.copies > $4
        """,
        template,
        list(wanted),
        list(wanted.values()),
        limit,
    )
    return {row["member_id"] for row in rows}
