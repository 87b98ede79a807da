"""A worker to be killed: `python -m tests.platform.job_worker URL SECONDS`. Its job writes, then takes SECONDS."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

import msgspec

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SystemClock
from huixiang.platform.db import Database, Transaction
from huixiang.platform.queue import JobHandler, JobRunner

SILENCE = timedelta(seconds=1)
POLL = timedelta(seconds=0.2)


class Mark(msgspec.Struct, frozen=True):
    key: str


async def write_mark(tx: Transaction, mark: Mark) -> None:
    """Leave a trace that shows how often it was left."""
    await tx.execute(
        """
        INSERT INTO platform.directory AS d (kind, key, member_id, recorded_at)
        VALUES ('mark', $1, '00000000-0000-0000-0000-000000000001', $2)
        ON CONFLICT (kind, key) DO UPDATE SET member_id = '00000000-0000-0000-0000-000000000002'
        """,
        mark.key,
        tx.now,
    )


async def main(url: str, seconds: float) -> None:
    async def slowly(tx: Transaction, mark: Mark) -> None:
        await write_mark(tx, mark)
        sys.stdout.write("started\n")
        sys.stdout.flush()
        await asyncio.sleep(seconds)

    db = await Database.open(url, calendar=BusinessCalendar("Asia/Shanghai"), clock=SystemClock())
    runner = JobRunner(db, [JobHandler("mark", Mark, slowly)], silence=SILENCE, poll=POLL)
    await runner.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
