"""A day whose statement is missing, or does not agree, is told of after its deadline, once for each outcome."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
import pytest_asyncio

from huixiang.checkout import jobs
from huixiang.checkout.events import PaymentDayJudged
from huixiang.checkout.routes_payments import ROUTES
from huixiang.checkout.service import payment_days
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.platform.metrics import PAYMENT_DAYS
from huixiang.points.model.breaker import PROGRAMME
from huixiang.rulebook import service as rulebook
from tests.checkout.paying import FEN, Payments, breaches, paying
from tests.support.http_client import client_of
from tests.support.paging import walked

pytestmark = pytest.mark.requirement("CHK-09")
TODAY = date(2026, 3, 18)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest_asyncio.fixture
async def payments(db: Database) -> AsyncIterator[Payments]:
    async with paying(db) as made:
        yield made
    assert await breaches(db) == []


def on(clock: SettableClock, day: int, hour: int, minute: int = 0) -> None:
    clock.advance(datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI) - clock.now())


async def paid(payments: Payments, clock: SettableClock, reference: str) -> dict[str, Any]:
    """A row of the statement that agrees with it."""
    one = (await payments.ask(reference)).instruction_id
    assert (await payments.confirm(one, clock.now(), reference)).status_code == 200
    return {
        "reference": reference, "kind": "charge", "fen": FEN, "paid_at": clock.now().isoformat(),
        "instruction_id": str(one),
    }  # fmt: skip


async def tell(payments: Payments, *rows: dict[str, Any], day: date = TODAY) -> None:
    answer = await payments.client.post(
        f"/api/v1/payments/statements/{day}",
        content=b"\n".join(msgspec.json.encode(row) for row in rows),
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert (answer.status_code, answer.json()["refused"]) == (200, 0)


async def look(db: Database) -> list[date]:
    """What the worker does every ten minutes; the days that it looked at."""
    async with db.transaction() as tx:
        await jobs.look_at_days(tx)
        days = await payment_days.to_look_at(tx)
    for day in days:
        async with db.transaction() as tx:
            await jobs.judge_day(tx, jobs.JudgeDay(day))
    return days


async def told(db: Database) -> list[PaymentDayJudged]:
    async with db.transaction() as tx:
        rows = await tx.fetch("SELECT events FROM platform.outbox WHERE member_id = $1 ORDER BY seq", PROGRAMME)
    return [one for row in rows for one in msgspec.json.decode(row["events"], type=list[PaymentDayJudged])]


async def outcomes(db: Database) -> list[tuple[int, str]]:
    return [(one.business_day.day, one.outcome) for one in await told(db)]


async def test_a_day_without_a_statement_is_told_of_at_noon_of_the_next(
    payments: Payments, db: Database, clock: SettableClock
) -> None:
    row = await paid(payments, clock, "pay-1")
    on(clock, 19, 11, 59)
    assert TODAY not in await look(db)
    on(clock, 19, 12)
    assert TODAY in await look(db)
    assert await look(db) == []
    [one] = await told(db)
    assert (one.business_day, one.outcome, one.told_at, one.only_ours) == (TODAY, "missing", None, 1)
    assert (one.our_charge_fen, one.their_charge_fen) == (FEN, 0)
    assert PAYMENT_DAYS.labels("missing")._value.get() == 1
    on(clock, 20, 12)
    assert TODAY in await look(db)
    assert await outcomes(db) == [(18, "missing")], "the same again is not told again"
    await tell(payments, row | {"fen": FEN - 1})
    assert await look(db) == [TODAY]
    await tell(payments, row | {"fen": FEN - 2})
    assert await look(db) == [TODAY]
    await tell(payments, row)
    assert (await look(db), await look(db)) == ([TODAY], [])
    assert await outcomes(db) == [(18, "missing"), (18, "differs"), (18, "agrees")]
    assert [one.figures for one in await told(db)] == [0, 1, 0]
    assert PAYMENT_DAYS.labels("missing")._value.get() == PAYMENT_DAYS.labels("differs")._value.get() == 0


async def test_a_day_that_agrees_and_one_on_which_nothing_moved_are_not_told_of(
    payments: Payments, db: Database, clock: SettableClock
) -> None:
    await tell(payments, await paid(payments, clock, "pay-1"))
    for day in (19, 20, 21):
        on(clock, day, 12)
        assert date(2026, 3, day - 1) in await look(db)
    assert await told(db) == []


async def test_what_was_open_that_day_is_found_by_the_next_noon(
    payments: Payments, db: Database, clock: SettableClock
) -> None:
    """Sent at 13:00, it is open for a day an hour after the deadline."""
    on(clock, 18, 13)
    one = (await payments.ask("slow")).instruction_id
    await tell(payments)
    on(clock, 19, 12)
    await look(db)
    assert await told(db) == []
    on(clock, 20, 12)
    await look(db)
    assert [(each.outcome, each.open) for each in await told(db)] == [("differs", 1)]
    assert (await payments.fail(one)).status_code == 200
    await payments.void("slow")
    on(clock, 21, 12)
    await look(db)
    assert await outcomes(db) == [(18, "differs"), (18, "agrees")]


async def test_a_statement_that_comes_late_is_looked_at_and_old_days_are_left_alone(
    payments: Payments, db: Database, clock: SettableClock
) -> None:
    row = await paid(payments, clock, "pay-1")
    on(clock, 18, 12)
    clock.advance(timedelta(days=60))
    assert TODAY not in await look(db), "nobody is told of what is that long ago"
    await tell(payments, row | {"fen": FEN + 5})
    assert await look(db) == [TODAY]
    assert await outcomes(db) == [(18, "differs")]


async def test_the_deadline_is_a_rule(payments: Payments, db: Database, clock: SettableClock) -> None:
    await paid(payments, clock, "pay-1")
    body = {"name": {"zh": "早", "en": "Early"}, "by": "03:30"}
    async with db.transaction() as tx:
        await rulebook.publish(tx, "payment_statement", "default", body, tx.now, "test", "test")
    on(clock, 19, 3, 29)
    assert TODAY not in await look(db)
    on(clock, 19, 3, 30)
    assert TODAY in await look(db)
    assert await outcomes(db) == [(18, "missing")]


async def test_staff_list_the_days_that_are_not_right_the_latest_first(
    payments: Payments, db: Database, clock: SettableClock
) -> None:
    row = await paid(payments, clock, "pay-1")
    await tell(payments, row | {"fen": FEN - 1})
    on(clock, 19, 9)
    await paid(payments, clock, "pay-2")
    on(clock, 20, 12)
    await look(db)
    async with client_of(db, ROUTES, "finance:read") as staff:

        async def found(**params: Any) -> list[tuple[str, str, bool]]:
            [page] = await walked(staff, "/api/console/v1/payments/days", 99, **params)
            return [(one["day"], one["outcome"], one["came_since"]) for one in page]

        late, early = ("2026-03-19", "missing", False), ("2026-03-18", "differs", False)
        assert [len(page) for page in await walked(staff, "/api/console/v1/payments/days", 1)] == [1, 1]
        assert await found() == [late, early]
        assert (await found(outcome="missing"), await found(outcome="differs")) == ([late], [early])
        await tell(payments, row)
        assert await found(outcome="differs") == [("2026-03-18", "differs", True)]
        await look(db)
        assert await found() == [late]
        assert early[0] in [day for day, _, _ in await found(outcome="agrees")]
        wrong = await staff.get("/api/console/v1/payments/days", params={"outcome": "odd"})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "input_invalid")
