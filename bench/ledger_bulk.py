"""The bulk door beside a bare COPY: `python -m bench.ledger_bulk [--quick] [--members N] [--events N] [--pending]`.

Order events on members whose accounts exist, uniformly drawn, with a cap by day, through two connections in two
processes that share the members, in the largest batches that the door takes; the yardstick is a COPY of as many rows
into a table with a UUIDv7 key and one unique index through one connection, committed as often. Both run in turns. The
events of a turn are in memory, as columns, before its clock starts.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import statistics
import tempfile
import time
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import psycopg

from bench.import_rate import cpu_of_tree
from bench.sampling import Sampler
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SystemClock
from huixiang.kernel.epoch import days, microseconds
from huixiang.kernel.layout import Bytes, Numbers, uuid_text
from huixiang.platform import migrations
from huixiang.platform.copying import CopyRow, stream
from huixiang.platform.db import Database
from huixiang.platform.embedded.identity import Identity
from huixiang.platform.embedded.paths import Home
from huixiang.platform.embedded.postgres import EmbeddedPostgres
from huixiang.points import service
from huixiang.points.model import POINTS, EarnBatch, PeriodCap
from huixiang.points.model.columns import Earnings
from huixiang.points.rules.column_postings import chain
from huixiang.points.rules.columns import input_hashes

CONNECTIONS = 2
BATCH = EarnBatch(
    book=POINTS, cause="consumption", counter_account="issued:consumption", rule="earning.default", rule_version=1,
    caps=(PeriodCap(7, "day", 2_000),),
)  # fmt: skip
FIRST = microseconds(datetime(2026, 3, 1, tzinfo=UTC))
EXPIRES = days(date(2027, 3, 31))
PER_DAY = 100_000
KEY = 47  # order:<id>:earn

YARDSTICK = "CREATE TABLE public.yardstick (id uuid PRIMARY KEY, member bigint, points integer, at timestamptz, kind smallint, store integer, key uuid UNIQUE)"  # noqa: E501
ACCOUNTS = """
INSERT INTO points.account (member_id, book, balance, held, pending, debt, seq, last_lot, head, counters, recorded_at,
                            open_from, open_lot)
SELECT member_id, 1, 0, 0, 0, 0, 0, 0, decode(repeat('00', 32), 'hex'), '{}', '1970-01-01Z', '9999-01-01', 0
FROM public.bench_member ORDER BY member_id
"""
HEADS = """
INSERT INTO platform.outbox_head (member_id, seq, recorded_at)
SELECT member_id, 1, '1970-01-01Z' FROM public.bench_member ORDER BY member_id
"""
STATEMENTS = """
SELECT regexp_replace(left(query, 68), '\\s+', ' ', 'g') AS statement, sum(calls), sum(total_exec_time)
FROM pg_stat_statements WHERE query !~ 'pg_stat|yardstick' GROUP BY 1 ORDER BY 3 DESC LIMIT 14
"""


class Turn(msgspec.Struct, frozen=True):
    """One side's turn: rows in so many seconds, with the processor seconds of clients, and of them those that went into
    canonical bytes and SHA-256."""

    rows: int
    seconds: float
    client: float
    left: int = 0
    hashing: float = 0

    @property
    def rate(self) -> float:
        return self.rows / self.seconds


def member_ids(count: int) -> Bytes:
    """UUIDv7s of members who joined one after the other."""
    ids = np.random.default_rng(1).integers(0, 256, (count, 16), np.uint8)
    ids[:, :6] = (1_700_000_000_000 + np.arange(count) * 1000).astype(">u8").view(np.uint8).reshape(count, 8)[:, 2:]
    ids[:, 6] = ids[:, 6] & 0x0F | 0x70
    ids[:, 8] = ids[:, 8] & 0x3F | 0x80
    return ids


def order_events(members: Bytes, first: int, count: int, *, pending: bool) -> Earnings:
    """The events from a number on, of these members, in the order of time."""
    random = np.random.default_rng(first)
    number = first + np.arange(count)
    occurred: Numbers = FIRST + number * (86_400_000_000 // PER_DAY)
    orders = random.integers(0, 256, (count, 16), np.uint8)
    keys = np.empty((count, KEY), np.uint8)
    keys[:, :6], keys[:, 42:] = np.frombuffer(b"order:", np.uint8), np.frombuffer(b":earn", np.uint8)
    keys[:, 6:42] = uuid_text(orders)
    return Earnings(
        members=members[random.integers(0, len(members), count)],
        keys=keys.reshape(-1),
        key_starts=np.arange(count) * KEY,
        key_lengths=np.full(count, KEY, np.int64),
        points=random.integers(1, 500, count),
        occurred=occurred,
        orders=orders,
        has_order=np.ones(count, np.bool_),
        expires=np.full(count, EXPIRES, np.int64),
        matures=occurred + 8 * 86_400_000_000 if pending else np.full(count, -1, np.int64),
    )


def work(url: str, members: Bytes, pipe: Connection, pending: bool) -> None:  # noqa: FBT001 - a process's arguments
    """One connection's share: posts what it is told to."""
    asyncio.run(_work(url, members, pipe, pending=pending))


