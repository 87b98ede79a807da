"""The sweep of a day beside a bare COPY: `python -m bench.ledger_sweep [--quick] [--members N] [--lots N]`.

Lots that expired yesterday, spread over members as orders leave them, are swept as the jobs do it, through as many
connections and in chunks of as many accounts; the yardstick is that of `bench.ledger_bulk`, committed every `--chunk`
rows. Both run in turns.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import psycopg

from bench.import_rate import cpu_of_tree
from bench.ledger_bulk import BATCH, STATEMENTS, Turn, bare_copy, member_ids, order_events, prepare
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SystemClock
from huixiang.kernel.epoch import days
from huixiang.kernel.layout import Bytes
from huixiang.platform import migrations
from huixiang.platform.db import Database
from huixiang.platform.embedded.identity import Identity
from huixiang.platform.embedded.paths import Home
from huixiang.platform.embedded.postgres import EmbeddedPostgres
from huixiang.points import service
from huixiang.points.model import POINTS
from huixiang.points.service import sweep
from huixiang.points.service.sweep import Due


async def earn(db: Database, members: Bytes, first: int, count: int, size: int) -> None:
    """Lots whose last day was yesterday."""
    yesterday = days(db.calendar.day(db.clock.now()) - timedelta(days=1))
    for at in range(first, first + count, size):
        events = order_events(members, at, min(size, first + count - at), pending=False)
        events = replace(events, expires=np.full(len(events), yesterday, np.int64))
        async with db.transaction() as tx:
            assert not (await service.earn_bulk(tx, BATCH, events)).left


async def sweep_turn(db: Database, count: int) -> Turn:
    cpu, begun = time.process_time(), time.perf_counter()
    settled = await sweep.sweep_all(db, POINTS, Due.EXPIRY)
    turn = Turn(count, time.perf_counter() - begun, time.process_time() - cpu)
    print(f"  {settled:,} accounts", end="")
    return turn


async def measure(postgres: EmbeddedPostgres, members: int, count: int, chunk: int, rounds: int) -> None:
    ids = member_ids(members)
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as owner:
        prepare(owner, ids)
        url = postgres.url("huixiang_app")
        db = await Database.open(url, calendar=BusinessCalendar("Asia/Shanghai"), clock=SystemClock())
        ours, bare, server = [], [], 0.0
        for number in range(rounds):
            await earn(db, ids, number * count, count, chunk)
            bare.append(await bare_copy(url, number * count, count, chunk))
            owner.execute("SELECT pg_stat_statements_reset()")
            before = cpu_of_tree(postgres.pid)
            ours.append(await sweep_turn(db, count))
            server += cpu_of_tree(postgres.pid) - before
            print(f"  turn {number + 1}: COPY {bare[-1].rate:,.0f}/s, sweep {ours[-1].rate:,.0f} lots/s", flush=True)
        await db.close()
        ratios = [one.rate / other.rate for one, other in zip(ours, bare, strict=True)]
        print(f"\n{'sweep':<24}{statistics.median(turn.rate for turn in ours):>12,.0f} lots/s")
        print(f"{'COPY, two indexes':<24}{statistics.median(turn.rate for turn in bare):>12,.0f} rows/s")
        print(f"{'ratio, median':<24}{statistics.median(ratios):>12.3f}   of {', '.join(f'{r:.3f}' for r in ratios)}")
        print(f"{'processor, server':<24}{server / (count * rounds) * 1e6:>12.1f} us/lot")
        print(f"{'processor, client':<24}{sum(turn.client for turn in ours) / (count * rounds) * 1e6:>12.1f} us/lot")
        print("\nserver, by statement, us/lot, last turn")
        for statement, calls, milliseconds in owner.execute(STATEMENTS).fetchall():
            print(f"{milliseconds * 1e3 / count:>8.2f}  {calls:>6}  {statement}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="100,000 members, 100,000 lots")
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--lots", type=int, default=1_000_000)
    parser.add_argument("--chunk", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    members, lots, chunk = (100_000, 100_000, 20_000) if given.quick else (given.members, given.lots, given.chunk)
    with tempfile.TemporaryDirectory(prefix="huixiang-bench-") as directory:
        postgres = EmbeddedPostgres(Home(Path(directory) / "home"), Identity.for_servers("nobody"))
        postgres.start()
        try:
            migrations.upgrade(postgres.url("huixiang_owner"))
            asyncio.run(measure(postgres, members, lots // given.rounds, chunk, given.rounds))
        finally:
            postgres.stop()


if __name__ == "__main__":
    main()
