"""Phones by their last four digits."""

from __future__ import annotations

from uuid import UUID

from huixiang.platform.db import Transaction


async def phones_by_tail(tx: Transaction, tail: bytes, limit: int) -> list[tuple[UUID, bytes]]:
    """Members whose phones end so, with the phone sealed, the latest first."""
    rows = await tx.fetch(
        "SELECT member_id, sealed FROM members.identity WHERE tail = $1 ORDER BY member_id DESC LIMIT $2", tail, limit
    )
    return [(row["member_id"], row["sealed"]) for row in rows]
