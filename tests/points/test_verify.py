"""Verification compares accounts, lots and open holds with what the journal alone makes of them (PTS-15, PTS-20)."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from msgspec.structs import astuple

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.points import service
from huixiang.points.model import POINTS, JournalRow, MemberRange
from huixiang.points.rules.canonical import encode_posting
from huixiang.points.rules.verification import canonical_bytes
from huixiang.points.store.postings import COLUMNS, posting_of
from huixiang.points.store.walk import copy_postings
from tests.points.pasts import Chronicle

pytestmark = [pytest.mark.requirement("PTS-15"), pytest.mark.postgres15]

MEMBERS = [UUID(int=n << 64 | 7 << 12 * 4) for n in range(1, 6)]
KINDS = {
    "earn", "transfer_in", "spend", "hold", "capture", "release", "return", "claw_back", "mature", "expire",
}  # fmt: skip


@pytest.mark.requirement("PTS-20")
@pytest.mark.parametrize("seed", range(6))
async def test_what_stands_is_what_the_journal_makes(seed: int, db: Database, clock: SettableClock) -> None:
    await Chronicle(seed, MEMBERS, clock).live(db, 400)
    async with db.snapshot() as tx:
        verified = await service.verify(tx, accounts_at_once=random.Random(seed).randint(1, 12))
        kinds = {row["kind"] for row in await tx.fetch("SELECT DISTINCT kind FROM points.posting")}
        counted = await tx.fetchrow(
            "SELECT (SELECT count(*) FROM points.account), (SELECT count(*) FROM points.posting)"
        )
    assert (verified.differences, verified.findings) == (0, [])
    assert counted is not None
    assert (verified.accounts, verified.postings) == tuple(counted)
    assert kinds >= KINDS


async def test_what_is_copied_out_is_hashed_as_it_was_posted(db: Database, clock: SettableClock) -> None:
    await Chronicle(7, MEMBERS, clock).live(db, 200)
    copied: list[bytes] = []

    def feed(rows: Iterator[JournalRow]) -> None:
        copied.extend(map(canonical_bytes, rows))

    async with db.snapshot() as tx:
        await copy_postings(tx, MemberRange(), feed)
        rows = await tx.fetch(f"SELECT {', '.join(COLUMNS)} FROM points.posting ORDER BY member_id, book, seq")  # noqa: S608
    assert copied == [encode_posting(*astuple(posting_of(row))[:-1]) for row in rows]
    assert len(copied) > 100


DAMAGES = [
    "UPDATE points.account SET balance = balance + 5, pending = pending + 1",
    "UPDATE points.account SET open_from = '9999-01-01', last_lot = 1, recorded_at = recorded_at + interval '1 s'",
    "UPDATE points.lot SET remaining = 0, held = 0, lapsed = lapsed + 1",
    "UPDATE points.lot SET matures_at = '2031-01-01', origin_posting = 1, origin_lot = 3",
    "DELETE FROM points.lot WHERE lot_no % 2 = 0",
    "DELETE FROM points.hold",
    "DELETE FROM points.account",
    "INSERT INTO points.lot SELECT member_id, book, expires_on, lot_no + 99, 1, 1, 0, 0, NULL, 1, NULL FROM points.lot",
]


@pytest.mark.requirement("PTS-20")
async def test_the_tables_are_rebuilt_from_the_journal_alone(
    db: Database, owner: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    await Chronicle(11, MEMBERS, clock).live(db, 300)
    for damage in DAMAGES:
        superuser.execute(damage.encode())
        async with db.snapshot() as tx:
            checked = await service.rebuild_members(tx, MemberRange(), check=True)
        assert checked.differences > 0
        assert checked.left > 0
        async with owner.transaction() as tx:
            rebuilt = await service.rebuild_members(tx, MemberRange())
        assert (rebuilt.findings, rebuilt.left) == (checked.findings, 0)
        async with db.snapshot() as tx:
            assert (await service.verify(tx)).findings == []
    await Chronicle(12, MEMBERS, clock).live(db, 60)
    async with db.snapshot() as tx:
        assert (await service.verify(tx)).differences == 0


@pytest.mark.requirement("PTS-20")
async def test_a_broken_journal_rebuilds_nothing(
    db: Database, owner: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    await Chronicle(2, MEMBERS[:1], clock).live(db, 40)
    superuser.execute("UPDATE points.posting SET points = points + 1 WHERE book = 1 AND seq = 3")
    superuser.execute("UPDATE points.account SET balance = balance + 1 WHERE book = 1")
    async with owner.transaction() as tx:
        rebuilt = await service.rebuild_members(tx, MemberRange())
    assert rebuilt.left == 1
    assert [finding.seq for finding in rebuilt.findings] == [3]


@pytest.mark.requirement("PTS-20")
async def test_any_day_can_be_asked_for(db: Database, clock: SettableClock) -> None:
    chronicle = Chronicle(5, MEMBERS[:2], clock)
    stood: list[tuple[datetime, tuple[int, ...]]] = []
    for _ in range(12):
        await chronicle.live(db, 8, day_every=1000)
        async with db.snapshot() as tx:
            row = await tx.fetchrow(
                "SELECT seq, balance, held, pending, debt FROM points.account WHERE member_id = $1 AND book = 1",
                MEMBERS[0],
            )
        stood.append((clock.now(), tuple(row or (0, 0, 0, 0, 0))))
        clock.advance(timedelta(days=1))
    async with db.snapshot() as tx:
        for instant, before in stood:
            was = await service.balance_as_of(tx, MEMBERS[0], POINTS, instant)
            assert (was.seq, was.balance, was.held, was.pending, was.debt) == before
            assert sum(lot.remaining for lot in was.lots) == was.balance
            ends = {
                (one.member_id, one.book): (one.balance, one.held, one.pending, one.debt)
                async for one in service.balances_at_end(tx, tx.calendar.day(instant))
            }
            assert ends.get((MEMBERS[0], 1), (0, 0, 0, 0)) == before[1:]


def verify_command(progress: Path) -> list[str]:
    """One account at a time, so that there is something to stop in the middle of."""
    run = "from huixiang.entry.cli import main; main()"
    options = ["--progress", str(progress), "--accounts-at-once", "1", "--processes", "1"]
    return [sys.executable, "-c", run, "ledger", "verify", *options]


def kill_midway(progress: Path, environment: dict[str, str]) -> None:
    """Stop a verification for good when it has walked ten accounts or so."""
    running = subprocess.Popen(verify_command(progress), env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 - ours
    deadline = time.monotonic() + 60
    while not progress.exists() or len(re.findall(rb'"accounts":[12]', progress.read_bytes())) < 10:
        assert time.monotonic() < deadline
        assert running.poll() is None
        time.sleep(0.005)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert progress.exists()


def told(progress: Path, environment: dict[str, str]) -> str:
    command = verify_command(progress)
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout  # noqa: S603 - ours


async def test_a_killed_run_goes_on_where_it_was(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any], database_url: str, tmp_path: Path
) -> None:
    members = [UUID(int=n << 64) for n in range(1, 81)]
    await Chronicle(4, members, clock).live(db, 500)
    progress, environment = tmp_path / "progress", os.environ | {"HUIXIANG_DATABASE_URL": database_url}
    kill_midway(progress, environment)
    # Found by whoever walks this account again, which the second run does not.
    superuser.execute("UPDATE points.account SET balance = balance + 1 WHERE member_id = %s", (members[0],))
    counted = superuser.execute("SELECT count(*) FROM points.posting").fetchone()
    assert counted is not None
    found = f"member {members[0]}, book points, account: balance less debt"
    second = told(progress, environment)
    assert f"{counted[0]:,} postings: " in second
    assert found not in second
    assert not progress.exists()
    assert found in told(progress, environment)
