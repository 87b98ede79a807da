"""A process of a rush: `python -m tests.concurrency.stock_worker URL VALKEY CONNECTIONS FIRST COUNT KEY AMOUNT`.

It says `ready`, waits for a line, and lets holders with numbers from FIRST on ask for AMOUNT of KEY, over as many
connections at once; it says `NUMBER taken`, `NUMBER exhausted` or `NUMBER held` with the milliseconds that it took.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
import time
from datetime import timedelta
from uuid import UUID, uuid5

import structlog

from huixiang.platform.cache import Cache
from huixiang.platform.db import Database
from huixiang.stock import service
from huixiang.stock.adapters.gate import CacheGate
from huixiang.stock.model import AlreadyHeld, Holder, Kind, StockExhausted, Wanted
from tests.concurrency.load import opened

NAMES = UUID(int=40)
TTL = timedelta(minutes=5)


def holder_of(number: int) -> Holder:
    return Holder("order", uuid5(NAMES, f"holder {number}"))


def member_of(number: int, members: int = 1_000_000) -> UUID:
    return uuid5(NAMES, f"member {number % members}")


async def ask(db: Database, gate: CacheGate, number: int, key: str, amount: int, *, first: bool = True) -> str:
    wanted = [Wanted(kind=Kind.SLOT, key=key, amount=amount)]
    try:
        await service.take(db, gate, holder_of(number), member_of(number), wanted, TTL, first=first)
    except StockExhausted:
        return "exhausted"
    except AlreadyHeld:
        return "held"
    return "taken"


async def main(url: str, valkey: str, connections: int, first: int, count: int, key: str, amount: int) -> None:
    # An outage of Valkey is no news here, and what is said on this way out are answers.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    db = await opened(url, connections, at_once=connections, name="rush")
    cache = Cache.open(valkey or None)
    gate = CacheGate(cache)
    say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    threading.Thread(target=end_with_parent, daemon=True).start()
    numbers = iter(range(first, first + count))

    async def work() -> None:
        for number in numbers:
            at = time.perf_counter()
            answer = await ask(db, gate, number, key, amount)
            say(f"{number} {answer} {(time.perf_counter() - at) * 1000:.2f}")

    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(work())
    await cache.close()
    await db.close()


def end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    url, valkey, connections, first, count, key, amount = sys.argv[1:]
    asyncio.run(main(url, valkey, int(connections), int(first), int(count), key, int(amount)))
