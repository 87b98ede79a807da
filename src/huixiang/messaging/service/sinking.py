"""The local sink's own books: what arrived at it. It stands in for a provider, so it has a state of its own."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from huixiang.messaging import store
from huixiang.messaging.model import Parcel
from huixiang.messaging.service.wiring import wiring
from huixiang.platform.db import Transaction

KEPT = timedelta(days=7)
DRAINED_PER_CALL = 5_000


async def sink(tx: Transaction, parcel: Parcel) -> bool:
    """Let a message arrive; False where it has before."""
    sealed = await wiring().sealer.seal(tx, parcel.member_id, parcel.message_id, msgspec.json.encode(parcel.content))
    return await store.insert_sunk(tx, parcel.member_id, parcel.message_id, parcel.channel, parcel.template, sealed)


async def has_sunk(tx: Transaction, parcel: Parcel) -> bool:
    return await store.has_sunk(tx, parcel.member_id, parcel.message_id)


async def drain_sink(tx: Transaction) -> int:
    """Delete what arrived a week ago, a bounded number; how many. Call it until it gives 0."""
    return await store.drain_sink(tx, tx.now - KEPT, DRAINED_PER_CALL)
