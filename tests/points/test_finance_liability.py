"""Liability on the database: lots followed by the month they were earned in, exact against the journal."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.points.model import GROWTH, NEVER, POINTS, Credit, Settle, Source, Spend
from huixiang.points.model.finance import BookWithoutLots, DayOpen, NoDayClosed
from huixiang.points.service import finance, post
from huixiang.points.service.closing import close_next_day
from tests.points.history import CALENDAR, History
from tests.support.programme import load_programme

pytestmark = [pytest.mark.requirement("PTS-17"), pytest.mark.postgres15]

EPOCH = date(1970, 1, 1)
VALUE = (100, 100)


async def close_all(db: Database) -> list[date]:
    closed: list[date] = []
    while True:
        async with db.transaction() as tx:
            day = await close_next_day(tx)
        if day is None:
            return closed
        closed.append(day)


def first_of(day: date) -> date:
    return day.replace(day=1)


def moves_from_the_journal(superuser: psycopg.Connection[Any]) -> Counter[tuple[date, date, date, str]]:
    """Points by (day, month earned in, month of expiry, kind), from nothing but postings in their order."""
    rows = superuser.execute(
        "SELECT member_id, kind, occurred_at, recorded_at, alloc, opened FROM points.posting WHERE book = 1"
        " ORDER BY member_id, seq"
    ).fetchall()
    lots: dict[tuple[Any, int], tuple[date, date]] = {}
    moved: Counter[tuple[date, date, date, str]] = Counter()
    for member, kind, occurred_at, recorded_at, alloc, opened in rows:
        day = CALENDAR.day(recorded_at)
        for lot_no, points, last_day, _, root in zip(*[iter(opened)] * 5, strict=True):
            earned_in = lots[member, root][0] if root else first_of(CALENDAR.day(occurred_at))
            lots[member, lot_no] = (earned_in, first_of(EPOCH + timedelta(days=last_day)))
            moved[day, *lots[member, lot_no], kind] += points
        for lot_no, remaining, _ in zip(*[iter(alloc)] * 3, strict=True):
            moved[day, *lots[member, lot_no], kind] += remaining
    return moved


@pytest.mark.parametrize("seed", [21, 22])
async def test_what_closed_days_did_to_lots_is_what_the_journal_says(
    seed: int, db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    history = History(db, clock, seed)
    await history.live(60)
    await close_all(db)
    clock.advance(timedelta(days=1))
    closed = await close_all(db)
    assert closed
    assert history.kinds >= {"return", "claw_back", "expire", "capture", "transfer_in"}
    rows = superuser.execute("SELECT day, earned_in, expires_in, kind, points FROM points.lot_day_sum").fetchall()
    stored = {tuple(row[:4]): row[4] for row in rows}
    moved = moves_from_the_journal(superuser)
    assert stored == {key: points for key, points in moved.items() if points}

    for day in (closed[-1], closed[-1] - timedelta(days=12), closed[-1] - timedelta(days=35)):
        async with db.snapshot() as tx:
            told = await finance.liability_of(tx, POINTS, day, VALUE)
        there: Counter[tuple[date, date]] = Counter()
        for (on, earned_in, expires_in, _), points in moved.items():
            if on <= day:
                there[earned_in, expires_in] += points
        assert told.outstanding == sum(there.values())
        assert [tie.difference for tie in told.ties] == [0]
        assert {bucket.expires_in: bucket.points for bucket in told.by_expiry} == totals(there, 1)
        assert sum(bucket.points for bucket in told.by_age) == told.outstanding
        assert sum(bucket.fen for bucket in told.by_age) == told.gross_fen == told.outstanding
        assert sum(cohort.outstanding for cohort in told.cohorts) == told.outstanding
    (remaining, held), = superuser.execute(
        "SELECT sum(remaining)::bigint, sum(held)::bigint FROM points.lot WHERE book = 1"
    ).fetchall()  # fmt: skip
    async with db.snapshot() as tx:
        today = await finance.liability_of(tx, POINTS, None, VALUE)
    assert (today.as_of, today.outstanding, today.held) == (closed[-1], remaining, held)
    assert (today.breakage, today.net_fen) == (None, None)
    assert today.why is not None
    assert today.cohorts


def totals(there: Counter[tuple[date, date]], place: int) -> dict[date | None, int]:
    summed: Counter[date | None] = Counter()
    for months, points in there.items():
        if points:
            summed[None if months[place].year == NEVER.year else months[place]] += points
    return dict(summed)


async def test_a_year_and_a_half_of_a_simple_shop(db: Database, clock: SettableClock) -> None:
    """Each month ten members earn 1,000 points for four months, and six of them spend theirs in the second month."""
    await load_programme(db)
    members = [new_id() for _ in range(10)]
    for place in range(18):
        today = CALENDAR.day(clock.now())
        async with db.transaction() as tx:
            await post(tx, [Settle(member_id=member, book=POINTS) for member in members])
            await post(tx, [earning(member, place, clock, today) for member in members])
            await post(tx, [spending(member, place, clock) for member in members[:6]] if place else [])
        clock.advance(CALENDAR.start_of(next_month(today)) - clock.now() + timedelta(days=8))
    closed = await close_all(db)
    async with db.snapshot() as tx:
        told = await finance.liability_of(tx, POINTS)
    assert told.as_of == closed[-1]
    assert (told.value_points, told.value_fen, told.value_version) == (100, 100, 1)
    assert told.breakage is not None
    assert told.net_fen == told.outstanding - told.breakage.expected
    assert told.net_low_fen is not None
    assert told.net_high_fen is not None
    assert told.net_low_fen <= told.net_fen <= told.net_high_fen
    assert told.basis.months >= 15
    assert [age.left_bp for age in told.basis.ages][:3] == [0, 6_000, 0]
    assert {test.within for test in told.back_tests if test.estimate} == {True}
    assert len(told.back_tests) == 4
    async with db.snapshot() as tx:
        halved = await finance.liability_of(tx, POINTS, value=(200, 100))
    assert halved.gross_fen * 2 == told.gross_fen
    assert halved.value_version is None


def next_month(day: date) -> date:
    return first_of(first_of(day) + timedelta(days=32))


def earning(member: Any, place: int, clock: SettableClock, today: date) -> Credit:
    last_day = first_of(today)
    for _ in range(4):
        last_day = next_month(last_day)
    source = Source(key=f"e{place}", cause="consumption", counter_account="issued:consumption", occurred_at=clock.now())
    return Credit(member_id=member, book=POINTS, points=1_000, source=source, expires_on=last_day - timedelta(days=1))


def spending(member: Any, place: int, clock: SettableClock) -> Spend:
    source = Source(key=f"s{place}", cause="checkout", counter_account="redeemed:checkout", occurred_at=clock.now())
    return Spend(member_id=member, book=POINTS, points=1_000, source=source)


async def test_a_day_that_is_open_has_no_liability_yet(db: Database, clock: SettableClock) -> None:
    async with db.snapshot() as tx:
        with pytest.raises(NoDayClosed, match="No business day is closed yet"):
            await finance.liability_of(tx, POINTS, None, VALUE)
    await History(db, clock, 1).earn()
    clock.advance(timedelta(days=1))
    closed = await close_all(db)
    async with db.snapshot() as tx:
        with pytest.raises(DayOpen, match=str(closed[-1])):
            await finance.liability_of(tx, POINTS, closed[-1] + timedelta(days=1), VALUE)
        with pytest.raises(BookWithoutLots):
            await finance.liability_of(tx, GROWTH, closed[-1], VALUE)
