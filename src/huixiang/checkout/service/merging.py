"""Orders on their way go with a member who is merged into another, and come back. Completed ones stay under the id that
they were posted under."""

from __future__ import annotations

from uuid import UUID

from huixiang.checkout.store import instructions
from huixiang.checkout.store import placed as store
from huixiang.members.service import merging
from huixiang.platform.db import Transaction
from huixiang.pricing.service import uses

MODULE = "checkout"  # by which a merge knows it


async def merge(tx: Transaction, from_id: UUID, into_id: UUID, merge_id: UUID) -> None:
    """Move what is on its way to the one whom they are merged into, and acknowledge it."""
    await uses.move(tx, from_id, into_id, await store.move(tx, from_id, into_id, merge_id))
    await instructions.follow(tx, from_id, into_id)
    await merging.acknowledge(tx, from_id, merge_id, MODULE)


async def unmerge(tx: Transaction, into_id: UUID, from_id: UUID, merge_id: UUID) -> None:
    """Move back what a merge brought and is still on its way, and acknowledge it."""
    await uses.move(tx, into_id, from_id, await store.move_back(tx, into_id, from_id, merge_id))
    await instructions.follow(tx, into_id, from_id)
    await merging.acknowledge(tx, from_id, merge_id, MODULE)
