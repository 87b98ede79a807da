"""A relay of the ledger's subscriptions, to be killed: `python -m tests.points.relay_worker URL INSTANT`.

It says `relaying` when it begins, and waits a little inside each transaction, so that a kill finds it in the middle.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime

from huixiang.entry.wiring import register_rule_kinds
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database, Transaction
from huixiang.platform.outbox import Event, Subscription
from huixiang.platform.relay import Relay
from huixiang.points import handlers

PAUSE_S = 0.02


def slowed(subscription: Subscription) -> Subscription:
    async def handle(tx: Transaction, events: Sequence[Event]) -> None:
        await subscription.handle(tx, events)
        await asyncio.sleep(PAUSE_S)

    return Subscription(subscription.name, subscription.events, handle)


async def main(url: str, now: datetime) -> None:
    register_rule_kinds()
    db = await Database.open(url, calendar=BusinessCalendar("Asia/Shanghai"), clock=SettableClock(now))
    relay = Relay(db, [slowed(subscription) for subscription in handlers.SUBSCRIPTIONS])
    sys.stdout.write("relaying\n")
    sys.stdout.flush()
    await relay.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], datetime.fromisoformat(sys.argv[2])))