async def _work(url: str, members: Bytes, pipe: Connection, *, pending: bool) -> None:
    db = await Database.open(url, calendar=BusinessCalendar("Asia/Shanghai"), clock=SystemClock(), max_size=1)
    while (told := pipe.recv()) is not None:
        first, count, size = told
        batches = [
            order_events(members, at, min(size, first + count - at), pending=pending)
            for at in range(first, first + count, size)
        ]
        pipe.send(None)
        pipe.recv()
        cpu = time.process_time()
        left = 0
        with Sampler([chain, input_hashes]) as sampler:
            for events in batches:
                async with db.transaction() as tx:
                    earned = await service.earn_bulk(tx, BATCH, events)
                left += len(earned.left)
                for _, command in earned.left:
                    async with db.transaction() as tx:
                        await service.post(tx, [command])
        cpu = time.process_time() - cpu
        pipe.send((left, cpu, cpu * sampler.share))
    await db.close()


def bulk_turn(pipes: list[Any], first: int, count: int, size: int) -> Turn:
    share = count // len(pipes)
    for number, pipe in enumerate(pipes):
        pipe.send((first + number * share, share, size))
    for pipe in pipes:
        pipe.recv()
    begun = time.perf_counter()
    for pipe in pipes:
        pipe.send(None)
    answers = [pipe.recv() for pipe in pipes]
    seconds = time.perf_counter() - begun
    left, client, hashing = (sum(column) for column in zip(*answers, strict=True))
    return Turn(share * len(pipes), seconds, client, left, hashing)


async def bare_copy(url: str, first: int, count: int, size: int) -> Turn:
    random = np.random.default_rng(first)
    chunks = []
    for at in range(first, first + count, size):
        n = min(size, first + count - at)
        ids = random.integers(0, 256, (2, n, 16), np.uint8)
        ids[:, :, :6] = (1_700_000_000_000 + at + np.arange(n)).astype(">u8").view(np.uint8).reshape(n, 8)[:, 2:]
        row = CopyRow(7)
        row.octets_of(ids[0])
        row.int8(random.integers(0, 1_000_000, n))
        row.int4(random.integers(1, 500, n))
        row.timestamptz(FIRST + np.arange(n))
        row.int2(1)
        row.int4(random.integers(1, 500, n))
        row.octets_of(ids[1])
        chunks.append(row.rows(n).tobytes())
    db = await Database.open(url, calendar=BusinessCalendar("Asia/Shanghai"), clock=SystemClock(), max_size=1)
    async with db.transaction() as tx:
        await tx.fetchval("SELECT 1")
    cpu, begun = time.process_time(), time.perf_counter()
    for chunk in chunks:
        async with db.transaction() as tx:
            await tx.copy_rows(
                "public.yardstick", ("id", "member", "points", "at", "kind", "store", "key"), stream(chunk)
            )
    turn = Turn(count, time.perf_counter() - begun, time.process_time() - cpu)
    await db.close()
    return turn


