"""The worker's part: send to endpoints (`sending`), to Kafka (`streaming`), and put away what is over."""

from __future__ import annotations

import msgspec

from huixiang.platform.db import Transaction
from huixiang.platform.queue import JobHandler, Schedule, enqueue
from huixiang.webhooks import service
from huixiang.webhooks.jobs.sending import AT_ONCE, EACH_AT_ONCE, Sender
from huixiang.webhooks.jobs.streaming import Streamer

__all__ = ["AT_ONCE", "EACH_AT_ONCE", "JOB_HANDLERS", "SCHEDULES", "Sender", "Streamer"]

TIDY = "webhooks.tidy_chunk"


class Tidy(msgspec.Struct, frozen=True):
    """Put away a chunk of what nobody needs any more."""


async def tidy_chunk(tx: Transaction, chunk: Tidy) -> None:
    if await service.tidy(tx):
        await enqueue(tx, TIDY, chunk)


async def tidy(tx: Transaction) -> None:
    await enqueue(tx, TIDY, Tidy(), key="scheduled")


JOB_HANDLERS = (JobHandler(TIDY, Tidy, tidy_chunk),)
SCHEDULES = (Schedule("webhooks.tidy", "41 * * * *", tidy),)
