"""A process of a rush: `python -m tests.concurrency.coupon_worker URL VALKEY CONNECTIONS FIRST COUNT TEMPLATE TIMES`.

As `stock_worker`, for claims: members of the numbers from FIRST on, modulo TIMES, claim a copy each under a key of its
own, as the route does. It says `NUMBER issued`, or the code of the refusal, with the milliseconds that it took.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
from uuid import UUID

import structlog

from huixiang.coupons.service import claims
from huixiang.entry.wiring import register_rule_kinds
from huixiang.kernel.errors import DomainError
from huixiang.platform.cache import Cache
from huixiang.platform.db import Database
from huixiang.stock import service as stock
from huixiang.stock.adapters.gate import CacheGate
from tests.concurrency.load import opened
from tests.concurrency.stock_worker import end_with_parent, say


async def claim(db: Database, member_id: UUID, template: str, key: str) -> str:
    """What the route does, without HTTP."""
    turned = await claims.turned_away(db, member_id, template, "claim", key)
    if turned is not None:
        return turned.code
    try:
        async with db.transaction(read_only=True) as tx:
            planned = await claims.plan(tx, member_id, template, "claim", key)
        await claims.take(db, planned)
    except DomainError as refusal:
        return refusal.code
    try:
        async with db.transaction() as tx:
            await claims.issue_planned(tx, planned)
    except DomainError as refusal:
        async with db.transaction() as tx:
            gone = await claims.is_gone(tx, planned)
        if gone:
            async with db.transaction() as tx:
                await claims.free(tx, planned)
        return refusal.code
    return "issued"


async def people(db: Database) -> list[UUID]:
    async with db.transaction(read_only=True) as tx:
        rows = await tx.fetch("SELECT member_id FROM members.member ORDER BY member_id")
    return [row["member_id"] for row in rows]


async def main(url: str, valkey: str, connections: int, first: int, count: int, template: str, members: int) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    register_rule_kinds()
    db = await opened(url, connections, at_once=connections, name="rush")
    who = await people(db)
    say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    threading.Thread(target=end_with_parent, daemon=True).start()
    numbers = iter(range(first, first + count))
    cache = Cache.open(valkey or None)

    async def work() -> None:
        for number in numbers:
            at = time.perf_counter()
            answer = await claim(db, who[number % members], template, f"k{number}")
            say(f"{number} {answer} {(time.perf_counter() - at) * 1000:.2f}")

    with db.beside(stock.Gated(CacheGate(cache))):
        async with asyncio.TaskGroup() as group:
            for _ in range(connections):
                group.create_task(work())
    await cache.close()
    await db.close()


if __name__ == "__main__":
    url, valkey, connections, first, count, template, members = sys.argv[1:]
    asyncio.run(main(url, valkey, int(connections), int(first), int(count), template, int(members)))
