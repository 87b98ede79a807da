"""Putting away what nobody needs any more."""

from __future__ import annotations

from datetime import timedelta

from huixiang.kernel.ids import lowest_id_at
from huixiang.messaging import store
from huixiang.messaging.service.ruling import ruling
from huixiang.messaging.store import receipts as receipt_store
from huixiang.messaging.store import sink as sink_store
from huixiang.platform.db import Transaction

SUNK_KEPT = timedelta(days=7)
EARLY_KEPT = timedelta(days=1)
PER_CALL = 5_000
FORGOTTEN_PER_CALL = 1_000  # each with its evidence and receipts


async def tidy(tx: Transaction) -> int:
    """Give up what waits beyond its use, and delete what arrived at the sink a week ago, receipts that nothing came to
    name, and messages whose time is over (`kept_days`) with all that shows what became of them; a bounded number of
    each. How many: call it until it gives 0."""
    done = await store.expire(tx, PER_CALL)
    done += await sink_store.drain_sink(tx, tx.now - SUNK_KEPT, PER_CALL)
    done += await receipt_store.drop_early(tx, tx.now - EARLY_KEPT, PER_CALL)
    kept = timedelta(days=(await ruling(tx)).kept_days)
    return done + await receipt_store.forget(tx, lowest_id_at(tx.now - kept), FORGOTTEN_PER_CALL)
