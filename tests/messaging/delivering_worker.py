"""A worker to be killed: delivers by a channels file, on a clock that stands. Arguments: database, home, instant."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from huixiang.entry.keys import use_keys
from huixiang.entry.messaging import providers
from huixiang.entry.wiring import register_rule_kinds
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.messaging.jobs import Deliverer
from huixiang.platform.db import Database
from huixiang.platform.settings import Settings


async def deliver(database_url: str, home: str, now: str) -> None:
    settings = Settings(environment="test", home=Path(home), channels_file=Path(home) / "channels.toml")
    register_rule_kinds()
    use_keys(settings)
    clock = SettableClock(datetime.fromisoformat(now))
    db = await Database.open(database_url, calendar=BusinessCalendar("Asia/Shanghai"), clock=clock)
    await Deliverer(db, providers(settings, db)).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(deliver(*sys.argv[1:]))
