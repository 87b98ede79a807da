"""Trial balance, roll-forward and closed days against the raw journal, after random histories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import asyncpg
import psycopg
import pytest

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.points.model import GROWTH, POINTS
from huixiang.points.model.finance import Group, RollLine
from huixiang.points.service import finance
from huixiang.points.service.closing import close_next_day
from huixiang.points.store.closing import LAG
from huixiang.points.store.finance import JOURNAL_SUMS
from tests.points.history import CALENDAR, History

pytestmark = [pytest.mark.requirement("PTS-16", "PTS-17"), pytest.mark.postgres15]

Raw = dict[str, Any]
WAY = "transfers: on the way"  # random histories post such transfers without their rows
# The report's columns, said once more: by what stands before the colon, and the sign in which it is shown.
SHOWN = {
    "issued": ("issued", 1), "redeemed": ("redeemed", -1), "expired": ("expired", -1),
    "clawed_back": ("clawed_back", -1), "returned": ("returned", 1), "in_transit": ("transfers", 1),
    "adjusted": ("adjustments", 1),
}  # fmt: skip
COLUMNS = ("issued", "redeemed", "expired", "clawed_back", "returned", "transfers", "adjustments", "other")


def raw_postings(superuser: psycopg.Connection[Any], book: int) -> list[Raw]:
    cursor = superuser.execute("SELECT * FROM points.posting WHERE book = %s", (book,))
    assert cursor.description is not None
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


async def close_all(db: Database) -> list[date]:
    closed: list[date] = []
    while True:
        async with db.transaction() as tx:
            day = await close_next_day(tx)
        if day is None:
            return closed
        closed.append(day)


def recorded_on(posting: Raw, by: str = "day") -> date:
    day = CALENDAR.day(posting["recorded_at"])
    return day.replace(day=1) if by == "month" else day


def recomputed(postings: Sequence[Raw], periods: Sequence[date], by: str) -> list[RollLine]:
    """The roll-forward of these postings by counting, a posting at a time."""
    lines = []
    for period in periods:
        before = [one for one in postings if recorded_on(one, by) < period]
        within = [one for one in postings if recorded_on(one, by) == period]
        columns = dict.fromkeys(COLUMNS, 0)
        for one in within:
            name, sign = SHOWN.get(one["counter_account"].split(":")[0], ("other", 1))
            columns[name] += sign * one["points"]
        opening = sum(one["points"] for one in before)
        owed = sum(one["debt_delta"] for one in before)
        changes = [one["debt_delta"] for one in within]
        lines.append(
            RollLine(
                period=period,
                group="",
                opening=opening,
                **columns,
                closing=opening + sum(one["points"] for one in within),
                debt_opening=owed,
                debt_incurred=sum(change for change in changes if change > 0),
                debt_paid=-sum(change for change in changes if change < 0),
                debt_closing=owed + sum(changes),
            )
        )
    return lines


def equation(line: RollLine) -> int:
    return (
        line.opening + line.issued - line.redeemed - line.expired - line.clawed_back + line.returned
        + line.transfers + line.adjustments + line.other
    )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_every_report_is_exact_against_the_raw_journal(
    seed: int, db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    history = History(db, clock, seed)
    await history.live(60)
    closed = await close_all(db)
    await history.live(6)  # open days, on top of closed ones
    assert history.kinds >= {
        "earn", "spend", "hold", "capture", "release", "return", "claw_back", "mature", "expire", "adjust",
        "transfer_out", "transfer_in",
    }  # fmt: skip
    postings = raw_postings(superuser, 1)
    assert any(one["debt_delta"] > 0 for one in postings)
    assert any(one["debt_delta"] < 0 for one in postings)
    assert len(closed) > 10

    first, last = closed[0] - timedelta(days=2), CALENDAR.day(clock.now())
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    months = sorted({day.replace(day=1) for day in days})
    async with db.snapshot() as tx:
        daily = await finance.roll_forward(tx, POINTS, first, last, "day")
        monthly = await finance.roll_forward(tx, POINTS, first, last, "month")
        later = await finance.roll_forward(tx, POINTS, days[9], days[12], "day")
        live = await finance.roll_forward(tx, POINTS, first, last, "day", from_journal=True)
    assert daily.lines == recomputed(postings, days, "day")
    assert monthly.lines == recomputed(postings, months, "month")
    assert later.lines == daily.lines[9:13]
    assert live.lines == daily.lines
    assert daily.closed_until == closed[-1]
    assert all(equation(line) == line.closing for line in daily.lines + monthly.lines)
    assert all(line.other == 0 for line in daily.lines)


@pytest.mark.parametrize("group", [Group.CAUSE, Group.BUDGET])
async def test_a_roll_forward_by_cause_and_by_budget_adds_up_to_the_whole(
    group: Group, db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    history = History(db, clock, 4)
    await history.live(30)
    closed = await close_all(db)
    postings = raw_postings(superuser, 1)
    months = sorted({recorded_on(one, "month") for one in postings})
    async with db.snapshot() as tx:
        split = await finance.roll_forward(tx, POINTS, months[0], months[-1], "month", group)
        whole = await finance.roll_forward(tx, POINTS, months[0], months[-1])
    assert closed
    labels = {one["budget" if group is Group.BUDGET else "cause"] or "" for one in postings}
    assert labels == {line.group for line in split.lines}
    assert len(labels) > 2
    for label in labels:
        own = [one for one in postings if (one["budget" if group is Group.BUDGET else "cause"] or "") == label]
        lines = [line for line in split.lines if line.group == label]
        assert [amounts(line) for line in lines] == [amounts(line) for line in recomputed(own, months, "month")]
    for place, month in enumerate(months):
        parts = [amounts(line) for line in split.lines if line.period == month]
        assert [sum(column) for column in zip(*parts, strict=True)] == amounts(whole.lines[place])


def amounts(line: RollLine) -> list[int]:
    return [value for value in (getattr(line, name) for name in RollLine.__struct_fields__) if isinstance(value, int)]


async def test_a_trial_balance_sums_to_nothing_and_ties_to_accounts_and_lots(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    history = History(db, clock, 5)
    await history.live(30)
    await close_all(db)
    await history.live(3)
    postings = raw_postings(superuser, 1)
    async with db.snapshot() as tx:
        now = await finance.trial_balance(tx, POINTS)
        growth = await finance.trial_balance(tx, GROWTH)
        recounted = await finance.trial_balance(tx, POINTS, from_journal=True)
    assert now.total == growth.total == 0
    assert recounted == now
    assert now.postings == len(postings)
    members = {line.account: line.points for line in now.lines if line.side == "members"}
    assert members["debts"] == -sum(one["debt_delta"] for one in postings)
    assert members["balances"] + members["debts"] == sum(one["points"] for one in postings)
    expected: dict[tuple[str, str | None, str | None], int] = defaultdict(int)
    for one in postings:
        if one["counter_account"]:
            expected[one["counter_account"], one["cause"], one["budget"]] -= one["points"]
    found = {(line.account, line.cause, line.budget): line.points for line in now.lines if line.side == "counter"}
    assert found == expected
    on_the_way = sum(one["points"] for one in postings if one["counter_account"] == "in_transit")
    assert found["in_transit", "transfer", None] == -on_the_way
    assert [tie.difference for tie in now.ties + growth.ties if tie.what != WAY] == [0] * 12
    assert [tie.journal for tie in now.ties if tie.what == WAY] == [-on_the_way]
    assert (now.pools, in_pools(superuser)) == (0, 0)
    superuser.execute(
        "INSERT INTO points.pool SELECT %s, %s, 'open', '2026-01-01'", (history.members[0], history.members[1])
    )
    async with db.snapshot() as tx:
        pooled = await finance.trial_balance(tx, POINTS)
    assert pooled.pools == in_pools(superuser) > 0
    assert now.held == sum(one["held_delta"] for one in postings)
    assert [tie.journal for tie in now.ties][1:3] == [now.held, now.pending]


def in_pools(superuser: psycopg.Connection[Any]) -> int:
    """What pools have."""
    row = superuser.execute(
        "SELECT coalesce(sum(balance), 0)::bigint FROM points.account JOIN points.pool USING (member_id) WHERE book = 1"
    ).fetchone()
    assert row is not None
    return int(row[0])


async def test_a_trial_balance_as_of_a_day_or_an_instant_leaves_out_what_came_after(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    await History(db, clock, 6).live(30)
    closed = await close_all(db)
    postings = raw_postings(superuser, 1)
    instants = sorted(one["recorded_at"] for one in postings)
    middle = instants[len(instants) // 2]
    assert CALENDAR.day(middle) in closed
    async with db.snapshot() as tx:
        as_of_day = await finance.trial_balance(tx, POINTS, day=closed[4])
        as_of_instant = await finance.trial_balance(tx, POINTS, at=middle)
        today = await finance.trial_balance(tx, POINTS, day=CALENDAR.day(clock.now()))
    assert as_of_day.postings == sum(recorded_on(one) <= closed[4] for one in postings)
    assert as_of_instant.postings == sum(at < middle for at in instants)
    assert (as_of_day.total, as_of_instant.total) == (0, 0)
    assert as_of_day.ties == as_of_instant.ties == []
    assert (today.postings, [tie.difference for tie in today.ties if tie.what != WAY]) == (len(postings), [0] * 8)


async def test_what_was_changed_behind_the_ledger_does_not_tie(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    history = History(db, clock, 7)
    await history.live(10)
    superuser.execute("UPDATE points.account SET balance = balance + 5 WHERE member_id = %s AND book = 1",
                      (history.members[0],))  # fmt: skip
    async with db.snapshot() as tx:
        told = await finance.trial_balance(tx, POINTS)
    differ = {tie.what: tie.difference for tie in told.ties if tie.difference and tie.what != WAY}
    assert differ == {"accounts: balance": 5}


# --------------------------------------------------------------------------------------------------- closing days
async def test_days_are_closed_in_order_without_a_gap_and_once(db: Database, clock: SettableClock) -> None:
    assert await close_all(db) == []
    begun = CALENDAR.day(clock.now())
    await History(db, clock, 8).earn()
    clock.advance(timedelta(days=5))
    assert await close_all(db) == [begun + timedelta(days=n) for n in range(5)]
    assert await close_all(db) == []
    async with db.snapshot() as tx:
        days = await tx.fetch("SELECT day, starts_at, ends_at, postings FROM points.closed_day ORDER BY day")
        summed = await tx.fetchval("SELECT sum(postings) FROM points.day_sum")
        posted = await tx.fetchval("SELECT count(*) FROM points.posting")
    assert [row["ends_at"] for row in days][:-1] == [row["starts_at"] for row in days][1:]
    assert [row["postings"] for row in days] == [posted, 0, 0, 0, 0]
    assert summed == posted


async def test_a_day_is_closed_some_minutes_after_its_end(db: Database, clock: SettableClock) -> None:
    await History(db, clock, 9).earn()
    day = CALENDAR.day(clock.now())
    end = CALENDAR.start_of(day + timedelta(days=1))
    clock.set(end + LAG - timedelta(microseconds=1))
    assert await close_all(db) == []
    clock.set(end + LAG)
    assert await close_all(db) == [day]


async def test_an_open_transaction_keeps_open_the_days_it_can_write_into(
    db: Database, clock: SettableClock, database_url: str
) -> None:
    """Here the clock of the program goes with the database's, which is how the two are compared."""
    async with db.transaction() as tx:
        started = await tx.fetchval("SELECT xact_start FROM pg_stat_activity WHERE pid = pg_backend_pid()")
    today = CALENDAR.day(started)
    clock.set(CALENDAR.start_of(today) - timedelta(hours=12))
    await History(db, clock, 10).earn()
    clock.set(CALENDAR.start_of(today + timedelta(days=2)))
    writer = await asyncpg.connect(database_url)
    try:
        begun = writer.transaction()
        await begun.start()
        await writer.fetchval("SELECT 1")
        closed = await close_all(db)
        assert today not in closed
        await begun.rollback()
        assert today in await close_all(db)
    finally:
        await writer.close()


