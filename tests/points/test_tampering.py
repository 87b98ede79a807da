"""What verification finds in a journal that was tampered with (PTS-15)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.points import service
from huixiang.points.model import Finding
from tests.points.grocer import Past, damaged, live
from tests.support import pristine
from tests.support.fixtures import NOW, TestDatabase

pytestmark = [pytest.mark.requirement("PTS-15"), pytest.mark.postgres15]

BROKEN = "the hash does not match the posting and the one before it"
POSTINGS = 9


@pytest_asyncio.fixture(scope="module")
async def past(worker_database: TestDatabase, superuser: psycopg.Connection[Any]) -> Past:
    """Lived once: what a test damages, it undoes."""
    pristine.restore(superuser)
    clock = SettableClock(NOW)
    db = await Database.open(
        worker_database.url("huixiang_app"), calendar=BusinessCalendar("Asia/Shanghai"), clock=clock
    )
    with capture_logs():
        lived = await live(db, clock)
    await db.close()
    return lived


@pytest_asyncio.fixture(scope="module")
async def master(worker_database: TestDatabase) -> AsyncIterator[Database]:
    db = await Database.open(
        worker_database.url("postgres"), calendar=BusinessCalendar("Asia/Shanghai"), clock=SettableClock(NOW)
    )
    yield db
    await db.close()


async def found_after(master: Database, damage: str, past: Past) -> list[Finding]:
    async with damaged(master, damage, past) as tx:
        return (await service.verify(tx)).findings


async def test_a_sound_journal_is_walked_whole(past: Past, master: Database) -> None:
    async with master.snapshot() as tx:
        verified = await service.verify(tx)
        assert verified.postings == await tx.fetchval("SELECT count(*) FROM points.posting")
        assert verified.accounts == await tx.fetchval("SELECT count(*) FROM points.account")
        last = await tx.fetchval("SELECT max(seq) FROM points.posting WHERE member_id = $1 AND book = 1", past.member)
    assert (last, verified.differences, verified.findings) == (POSTINGS, 0, [])


@pytest.mark.parametrize("seq", [1, 4, POSTINGS])
@pytest.mark.parametrize(
    "change",
    [
        "points = points + 1",
        "requested = requested + 1",
        "lapsed = 1",
        "held_delta = 1",
        "pending_delta = pending_delta - 1",
        "debt_delta = 1",
        "kind = 'gift'",
        "cause = 'gift'",
        "counter_account = counter_account || '.'",
        "budget = ''",
        "rule = coalesce(rule, '') || '.'",
        "rule_version = coalesce(rule_version, 0) + 1",
        "order_ref = '{n}'",
        "occurred_at = occurred_at + interval '1 microsecond'",
        "recorded_at = recorded_at - interval '1 microsecond'",
        "key = key || '.'",
        "input_hash = sha256(input_hash)",
        "origin_key = coalesce(origin_key, '') || '.'",
        "alloc = alloc || ARRAY[1, 0, 0]::bigint[]",
        "opened = opened || ARRAY[9, 1, 1, -1, 0]::bigint[]",
        "hash = sha256(hash)",
    ],
)
async def test_no_column_of_a_posting_can_be_changed_unseen(
    change: str, seq: int, past: Past, master: Database
) -> None:
    found = await found_after(master, f"UPDATE points.posting SET {change} {{of}} AND seq = {seq}", past)  # noqa: S608
    assert found == [Finding(past.member, "points", seq, BROKEN)]


@pytest.mark.parametrize(
    ("damage", "seq", "problem"),
    [
        ("DELETE FROM points.posting {of} AND seq = 1", 1, "posting 1 is missing; 2 follows"),
        ("DELETE FROM points.posting {of} AND seq IN (3, 4)", 3, "posting 3 is missing; 5 follows"),
        ("DELETE FROM points.posting {of} AND seq = 9", 9, "the journal ends at 8, the account at 9"),
        ("DELETE FROM points.posting {of}", 1, "the journal ends at 0, the account at 9"),
        ("UPDATE points.posting SET seq = 10 {of} AND seq = 9", 9, "posting 9 is missing; 10 follows"),
        (
            "UPDATE points.posting SET book = 2, seq = 99 {of} AND seq = 9",
            9,
            "the journal ends at 8, the account at 9",
        ),
        ("UPDATE points.account SET head = sha256(head) {of}", 10, "the journal ends at 9, the account at 9"),
        ("UPDATE points.account SET seq = 8 {of}", 10, "the journal ends at 9, the account at 8"),
        ("DELETE FROM points.account {of}", 1, "there is no account for this posting"),
        ("UPDATE points.account SET balance = balance + 1 {of}", None, "balance less debt is "),
        ("UPDATE points.account SET pending = pending + 1 {of}", None, "pending is "),
        ("UPDATE points.lot SET remaining = remaining - 1 {of} AND lot_no = 1", None, "balance is "),
        ("UPDATE points.lot SET held = 1 {of} AND lot_no = 1", None, "held is 0, the lots add up to 1"),
        ("UPDATE points.lot SET matures_at = '2030-01-01' {of} AND lot_no = 1", None, "pending is "),
    ],
)
async def test_the_first_broken_place_is_named(
    damage: str, seq: int | None, problem: str, past: Past, master: Database
) -> None:
    found = await found_after(master, damage, past)
    first = next(finding for finding in found if finding.book == "points")
    assert (first.member_id, first.seq) == (past.member, seq)
    assert first.problem.startswith(problem)
    assert {finding.member_id for finding in found} == {past.member}


async def test_a_posting_forged_with_a_fitting_hash_breaks_the_one_after_it(past: Past, master: Database) -> None:
    """Whoever forges one posting must forge all that follow, and the head of the account."""
    forge = (
        "UPDATE points.posting SET points = points + 1, hash = sha256(p.hash || sha256('forged'))"
        " FROM (SELECT hash FROM points.posting {of} AND seq = 3) AS p {of} AND seq = 4"
    )
    found = await found_after(master, forge, past)
    assert [(finding.seq, finding.problem) for finding in found] == [(4, BROKEN)]


async def test_many_differences_are_counted_and_some_shown(past: Past, master: Database) -> None:
    accounts = (
        "INSERT INTO points.account SELECT md5(n::text)::uuid, 1, 1, 0, 0, 0, 0, 0, decode(repeat('00', 32), 'hex'),"
        " '{{}}'::bigint[], '1970-01-01', '9999-01-01', 0"
        " FROM generate_series(1, 1000) AS n"
    )
    async with damaged(master, accounts, past) as tx:
        verified = await service.verify(tx)
    assert verified.differences == 2000  # each says it has a point that neither postings nor lots have
    assert len(verified.findings) == 100
