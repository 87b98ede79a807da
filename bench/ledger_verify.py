"""`huixiang ledger verify` over a large journal: `python -m bench.ledger_verify [--postings N] [--processes P]`.

Members' histories of earnings, spending, holds and claw-backs are decided by the ledger's own rules and copied in with
the accounts, lots and holds that they leave; then the command is run as an operator would, several times.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec.structs import astuple

from bench.ledger_ground import Ground, ground
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database, Transaction
from huixiang.points.model import (
    POINTS,
    Account,
    Capture,
    Command,
    Credit,
    HeldPoints,
    Hold,
    Lot,
    Posting,
    Source,
    Spend,
    hold_key,
)
from huixiang.points.rules.ledger import apply
from huixiang.points.rules.moment import moment
from huixiang.points.rules.origins import Origin
from huixiang.points.store.accounts import COLUMNS as ACCOUNT_COLUMNS
from huixiang.points.store.lots import COLUMNS as LOT_COLUMNS
from huixiang.points.store.postings import COLUMNS as POSTING_COLUMNS

BEGIN = datetime(2026, 1, 5, 1, tzinfo=UTC)
CALENDAR = BusinessCalendar("Asia/Shanghai")
POSTINGS_EACH = 20
MEMBERS_AT_ONCE = 2_000
TARGET_S, STRETCH_S = 20, 10
RUN = "from huixiang.entry.cli import main; main()"


MEMBERS = """
INSERT INTO members.member
    (member_id, number, state, channel, registered_at, recorded_at, attributes, registration_hash)
SELECT member_id, member_id::text, 'active', 'till', recorded_at, recorded_at, '{}', '' FROM points.account
"""


def commands(draw: random.Random, member: UUID) -> Iterator[tuple[Command, datetime]]:
    """A year of a member: mostly earnings, every fifth time something is spent, at once or through a hold."""
    now = BEGIN + timedelta(seconds=draw.randrange(86_400))
    for number in range(POSTINGS_EACH):
        now += timedelta(days=draw.randint(1, 30))
        order = UUID(int=member.int + number)
        source = Source(
            key=f"order:{order}:earn", cause="bonus", counter_account="issued:bonus", occurred_at=now,
            rule="earning.default", rule_version=1,
        )  # fmt: skip
        if number % 5 < 3:
            expires = (now + timedelta(days=4000)).date()
            yield (
                Credit(member_id=member, book=POINTS, points=draw.randint(50, 300), source=source, expires_on=expires),
                now,
            )
        elif number % 10 < 5:
            yield Spend(member_id=member, book=POINTS, points=70, source=source), now
        elif number % 5 == 3:
            yield Hold(member_id=member, book=POINTS, hold_id=order, points=70, source=source, expires_at=None), now
        else:
            hold_id = UUID(int=order.int - 1)
            yield Capture(member_id=member, book=POINTS, hold_id=hold_id, points=70, source=source), now


def live(draw: random.Random, member: UUID) -> tuple[Account, list[Posting]]:
    account = Account(member, POINTS, lots={}, holds={})
    postings: dict[str, Posting] = {}
    for command, now in commands(draw, member):
        made = postings.get(hold_key(command.hold_id)) if isinstance(command, Capture) else None
        outcome = apply(account, command, moment(now, CALENDAR), Origin(made) if made else None)
        for posting in (*outcome.settled, outcome.posting):
            if posting:
                postings[posting.key] = posting
    return account, list(postings.values())


async def fill(tx: Transaction, members: range) -> None:
    draw = random.Random(members.start)
    lived = [live(draw, UUID(int=n << 64 | 7 << 12)) for n in members]
    await tx.copy_in("points.posting", POSTING_COLUMNS, (astuple(one) for _, postings in lived for one in postings))
    await tx.copy_in(
        "points.account",
        ("member_id", "book", *ACCOUNT_COLUMNS),
        ((a.member_id, a.book.number, *(getattr(a, column) for column in ACCOUNT_COLUMNS)) for a, _ in lived),
    )
    await tx.copy_in(
        "points.lot",
        ("member_id", "book", *LOT_COLUMNS),
        ((*a.key, *_values(lot)) for a, _ in lived for lot in a.lots.values()),
    )
    columns = ("member_id", "book", "hold_id", "points", "alloc", "expires_at", "order_ref")
    await tx.copy_in("points.hold", columns, ((*a.key, *astuple(held)) for a, _ in lived for held in a.holds.values()))


def _values(row: Lot | HeldPoints) -> tuple[object, ...]:
    return tuple(getattr(row, column) for column in LOT_COLUMNS)


async def fill_all(made: Ground, postings: int) -> None:
    db = await Database.open(made.server.url("postgres"), calendar=CALENDAR, clock=SettableClock(BEGIN), max_size=1)
    members = postings // POSTINGS_EACH
    for start in range(1, members + 1, MEMBERS_AT_ONCE):
        async with db.transaction() as tx:
            await fill(tx, range(start, min(start + MEMBERS_AT_ONCE, members + 1)))
    async with db.pool.acquire() as connection:
        await connection.execute(MEMBERS)
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    await db.close()


def verify(made: Ground, processes: int) -> tuple[float, float, float, dict[str, object]]:
    """Seconds; processor seconds of the server and of the command; what it said."""
    environment = os.environ | {"HUIXIANG_DATABASE_URL": made.app_url}
    command = [sys.executable, "-c", RUN, "ledger", "verify", "--json", "--processes", str(processes)]
    server, own, begun = made.server_cpu_s(), _children_s(), time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    seconds = time.perf_counter() - begun
    assert done.returncode == 0, done.stdout + done.stderr
    return seconds, made.server_cpu_s() - server, _children_s() - own, json.loads(done.stdout)


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postings", type=int, default=1_000_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with ground(0) as made:
        begun = time.perf_counter()
        asyncio.run(fill_all(made, given.postings))
        print(f"filled in {time.perf_counter() - begun:.0f} s")
        runs = []
        for _ in range(given.rounds):
            seconds, server, own, report = verify(made, given.processes)
            runs.append((seconds, report))
            print(f"{seconds:6.2f} s   processor: server {server:5.2f} s, command {own:5.2f} s")
    report = runs[-1][1]
    counted = int(str(report["postings"]))
    median = statistics.median(seconds for seconds, _ in runs)
    print(
        f"{counted:,} postings of {report['accounts']:,} accounts: {median:.2f} s, {1e6 * median / counted:.1f} us each"
    )
    print(f"a million in {1e6 * median / counted:.1f} s; bar {TARGET_S} s, stretch {STRETCH_S} s")


if __name__ == "__main__":
    main()
