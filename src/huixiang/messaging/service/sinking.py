"""The local sink's own books: what arrived at it. It stands in for a provider, so it has a state of its own."""

from __future__ import annotations

import msgspec

from huixiang.messaging.model import Parcel
from huixiang.messaging.service.wiring import wiring
from huixiang.messaging.store import sink as store
from huixiang.platform.db import Transaction


async def sink(tx: Transaction, parcel: Parcel) -> bool:
    """Let a message arrive; False where it has before."""
    sealed = await wiring().sealer.seal(tx, parcel.member_id, parcel.message_id, msgspec.json.encode(parcel.content))
    return await store.insert_sunk(tx, parcel.member_id, parcel.message_id, parcel.channel, parcel.template, sealed)


async def has_sunk(tx: Transaction, parcel: Parcel) -> bool:
    return await store.has_sunk(tx, parcel.member_id, parcel.message_id)
