"""docs/domain/finance.md says what the reports do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.points.model import POINTS, ClawBack, Command, Credit, Return, Source, Spend
from huixiang.points.model.finance import Outstanding
from huixiang.points.rules import breakage, finance
from huixiang.points.service import finance as reports
from huixiang.points.service import post
from huixiang.points.store.closing import LAG
from tests.documents.pages import number, page, sections, table, table_rows

pytestmark = pytest.mark.requirement("PTS-16", "PTS-17")

SECTIONS = sections(page("finance"))


def test_the_counter_accounts_are_those_that_reports_know() -> None:
    told = {row["counter-account"].partition(":")[0]: row["column of the roll-forward"]
            for row in table(SECTIONS["Double entry"])}  # fmt: skip
    assert told == {name: column for name, column in finance.COLUMN.items() if name != "merged"}


async def test_the_worked_example_of_four_days(db: Database, clock: SettableClock) -> None:
    member = new_id()
    rows = table(SECTIONS["Worked example: four days"])
    begun = db.calendar.day(clock.now())
    for place, row in enumerate(rows):
        day = int(row["day"])
        clock.set(db.calendar.start_of(begun + timedelta(days=day - 1)) + timedelta(hours=1 + place))
        source = Source(
            key=str(place),
            cause=row["counter-account"].partition(":")[2],
            counter_account=row["counter-account"],
            occurred_at=clock.now(),
        )
        points = abs(number(row["points"]))
        done: Command
        match row["counter-account"].partition(":")[0]:
            case "issued":
                done = Credit(member_id=member, book=POINTS, points=points, source=source)
            case "redeemed":
                done = Spend(member_id=member, book=POINTS, points=points, source=source)
            case "returned":
                done = Return(member_id=member, book=POINTS, points=points, source=source, origin_key="1")
            case _:
                done = ClawBack(member_id=member, book=POINTS, points=points, source=source, origin_key="0")
        async with db.transaction() as tx:
            (outcome,) = await post(tx, [done])
        assert outcome.posting is not None
        assert outcome.posting.points == number(row["points"])
    async with db.snapshot() as tx:
        rolled = await reports.roll_forward(tx, POINTS, begun, begun + timedelta(days=3), "day")
    header, _, *expected = second_table(SECTIONS["Worked example: four days"])
    found = [[getattr(line, column) for column in header[1:]] for line in rolled.lines]
    assert found == [[number(cell) for cell in row[1:]] for row in expected]


def second_table(text: str) -> list[list[str]]:
    first = "\n".join(text.split("\n\n")[1:])
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in first.splitlines() if line.startswith("|")
    ]


def test_the_worked_example_of_breakage() -> None:
    text = SECTIONS["Worked example: two months left"]
    rows = [[number(cell) for cell in row] for row in table_rows(text)]
    there = 10_000
    seen = {0: [breakage.Cell(10_000, 0)] * 3}
    for age, leaves, stays in rows:
        seen[age] = [breakage.Cell(10_000, leaves)] * 3
        there = there * (10_000 - leaves) // 10_000
        assert there == stays
    parcel = Outstanding(date(2026, 3, 1), date(2026, 5, 1), 10_000)
    said, _ = breakage.estimate([parcel], seen, date(2026, 3, 31))
    assert said is not None
    assert (said.expected, said.low, said.high) == (there, there, there)
    assert f"{there} points" in text


def test_the_numbers_in_the_text_are_the_program_s() -> None:
    assert timedelta(minutes=10) == LAG
    assert (breakage.COHORTS_AT_LEAST, breakage.POINTS_AT_LEAST, breakage.DRAWS) == (3, 1_000, 500)
    assert (10_000 - breakage.COVERED_AT_LEAST_BP, breakage.BACK_TESTS) == (500, (2, 3, 6, 12))
