"""A worker that tells of terms, to be killed: `python -m tests.terms.worker URL INSTANT HOME`."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime, timedelta
from pathlib import Path

from huixiang.entry.keys import use_keys
from huixiang.entry.wiring import register_rule_kinds
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database, Transaction
from huixiang.platform.queue import JobHandler, JobRunner
from huixiang.platform.settings import Settings
from huixiang.terms import service
from huixiang.terms.model import Tell

AT_ONCE = 5
PAUSE_S = 0.03


async def slowly(tx: Transaction, job: Tell) -> None:
    await service.tell(tx, job, AT_ONCE)
    await asyncio.sleep(PAUSE_S)


async def main(url: str, now: datetime, home: Path) -> None:
    register_rule_kinds()
    use_keys(Settings(environment="test", home=home))
    db = await Database.open(url, calendar=BusinessCalendar("Asia/Shanghai"), clock=SettableClock(now))
    handlers = [JobHandler(service.TELL, Tell, slowly)]
    runner = JobRunner(db, handlers, silence=timedelta(seconds=1), poll=timedelta(seconds=0.2))
    sys.stdout.write("working\n")
    sys.stdout.flush()
    await runner.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], datetime.fromisoformat(sys.argv[2]), Path(sys.argv[3])))
