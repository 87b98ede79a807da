"""What waits for Kafka: one worker at a time takes it up, and what was acknowledged goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.webhooks import rules
from huixiang.webhooks.model import Message
from huixiang.webhooks.store import streaming as rows

BATCH = 1_000
COUNTED = 100_000


async def take_turn(tx: Transaction, claim: UUID) -> list[Message]:
    """The messages that have waited longest, for the one worker that writes; none where nothing waits, or where it is
    another's turn. A turn that ran out while its worker writes does no harm: the next one repeats from the same place,
    in the same order."""
    if not await rows.take_turn(tx, claim, tx.now + rules.TURN_TIME):
        return []
    return await rows.oldest(tx, BATCH)


async def draw_out(tx: Transaction, claim: UUID) -> None:
    """Keep the turn, while there is something to write."""
    await rows.draw_out(tx, claim, tx.now + rules.TURN_TIME)


async def settle(tx: Transaction, acknowledged: Sequence[Message]) -> None:
    """Forget messages that the brokers have."""
    await rows.delete(tx, acknowledged)


async def end_turn(tx: Transaction, claim: UUID) -> None:
    """Let another worker write at once."""
    await rows.end_turn(tx, claim)


async def unwritten(tx: Transaction) -> tuple[int, timedelta]:
    """How many events wait for Kafka, and for how long the one that waits longest has."""
    count, oldest = await rows.waiting(tx, COUNTED)
    return count, max(tx.now - oldest, timedelta(0)) if oldest else timedelta(0)
