"""Schedules of the ledger."""

from __future__ import annotations

from huixiang.platform.db import Database
from huixiang.points import service

LOTS_PER_TRANSACTION = 500


async def mature_points(db: Database) -> int:
    """Make spendable what has waited out its return window, chunk by chunk; how many accounts changed."""
    changed = 0
    while True:
        async with db.transaction() as tx:
            matured = await service.mature_due(tx, LOTS_PER_TRANSACTION)
        changed += matured
        if not matured:
            return changed
