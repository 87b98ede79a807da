"""Reports of finance over HTTP and on the command line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import psycopg
import pytest
import pytest_asyncio
from structlog.testing import capture_logs
from typer.testing import CliRunner, Result

from huixiang.entry.cli.main import app
from huixiang.entry.wiring import register_rule_kinds
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.points.jobs import JOB_HANDLERS, SCHEDULES
from huixiang.points.model import POINTS, Credit, Source
from huixiang.points.routes_finance import ROUTES
from huixiang.points.rules.finance import LINES_AT_MOST
from huixiang.points.service import finance, post
from huixiang.points.service.closing import close_next_day
from tests.points.history import CALENDAR, History
from tests.support.http_client import client_of

pytestmark = pytest.mark.requirement("PTS-16", "PTS-17")

CONSOLE = "/api/console/v1/finance"
SYSTEM = "/api/v1/finance"


@pytest_asyncio.fixture
async def past(db: Database, clock: SettableClock) -> History:
    """Random weeks, a cause that would be a formula, and all days closed but the last."""
    register_rule_kinds()
    history = History(db, clock, 31)
    await history.live(25)
    source = Source(key="f", cause="=1+1", counter_account="issued:=1+1", occurred_at=clock.now(), budget="-2")
    async with db.transaction() as tx:
        await post(tx, [Credit(member_id=history.members[0], book=POINTS, points=7, source=source)])
    clock.advance(timedelta(days=1))
    closed = True
    while closed:
        async with db.transaction() as tx:
            closed = await close_next_day(tx) is not None
    return history


@pytest.fixture
def quiet() -> Iterator[None]:
    with capture_logs():
        yield


async def test_systems_and_staff_read_the_same_reports(past: History, db: Database, clock: SettableClock) -> None:
    assert past.members
    today = CALENDAR.day(clock.now())
    month = {"from": str(today - timedelta(days=20)), "to": str(today), "by": "day", "group": "cause"}
    value = {"value_points": "100", "value_fen": "100"}
    asked = [("trial-balance", {}), ("roll-forward", month), ("liability", value)]
    async with client_of(db, ROUTES, "finance:read") as client:
        for name, params in asked:
            console = await client.get(f"{CONSOLE}/{name}", params=params)
            system = await client.get(f"{SYSTEM}/{name}", params=params)
            assert console.status_code == system.status_code == 200, console.text
            assert console.json() == system.json()
        trial = (await client.get(f"{CONSOLE}/trial-balance", params={"day": str(today)})).json()
        rolled = (await client.get(f"{CONSOLE}/roll-forward", params=month)).json()
    assert trial["total"] == 0
    assert {line["account"] for line in trial["lines"]} >= {"balances", "debts", "in_transit", "issued:=1+1"}
    net = sum(line["points"] for line in trial["lines"] if line["side"] == "members")
    assert net == sum(line["closing"] for line in rolled["lines"] if line["period"] == str(today))


async def test_what_is_exported_is_the_report_and_runs_nothing(
    past: History, db: Database, clock: SettableClock
) -> None:
    assert past.members
    today = str(CALENDAR.day(clock.now()))
    async with client_of(db, ROUTES, "finance:read") as client:
        answer = await client.get(f"{CONSOLE}/trial-balance.csv")
        rolled = await client.get(f"{CONSOLE}/roll-forward.csv", params={"from": today, "to": today, "group": "cause"})
        owed = await client.get(f"{CONSOLE}/liability.csv", params={"value_points": 100, "value_fen": 100})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="trial-balance.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {"side": "counter", "account": "issued:=1+1", "cause": "'=1+1", "budget": "'-2", "points": "-7"} in rows
    assert sum(int(row["points"]) for row in rows if row["side"] in {"members", "counter"}) == 0
    by_cause = {row["group"]: row for row in csv.DictReader(io.StringIO(rolled.text))}
    assert by_cause["'=1+1"]["issued"] == "7"
    figures = {row["figure"]: row["points"] for row in csv.DictReader(io.StringIO(owed.text))}
    assert int(figures["outstanding"]) > 0
    assert figures["tie"] == "0"
    cohorts = [row for row in csv.DictReader(io.StringIO(owed.text)) if row["figure"].startswith("earned in: ")]
    outstanding = sum(int(row["points"]) for row in cohorts if row["figure"].endswith("outstanding"))
    assert outstanding == int(figures["outstanding"])
    credited = sum(int(row["points"]) for row in cohorts if row["figure"].endswith("credited"))
    assert 2 * credited == sum(int(row["points"]) for row in cohorts)


@pytest.mark.parametrize(
    ("report", "params", "status", "code"),
    [
        ("roll-forward", {"from": "2026-03-02", "to": "2026-03-01", "by": "day"}, 422, "input_invalid"),
        ("roll-forward", {"from": "2020-03-02", "to": "2026-03-01", "by": "day"}, 422, "input_invalid"),
        ("roll-forward", {"from": "1990-03-02", "to": "2026-03-01"}, 422, "input_invalid"),
        ("roll-forward", {"from": "2026-03-01"}, 422, "input_invalid"),
        ("trial-balance", {"day": "2026-03-01", "at": "2026-03-01T00:00:00Z"}, 422, "input_invalid"),
        ("trial-balance", {"book": "gold"}, 404, "book_unknown"),
        ("liability", {"value_points": "5"}, 422, "input_invalid"),
        ("liability", {"book": "growth"}, 409, "book_without_lots"),
        ("liability", {"day": "2026-03-18", "value_points": "1", "value_fen": "1"}, 409, "finance_no_day_closed"),
    ],
)
async def test_what_cannot_be_answered_is_refused(
    report: str, params: dict[str, str], status: int, code: str, db: Database
) -> None:
    async with client_of(db, ROUTES, "finance:read") as client:
        answer = await client.get(f"{CONSOLE}/{report}", params=params)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_without_the_permission_nothing_is_told(db: Database) -> None:
    async with client_of(db, ROUTES, "points:read") as client:
        for path in (f"{CONSOLE}/trial-balance", f"{CONSOLE}/liability.csv", f"{SYSTEM}/liability"):
            assert (await client.get(path)).status_code == 403


# ---------------------------------------------------------------------------------------------------- command line
def told(database_url: str, read_url: str, *words: str) -> Result:
    environment = {"HUIXIANG_DATABASE_URL": database_url, "HUIXIANG_DATABASE_READ_URL": read_url}
    return CliRunner().invoke(app, ["report", *words], env=environment)


async def on_a_thread(database_url: str, read_url: str, *words: str) -> Result:
    import asyncio  # noqa: PLC0415 - a command runs a loop of its own

    return await asyncio.to_thread(told, database_url, read_url, *words)


@pytest.mark.usefixtures("past", "quiet")
async def test_the_command_line_reads_with_the_role_of_reports(
    db: Database, clock: SettableClock, database_url: str, read_url: str
) -> None:
    today = CALENDAR.day(clock.now())
    table = await on_a_thread("postgresql://nobody@/none", read_url, "trial-balance")
    assert table.exit_code == 0, table.output + str(table.exception)
    lines = table.output.splitlines()
    assert lines[0].split() == ["side", "account", "cause", "budget", "points"]
    assert next(line for line in lines if line.startswith("total")).split() == ["total", "0"]
    assert sum(line.startswith("tie") and line.endswith(" 0") for line in lines if "transfers:" not in line) == 8

    days = ("--from", str(today - timedelta(days=3)), "--to", str(today), "--by", "day")
    printed = await on_a_thread(database_url, read_url, "roll-forward", *days, "--format", "json")
    raw = await on_a_thread(database_url, read_url, "roll-forward", *days, "--format", "json", "--from-journal")
    assert printed.exit_code == 0, printed.output + str(printed.exception)
    async with db.snapshot() as tx:
        report = await finance.roll_forward(tx, POINTS, today - timedelta(days=3), today, "day")
    assert msgspec.json.decode(printed.output) == msgspec.json.decode(msgspec.json.encode(report))
    assert raw.output == printed.output

    owed = await on_a_thread(database_url, read_url, "liability", "--value", "100", "50", "--format", "csv")
    assert owed.exit_code == 0, owed.output + str(owed.exception)
    rows = list(csv.DictReader(io.StringIO(owed.output)))
    assert rows[0]["figure"] == "outstanding"
    assert abs(int(rows[0]["points"]) - 2 * int(rows[0]["fen"])) <= 1


async def test_what_is_refused_is_told_in_a_sentence(database_url: str, read_url: str) -> None:
    refused = await on_a_thread(database_url, read_url, "trial-balance", "--book", "gold")
    assert refused.exit_code == 1
    assert str(refused.exception) == "There is no book gold."
    open_day = await on_a_thread(database_url, read_url, "liability", "--value", "1", "1")
    assert str(open_day.exception) == "No business day is closed yet; ask again when the first one is over."


@pytest.mark.usefixtures("past")
async def test_the_worker_closes_days(db: Database, clock: SettableClock) -> None:
    clock.advance(timedelta(days=2))
    before = await closed_days(db)
    schedule = next(one for one in SCHEDULES if one.name == "points.sum_days")
    handler = next(one for one in JOB_HANDLERS if one.name == "points.sum_day")
    async with db.transaction() as tx:
        await schedule.run(tx)
    for _ in range(3):
        async with db.transaction() as tx:
            await handler.run(tx, handler.payload())
    assert await closed_days(db) == before + 2


async def closed_days(db: Database) -> int:
    async with db.transaction() as tx:
        count: int = await tx.fetchval("SELECT count(*) FROM points.closed_day")
    return count


async def test_a_trial_balance_is_asked_for_in_less_detail(past: History, db: Database, clock: SettableClock) -> None:
    source = Source(key="g", cause="other", counter_account="issued:=1+1", occurred_at=clock.now())
    async with db.transaction() as tx:
        await post(tx, [Credit(member_id=past.members[0], book=POINTS, points=3, source=source)])
    async with client_of(db, ROUTES, "finance:read") as client:
        shown = {
            detail: (await client.get(f"{SYSTEM}/trial-balance", params={"detail": detail})).json()
            for detail in ("budget", "cause", "account")
        }
        plain = await client.get(f"{SYSTEM}/trial-balance")
        wrong = await client.get(f"{SYSTEM}/trial-balance", params={"detail": "member"})
    assert (plain.json(), wrong.status_code) == (shown["budget"], 422)
    by_name: dict[str, dict[tuple[str, str | None], int]] = {}
    for detail, report in shown.items():
        assert report["total"] == 0
        assert all(tie["journal"] == tie["found"] for tie in report["ties"] if "transfers" not in tie["what"])
        accounts = by_name[detail] = {}
        for line in report["lines"]:
            name = line["account"], line["cause"] if detail == "cause" else None
            accounts[name] = accounts.get(name, 0) + line["points"]
    assert by_name["account"] == by_name["budget"]
    assert [line["budget"] for line in shown["cause"]["lines"]] == [None] * len(by_name["cause"])
    assert len(shown["account"]["lines"]) < len(shown["budget"]["lines"])
    assert len(by_name["cause"]) > len(by_name["account"])


async def test_a_trial_balance_of_too_many_budgets_is_refused(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    superuser.execute(
        "INSERT INTO points.closed_day VALUES ('2020-01-01', '2019-12-31T16:00Z', '2020-01-01T16:00Z', 1, %s)",
        (clock.now(),),
    )
    superuser.execute(
        "INSERT INTO points.day_sum"
        " SELECT 1, '2020-01-01', 'earn', 'gift', 'issued:gift', 'b' || n, 1, 2, 2, 0, 0, 0, 0, 0"
        " FROM generate_series(1, %s) AS n",
        (LINES_AT_MOST + 1,),
    )
    async with client_of(db, ROUTES, "finance:read") as client:
        refused = await client.get(f"{CONSOLE}/trial-balance")
        exported = await client.get(f"{CONSOLE}/trial-balance.csv")
        by_cause = await client.get(f"{CONSOLE}/trial-balance", params={"detail": "cause"})
    assert (refused.status_code, exported.status_code) == (422, 422)
    assert f"more than {LINES_AT_MOST} lines" in refused.text
    points = {line["account"]: line["points"] for line in by_cause.json()["lines"]}
    assert points["issued:gift"] == -2 * (LINES_AT_MOST + 1)


async def test_a_roll_forward_of_too_many_lines_is_refused(db: Database, clock: SettableClock) -> None:
    member, budgets = new_id(), LINES_AT_MOST // 400 + 1
    async with db.transaction() as tx:
        await post(tx, [
            Credit(member_id=member, book=POINTS, points=1, source=Source(
                key=f"b{n}", cause="gift", counter_account="issued:gift", occurred_at=tx.now, budget=f"b{n}"))
            for n in range(budgets)
        ])  # fmt: skip
    first = CALENDAR.day(clock.now()) - timedelta(days=399)
    asked = {"from": str(first), "to": str(first + timedelta(days=399)), "by": "day", "group": "budget"}
    async with client_of(db, ROUTES, "finance:read") as client:
        refused = await client.get(f"{CONSOLE}/roll-forward", params=asked)
        by_month = await client.get(f"{CONSOLE}/roll-forward", params=asked | {"by": "month"})
    assert refused.status_code == 422
    assert f"makes {400 * budgets} lines" in refused.text
    assert len(by_month.json()["lines"]) == 14 * budgets
