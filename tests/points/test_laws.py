"""The laws of `db/invariants`: a sound past breaks none, and for each there is a damage that breaks it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.platform import invariants
from huixiang.platform.db import Database, Transaction
from tests.points.damages import DAMAGES
from tests.points.grocer import Past, damaged, live
from tests.support import pristine
from tests.support.fixtures import NOW, TestDatabase

pytestmark = [pytest.mark.requirement("INV-2"), pytest.mark.postgres15]


@pytest_asyncio.fixture(scope="module")
async def past(worker_database: TestDatabase, superuser: psycopg.Connection[Any]) -> Past:
    """Lived once: what a test damages, it undoes."""
    pristine.restore(superuser)
    clock = SettableClock(NOW)
    db = await opened(worker_database, "huixiang_app", clock)
    with capture_logs():
        lived = await live(db, clock)
    await db.close()
    return lived


async def opened(database: TestDatabase, role: str, clock: SettableClock | None = None) -> Database:
    clock = clock or SettableClock(NOW)
    return await Database.open(database.url(role), calendar=BusinessCalendar("Asia/Shanghai"), clock=clock)


@pytest_asyncio.fixture(scope="module")
async def master(worker_database: TestDatabase) -> AsyncIterator[Database]:
    db = await opened(worker_database, "postgres")
    yield db
    await db.close()


@pytest_asyncio.fixture(scope="module")
async def reports(worker_database: TestDatabase) -> AsyncIterator[Database]:
    db = await opened(worker_database, "huixiang_read")
    yield db
    await db.close()


async def broken(tx: Transaction) -> dict[str, list[dict[str, Any]]]:
    """The rows that break laws, by law."""
    found = {law.name: [breach.row async for breach in invariants.breaches(tx, law)] for law in invariants.laws()}
    return {name: rows for name, rows in found.items() if rows}


TABLES = (
    "points.posting", "points.lot", "points.hold", "checkout.orders", "checkout.order_tender", "checkout.refund_line",
    "tiers.change", "platform.outbox_aside", "platform.outbox_delivery", "platform.outbox_parked",
)  # fmt: skip


async def test_a_sound_past_breaks_no_law(past: Past, reports: Database) -> None:
    assert len(past.orders) == 5
    async with reports.snapshot() as tx:
        rows = {table: await tx.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES}  # noqa: S608 - constants
        assert [table for table, count in rows.items() if not count] == []
        assert await broken(tx) == {}


@pytest.mark.parametrize(("law", "damage"), [(law, damage) for law, damages in DAMAGES.items() for damage in damages])
async def test_a_damage_breaks_the_law(law: str, damage: str, past: Past, master: Database) -> None:
    async with damaged(master, damage, past) as tx:
        found = await broken(tx)
    assert law in found
    assert all(next(iter(row)) == "member_id" for rows in found.values() for row in rows)


async def test_no_damage_is_left(past: Past, reports: Database) -> None:
    assert past.orders
    async with reports.snapshot() as tx:
        assert await broken(tx) == {}


def test_every_law_is_shown_to_catch_something() -> None:
    assert {law.name for law in invariants.laws()} == set(DAMAGES)


def test_every_law_says_what_it_is_and_names_its_requirement() -> None:
    for law in invariants.laws():
        assert re.search(r"\. \([A-Z]+-\d+(, [A-Z]+-\d+)*\)$", law.text), law.name
        assert not law.question.startswith("--")
        assert law.question.upper().startswith("SELECT")
