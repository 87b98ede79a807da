"""Verification on columns proves every sound account, and none in which the walk over single postings finds a fault."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import pytest
import pytest_asyncio
from msgspec.structs import astuple

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database, Transaction
from huixiang.points import service
from huixiang.points.model import CHAIN_START, Finding, MemberRange, StoredAccount
from huixiang.points.model.walked import JournalColumns
from huixiang.points.rules.canonical import encode_posting, link
from huixiang.points.rules.column_proof import Proven, prove
from huixiang.points.rules.column_walk import canonical, walk
from huixiang.points.rules.verification import Walk
from huixiang.points.service.verify import FINDINGS_SHOWN, walk_members
from huixiang.points.store.books import all_books
from huixiang.points.store.postings import COLUMNS, posting_of
from huixiang.points.store.walk_columns import BATCH_BYTES, copy_columns, load_columns
from tests.points.pasts import Chronicle
from tests.points.test_sweep import earn
from tests.support.fixtures import TestDatabase

pytestmark = [pytest.mark.requirement("PTS-15"), pytest.mark.postgres15]

MEMBERS = [UUID(int=n << 64 | 7 << 12 * 4) for n in range(1, 6)]
POSTINGS = f"SELECT {', '.join(COLUMNS)} FROM points.posting ORDER BY member_id, book, seq"  # noqa: S608


@pytest_asyncio.fixture
async def master(
    worker_database: TestDatabase, clock: SettableClock, calendar: BusinessCalendar
) -> AsyncIterator[Database]:
    database = await Database.open(worker_database.url("postgres"), calendar=calendar, clock=clock)
    yield database
    await database.close()


async def journal(tx: Transaction, batch_bytes: int = BATCH_BYTES) -> list[JournalColumns]:
    batches: list[JournalColumns] = []
    await copy_columns(tx, MemberRange(), batches.append, batch_bytes)
    return batches


async def proven(tx: Transaction, batch_bytes: int = BATCH_BYTES) -> Proven:
    walked = [walk(postings) for postings in await journal(tx, batch_bytes)]
    return prove(await load_columns(tx, MemberRange()), walked, await all_books(tx))


async def walked_alone(tx: Transaction) -> list[Finding]:
    books = await all_books(tx)
    findings: list[Finding] = []

    def look(account: Walk, stored: StoredAccount) -> None:
        findings.extend(account.findings(stored, books[account.book]))

    await walk_members(tx, MemberRange(), look)
    return sorted(findings, key=lambda finding: (finding.member_id, finding.book))


async def verified(tx: Transaction) -> tuple[int, list[Finding]]:
    done = await service.verify(tx)
    return done.differences, done.findings


@pytest.mark.parametrize("seed", [21, 22, 23])
async def test_a_sound_journal_is_proven_without_a_walk(seed: int, db: Database, clock: SettableClock) -> None:
    await Chronicle(seed, MEMBERS, clock).live(db, 400)
    async with db.snapshot() as tx:
        found = await proven(tx)
        accounts, postings, holds = await tx.fetchrow(
            "SELECT (SELECT count(*) FROM points.account), (SELECT count(*) FROM points.posting),"
            " (SELECT count(*) FROM points.hold)"
        ) or (0, 0, 0)
    assert found == Proven(accounts, postings, [])
    assert postings > 200
    assert holds > 0


async def test_columns_are_hashed_as_the_postings_were(db: Database, clock: SettableClock) -> None:
    await Chronicle(24, MEMBERS, clock).live(db, 200)
    async with db.snapshot() as tx:
        rows = await tx.fetch(POSTINGS)
        (postings,) = await journal(tx)
    encoded: dict[int, bytes] = {}
    for sheet in postings.sheets:
        encoded |= dict(zip(sheet.rows.tolist(), map(bytes, canonical(postings, sheet)), strict=True))
    assert [encoded[row] for row in range(len(rows))] == [
        encode_posting(*astuple(posting_of(row))[:-1]) for row in rows
    ]


async def test_accounts_too_long_for_a_batch_are_left_to_the_walk(db: Database) -> None:
    async with db.transaction() as tx:
        await service.post(
            tx, [earn(MEMBERS[0], f"e{n}", 5, 40) for n in range(2_500)] + [earn(MEMBERS[1], "e", 5, 40)]
        )
    async with db.snapshot() as tx:
        assert await proven(tx, batch_bytes=5_000) == Proven(2, 1, [MEMBERS[0].bytes + b"\0\1"])
        assert await proven(tx) == Proven(2, 2_501, [])
        assert (await service.verify(tx)).differences == 0


# What whoever forges a whole chain may do: to each account, at its first posting for which it holds.
FORGED = [
    ("points = points + 1", "TRUE"),
    ("points = points + 1, requested = requested + 1", "points > 0"),
    ("requested = 0", "points <> 0"),
    ("debt_delta = debt_delta + 1", "TRUE"),
    ("pending_delta = pending_delta + 1", "TRUE"),
    ("held_delta = held_delta - 1", "held_delta > 0"),
    ("recorded_at = recorded_at + interval '1 second'", "seq = last"),
    ("recorded_at = recorded_at + interval '1 year'", "seq < last"),
    ("alloc[1] = alloc[1] + 1", "cardinality(alloc) > 0"),
    ("alloc[1] = -alloc[1]", "cardinality(alloc) > 0"),
    ("alloc[1] = (1::bigint << 40) + alloc[1]", "cardinality(alloc) > 0"),
    ("alloc = alloc || 1::bigint", "TRUE"),
    ("alloc = '{}'", "cardinality(alloc) > 0"),
    ("kind = 'expire'", "kind = 'spend'"),
    ("kind = 'gift'", "kind = 'mature'"),
    ("kind = 'gift'", "kind = 'expire'"),
    ("opened[1] = opened[1] + 1", "cardinality(opened) > 0"),
    ("opened[2] = opened[2] - 1", "cardinality(opened) > 0"),
    ("opened[3] = opened[3] - 1", "cardinality(opened) > 0"),
    ("opened[5] = 77", "cardinality(opened) > 0"),
    ("opened = opened || opened", "cardinality(opened) > 0"),
    ("key = 'hold:' || gen_random_uuid()", "kind = 'hold'"),
    ("origin_key = origin_key || '0'", "held_delta < 0"),
    ("order_ref = gen_random_uuid()", "key IN (SELECT 'hold:' || hold_id FROM points.hold)"),
]


class _Undo(Exception):
    pass


@asynccontextmanager
async def forged(master: Database, change: str, where: str) -> AsyncIterator[Transaction]:
    """Change a posting of each account, hash anew what follows from it, and undo that in the end."""
    with suppress(_Undo):
        async with master.transaction() as tx:
            changed = await tx.execute(
                f"""
                UPDATE points.posting AS p SET {change} FROM (
                    SELECT DISTINCT ON (member_id, book) member_id, book, seq FROM (
                        SELECT q.*, max(seq) OVER (PARTITION BY member_id, book) AS last FROM points.posting AS q
                    ) AS q WHERE {where} ORDER BY member_id, book, seq
                ) AS chosen
                WHERE (p.member_id, p.book, p.seq) = (chosen.member_id, chosen.book, chosen.seq)
                """  # noqa: S608 - of this file
            )
            assert changed > 0
            await _hash_anew(tx)
            yield tx
            raise _Undo


async def _hash_anew(tx: Transaction) -> None:
    heads: dict[tuple[UUID, int], bytes] = {}
    hashes = []
    for posting in map(posting_of, await tx.fetch(POSTINGS)):
        key = (posting.member_id, posting.book)
        heads[key] = link(heads.get(key, CHAIN_START), encode_posting(*astuple(posting)[:-1]))
        hashes.append((*key, posting.seq, heads[key]))
    await tx.executemany("UPDATE points.posting SET hash = $4 WHERE member_id = $1 AND book = $2 AND seq = $3", hashes)
    await tx.executemany(
        "UPDATE points.account SET head = $3 WHERE member_id = $1 AND book = $2",
        [(*key, head) for key, head in heads.items()],
    )


async def test_a_forged_chain_is_found_where_the_walk_finds_it(
    db: Database, master: Database, clock: SettableClock
) -> None:
    await Chronicle(26, MEMBERS[:3], clock).live(db, 300)
    for change, where in FORGED:
        async with forged(master, change, where) as tx:
            found = await walked_alone(tx)
            assert found, change
            assert await verified(tx) == (len(found), found[:FINDINGS_SHOWN]), change
    async with forged(master, "rule = 'another'", "TRUE") as tx:  # nothing that can be known from what follows
        assert (await walked_alone(tx), (await proven(tx)).others) == ([], [])
    async with forged(master, "key = upper(key)", "kind = 'hold'") as tx:  # uncommon, and not a fault
        assert (await walked_alone(tx), await verified(tx)) == ([], (0, []))
        assert (await proven(tx)).others


DAMAGES = [
    "UPDATE points.account SET balance = balance + 1",
    "UPDATE points.account SET seq = seq + 1",
    "UPDATE points.account SET last_lot = last_lot + 1",
    "UPDATE points.account SET balance = balance + 1, held = held + 1",
    "UPDATE points.account SET recorded_at = recorded_at + interval '1 microsecond'",
    "UPDATE points.account SET open_from = '9999-01-01', open_lot = 1000",
    "UPDATE points.account SET open_lot = open_lot + 1",
    "UPDATE points.account SET head = '\\x00'",
    "UPDATE points.account SET seq = 0, head = decode(repeat('00', 32), 'hex')",
    "UPDATE points.lot SET original = original + 1 WHERE remaining > 0",
    "UPDATE points.lot SET lapsed = lapsed + 1 WHERE remaining = 0",
    "UPDATE points.lot SET remaining = remaining + 1, lapsed = lapsed - 1",
    "UPDATE points.lot SET matures_at = NULL WHERE matures_at IS NOT NULL",
    "UPDATE points.lot SET origin_posting = origin_posting + 1",
    "UPDATE points.lot SET expires_on = expires_on + 1",
    "UPDATE points.lot SET lot_no = lot_no + (1::bigint << 40)",
    "UPDATE points.hold SET points = points + 1",
    "UPDATE points.hold SET alloc = alloc || alloc",
    "UPDATE points.hold SET hold_id = gen_random_uuid()",
    "DELETE FROM points.hold",
    "DELETE FROM points.account WHERE book = 1",
    "DELETE FROM points.posting WHERE book = 1",
    "INSERT INTO points.lot SELECT gen_random_uuid(), 1, '2027-01-01', 1, 1, 1, 0, 0, NULL, 1, NULL",
    "INSERT INTO points.hold SELECT gen_random_uuid(), gen_random_uuid(), 1, 1, '{1,1}', NULL, NULL",
]


async def test_what_is_done_to_tables_is_found_where_the_walk_finds_it(
    db: Database, master: Database, clock: SettableClock
) -> None:
    await Chronicle(27, MEMBERS, clock).live(db, 200)
    for damage in DAMAGES:
        with suppress(_Undo):
            async with master.transaction() as tx:
                assert await tx.execute(damage) > 0, damage
                found = await walked_alone(tx)
                assert found, damage
                assert await verified(tx) == (len(found), found[:FINDINGS_SHOWN]), damage
                raise _Undo
