"""Putting away what nobody needs any more."""

from __future__ import annotations

from datetime import timedelta

from huixiang.messaging import store
from huixiang.platform.db import Transaction

SUNK_KEPT = timedelta(days=7)
PER_CALL = 5_000


async def tidy(tx: Transaction) -> int:
    """Give up what waits beyond its use, and delete what arrived at the sink a week ago; a bounded number of each. How
    many: call it until it gives 0."""
    expired = await store.expire(tx, PER_CALL)
    return expired + await store.drain_sink(tx, tx.now - SUNK_KEPT, PER_CALL)
