"""A relay to be killed: `python -m tests.platform.relay_worker URL SUBSCRIBER`.

Two subscribers note what they get. A third notes nothing, and comes last: in it, the others have committed while the
batch is not yet finished. SUBSCRIBER says `handling` after its work, inside its transaction, and then stays there.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SystemClock
from huixiang.platform.db import Database, Transaction
from huixiang.platform.outbox import Event, Subscription
from huixiang.platform.relay import Relay
from tests.platform.notices import Noted, record

SUBSCRIBERS = ("first", "second", "last")
RECORDING = SUBSCRIBERS[:2]


def subscription(name: str, stays: str | None) -> Subscription:
    async def handle(tx: Transaction, events: Sequence[Event]) -> None:
        if name in RECORDING:
            await record(tx, name, events)
        if name == stays:
            sys.stdout.write("handling\n")
            sys.stdout.flush()
            await asyncio.sleep(60)

    return Subscription(name, (Noted,), handle)


async def main(url: str, stays: str) -> None:
    db = await Database.open(url, calendar=BusinessCalendar("Asia/Shanghai"), clock=SystemClock())
    await Relay(db, [subscription(name, stays) for name in SUBSCRIBERS]).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