async def test_two_who_close_at_once_close_each_day_once(db: Database, clock: SettableClock, database_url: str) -> None:
    await History(db, clock, 11).earn()
    clock.advance(timedelta(days=2))
    async with db.transaction() as one:
        first = await close_next_day(one)
        second = await asyncpg.connect(database_url)
        try:
            taken = await second.fetchval("SELECT pg_try_advisory_xact_lock(7081016)")
        finally:
            await second.close()
    assert first is not None
    assert taken is False
    assert await close_all(db) == [first + timedelta(days=1)]


async def test_a_change_of_time_zone_leaves_no_gap(db: Database, clock: SettableClock) -> None:
    await History(db, clock, 12).live(4)
    clock.advance(timedelta(days=1))
    closed = await close_all(db)
    await History(db, clock, 13).live(4, at_most=timedelta(hours=9))
    db.calendar = BusinessCalendar("Europe/Berlin")
    clock.advance(timedelta(days=2))
    more = await close_all(db)
    assert closed
    assert more[0] == closed[-1] + timedelta(days=1)
    async with db.snapshot() as tx:
        assert await tx.fetchval("SELECT sum(postings)::bigint FROM points.day_sum") == await tx.fetchval(
            "SELECT count(*) FROM points.posting WHERE recorded_at < (SELECT max(ends_at) FROM points.closed_day)"
        )
        months = await finance.roll_forward(tx, POINTS, closed[0], more[-1])
        counted = await tx.fetchval("SELECT sum(points)::bigint FROM points.posting WHERE book = 1")
    assert months.lines[-1].closing == counted


