"""Schedules and jobs of tiers."""

from __future__ import annotations

import msgspec

from huixiang.platform.db import Transaction
from huixiang.platform.queue import JobHandler, Schedule, enqueue
from huixiang.tiers.service import upgrades

END_UPGRADES = "tiers.end_upgrades_chunk"


class EndUpgrades(msgspec.Struct, frozen=True):
    """End bought tiers that are over, of up to so many members."""

    members: int = 200


async def end_upgrades_chunk(tx: Transaction, chunk: EndUpgrades) -> None:
    """One chunk; where it was full, another follows in a transaction of its own."""
    if await upgrades.end_due(tx, chunk.members) == chunk.members:
        await enqueue(tx, END_UPGRADES, chunk)


async def end_upgrades(tx: Transaction) -> None:
    await enqueue(tx, END_UPGRADES, EndUpgrades(), key="scheduled")


JOB_HANDLERS = (JobHandler(END_UPGRADES, EndUpgrades, end_upgrades_chunk),)
SCHEDULES = (Schedule("tiers.end_upgrades", "11 * * * *", end_upgrades),)
