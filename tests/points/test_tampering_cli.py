"""Whatever is changed behind the ledger's back, `huixiang ledger verify` names the place, and no proof of it holds
(PTS-15)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pytest
import pytest_asyncio
from structlog.testing import capture_logs
from typer.testing import CliRunner

from huixiang.entry.cli.main import app
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import DomainError, InvariantBroken
from huixiang.platform.db import Database
from huixiang.points import service
from huixiang.points.adapters import verify_proof
from huixiang.points.adapters.signing_keys import FileSigner
from huixiang.points.model import POINTS
from huixiang.points.store.postings import COLUMNS
from tests.points.grocer import Past, live
from tests.support import pristine
from tests.support.fixtures import NOW, TestDatabase

pytestmark = [pytest.mark.requirement("PTS-15"), pytest.mark.postgres15]

Superuser = psycopg.Connection[Any]
TABLES = ("posting", "account", "lot", "hold")
LAST = 9
MIDDLE = 4  # a return: it names another posting, changes a lot and opens one
MISSING = f"posting {MIDDLE}: posting {MIDDLE} is missing; {MIDDLE + 1} follows"
BROKEN = f"posting {MIDDLE}: the hash does not match the posting and the one before it"


def one_byte(column: str) -> str:
    """An expression for the column with one byte of it changed; NULL and empty have none, and become something."""
    number, text = f"coalesce({column}, 0) # 1", f"chr(ascii({column}) # 1) || substr({column}, 2)"
    match column:
        case "member_id" | "order_ref":
            return "'{n}'::uuid"
        case "book":
            return "2"
        case "seq":
            return "seq + 64"
        case "occurred_at" | "recorded_at":
            return f"{column} + interval '1 microsecond'"
        case "input_hash" | "hash":
            return f"set_byte({column}, 31, get_byte({column}, 31) # 1)"
        case "alloc" | "opened":
            return f"CASE {column} WHEN '{{}}' THEN '{{1}}' ELSE ARRAY[{column}[1] # 1] || {column}[2:] END".replace(
                "{", "{{"
            ).replace("}", "}}")
        case "kind" | "cause" | "counter_account" | "budget" | "rule" | "key" | "origin_key":
            return f"CASE WHEN coalesce({column}, '') = '' THEN '.' ELSE {text} END"
        case _:
            return number


@pytest_asyncio.fixture(scope="module")
async def past(
    worker_database: TestDatabase, superuser: Superuser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Past]:
    """Lived once, and its days signed: what a test damages, it undoes."""
    pristine.restore(superuser)
    service.use_signer(FileSigner(tmp_path_factory.mktemp("keys") / "signing-keys.json"))
    clock = SettableClock(NOW)
    db = await Database.open(
        worker_database.url("huixiang_app"), calendar=BusinessCalendar("Asia/Shanghai"), clock=clock
    )
    with capture_logs():
        lived = await live(db, clock)
    clock.advance(timedelta(days=2))
    closed = True
    while closed:
        async with db.transaction() as tx:
            closed = await service.close_day(tx) is not None
    await db.close()
    superuser.execute("CREATE SCHEMA kept")
    for table in TABLES:
        superuser.execute(f"CREATE TABLE kept.{table} AS TABLE points.{table}".encode())
    yield lived
    superuser.execute("DROP SCHEMA kept CASCADE")


@contextmanager
def damaged(superuser: Superuser, damage: str, past: Past) -> Iterator[None]:
    """As the database's master, past every privilege and constraint. {s}: the saver, whose account it is; {n}: nobody;
    {of}: the saver's account."""
    of = f"WHERE member_id = '{past.saver}' AND book = 1"
    try:
        with superuser.transaction():
            superuser.execute("SET LOCAL session_replication_role = replica")
            assert superuser.execute(damage.format(s=past.saver, n=past.nobody, of=of).encode()).rowcount > 0
        yield
    finally:
        with superuser.transaction():
            superuser.execute("SET LOCAL session_replication_role = replica")
            for table in TABLES:
                superuser.execute(f"DELETE FROM points.{table}".encode())  # noqa: S608
                superuser.execute(f"INSERT INTO points.{table} TABLE kept.{table}".encode())


async def verify(database: TestDatabase) -> tuple[int, list[str]]:
    """Exit code and lines of the command, which runs a loop of its own."""
    url = {"HUIXIANG_DATABASE_URL": database.url("huixiang_app"), "HUIXIANG_DATABASE_READ_URL": ""}
    command = ["ledger", "verify", "--processes", "1"]
    told = await asyncio.to_thread(CliRunner().invoke, app, command, env=url)
    return told.exit_code, told.output.splitlines()


def named(lines: list[str], member: UUID) -> list[str]:
    """What was found of a member's points."""
    start = f"member {member}, book points, "
    return [line.removeprefix(start) for line in lines if line.startswith(start)]


