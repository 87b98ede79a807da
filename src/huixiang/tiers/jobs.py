"""Schedules and jobs of tiers."""

from __future__ import annotations

import msgspec

from huixiang.platform.db import Transaction
from huixiang.platform.queue import JobHandler, Schedule, enqueue
from huixiang.tiers.service import trials, upgrades

END_UPGRADES = "tiers.end_upgrades_chunk"
END_TRIALS = "tiers.end_trials_chunk"


class EndUpgrades(msgspec.Struct, frozen=True):
    """End bought tiers that are over, of up to so many members."""

    members: int = 200


class EndTrials(msgspec.Struct, frozen=True):
    """End trials that are over, of up to so many members."""

    members: int = 200


async def end_upgrades_chunk(tx: Transaction, chunk: EndUpgrades) -> None:
    """One chunk; where it was full, another follows in a transaction of its own."""
    if await upgrades.end_due(tx, chunk.members) == chunk.members:
        await enqueue(tx, END_UPGRADES, chunk)


async def end_upgrades(tx: Transaction) -> None:
    await enqueue(tx, END_UPGRADES, EndUpgrades(), key="scheduled")


async def end_trials_chunk(tx: Transaction, chunk: EndTrials) -> None:
    """The same for trials."""
    if await trials.end_due(tx, chunk.members) == chunk.members:
        await enqueue(tx, END_TRIALS, chunk)


async def end_trials(tx: Transaction) -> None:
    await enqueue(tx, END_TRIALS, EndTrials(), key="scheduled")


JOB_HANDLERS: tuple[JobHandler, ...] = (
    JobHandler(END_UPGRADES, EndUpgrades, end_upgrades_chunk),
    JobHandler(END_TRIALS, EndTrials, end_trials_chunk),
)
SCHEDULES = (
    Schedule("tiers.end_upgrades", "11 * * * *", end_upgrades),
    Schedule("tiers.end_trials", "* * * * *", end_trials),
)
