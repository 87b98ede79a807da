"""The chain of the audit log: what is changed, taken out, put in or moved, by whatever role, is found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.members.adapters.key_file import FileKeys
from huixiang.members.adapters.personal import MemberSealer
from huixiang.platform.db import Database
from huixiang.points.adapters.signing_keys import FileSigner
from huixiang.staff import service
from huixiang.staff.model import AuditEntry, Personal
from huixiang.staff.model.audit import AuditVerification
from tests.support.programme import register_members

Owner = psycopg.Connection[tuple[Any, ...]]
TODAY = date(2026, 3, 18)


@pytest.fixture(autouse=True)
def signer(tmp_path: Path) -> FileSigner:
    made = FileSigner(tmp_path / "signing-keys.json")
    service.use_root_signer(made)
    return made


@pytest.fixture
def owner(owner_url: str) -> Iterator[Owner]:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        yield connection


async def note(db: Database, actor: str, *actions: str) -> None:
    for action in actions:
        async with db.transaction() as tx:
            await service.record(tx, AuditEntry(actor=actor, action=action, subject="thing:1", after={"name": action}))


async def verified(db: Database) -> AuditVerification:
    async with db.transaction(read_only=True) as tx:
        return await service.verify_audit(tx)


async def problems(db: Database) -> list[tuple[str | None, int | None, str]]:
    return [(one.actor, one.seq, one.problem) for one in (await verified(db)).findings]


async def closed(db: Database) -> list[date]:
    days: list[date] = []
    while True:
        async with db.transaction() as tx:
            root = await service.close_audit_day(tx)
        if root is None:
            return days
        days.append(root.day)


@pytest.mark.requirement("CON-03")
async def test_each_actor_has_a_chain_of_its_own_a_day(db: Database, clock: SettableClock, owner: Owner) -> None:
    await note(db, "cli", "a.done", "b.done")
    await note(db, "staff:1", "c.done")
    clock.advance(timedelta(days=1))
    await note(db, "cli", "d.done")
    rows = owner.execute(
        "SELECT actor, chain_day, chain_seq, previous_hash FROM staff.audit ORDER BY audit_id"
    ).fetchall()
    tomorrow = TODAY + timedelta(days=1)
    assert [row[:3] for row in rows] == [
        ("cli", TODAY, 1),
        ("cli", TODAY, 2),
        ("staff:1", TODAY, 1),
        ("cli", tomorrow, 1),
    ]
    [first] = owner.execute("SELECT hash FROM staff.audit WHERE action = 'a.done'").fetchone() or [None]
    assert [row[3] for row in rows] == [bytes(32), first, bytes(32), bytes(32)]
    found = await verified(db)
    assert (found.entries, found.chains, found.roots, found.differences) == (4, 3, 0, 0)


@pytest.mark.requirement("CON-03")
async def test_entries_recorded_at_once_make_one_chain(db: Database) -> None:
    await asyncio.gather(*(note(db, "cli", f"a{n}.done") for n in range(12)))
    found = await verified(db)
    assert (found.entries, found.chains, found.differences) == (12, 1, 0)


def changed(column: str, value: str) -> Callable[[Owner], None]:
    sql = f"UPDATE staff.audit SET {column} = {value} WHERE action = 'b.done'"  # noqa: S608 - cases of this file
    return lambda owner: _run(owner, sql)


def _run(owner: Owner, *statements: str) -> None:
    for statement in statements:
        assert owner.execute(statement).rowcount, statement


def removed(owner: Owner) -> None:
    _run(owner, "DELETE FROM staff.audit WHERE action = 'b.done'")


def cut_off(owner: Owner) -> None:
    _run(owner, "DELETE FROM staff.audit WHERE action = 'c.done'")


def all_gone(owner: Owner) -> None:
    _run(owner, "DELETE FROM staff.audit WHERE actor = 'cli'")


def closed_up(owner: Owner) -> None:
    """An entry is taken out and the one behind it takes its place."""
    removed(owner)
    _run(owner, "UPDATE staff.audit SET chain_seq = 2 WHERE action = 'c.done'")


def inserted(owner: Owner) -> None:
    """A copy of an entry is put in between, and what comes behind it is moved."""
    _run(
        owner,
        "UPDATE staff.audit SET chain_seq = 4 WHERE action = 'c.done'",
        """
        INSERT INTO staff.audit SELECT gen_random_uuid(), actor, 'x.done', object, member_id, before, after, reason,
               recorded_at, chain_day, 3, previous_hash, hash FROM staff.audit WHERE action = 'b.done'
        """,
    )


def appended(owner: Owner) -> None:
    _run(
        owner,
        """
        INSERT INTO staff.audit SELECT gen_random_uuid(), actor, action, object, member_id, before, after, reason,
               recorded_at, chain_day, 4, hash, hash FROM staff.audit WHERE action = 'c.done'
        """,
    )


def swapped(owner: Owner) -> None:
    _run(
        owner,
        "UPDATE staff.audit SET chain_seq = 9 WHERE action = 'a.done'",
        "UPDATE staff.audit SET chain_seq = 1 WHERE action = 'b.done'",
        "UPDATE staff.audit SET chain_seq = 2 WHERE action = 'a.done'",
    )


def moved_to_another(owner: Owner) -> None:
    _run(owner, "UPDATE staff.audit SET actor = 'staff:2' WHERE action = 'c.done'")


NOT_RECORDED = "the entry is not what was recorded"
HEAD_SAYS_3 = ("cli", None, "the chain ended at entry 3, with another hash or length")
CHANGES: dict[str, tuple[Callable[[Owner], None], tuple[str | None, int | None, str]]] = {
    "what was done": (changed("action", "'z.done'"), ("cli", 2, NOT_RECORDED)),
    "to what": (changed("object", "'thing:2'"), ("cli", 2, NOT_RECORDED)),
    "to whom": (changed("member_id", "gen_random_uuid()"), ("cli", 2, NOT_RECORDED)),
    "a value": (changed("after", """'{"name":"z"}'"""), ("cli", 2, NOT_RECORDED)),
    "a space in a value": (changed("after", "(after::text || ' ')::json"), ("cli", 2, NOT_RECORDED)),
    "a value before": (changed("before", "'{}'"), ("cli", 2, NOT_RECORDED)),
    "why": (changed("reason", "'so'"), ("cli", 2, NOT_RECORDED)),
    "when": (changed("recorded_at", "recorded_at + interval '1 us'"), ("cli", 2, NOT_RECORDED)),
    "its id": (changed("audit_id", "gen_random_uuid()"), ("cli", 2, NOT_RECORDED)),
    "its hash": (changed("hash", "sha256(hash)"), ("cli", 2, NOT_RECORDED)),
    "what it follows": (changed("previous_hash", "sha256(hash)"), ("cli", 2, NOT_RECORDED)),
    "taken out": (removed, ("cli", 3, "entries 2 to 2 are missing")),
    "taken out and closed up": (closed_up, ("cli", 2, NOT_RECORDED)),
    "the last one cut off": (cut_off, HEAD_SAYS_3),
    "a whole chain": (all_gone, ("cli", None, "all entries of the chain are missing")),
    "put in": (inserted, ("cli", 3, NOT_RECORDED)),
    "put at the end": (appended, ("cli", 4, NOT_RECORDED)),
    "two in each other's place": (swapped, ("cli", 1, NOT_RECORDED)),
    "given to somebody else": (moved_to_another, ("staff:2", 3, "entries 1 to 2 are missing")),
}


@pytest.mark.requirement("CON-03")
@pytest.mark.parametrize("change", CHANGES)
async def test_what_the_owner_of_the_database_changes_is_found(db: Database, owner: Owner, change: str) -> None:
    await note(db, "cli", "a.done", "b.done", "c.done")
    await note(db, "staff:1", "a.other")
    assert await problems(db) == []
    do, finding = CHANGES[change]
    do(owner)
    assert finding in await problems(db)


def forged(owner: Owner) -> None:
    """The whole of a chain made anew without its last entry, head and all: consistent in itself."""
    _run(
        owner,
        "DELETE FROM staff.audit WHERE action = 'c.done'",
        "UPDATE staff.audit_head SET seq = 2, hash = (SELECT hash FROM staff.audit WHERE action = 'b.done') "
        "WHERE actor = 'cli'",
    )


@pytest.mark.requirement("CON-03")
async def test_a_chain_made_anew_differs_from_the_signed_root(db: Database, clock: SettableClock, owner: Owner) -> None:
    await note(db, "cli", "a.done", "b.done", "c.done")
    clock.advance(timedelta(days=1))
    assert await closed(db) == [TODAY]
    assert await problems(db) == []
    forged(owner)
    assert await problems(db) == [(None, None, "the root is not that of the day's entries")]


@pytest.mark.requirement("CON-03")
async def test_roots_follow_one_another_and_are_signed(
    db: Database, clock: SettableClock, owner: Owner, signer: FileSigner
) -> None:
    await note(db, "cli", "a.done")
    clock.advance(timedelta(days=3))
    await note(db, "staff:1", "b.done")
    days = [TODAY + timedelta(days=n) for n in range(3)]
    assert await closed(db) == days, "a day without an entry has a root as well; today is not over"
    found = await verified(db)
    assert (found.roots, found.differences) == (3, 0)
    _run(owner, "UPDATE staff.audit_root SET entries = 2 WHERE day = '2026-03-19'")
    assert {problem for _, _, problem in await problems(db)} == {"the signature is wrong"}
    _run(owner, "UPDATE staff.audit_root SET entries = 0 WHERE day = '2026-03-19'")
    _run(owner, "DELETE FROM staff.audit_root WHERE day = '2026-03-19'")
    assert "the root of the day is missing" in {problem for _, _, problem in await problems(db)}
    other = FileSigner(signer._path.with_name("other.json"))
    other.add_key()
    service.use_root_signer(other)
    assert any("no key of this installation" in problem for _, _, problem in await problems(db))


@pytest.mark.requirement("CON-03")
async def test_what_comes_late_belongs_to_a_day_that_is_open(db: Database, clock: SettableClock) -> None:
    await note(db, "cli", "a.done")
    began = clock.now()
    clock.advance(timedelta(days=1, hours=3))
    assert await closed(db) == [TODAY]
    async with db.transaction(now=began) as tx:
        await service.record(tx, AuditEntry(actor="cli", action="late.done", subject="thing:1"))
    found = await verified(db)
    assert (found.entries, found.chains, found.differences) == (2, 2, 0)


@pytest.mark.requirement("CON-03", "SEC-04")
async def test_personal_values_are_sealed_and_the_chain_outlives_their_key(
    db: Database, owner: Owner, keys: FileKeys
) -> None:
    service.use_sealer(MemberSealer())
    (member_id,) = await register_members(db, 1)
    before = {"phone": Personal("+8613812345678"), "channel": "till"}
    entry = AuditEntry(actor="cli", action="member.changed", subject=f"member:{member_id}", member_id=member_id)
    async with db.transaction() as tx:
        await service.record(tx, _with(entry, before, {"phone": Personal("+8613900000000")}))
    [row] = owner.execute("SELECT before::text || after::text, before ->> 'channel' FROM staff.audit").fetchall()
    assert row[1] == "till"
    assert "sealed" in row[0]
    assert "138" not in row[0]
    assert keys.current_key_id not in row[0]
    _run(owner, "DELETE FROM members.wrapped_key")
    async with db.transaction() as tx:
        await service.record(tx, _with(entry, None, {"phone": Personal("+8613700000000")}))
    last = owner.execute("SELECT after::text FROM staff.audit ORDER BY audit_id DESC LIMIT 1").fetchone()
    assert last == ('{"phone":{"sealed":null}}',)
    assert (await verified(db)).differences == 0


def _with(entry: AuditEntry, before: dict[str, Any] | None, after: dict[str, Any]) -> AuditEntry:
    return AuditEntry(
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        member_id=entry.member_id,
        before=before,
        after=after,
    )
