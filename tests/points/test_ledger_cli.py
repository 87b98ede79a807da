"""`huixiang ledger verify`: a sound journal has 0 differences, and what was tampered with is named."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pytest
import pytest_asyncio
from structlog.testing import capture_logs
from typer.testing import CliRunner, Result

from huixiang.entry import verifying
from huixiang.entry.cli.main import app
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from tests.points.grocer import Past, live

pytestmark = pytest.mark.requirement("PTS-15")


# The hashes of postings 3 and 4 change places.
SWAPPED = (
    "UPDATE points.posting SET hash = (SELECT hash FROM points.posting AS p {of} AND p.seq = 7 - posting.seq)"
    " {of} AND seq IN (3, 4)"
)


@pytest_asyncio.fixture
async def past(db: Database, clock: SettableClock) -> Past:
    with capture_logs():
        return await live(db, clock)


@pytest.fixture
def environment(database_url: str, read_url: str) -> dict[str, str]:
    return {"HUIXIANG_DATABASE_URL": database_url, "HUIXIANG_DATABASE_READ_URL": read_url}


def verify(environment: dict[str, str], *options: str) -> Result:
    return CliRunner().invoke(app, ["ledger", "verify", *options], env=environment)


def first_named(output: str, member: UUID) -> str:
    """The first line about the member's points: what comes after `book points, `."""
    start = f"member {member}, book points, "
    return next(line for line in output.splitlines() if line.startswith(start)).removeprefix(start)


def postings(superuser: psycopg.Connection[Any], member: UUID) -> int:
    row = superuser.execute(
        "SELECT max(seq) FROM points.posting WHERE member_id = %s AND book = 1", (member,)
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_a_sound_journal_has_no_differences(
    past: Past, environment: dict[str, str], superuser: psycopg.Connection[Any]
) -> None:
    counted = superuser.execute(
        "SELECT (SELECT count(*) FROM points.account), (SELECT count(*) FROM points.posting)"
    ).fetchone()
    assert counted is not None
    accounts, journal = counted
    assert (accounts, journal) == (5, postings(superuser, past.member) + 13 + 2 + 9)
    told = verify(environment)
    assert told.exit_code == 0, told.output
    assert told.output.startswith(f"{accounts} accounts, {journal} postings: 0 differences")
    assert len(told.output.splitlines()) == 1

    read = verify(environment, "--json")
    assert read.exit_code == 0
    report = msgspec.json.decode(read.output)
    assert report.pop("seconds") > 0
    assert report == {
        "accounts": accounts,
        "postings": journal,
        "roots": 0,
        "laws": len(verifying.laws()),
        "differences": 0,
        "findings": [],
        "root_findings": [],
        "breaches": [],
    }


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        ("UPDATE points.posting SET points = points + 1 {of} AND seq = 2", "posting 2: the hash does not match"),
        ("DELETE FROM points.posting {of} AND seq = 2", "posting 2: posting 2 is missing; 3 follows"),
        (SWAPPED, "posting 3: the hash does not match"),
        ("UPDATE points.account SET balance = balance + 1 {of}", "account: balance less debt is "),
        ("UPDATE points.lot SET remaining = remaining - 1 {of} AND lot_no = 1", "account: balance is "),
    ],
    ids=["points", "deleted", "swapped", "balance", "lot"],
)
def test_tampering_is_found_and_its_place_named(
    tampering: str, named: str, past: Past, environment: dict[str, str], superuser: psycopg.Connection[Any]
) -> None:
    done = superuser.execute(tampering.format(of=f" WHERE member_id = '{past.member}' AND book = 1"))
    assert done.rowcount > 0
    told = verify(environment)
    assert told.exit_code == 1, told.output
    assert first_named(told.output, past.member).startswith(named)
    assert f"member {past.other}" not in told.output
    assert " 0 differences" not in told.output.splitlines()[-1]


def test_what_breaks_between_modules_is_found_though_every_chain_is_whole(
    past: Past, environment: dict[str, str], superuser: psycopg.Connection[Any]
) -> None:
    superuser.execute("UPDATE checkout.orders SET growth = growth + 1 WHERE order_id = %s", (past.orders[0],))
    told = verify(environment)
    assert told.exit_code == 1
    shown = told.output.splitlines()
    assert [line.partition(":")[0] for line in shown[:-1]] == ["checkout_order_earned", "checkout_order_lines"]
    assert all(str(past.orders[0]) in line for line in shown[:-1])
    assert ": 2 differences" in shown[-1]
    report = msgspec.json.decode(verify(environment, "--json").output)
    assert (report["differences"], report["findings"]) == (2, [])
    assert {breach["row"]["order_id"] for breach in report["breaches"]} == {str(past.orders[0])}


def test_every_difference_is_counted_and_some_are_shown(
    past: Past, environment: dict[str, str], superuser: psycopg.Connection[Any]
) -> None:
    assert past.orders
    superuser.execute(
        "INSERT INTO tiers.standing SELECT md5(n::text)::uuid, 'gold', '2026-01-01', 1, 1"
        " FROM generate_series(1, 1234) AS n"
    )
    told = verify(environment)
    assert told.exit_code == 1
    assert f": {2 * 1234:,} differences" in told.output
    assert "and 2,428 more" in told.output
    assert len(told.output.splitlines()) == 2 * 20 + 2


def test_without_a_role_of_reports_the_application_s_own_is_used(past: Past, environment: dict[str, str]) -> None:
    assert past.orders
    told = verify({"HUIXIANG_DATABASE_URL": environment["HUIXIANG_DATABASE_URL"], "HUIXIANG_DATABASE_READ_URL": ""})
    assert told.exit_code == 0, told.output
    assert ": 0 differences" in told.output


def test_a_database_that_is_not_there_is_told_in_a_sentence() -> None:
    told = verify({"HUIXIANG_DATABASE_URL": "postgresql://nobody@/nothing?host=/nowhere"})
    assert told.exit_code == 1
    assert str(told.exception).startswith("the database could not be read: ")