def prepare(owner: psycopg.Connection[Any], members: Bytes) -> None:
    owner.execute("CREATE TABLE public.bench_member (member_id uuid)")
    with owner.cursor().copy("COPY public.bench_member FROM STDIN (FORMAT binary)") as copy:
        row = CopyRow(1)
        row.octets_of(members)
        for part in stream(row.rows(len(members)).tobytes()):
            copy.write(part)
    owner.execute(ACCOUNTS)
    owner.execute(HEADS)
    owner.execute(YARDSTICK)
    owner.execute("GRANT ALL ON public.yardstick TO huixiang_app")
    owner.execute("VACUUM ANALYZE points.account, platform.outbox_head")
    owner.execute("CHECKPOINT")


def report(ours: list[Turn], bare: list[Turn], server: float, bare_server: float) -> None:
    ratios = [one.rate / other.rate for one, other in zip(ours, bare, strict=True)]
    events = sum(turn.rows for turn in ours)
    client = sum(turn.client for turn in ours)
    print(f"{'bulk door':<24}{statistics.median(turn.rate for turn in ours):>12,.0f} events/s")
    print(f"{'COPY, two indexes':<24}{statistics.median(turn.rate for turn in bare):>12,.0f} rows/s")
    print(f"{'ratio, median':<24}{statistics.median(ratios):>12.3f}   of {', '.join(f'{r:.3f}' for r in ratios)}")
    print(f"{'processor, server':<24}{server / events * 1e6:>12.1f} us/event")
    print(f"{'processor, clients':<24}{client / events * 1e6:>12.1f} us/event")
    hashing = sum(turn.hashing for turn in ours)
    print(f"{'canonical bytes, SHA-256':<24}{hashing / (server + client) * 100:>12.1f} % of both, by samples")
    print(f"{'the same of COPY':<24}{bare_server / events * 1e6:>12.1f} server")
    print(f"{'':<24}{sum(turn.client for turn in bare) / events * 1e6:>12.1f} client")
    print(f"{'to the general door':<24}{sum(turn.left for turn in ours):>12,}")


def run(members: int, events: int, size: int, rounds: int, *, pending: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="huixiang-bench-") as directory:
        postgres = EmbeddedPostgres(
            Home(Path(directory) / "home"), Identity.for_servers("nobody"), overrides={"track_io_timing": "off"}
        )
        postgres.start()
        try:
            migrations.upgrade(postgres.url("huixiang_owner"))
            measure(postgres, members, events // rounds, size, rounds, pending=pending)
        finally:
            postgres.stop()


def measure(postgres: EmbeddedPostgres, members: int, count: int, size: int, rounds: int, *, pending: bool) -> None:
    url, ids = postgres.url("huixiang_app"), member_ids(members)
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as owner:
        prepare(owner, ids)
        pipes, workers = [], []
        for half in np.array_split(ids, CONNECTIONS):
            here, there = multiprocessing.get_context("spawn").Pipe()
            worker = multiprocessing.get_context("spawn").Process(target=work, args=(url, half, there, pending))
            worker.start()
            pipes.append(here)
            workers.append(worker)
        owner.execute("SELECT pg_stat_statements_reset()")
        ours, bare, server, bare_server = [], [], 0.0, 0.0
        for number in range(rounds):
            before = cpu_of_tree(postgres.pid)
            bare.append(asyncio.run(bare_copy(url, number * count, count, size)))
            bare_server += cpu_of_tree(postgres.pid) - before
            before = cpu_of_tree(postgres.pid)
            ours.append(bulk_turn(pipes, number * count, count, size))
            server += cpu_of_tree(postgres.pid) - before
            print(f"turn {number + 1}: COPY {bare[-1].rate:,.0f}/s, bulk {ours[-1].rate:,.0f}/s", flush=True)
        for pipe in pipes:
            pipe.send(None)
        for worker in workers:
            worker.join()
        print()
        report(ours, bare, server, bare_server)
        print("\nserver, by statement, us/event")
        for statement, calls, milliseconds in owner.execute(STATEMENTS).fetchall():
            print(f"{milliseconds * 1e3 / (count * rounds):>8.2f}  {calls:>6}  {statement}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="100,000 members, 200,000 events")
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--batch", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pending", action="store_true", help="points that wait out a return window")
    given = parser.parse_args()
    members, events, size = (100_000, 200_000, 20_000) if given.quick else (given.members, given.events, given.batch)
    run(members, events, size, given.rounds, pending=given.pending)


if __name__ == "__main__":
    main()
