"""docs/domain/trial.md says what a newcomer tries, and what comes of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any

import psycopg
import pytest
import pytest_asyncio

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.plans.model import TrialRules
from huixiang.platform.db import Database
from tests.documents.pages import page, sections, shipped, table
from tests.entry.program import running
from tests.journeys.test_trials import PHONE, Shop
from tests.points.movement import assert_lawful

pytestmark = pytest.mark.requirement("MEM-13")

SECTIONS = sections(page("trial"))
EXAMPLE = table(SECTIONS["Worked example"])
MONTHS = {"March": 3}
ORDERS = re.compile(r"(?:an order|orders) of ([\d,]+) yuan(?:: (\d+) points)?")


@pytest_asyncio.fixture
async def shop(db: Database, superuser: psycopg.Connection[Any]) -> AsyncIterator[Shop]:
    async with running(db) as program:
        yield Shop(program, db)
    assert_lawful(superuser)


def instant(cell: str, calendar: BusinessCalendar, hour: int = 12) -> datetime:
    """`26 March 0:00`, or a day, at noon if not said."""
    day, month, *at = cell.split()
    local = calendar.local(calendar.start_of(date(2026, MONTHS[month], int(day))))
    return local.replace(hour=int(at[0].split(":")[0]) if at else hour)


async def stands(shop: Shop, someone: str, calendar: BusinessCalendar) -> tuple[str, str, str]:
    """tier, earned and trial_until, as the page prints them."""
    told = await shop.get(f"/api/v1/members/{someone}/tier")
    ends = told["trial_until"] and calendar.local(datetime.fromisoformat(told["trial_until"]))
    printed = f"{ends.day} {ends:%B} {ends.hour}:{ends:%M}" if ends else ""
    return told["tier"]["code"], told["earned"]["code"] if ends else "", printed


def test_the_table_of_fields_is_the_shipped_document() -> None:
    rules = shipped("trial.default", TrialRules)
    rows = table(page("trial"))
    said = {name: row["shipped"] for row in rows for name in re.findall(r"`(\w+)`", row["field"])}
    known = {name: getattr(rules, name) for name in rules.__struct_fields__}
    assert set(said) == set(known)
    assert known["plan"] is None
    for name, value in known.items():
        if name != "plan":
            assert said[name] == (str(value).lower() if isinstance(value, bool) else str(value)), name


async def test_the_worked_example(shop: Shop, clock: SettableClock, calendar: BusinessCalendar) -> None:
    someone, other = await shop.joined("a", PHONE), await shop.joined("b")
    told = {row["what"]: row for row in EXAMPLE}
    assert (await shop.give(someone), await shop.give(other)) == ("silver", "silver")
    earning = next(row for row in EXAMPLE if row["what"].startswith("or: "))
    for number, row in enumerate(EXAMPLE):
        if row is earning or row["when"] == "later":
            continue
        clock.set(instant(row["when"], calendar))
        if order := ORDERS.search(row["what"]):
            made = await shop.order(someone, f"order-{number}", int(order[1]) * 100)
            assert made["points"] == int(order[2]), row
        if row["when"] == "19 March":
            fen = int((ORDERS.search(earning["what"]) or [""] * 2)[1].replace(",", "")) * 100
            for half in (1, 2):
                await shop.order(other, f"large-{half}", fen // 2)
            assert await stands(shop, other, calendar) == (earning["tier"].removesuffix(", earned"), "", "")
        assert await stands(shop, someone, calendar) == (row["tier"], row["earned"], row["trial_until"]), row
    assert (await stands(shop, other, calendar))[0] == "silver", "what was earned outlasts the trial"
    later = told["the phone is unlinked, the membership closed, the phone joins anew"]
    await shop.close(someone)
    again = await shop.joined("c", PHONE)
    assert await shop.give(again) == later["trial_until"].strip("`")
    assert (await stands(shop, again, calendar))[0] == later["tier"]
