"""A process that works through a load: `python -m tests.concurrency.worker URL LOAD CONNECTIONS SEED FIRST COUNT IDS`.

It says `ready`, waits for a line, does the steps with numbers from FIRST on over as many connections at once, and says
`NUMBER POINTS` of what was done and `NUMBER refused` of what was refused, each when it is certain. What gets no answer
is asked again until it does. COUNT 0 goes on for ever. Beside that it relays what is on its way.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from itertools import count, islice
from uuid import UUID

import structlog

from huixiang.entry.wiring import register_rule_kinds
from huixiang.platform.relay import Relay
from huixiang.points import handlers
from tests.concurrency.load import LOST, Doors, Step, doors, opened
from tests.concurrency.movement import LOADS


async def main(url: str, load: str, connections: int, seed: int, first: int, number: int, ids: list[UUID]) -> None:
    # An outage is no news here, and telling of each takes longer than the rest.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    register_rule_kinds()
    db = await opened(url, connections, at_once=connections if number else 0, name=f"load {seed}")
    beside = await opened(url, 2, name="relay")
    say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    threading.Thread(target=end_with_parent, daemon=True).start()
    relaying = asyncio.create_task(Relay(beside, handlers.SUBSCRIPTIONS).run(stop := asyncio.Event()))
    numbers = iter(islice(count(first), number or None))

    async def work(ledger: Doors) -> None:
        for one in numbers:
            say(f"{one} {await certainly(ledger, LOADS[load](ids, seed, one))}")

    async with doors(db) as ledger, asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(work(ledger))
    stop.set()
    await relaying
    await beside.close()
    await db.close()


async def certainly(ledger: Doors, step: Step) -> str:
    while True:
        try:
            return await step.answer(ledger)
        except LOST:
            await asyncio.sleep(0.02)


def end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    url, load, *numbers = sys.argv[1:7]
    connections, seed, first, number = map(int, numbers)
    asyncio.run(main(url, load, connections, seed, first, number, [UUID(text) for text in sys.argv[7:]]))
