"""The grocer's year read in, with its processor time: `python -m bench.import_rate [--members N] [--no-check]`.

An embedded PostgreSQL as `serve` starts it, a worker, and the importer in this process: what the demonstration runs but
for the API. End to end is from the first read of the source to the reconciliation; "handled" is when the worker has
taken the last event off the outbox, "habits" when no household's facts wait to be reckoned: they are gathered for a
minute. At the end every household is compared with a recount of the raw rows.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bench.http_installation import ROOT, TICK_S
from huixiang.entry.keys import use_keys
from huixiang.entry.wiring import register_rule_kinds
from huixiang.insight import service as insight
from huixiang.intake.adapters.completejourney import CompleteJourney
from huixiang.intake.jobs import run_import
from huixiang.intake.model import Report, Stage
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SystemClock
from huixiang.platform import migrations
from huixiang.platform.db import Database
from huixiang.platform.embedded.identity import Identity
from huixiang.platform.embedded.paths import Home
from huixiang.platform.embedded.postgres import EmbeddedPostgres
from huixiang.platform.settings import Settings
from huixiang.points import service as points
from huixiang.rulebook import service as rulebook
from tests.intake.ground import recounted, standings
from tests.intake.recount import recount

WORKER = "huixiang.entry.worker"
DRAINED_SECONDS = 600


class Used(msgspec.Struct, frozen=True):
    """Processor seconds up to a moment, by who used them."""

    importer: float
    postgres: float
    worker: float

    def since(self, before: Used) -> Used:
        return Used(self.importer - before.importer, self.postgres - before.postgres, self.worker - before.worker)


class Stages:
    """Prints each stage as it ends. A Watcher."""

    def entered(self, stage: Stage, done: int, total: int) -> None: ...

    def advanced(self, items: int) -> None: ...

    async def left(self, stage: Stage, items: int, seconds: float) -> None:
        print(f"{stage:<14}{items:>12,}{seconds:>10.2f} s{items / seconds:>12,.0f}/s")


def cpu_of_tree(pid: int) -> float:
    """Processor seconds of a process, its children, and those of its children that have ended."""
    ticks = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(entry.name) == pid:
                ticks += sum(int(field) for field in fields[11:15])
            elif int(fields[1]) == pid:
                ticks += sum(int(field) for field in fields[11:13])
    return ticks * TICK_S


@contextmanager
def installation(home: Path) -> Iterator[tuple[Settings, int, int]]:
    """A migrated database and a worker; their settings, and the process ids of both."""
    postgres = EmbeddedPostgres(Home(home), Identity.for_servers("nobody"))
    postgres.start()
    try:
        migrations.upgrade(postgres.url("huixiang_owner"))
        settings = Settings(
            environment="test", home=home, database_url=postgres.url("huixiang_app"), valkey="off", metrics_port=0,
            log_level="warning",
        )  # fmt: skip
        register_rule_kinds()
        use_keys(settings)
        command = [sys.executable, "-m", WORKER]
        worker = subprocess.Popen(command, env=os.environ | settings.as_environment(), cwd=ROOT)  # noqa: S603 - ours
        try:
            yield settings, postgres.pid, worker.pid
        finally:
            worker.send_signal(signal.SIGTERM)
            worker.wait(60)
    finally:
        postgres.stop()


async def drained(db: Database) -> None:
    """Until the worker has handled every event."""
    deadline = time.monotonic() + DRAINED_SECONDS
    while True:
        async with db.transaction(read_only=True) as tx:
            if await insight.kept(tx) == await insight.recount(tx):
                return
        assert time.monotonic() < deadline, f"events wait for more than {DRAINED_SECONDS} s"
        await asyncio.sleep(0.5)


async def reckoned(db: Database) -> int:
    """Until the facts of every household are reckoned; how many have some."""
    deadline = time.monotonic() + DRAINED_SECONDS
    while True:
        async with db.transaction(read_only=True) as tx:
            row = await tx.fetchrow("SELECT (SELECT count(*) FROM habits.mark), (SELECT count(*) FROM habits.member)")
        if row is not None and row[0] == 0:
            return int(row[1])
        assert time.monotonic() < deadline, f"households wait for more than {DRAINED_SECONDS} s"
        await asyncio.sleep(0.5)


async def check(db: Database, members: int | None) -> None:
    """Every household against the recount, and the ledger against itself."""
    year = recount(members)
    assert await standings(db, list(year.households)) == recounted(year)
    async with db.snapshot() as tx:
        verified = await points.verify(tx)
    assert verified.differences == 0, verified.findings[:3]
    print(f"{len(year.households):,} households equal a recount of the raw rows in points, growth and tier;")
    print(f"ledger verify: {verified.postings:,} postings of {verified.accounts:,} accounts, 0 differences")


async def measure(settings: Settings, postgres: int, worker: int, members: int | None) -> tuple[Database, Report]:
    db = await Database.open(
        str(settings.database_url), calendar=BusinessCalendar(settings.time_zone), clock=SystemClock()
    )
    async with db.transaction() as tx:
        await rulebook.load_shipped(tx)

    def used() -> Used:
        return Used(time.process_time(), cpu_of_tree(postgres), cpu_of_tree(worker))

    before, begun = used(), time.perf_counter()
    source = CompleteJourney.read(members)
    print(f"{'read':<14}{'':>12}{time.perf_counter() - begun:>10.2f} s")
    report = await run_import(db, source, Stages(), owners=members)
    took, cpu = time.perf_counter() - begun, used().since(before)
    assert report.differences == [], report.differences
    lines = report.loaded.lines
    print(f"{'end to end':<14}{lines:>12,}{took:>10.2f} s{lines / took:>12,.0f} lines/s")
    await drained(db)
    handled = time.perf_counter() - begun
    print(f"{'handled':<14}{lines:>12,}{handled:>10.2f} s{lines / handled:>12,.0f} lines/s")
    print("\nprocessor time           s    us/line")
    cpu = used().since(before) if handled > took else cpu
    for name in Used.__struct_fields__:
        seconds = getattr(cpu, name)
        print(f"{name:<18}{seconds:>8.1f}{seconds / lines * 1e6:>11.1f}")
    total = sum(getattr(cpu, name) for name in Used.__struct_fields__)
    print(f"{'all':<18}{total:>8.1f}{total / lines * 1e6:>11.1f}   ({total / handled:.2f} cores of {os.cpu_count()})\n")
    at_handled = used()
    households = await reckoned(db)
    print(f"{'habits':<14}{households:>12,}{time.perf_counter() - begun:>10.2f} s households")
    more = used().since(at_handled)
    print(f"after that: worker {more.worker:.1f} s, postgres {more.postgres:.1f} s of processor time\n")
    return db, report


async def run(members: int | None, *, compare: bool) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="huixiang-bench-") as directory,
        installation(Path(directory) / "home") as (settings, postgres, worker),
    ):
        db, _ = await measure(settings, postgres, worker, members)
        try:
            if compare:
                await check(db, members)
        finally:
            await db.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, help="only so many households")
    parser.add_argument("--no-check", action="store_true", help="leave the comparison with the recount out")
    arguments = parser.parse_args()
    asyncio.run(run(arguments.members, compare=not arguments.no_check))


if __name__ == "__main__":
    main()
