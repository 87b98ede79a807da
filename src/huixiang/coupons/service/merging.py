"""Copies go with a member who is merged into another, and come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from huixiang.coupons.store import copies as store
from huixiang.members.model.merging import Held
from huixiang.members.service import merging
from huixiang.platform.db import Transaction

MODULE = "coupons"  # by which a merge knows it


async def merge(tx: Transaction, from_id: UUID, into_id: UUID, merge_id: UUID) -> None:
    """Move what a member has and had to the one whom they are merged into, and acknowledge it."""
    await store.move(tx, from_id, into_id, merge_id)
    await merging.acknowledge(tx, from_id, merge_id, MODULE)


async def unmerge(tx: Transaction, into_id: UUID, from_id: UUID, merge_id: UUID) -> None:
    """Move back what a merge brought, and acknowledge it."""
    await store.move_back(tx, into_id, from_id, merge_id)
    await merging.acknowledge(tx, from_id, merge_id, MODULE)


async def counted(tx: Transaction, member_ids: Sequence[UUID]) -> Mapping[UUID, Held]:
    """For the preview of a merge: what each has under their own id."""
    return await store.counted(tx, member_ids)
