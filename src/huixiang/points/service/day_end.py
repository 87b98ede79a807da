"""When a business day is over: the one rule, by which days are summed for finance and signed.

A posting's `recorded_at` is the instant of its transaction, or a later one where its account stands later. A
transaction begins within `LAG` of its instant, on the database's clock, and what is open may still record at its own
instant: `settled_until` is before both. What writes nevertheless, by whatever role, has a lower transaction number than
the horizon that is read first, and PostgreSQL says when all of those have ended. Reading begins after that.
"""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta

from huixiang.platform.db import Transaction
from huixiang.points.store import proof as store
from huixiang.points.store.closing import settled_until

WRITERS_END_WITHIN = timedelta(seconds=20)
POLL = timedelta(milliseconds=200)


async def is_over(tx: Transaction, ends_at: datetime) -> bool:
    """Whether nothing can be recorded before an instant any more. The transaction must have written nothing, and each
    of its statements see its own moment; it may wait some seconds for others."""
    return await settled_until(tx) >= ends_at and await _writers_have_ended(tx)


async def _writers_have_ended(tx: Transaction) -> bool:
    horizon = await store.horizon(tx)
    deadline = time.monotonic() + WRITERS_END_WITHIN.total_seconds()
    while not await store.writers_ended(tx, horizon):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(POLL.total_seconds())
    return True
