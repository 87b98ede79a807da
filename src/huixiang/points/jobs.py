"""Schedules and jobs of the ledger."""

from __future__ import annotations

import msgspec

from huixiang.platform.db import Transaction
from huixiang.platform.queue import JobHandler, Schedule, enqueue
from huixiang.points import service

MATURE = "points.mature_chunk"
LOTS_PER_CHUNK = 1000


class MatureChunk(msgspec.Struct, frozen=True):
    """Make spendable what has waited out its return window, up to a number of lots."""

    lots: int = LOTS_PER_CHUNK


async def mature_chunk(tx: Transaction, chunk: MatureChunk) -> None:
    """One chunk; where something was due, another chunk follows in a transaction of its own."""
    if await service.mature_due(tx, chunk.lots):
        await enqueue(tx, MATURE, chunk)


async def mature(tx: Transaction) -> None:
    await enqueue(tx, MATURE, MatureChunk(), key="scheduled")


JOB_HANDLERS = (JobHandler(MATURE, MatureChunk, mature_chunk),)
SCHEDULES = (Schedule("points.mature", "*/5 * * * *", mature),)
