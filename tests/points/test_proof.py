"""Signed roots of days and proofs of postings: what holds, and which proofs are refused (PTS-15)."""

from __future__ import annotations

import asyncio
import copy
import json
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.points import service
from huixiang.points.adapters import verify_proof
from huixiang.points.adapters.signing_keys import FileSigner
from huixiang.points.model import (
    POINTS,
    PostingNotSigned,
    PostingUnknown,
    RootUnknown,
    SigningKeyMissing,
)
from huixiang.points.rules.merkle import BRANCH_LEAVES, path, tree_digest
from huixiang.points.store.closing import LAG
from tests.points.pasts import Chronicle
from tests.points.proving import MEMBERS, close_all, verified

pytestmark = [pytest.mark.requirement("PTS-15"), pytest.mark.postgres15, pytest.mark.usefixtures("signer")]


async def some_proof(db: Database) -> dict[str, Any]:
    """Of a posting that is neither the first nor the last of its day, among other accounts."""
    async with db.snapshot() as tx:
        row = await tx.fetchrow(
            """
            SELECT member_id, min(seq) + 1 FROM points.posting WHERE book = 1
            GROUP BY member_id, recorded_at::date HAVING count(*) > 2 ORDER BY count(*) DESC, member_id LIMIT 1
            """
        )
        assert row is not None
        proof: dict[str, Any] = json.loads(msgspec.json.encode(await service.prove(tx, row[0], POINTS, row[1])))
        return proof


def keys(proof: dict[str, Any]) -> list[str]:
    return [proof["root"]["public_key"]]


async def test_every_finished_day_has_a_root_bound_to_the_one_before(closed: int, db: Database) -> None:
    assert closed > 8
    async with db.snapshot() as tx:
        page = await service.roots(tx, None, 5)
        rest = await service.roots(tx, page.next_cursor, 1000)
        with pytest.raises(RootUnknown):
            await service.root(tx, date(2020, 1, 1))
        assert await service.root(tx, page.items[0].day) == page.items[0]
    listed = [*page.items, *rest.items]
    assert len(listed) == closed
    assert any(root.leaves == 0 for root in listed)
    assert any(root.leaves > 4 for root in listed)
    for later, earlier in pairwise(listed):
        assert (later.day - timedelta(days=1), later.previous, later.starts_at) == (
            earlier.day, earlier.root, earlier.ends_at,
        )  # fmt: skip
    verify_proof.check_chain([json.loads(msgspec.json.encode(root)) for root in listed], [listed[0].public_key])
    checked = await verified(db)
    assert (checked.roots, checked.differences) == (closed, 0)


async def test_a_day_is_closed_some_minutes_after_its_end_and_once(db: Database, clock: SettableClock) -> None:
    assert await close_all(db) == 0  # nothing was ever posted
    await Chronicle(1, MEMBERS, clock).live(db, 10, day_every=1000)
    end = db.calendar.start_of(db.calendar.day(clock.now()) + timedelta(days=1))
    clock.advance(end + LAG - clock.now() - timedelta(seconds=1))
    assert await close_all(db) == 0
    clock.advance(timedelta(seconds=1))
    assert await close_all(db) == 1
    assert await close_all(db) == 0


async def test_a_day_waits_for_whoever_still_writes(db: Database, clock: SettableClock, database_url: str) -> None:
    await Chronicle(1, MEMBERS, clock).live(db, 10, day_every=1000)
    clock.advance(timedelta(days=2))
    with psycopg.connect(database_url) as late:
        late.execute("UPDATE points.account SET recorded_at = recorded_at")
        closing = asyncio.create_task(close_all(db))
        await asyncio.sleep(1)
        assert not closing.done()
        late.commit()
    assert await closing == 2


@pytest.mark.usefixtures("closed")
async def test_a_true_proof_is_accepted_for_every_posting(db: Database) -> None:
    async with db.snapshot() as tx:
        rows = await tx.fetch("SELECT member_id, seq FROM points.posting WHERE book = 1")
        for member_id, seq in rows:
            proof = json.loads(msgspec.json.encode(await service.prove(tx, member_id, POINTS, seq)))
            verify_proof.check_proof(proof, keys(proof))
    assert len(rows) > 60


