"""What insight does by the clock: it watches over tills."""

from __future__ import annotations

import structlog

from huixiang.insight.service import delays
from huixiang.platform.db import Transaction
from huixiang.platform.queue import Schedule

log = structlog.get_logger(__name__)


async def watch_tills(tx: Transaction) -> None:
    """Every five minutes: raise and end alarms of stores whose orders come late, or come no more (CHK-07)."""
    done = await delays.watch(tx)
    if done is None:
        log.warning("tills_not_watched", reason="the outbox is behind")
    elif done.raised:
        log.warning("till_alarms_raised", alarms=[f"{one.kind} {one.store_id}" for one in done.raised])


SCHEDULES = (Schedule("insight.watch_tills", "*/5 * * * *", watch_tills),)
