"""Ten thousand who ask for a hundred, from two processes over 64 connections: how long a refusal takes, and that
exactly a hundred are given. Then how many parts of a budget are taken in a second, by sub-counters.

`python -m bench rush`: with the gate in each process alone, and with the gate in Valkey too.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huixiang.platform import migrations
from huixiang.platform.embedded.identity import Identity
from huixiang.platform.embedded.paths import Home
from huixiang.platform.embedded.postgres import EmbeddedPostgres
from huixiang.platform.embedded.valkey import EmbeddedValkey
from huixiang.stock import service
from huixiang.stock.model import Kind, ResourceRow
from tests.concurrency.load import opened
from tests.concurrency.stock_processes import Rush, rush

BAR_MS = 1000.0
CONNECTIONS = 64
GIVEN = 100


@contextmanager
def servers() -> Iterator[tuple[str, str]]:
    """PostgreSQL and Valkey in a directory that is thrown away, by their URLs."""
    with tempfile.TemporaryDirectory(prefix="huixiang-bench-") as name:
        Path(name).chmod(0o755)
        identity = Identity.for_servers("nobody")
        postgres = EmbeddedPostgres(Home(Path(name) / "home"), identity)
        valkey = EmbeddedValkey(Home(Path(name) / "home"), identity)
        postgres.start()
        valkey.start()
        try:
            migrations.upgrade(postgres.url("huixiang_owner"))
            yield postgres.url("huixiang_app"), valkey.url
        finally:
            valkey.stop()
            postgres.stop()


async def define(url: str, key: str, capacity: int, shards: int) -> None:
    db = await opened(url, 1)
    async with db.transaction() as tx:
        row = ResourceRow(kind=Kind.SLOT, key=key, unit="pieces", capacity=capacity, version=1, shards=shards)
        await service.define(tx, [row])
    await db.close()


def told(name: str, said: Rush, seconds: float) -> float:
    """Print how it went; the p99 of refusals in ms."""
    refused = sorted(ms for number, ms in said.ms.items() if said.answers[number] == "exhausted")
    p99 = statistics.quantiles(refused, n=100)[98]
    counted = said.counted
    print(
        f"{name:<26}given {counted['taken']:>4}  refused {counted['exhausted']:>6}  in {seconds:5.2f} s   "
        f"refusals: median {statistics.median(refused):6.2f} ms, p99 {p99:7.2f} ms",
        flush=True,
    )
    return p99


async def measure(url: str, valkey: str, people: int) -> int:
    slowest = 0.0
    for shards in (1, 8):
        for gate, name in (("", "gate of each process"), (valkey, "gate in Valkey")):
            key = f"rush-{shards}-{bool(gate)}"
            await define(url, key, GIVEN, shards)
            before = time.perf_counter()
            said = await rush(url, gate, CONNECTIONS, people, key)
            slowest = max(slowest, told(f"{name}, {shards} part(s)", said, time.perf_counter() - before))
            if said.counted["taken"] != GIVEN:
                print(f"given {said.counted['taken']}, not {GIVEN}")
                return 1
    for shards in (1, 8):
        await define(url, f"budget-{shards}", 10**9, shards)
        said = await rush(url, "", CONNECTIONS, people, f"budget-{shards}", 7)
        taken = sorted(said.ms.values())
        p99 = statistics.quantiles(taken, n=100)[98]
        each = sum(taken) / len(taken)
        print(f"budget of {shards} part(s): {CONNECTIONS * 1000 / each:7.0f} takings/s, p99 {p99:.2f} ms", flush=True)
    return int(slowest > BAR_MS)


def main() -> int:
    parser = argparse.ArgumentParser(description="ten thousand who ask for a hundred")
    parser.add_argument("--people", type=int, default=10_000)
    given = parser.parse_args()
    with servers() as (url, valkey):
        return asyncio.run(measure(url, valkey, given.people))


if __name__ == "__main__":
    raise SystemExit(main())