@pytest_asyncio.fixture
async def db(worker_database: TestDatabase) -> AsyncIterator[Database]:
    database = await Database.open(
        worker_database.url("huixiang_app"), calendar=BusinessCalendar("Asia/Shanghai"), clock=SettableClock(NOW)
    )
    yield database
    await database.close()


async def proof_of(db: Database, member: UUID, seq: int) -> dict[str, Any] | None:
    """None where the ledger makes none."""
    try:
        async with db.snapshot() as tx:
            proof: dict[str, Any] = json.loads(msgspec.json.encode(await service.prove(tx, member, POINTS, seq)))
    except (DomainError, InvariantBroken):
        return None
    return proof


def holds(proof: dict[str, Any], key: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> bool:
    """What the stand-alone verifier says of a file."""
    file = folder / "proof.json"
    file.write_text(json.dumps(proof))
    code = verify_proof.main([str(file), "--key", key])
    told = capsys.readouterr().out
    assert (code, told.partition(":")[0]) in {(0, "holds"), (1, "REFUSED")}
    return code == 0


async def test_a_sound_journal_is_proven_whole(
    past: Past, worker_database: TestDatabase, db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines = await verify(worker_database)
    assert (code, named(lines, past.saver)) == (0, [])
    for seq in range(1, LAST + 1):
        proof = await proof_of(db, past.saver, seq)
        assert proof
        assert holds(proof, proof["root"]["public_key"], tmp_path, capsys)


@pytest.mark.parametrize("column", COLUMNS)
async def test_one_byte_of_one_posting(
    column: str,
    past: Past,
    worker_database: TestDatabase,
    superuser: Superuser,
    db: Database,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sound = await proof_of(db, past.saver, MIDDLE)
    assert sound
    damage = f"UPDATE points.posting SET {column} = {one_byte(column)} {{of}} AND seq = {MIDDLE}"  # noqa: S608
    with damaged(superuser, damage, past):
        code, lines = await verify(worker_database)
        assert code == 1
        assert named(lines, past.saver)[0] == (MISSING if column in {"member_id", "book", "seq"} else BROKEN)
        # A hash is in the proof of the posting after it.
        proof = await proof_of(db, past.saver, MIDDLE + (column == "hash"))
        assert proof is None or not holds(proof, sound["root"]["public_key"], tmp_path, capsys)


@pytest.mark.parametrize(
    ("damage", "found", "lost"),
    [
        ("DELETE FROM points.posting {of} AND seq = 4", MISSING, MIDDLE),
        ("DELETE FROM points.posting {of} AND seq > 7", "posting 8: the journal ends at 7, the account at 9", LAST),
        ("UPDATE points.lot SET remaining = remaining # 1 {of} AND lot_no = 1", "account: balance is ", None),
        ("UPDATE points.lot SET held = held # 1 {of} AND lot_no = 1", "account: held is ", None),
        ("UPDATE points.account SET balance = balance # 1 {of}", "account: balance less debt is ", None),
        ("UPDATE points.account SET head = set_byte(head, 0, get_byte(head, 0) # 1) {of}", "posting 10: ", None),
    ],
    ids=["deleted", "cut off", "remaining", "held", "balance", "head"],
)
async def test_what_is_gone_and_what_is_made_up(  # noqa: PLR0917 - fixtures
    damage: str,
    found: str,
    lost: int | None,
    past: Past,
    worker_database: TestDatabase,
    superuser: Superuser,
    db: Database,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with damaged(superuser, damage, past):
        code, lines = await verify(worker_database)
        assert code == 1
        assert named(lines, past.saver)[0].startswith(found)
        assert not named(lines, past.member)
        if lost:
            assert await proof_of(db, past.saver, lost) is None
            before = await proof_of(db, past.saver, MIDDLE - 1)
            assert before is None or not holds(before, before["root"]["public_key"], tmp_path, capsys)


@pytest.mark.parametrize("place", [1, 2, 3, 4])
async def test_what_a_hold_pins(place: int, past: Past, worker_database: TestDatabase, superuser: Superuser) -> None:
    with damaged(superuser, f"UPDATE points.hold SET alloc[{place}] = alloc[{place}] # 1 {{of}}", past):  # noqa: S608
        code, lines = await verify(worker_database)
    assert code == 1
    [found] = named(lines, past.saver)
    assert found.startswith("account: hold ")
    assert found.endswith(": alloc is not what the journal says")


async def test_a_tail_cut_off_with_all_that_came_of_it(
    past: Past, worker_database: TestDatabase, superuser: Superuser
) -> None:
    """A forger who also mends the account: the signed root of the day knows of more."""
    cut = (
        "WITH gone AS (DELETE FROM points.posting {of} AND seq = 9 RETURNING debt_delta, points), "
        "kept AS (SELECT hash FROM points.posting {of} AND seq = 8) "
        "UPDATE points.account SET seq = 8, head = kept.hash, balance = balance - points FROM gone, kept {of}"
    )
    with damaged(superuser, cut, past):
        code, lines = await verify(worker_database)
    assert code == 1
    assert any(line.startswith("root of ") and "from member " in line for line in lines), lines