def tampered(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every way to change one thing of a JSON value, with the place of the change."""
    match value:
        case dict():
            for name, inner in value.items():
                yield from ((at, value | {name: other}) for at, other in tampered(inner, f"{place}.{name}"))
        case list():
            yield f"{place}+", [*value, value[-1] if value else 7 if "path" not in place else "00" * 32]
            for n, inner in enumerate(value):
                yield f"{place}-{n}", value[:n] + value[n + 1 :]
                yield from (
                    (at, [*value[:n], other, *value[n + 1 :]]) for at, other in tampered(inner, f"{place}[{n}]")
                )
        case bool() | None:
            yield place, "x"
        case int():
            yield place, value + 1
        case str():
            yield place, ("1" if value[:1] != "1" else "2") + value[1:]


@pytest.mark.usefixtures("closed")
async def test_a_proof_is_refused_whatever_is_changed(db: Database) -> None:
    proof = await some_proof(db)
    assert proof["later"]
    assert proof["path"]
    places = set()
    endorsements = {".root.endorsed_by", ".root.endorsement"}  # of no concern where the key itself is trusted
    for place, changed in tampered(proof):
        if place in endorsements:
            continue
        places.add(place)
        with pytest.raises((verify_proof.Refused, ValueError, TypeError, struct.error)):
            verify_proof.check_proof(changed, keys(proof))
    assert places >= {f".posting.{name}" for name in proof["posting"] if name not in {"alloc", "opened"}}
    assert places >= {f".root.{name}" for name in proof["root"] if not name.startswith("endorse")}
    with pytest.raises(verify_proof.Refused, match="not trusted"):
        verify_proof.check_proof(proof, ["00" * 32])


@pytest.mark.usefixtures("closed")
async def test_the_script_stands_alone(db: Database, tmp_path: Path) -> None:
    proof = await some_proof(db)
    async with db.snapshot() as tx:
        roots = json.loads(msgspec.json.encode((await service.roots(tx, None, 1000)).items))
    script = tmp_path / "verify_proof.py"
    shutil.copy(verify_proof.__file__, script)

    def run(proof: object, roots: object) -> subprocess.CompletedProcess[str]:
        (tmp_path / "proof.json").write_text(json.dumps(proof))
        (tmp_path / "roots.json").write_text(json.dumps(roots))
        command = [sys.executable, "-I", str(script), "proof.json", "--key", *keys(proof_of), "--roots", "roots.json"]
        return subprocess.run(  # noqa: S603 - ours
            command, cwd=tmp_path, capture_output=True, text=True, check=False
        )

    proof_of = copy.deepcopy(proof)
    good = run(proof, roots)
    assert (good.returncode, good.stdout[:14]) == (0, "holds: posting"), good
    assert "huixiang" not in {
        line.split()[1].split(".")[0]
        for line in script.read_text().splitlines()
        if line.startswith(("import ", "from "))
    }
    for broken in (roots[:2] + roots[3:], [root for root in roots if root["day"] != proof["root"]["day"]]):
        assert run(proof, broken).stdout.startswith("REFUSED: ")
    assert run({}, roots).returncode == 1


@pytest.mark.usefixtures("closed")
async def test_what_cannot_be_proven_yet_is_refused(db: Database, clock: SettableClock) -> None:
    async with db.snapshot() as tx:
        with pytest.raises(PostingUnknown):
            await service.prove(tx, MEMBERS[0], POINTS, 10_000)
    await Chronicle(9, MEMBERS[:1], clock).live(db, 3, day_every=1000)
    async with db.snapshot() as tx:
        last = await tx.fetchval("SELECT max(seq) FROM points.posting WHERE member_id = $1 AND book = 1", MEMBERS[0])
        with pytest.raises(PostingNotSigned):
            await service.prove(tx, MEMBERS[0], POINTS, last)


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize("table", ["posting", "root", "root_branch", "signing_key"])
async def test_the_application_can_add_to_the_journal_and_no_more(table: str, database_url: str) -> None:
    with psycopg.connect(database_url) as application:
        for statement in ("UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"):
            column = {"signing_key": "key_id", "posting": "points"}.get(table, "day")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute(statement.format(f"points.{table}", column, column).encode())
            application.rollback()


@pytest.mark.usefixtures("closed")
async def test_a_new_key_is_endorsed_by_the_one_before(
    db: Database, clock: SettableClock, signer: FileSigner, tmp_path: Path
) -> None:
    async with db.snapshot() as tx:
        before = (await service.roots(tx, None, 1)).items[0]
    added = signer.add_key()
    clock.advance(timedelta(days=1))
    assert await close_all(db) == 1
    async with db.snapshot() as tx:
        latest = (await service.roots(tx, None, 1)).items[0]
    assert (latest.key_id, latest.endorsed_by) == (added, before.key_id)
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(before.public_key)).verify(
        bytes.fromhex(latest.endorsement or ""), b"huixiang key 1\0\0" + bytes.fromhex(latest.public_key)
    )
    assert (await verified(db)).differences == 0
    service.use_signer(FileSigner(tmp_path / "lost" / "signing-keys.json"))
    clock.advance(timedelta(days=1))
    with pytest.raises(SigningKeyMissing):
        await close_all(db)


def test_the_tree_is_that_of_rfc_9162_and_so_are_its_paths() -> None:
    def by_the_book(digests: list[bytes]) -> bytes:
        if len(digests) < 2:
            return digests[0] if digests else sha256(b"").digest()
        split = max(2**n for n in range(20) if 2**n < len(digests))
        return sha256(b"\1" + by_the_book(digests[:split]) + by_the_book(digests[split:])).digest()

    for count in (*range(20), 255, 256, 257, 513, 1000):
        digests = [sha256(bytes([n % 256, n // 256])).digest() for n in range(count)]
        assert tree_digest(digests) == by_the_book(digests)
        branches = [tree_digest(digests[at : at + BRANCH_LEAVES]) for at in range(0, count, BRANCH_LEAVES)]
        assert tree_digest(branches) == by_the_book(digests)
        for place in range(0, count, 7):
            steps = path(digests, place)
            assert verify_proof.tree_digest(digests[place], place, count, steps) == by_the_book(digests)