async def test_sums_of_closed_days_can_not_be_changed(db: Database) -> None:
    for table in ("closed_day", "day_sum", "lot_day_sum"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.transaction() as tx:
                await tx.execute(f"DELETE FROM points.{table}")  # noqa: S608 - names from above


async def test_closed_days_are_read_by_index(db: Database, superuser: psycopg.Connection[Any]) -> None:
    superuser.execute(
        """
        INSERT INTO points.day_sum
        SELECT b, '2020-01-01'::date + d, 'earn', 'c' || c, 'issued:c' || c, '', 1, 1, 1, 0, 0, 0, 0, 0
        FROM generate_series(1, 4) AS b, generate_series(0, 900) AS d, generate_series(1, 12) AS c
        """
    )
    superuser.execute("ANALYZE points.day_sum")
    instant = CALENDAR.start_of(date(2021, 4, 1))
    async with db.transaction() as tx:
        rows = await tx.fetch(
            f"EXPLAIN {JOURNAL_SUMS}",
            POINTS.number, date(2021, 3, 1), "day", date(2021, 4, 1), instant, instant, "Asia/Shanghai",
            *(True, True), None,
        )  # fmt: skip
    plan = "\n".join(row[0] for row in rows)
    assert "day_sum_pkey" in plan
    assert "Seq Scan on day_sum" not in plan
