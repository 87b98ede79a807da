"""Schedules and jobs of benefits."""

from __future__ import annotations

import msgspec

from huixiang.benefits import service
from huixiang.platform.db import Transaction
from huixiang.platform.queue import JobHandler, Schedule, enqueue

KEEP = "benefits.keep_chunk"


class KeepBenefits(msgspec.Struct, frozen=True):
    """End benefits that are over, and give back quotas of periods that are, up to a number of each."""

    entitlements: int = 500


async def keep_chunk(tx: Transaction, chunk: KeepBenefits) -> None:
    """One chunk; where it was full, another follows in a transaction of its own."""
    ended = await service.end_due(tx, chunk.entitlements)
    refilled = await service.refill_due(tx, chunk.entitlements)
    if max(ended, refilled) == chunk.entitlements:
        await enqueue(tx, KEEP, chunk)


async def keep_benefits(tx: Transaction) -> None:
    await enqueue(tx, KEEP, KeepBenefits(), key="scheduled")


JOB_HANDLERS = (JobHandler(KEEP, KeepBenefits, keep_chunk),)
SCHEDULES = (Schedule("benefits.keep", "* * * * *", keep_benefits),)
