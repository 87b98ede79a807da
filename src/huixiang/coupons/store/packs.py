"""Packs that members had."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from huixiang.platform.db import Transaction


async def had(tx: Transaction, member_id: UUID, packs: Collection[str]) -> set[str]:
    """Those of them that the member was given, or somebody who was merged into them."""
    rows = await tx.fetch(
        """
        SELECT pack FROM coupons.pack_issued WHERE member_id = $1 AND pack = ANY ($2::text[])
        UNION SELECT pack FROM coupons.coupon WHERE member_id = $1 AND pack = ANY ($2::text[])
        """,
        member_id,
        list(packs),
    )
    return {row["pack"] for row in rows}


async def write(tx: Transaction, member_id: UUID, pack: str, version: int, copies: int, worth_fen: int) -> bool:
    """That a member has a pack now; False where they had it. Whoever gives it meanwhile is waited for."""
    return bool(
        await tx.execute(
            """
            INSERT INTO coupons.pack_issued (member_id, pack, pack_version, copies, worth_fen, issued_at)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
            """,
            member_id,
            pack,
            version,
            copies,
            worth_fen,
            tx.now,
        )
    )
