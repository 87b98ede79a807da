"""Schedules and jobs of habits."""

from __future__ import annotations

import msgspec

from huixiang.habits import service
from huixiang.habits.model import RECKON, Reckon
from huixiang.platform.db import Transaction
from huixiang.platform.queue import JobHandler, Schedule, enqueue

TURN = "habits.turn_chunk"


class Turn(msgspec.Struct, frozen=True):
    """Mark up to so many members whose rows are of a day that is over, or of other rules."""

    members: int = 10_000


async def reckon_chunk(tx: Transaction, chunk: Reckon) -> None:
    """One chunk; where there was anything, another follows in a transaction of its own, for what came meanwhile."""
    if await service.reckon_due(tx, chunk.members):
        await enqueue(tx, RECKON, chunk)


async def turn_chunk(tx: Transaction, chunk: Turn) -> None:
    marked = await service.mark_turning(tx, chunk.members)
    if marked:
        await service.begin(tx)
    if marked >= chunk.members:
        await enqueue(tx, TURN, chunk)


async def turn(tx: Transaction) -> None:
    await enqueue(tx, TURN, Turn(), key="scheduled")
    await service.begin(tx)


JOB_HANDLERS = (
    JobHandler(RECKON, Reckon, reckon_chunk),
    JobHandler(TURN, Turn, turn_chunk),
)
SCHEDULES = (Schedule("habits.turn", "* * * * *", turn),)
