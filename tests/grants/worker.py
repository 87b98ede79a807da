"""A worker of bulk grants, to be killed: `python -m tests.grants.worker URL INSTANT`.

Its steps are small, and it waits a little inside each transaction, so that a kill finds it in the middle.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime, timedelta

from huixiang.entry.wiring import register_rule_kinds
from huixiang.grants import service
from huixiang.grants.model import Step
from huixiang.grants.service.running import AtOnce
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database, Transaction
from huixiang.platform.queue import JobHandler, JobRunner

AT_ONCE = AtOnce(points=25, copies=25, left=25, taken=25, stopped=25)
PAUSE_S = 0.03


async def slowly(tx: Transaction, job: Step) -> None:
    await service.step(tx, job, AT_ONCE)
    await asyncio.sleep(PAUSE_S)


async def main(url: str, now: datetime) -> None:
    register_rule_kinds()
    db = await Database.open(url, calendar=BusinessCalendar("Asia/Shanghai"), clock=SettableClock(now))
    handlers = [JobHandler(service.STEP, Step, slowly)]
    runner = JobRunner(db, handlers, silence=timedelta(seconds=1), poll=timedelta(seconds=0.2))
    sys.stdout.write("working\n")
    sys.stdout.flush()
    await runner.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], datetime.fromisoformat(sys.argv[2])))
