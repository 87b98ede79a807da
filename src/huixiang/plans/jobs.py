"""Schedules and jobs of plans."""

from __future__ import annotations

import msgspec

from huixiang.plans import service
from huixiang.platform.db import Transaction
from huixiang.platform.queue import JobHandler, Schedule, enqueue

END = "plans.end_chunk"


class EndPlans(msgspec.Struct, frozen=True):
    """End plans that are over, up to a number."""

    subscriptions: int = 500


async def end_chunk(tx: Transaction, chunk: EndPlans) -> None:
    """One chunk; where it was full, another follows in a transaction of its own."""
    if await service.end_due(tx, chunk.subscriptions) == chunk.subscriptions:
        await enqueue(tx, END, chunk)


async def end_plans(tx: Transaction) -> None:
    await enqueue(tx, END, EndPlans(), key="scheduled")


JOB_HANDLERS = (JobHandler(END, EndPlans, end_chunk),)
SCHEDULES = (Schedule("plans.end", "* * * * *", end_plans),)
