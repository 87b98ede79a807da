"""What is found where the journal, or a root, is not what it was (PTS-15)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import astuple

from huixiang.platform.db import Database
from huixiang.points import service
from huixiang.points.model import (
    CHAIN_START,
    MemberRange,
)
from huixiang.points.rules.canonical import encode_posting, link
from huixiang.points.store.postings import COLUMNS, posting_of
from tests.points.proving import MEMBERS, Superuser, verified

pytestmark = [pytest.mark.requirement("PTS-15"), pytest.mark.postgres15, pytest.mark.usefixtures("signer")]


async def tampered_with(superuser: Superuser, statement: str) -> None:
    """As the database's master, past every privilege and constraint."""
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        assert superuser.execute(statement.encode()).rowcount > 0


async def first_long_account(db: Database) -> tuple[UUID, int]:
    """The member with the most points postings, and how many."""
    async with db.snapshot() as tx:
        row = await tx.fetchrow("SELECT member_id, seq FROM points.account WHERE book = 1 ORDER BY seq DESC LIMIT 1")
    assert row is not None
    return row[0], row[1]


async def rehash(db: Database, superuser: Superuser, member_id: UUID, since: int) -> None:
    """What a forger does who has the whole database: make the chain fit to the end, then the tables."""
    async with db.snapshot() as tx:
        rows = await tx.fetch(
            f"SELECT {', '.join(COLUMNS)} FROM points.posting WHERE member_id = $1 AND book = 1 ORDER BY seq",  # noqa: S608
            member_id,
        )
    head = CHAIN_START
    for posting in map(posting_of, rows):
        head = link(head, encode_posting(*astuple(posting)[:-1]))
        if posting.seq >= since:
            of = f"WHERE member_id = '{member_id}' AND book = 1 AND seq = {posting.seq}"
            await tampered_with(superuser, f"UPDATE points.posting SET hash = decode('{head.hex()}', 'hex') {of}")  # noqa: S608
    change = f"seq = {len(rows)}, head = decode('{head.hex()}', 'hex')"
    await tampered_with(superuser, f"UPDATE points.account SET {change} WHERE member_id = '{member_id}' AND book = 1")  # noqa: S608


@pytest.mark.usefixtures("closed")
async def test_one_byte_is_found_and_named(db: Database, superuser: Superuser) -> None:
    member_id, last = await first_long_account(db)
    change = "key = overlay(key placing chr(ascii(key) + 1) from 1 for 1)"
    for seq in (1, last // 2, last):
        of = f"WHERE member_id = '{member_id}' AND book = 1 AND seq = {seq}"
        await tampered_with(superuser, f"UPDATE points.posting SET {change} {of}")  # noqa: S608
        found = await verified(db)
        assert (found.findings[0].member_id, found.findings[0].seq) == (member_id, seq)
        await tampered_with(superuser, f"UPDATE points.posting SET {change.replace('+ 1', '- 1')} {of}")  # noqa: S608
    assert (await verified(db)).differences == 0


@pytest.mark.usefixtures("closed")
async def test_a_forged_tail_that_fits_is_found_by_the_root(db: Database, superuser: Superuser) -> None:
    member_id, last = await first_long_account(db)
    of = f"WHERE member_id = '{member_id}' AND book = 1 AND seq = {last - 1}"
    await tampered_with(superuser, f"UPDATE points.posting SET cause = 'forged' {of}")  # noqa: S608
    assert (await verified(db)).findings[0].seq == last - 1
    await rehash(db, superuser, member_id, last - 1)
    found = await verified(db)
    assert found.findings == []
    assert found.differences == len(found.root_findings) >= 1
    assert f"from member {MEMBERS[0]}" in found.root_findings[0].problem


@pytest.mark.usefixtures("closed")
async def test_a_tail_that_was_cut_off_is_found_by_the_root(
    db: Database, owner: Database, superuser: Superuser
) -> None:
    member_id, last = await first_long_account(db)
    of = f"WHERE member_id = '{member_id}' AND book = 1 AND seq = {last}"
    async with db.snapshot() as tx:
        day = db.calendar.day(await tx.fetchval(f"SELECT recorded_at FROM points.posting {of}"))  # noqa: S608
    await tampered_with(superuser, f"DELETE FROM points.posting {of}")  # noqa: S608
    assert (await verified(db)).findings[0].seq == last
    await rehash(db, superuser, member_id, last)
    async with owner.transaction() as tx:
        await service.rebuild_members(tx, MemberRange())
    found = await verified(db)
    assert found.findings == []
    assert [finding.day for finding in found.root_findings] == [day]


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM points.root WHERE day = {day}",
        (
            "UPDATE points.root SET day = '1900-01-01' WHERE day = {day};"
            " UPDATE points.root SET day = {day} WHERE day = {next};"
            " UPDATE points.root SET day = {next} WHERE day = '1900-01-01'"
        ),
        "UPDATE points.root SET leaves = leaves + 1 WHERE day = {day}",
        "UPDATE points.root SET previous = sha256(previous) WHERE day = {day}",
        "UPDATE points.root SET root = sha256(root) WHERE day = {day}",
        "UPDATE points.root SET tree = sha256(tree) WHERE day = {day}",
        "UPDATE points.root SET signature = sha512(signature) WHERE day = {day}",
        "UPDATE points.signing_key SET public_key = sha256(public_key)",
        "UPDATE points.root_branch SET digest = sha256(digest) WHERE day = (SELECT min(day) FROM points.root_branch)",
    ],
)
async def test_a_root_that_was_dropped_moved_or_changed_is_found(
    damage: str, db: Database, superuser: Superuser
) -> None:
    async with db.snapshot() as tx:
        day = (await service.rooted_days(tx))[3].day
    statement = damage.format(day=f"'{day}'::date", next=f"'{day + timedelta(days=1)}'::date")
    await tampered_with(superuser, statement)
    found = await verified(db)
    assert found.root_findings
    assert found.findings == []
