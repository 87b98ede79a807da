"""Earn and spend as single commands, coalesced, on a hot member, and balance reads, beside pgbench on the same server:
`python -m bench.ledger_commands [--members N] [--seconds S] [--rounds R]`.

The yardstick is `pgbench -N` at scale 10 with 32 clients (for reads: `-S` with 8). Each round runs everything in turn,
so that a neighbour on the machine disturbs all alike; shown are medians over the rounds. The ratio is of processor time
per operation, server and client, which says more than the rate where the machine is shared: 1.0 costs what the
yardstick does, 2.0 half of it. Every operation is durable, with its posting, lot, place in the chain and outbox row.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from statistics import median
from uuid import UUID

import msgspec
import uvloop

from bench import ledger_scripts as scripts
from bench.ledger_ground import YARDSTICK, Cost, Ground, ground
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SystemClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.points.model import POINTS, Cap, Credit, Source, Spend
from huixiang.points.service import coalesce, read_balance, single

CLIENTS = 32
READERS = 8
CALLERS = 8
IN_FLIGHT = 256
CONNECTIONS = 8
PLANNED = 8
LOT_DAY = date(2029, 12, 31)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
CAP = Cap(7, BEGINNING, BEGINNING + timedelta(days=40_000), 10**9)

CALLS_A_CLIENT = 5_000
FIRST_KEYS = itertools.count(10 ** (scripts.DIGITS - 1), 10**9)
NEXT = rf"""
\set i :i + 1
\set n :client_id * {CALLS_A_CLIENT} + :i
"""


def door(at: Ground, name: str, seconds: int) -> Cost:
    """One transaction of pgbench is one call of 10 points."""
    at.prepare_calls(scripts.calls(name, 10, at.members, CLIENTS * CALLS_A_CLIENT, next(FIRST_KEYS)))
    before = at.postings()
    cost = at.script(NEXT + scripts.call(name, 10), CLIENTS, seconds)
    assert at.postings() - before == cost.operations, "some calls posted nothing"
    return cost


class Timed(msgspec.Struct, frozen=True):
    """What it cost, and the 99th percentile of how long one took, in milliseconds."""

    cost: Cost
    p99: float | None = None


Ask = Callable[[Database, coalesce.Coalescer, UUID, UUID], Awaitable[object]]  # member, order


def earning(db: Database, member_id: UUID, order_id: UUID) -> Credit:
    source = Source(
        key=f"order:{order_id}:earn", cause="consumption", counter_account="issued:consumption",
        occurred_at=db.clock.now(), rule="earning.default", rule_version=1, order_ref=order_id,
    )  # fmt: skip
    return Credit(member_id=member_id, book=POINTS, points=10, source=source, expires_on=LOT_DAY, caps=(CAP,))


def spending(db: Database, member_id: UUID, order_id: UUID) -> Spend:
    source = Source(
        key=f"order:{order_id}:spend", cause="redemption", counter_account="redeemed:checkout",
        occurred_at=db.clock.now(), order_ref=order_id,
    )  # fmt: skip
    return Spend(member_id=member_id, book=POINTS, points=10, source=source)


async def single_earn(db: Database, _: coalesce.Coalescer, member_id: UUID, order_id: UUID) -> None:
    await single.earn(db, earning(db, member_id, order_id))


async def single_spend(db: Database, _: coalesce.Coalescer, member_id: UUID, order_id: UUID) -> None:
    await single.spend(db, spending(db, member_id, order_id))


async def mixed(db: Database, coalescer: coalesce.Coalescer, member_id: UUID, order_id: UUID) -> None:
    await coalescer.post((earning if order_id.int % 2 else spending)(db, member_id, order_id))


async def hot(db: Database, coalescer: coalesce.Coalescer, _: UUID, order_id: UUID) -> None:
    await mixed(db, coalescer, UUID(int=1), order_id)


async def read(db: Database, _: coalesce.Coalescer, member_id: UUID, _order_id: UUID) -> None:
    await read_balance(db, member_id, POINTS)


async def asked(at: Ground, ask: Ask, callers: int, seconds: float) -> Timed:
    """So many callers in this process, each asking again when it was answered."""
    db = await Database.open(
        at.app_url, calendar=BusinessCalendar("Asia/Shanghai"), clock=SystemClock(), min_size=CONNECTIONS,
        max_size=CONNECTIONS,
    )  # fmt: skip
    members = [UUID(int=number) for number in range(1, at.members + 1)]
    orders = (UUID(int=number) for number in itertools.count(new_id().int))
    took: list[float] = []
    async with coalesce.Coalescer(db) as coalescer:
        # Every connection plans a statement some times before it keeps the plan.
        for _ in range(PLANNED):
            await asyncio.gather(*(ask(db, coalescer, member, next(orders)) for member in members[:CONNECTIONS]))
        server, client, started = at.server_cpu_s(), time.process_time(), time.perf_counter()

        async def caller() -> None:
            while (begun := time.perf_counter()) < started + seconds:
                await ask(db, coalescer, random.choice(members), next(orders))
                took.append(time.perf_counter() - begun)

        await asyncio.gather(*(caller() for _ in range(callers)))
        passed = time.perf_counter() - started
        cost = Cost(len(took), passed, at.server_cpu_s() - server, time.process_time() - client)
    await db.close()
    return Timed(cost, sorted(took)[len(took) * 99 // 100] * 1e3)


def once(at: Ground, seconds: int) -> dict[str, Timed]:
    """One round."""

    def python(ask: Ask, callers: int) -> Timed:
        # The loop that the program itself runs on.
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(asked(at, ask, callers, seconds))

    return {
        "pgbench -N, 32 clients": Timed(at.pgbench(["-N"], YARDSTICK, CLIENTS, seconds)),
        "points.earn, 32 clients": Timed(door(at, "earn", seconds)),
        "points.spend, 32 clients": Timed(door(at, "spend", seconds)),
        "earn, one process, 8 in flight": python(single_earn, CALLERS),
        "spend, one process, 8 in flight": python(single_spend, CALLERS),
        "coalesced earn and spend, 256 in flight": python(mixed, IN_FLIGHT),
        "the same on one member": python(hot, IN_FLIGHT),
        "pgbench -S, 8 clients": Timed(at.pgbench(["-S"], YARDSTICK, READERS, seconds)),
        "balance, one process, 8 in flight": python(read, READERS),
    }


def report(rounds: list[dict[str, Timed]]) -> None:
    print(f"{'':<42}{'ops/s':>9}{'cpu us':>9}{'server':>9}{'client':>9}{'ratio':>7}{'p99 ms':>9}")
    yardstick = ""
    for name in rounds[0]:
        yardstick = name if name.startswith("pgbench") else yardstick
        costs = [one[name].cost for one in rounds]
        ratio = median(one[yardstick].cost.cpu_us / one[name].cost.cpu_us for one in rounds)
        late = [one[name].p99 or 0 for one in rounds]
        print(
            f"{name:<42}{median(c.rate for c in costs):>9,.0f}{median(c.cpu_us for c in costs):>9.0f}"
            f"{median(1e6 * c.server / c.operations for c in costs):>9.0f}"
            f"{median(1e6 * c.client / c.operations for c in costs):>9.0f}{ratio:>7.2f}"
            + (f"{median(late):>9.1f}" if any(late) else "")
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=200_000)
    parser.add_argument("--seconds", type=int, default=5, help="of each run")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with ground(arguments.members) as at:
        report([once(at, arguments.seconds) for _ in range(arguments.rounds)])


if __name__ == "__main__":
    main()
