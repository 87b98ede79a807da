"""A process that posts commands: `python -m tests.concurrency.worker URL CONNECTIONS SEED FIRST COUNT MEMBER...`.

It says `ready`, waits for a line, posts the commands with numbers from FIRST on over as many connections at once, and
says `NUMBER POINTS` of what was posted and `NUMBER refused` of what was refused, each when it is certain. What gets no
answer is asked again until it does. COUNT 0 goes on for ever.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from itertools import count, islice
from uuid import UUID

from huixiang.kernel.errors import DomainError
from huixiang.platform.db import Database
from tests.concurrency.load import LOST, command, opened, perform


async def main(url: str, connections: int, seed: int, first: int, number: int, members: list[UUID]) -> None:
    db = await opened(url, connections, at_once=connections if number else 0)
    say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    threading.Thread(target=end_with_parent, daemon=True).start()
    numbers = iter(islice(count(first), number or None))

    async def work() -> None:
        for one in numbers:
            say(f"{one} {await certainly(db, members, seed, one)}")

    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(work())
    await db.close()


async def certainly(db: Database, members: list[UUID], seed: int, number: int) -> str:
    while True:
        try:
            outcome = await perform(db, command(members, seed, number))
        except LOST:
            await asyncio.sleep(0.02)
            continue
        if isinstance(outcome, DomainError):
            return "refused"
        return str(outcome.posting.points if outcome.posting else 0)


def end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    url, *numbers = sys.argv[1:6]
    connections, seed, first, number = map(int, numbers)
    asyncio.run(main(url, connections, seed, first, number, [UUID(text) for text in sys.argv[6:]]))
