"""How many messages owners have, for who is about to join two of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from huixiang.messaging.store import counting
from huixiang.platform.db import Transaction


async def counted(tx: Transaction, member_ids: Sequence[UUID]) -> Mapping[UUID, tuple[int, int]]:
    """Of each owner, by their own id: unread ones of the inbox, and all the others."""
    return await counting.counted(tx, member_ids)
