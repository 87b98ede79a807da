"""The shop's day of payments held against what it was told to charge and to give back (CHK-09)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
import pytest_asyncio

from huixiang.checkout.events import PaymentsOverdue
from huixiang.checkout.jobs import announce_overdue, watch_payments
from huixiang.checkout.model.instructions import Kind
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.metrics import PAYMENTS_OVERDUE
from huixiang.points.model.breaker import PROGRAMME
from tests.checkout.paying import FEN, Answer, Payments, breaches, paying

pytestmark = pytest.mark.requirement("CHK-09")

TODAY = date(2026, 3, 18)


@pytest_asyncio.fixture
async def payments(db: Database) -> AsyncIterator[Payments]:
    async with paying(db, "finance:read") as made:
        yield made
    assert await breaches(db) == []


class Statement:
    """What the shop's books have of a day."""

    def __init__(self, payments: Payments, clock: SettableClock) -> None:
        self._payments, self._clock = payments, clock

    def row(self, reference: str, one: UUID | None, fen: int = FEN, kind: Kind = "charge", **more: Any) -> Answer:
        named = {} if one is None else {"instruction_id": str(one)}
        return (
            {"reference": reference, "kind": kind, "fen": fen, "paid_at": self._clock.now().isoformat()} | named | more
        )

    async def tell(self, *rows: Answer, day: date = TODAY) -> list[str]:
        """What became of each row."""
        answer = await self._payments.client.post(
            f"/api/v1/payments/statements/{day}",
            content=b"\n".join(msgspec.json.encode(row) for row in rows),
            headers={"Content-Type": "application/x-ndjson"},
        )
        assert answer.status_code == 200, answer.text
        return [row.get("problem", {}).get("code") or row["outcome"] for row in answer.json()["rows"]]

    async def reconciled(self, day: date = TODAY) -> Answer:
        system = await self._payments.client.get(f"/api/v1/payments/statements/{day}")
        console = await self._payments.client.get(f"/api/console/v1/payments/statements/{day}")
        assert system.status_code == 200, system.text
        assert console.json() == system.json()
        found: Answer = system.json()
        assert sum(found["found"].values()) == len(found["differences"])
        return found


@pytest.fixture
def statement(payments: Payments, clock: SettableClock) -> Statement:
    return Statement(payments, clock)


def parts(found: Answer) -> list[tuple[str, str | None, str | None]]:
    """Each difference with the reference on either side."""
    return [
        (one["what"], (one["instruction"] or {}).get("reference"), (one["payment"] or {}).get("reference"))
        for one in found["differences"]
    ]


async def paid(payments: Payments, clock: SettableClock, key: str, reference: str, fen: int = FEN) -> UUID:
    one = (await payments.ask(key, fen)).instruction_id
    answer = await payments.confirm(one, clock.now(), reference)
    assert answer.status_code == 200, answer.text
    return one


async def test_a_day_on_which_both_have_the_same(
    payments: Payments, clock: SettableClock, statement: Statement
) -> None:
    due = await paid(payments, clock, "due", "pay-1")
    await payments.void()
    [_, back] = await payments.of_order()
    await payments.confirm(back["instruction_id"], clock.now(), "back-1")
    rows = [statement.row("pay-1", due), statement.row("back-1", back["instruction_id"], kind="give_back")]
    assert (await statement.reconciled())["told_at"] is None
    assert await statement.tell(*rows) == ["created", "created"]
    found = await statement.reconciled()
    assert (found["agreed"], found["differences"], found["found"]) == (2, [], {})
    sums = {"charges": 1, "charge_fen": FEN, "give_backs": 1, "give_back_fen": FEN}
    assert found["ours"] == found["theirs"] == sums
    assert found["told_at"] is not None
    assert found["outcome"] == "agrees"


async def test_when_a_statement_came_and_when_it_last_said_something_new(
    payments: Payments, clock: SettableClock, statement: Statement
) -> None:
    def at(found: Answer) -> tuple[datetime, datetime]:
        return datetime.fromisoformat(found["told_at"]), datetime.fromisoformat(found["changed_at"])

    row = statement.row("pay-1", await paid(payments, clock, "due", "pay-1"))
    before = await statement.reconciled()
    assert (before["outcome"], before["due_at"]) == ("missing", "2026-03-19T04:00:00Z")
    first = clock.now()
    assert await statement.tell(row) == ["created"]
    assert at(await statement.reconciled()) == (first, first)
    clock.advance(timedelta(minutes=1))
    assert await statement.tell(row) == ["unchanged"]
    assert at(await statement.reconciled()) == (clock.now(), first), "it came again, and said nothing new"
    clock.advance(timedelta(minutes=1))
    refused = await statement.tell(row | {"paid_at": (clock.now() - timedelta(days=1)).isoformat()}, {"nothing": 1})
    assert refused == ["payment_of_another_day", "input_invalid"]
    assert await statement.tell({"nothing": 1}) == ["input_invalid"]
    assert at(await statement.reconciled())[0] == first + timedelta(minutes=1), "what is refused is no statement"
    clock.advance(timedelta(minutes=1))
    assert await statement.tell(row | {"fen": FEN + 1}) == ["updated"]
    assert at(await statement.reconciled()) == (clock.now(), clock.now())
    empty = TODAY - timedelta(days=1)
    assert await statement.tell(day=empty) == []
    assert at(await statement.reconciled(empty)) == (clock.now(), clock.now())


async def test_each_way_in_which_two_sides_part(payments: Payments, clock: SettableClock, statement: Statement) -> None:
    only_here = await paid(payments, clock, "a", "a")
    other_sum, other_name = await paid(payments, clock, "b", "b"), await paid(payments, clock, "c", "c")
    twice = await paid(payments, clock, "d", "d")
    unheard = (await payments.ask("e")).instruction_id
    told = await statement.tell(
        statement.row("b", other_sum, FEN - 1),
        statement.row("c2", other_name),
        statement.row("d", twice),
        statement.row("d2", twice),
        statement.row("e", unheard),
        statement.row("nobody's", new_id()),
        statement.row("nameless", None),
    )
    assert set(told) == {"created"}
    found = await statement.reconciled()
    assert sorted(parts(found), key=str) == sorted(
        [
            ("only_ours", "a", None),
            ("figures", "b", "b"),
            ("figures", "c", "c2"),
            ("only_theirs", "d", "d2"),
            ("only_theirs", None, "e"),
            ("only_theirs", None, "nobody's"),
            ("only_theirs", None, "nameless"),
        ],
        key=str,
    )
    assert (found["agreed"], found["found"]) == (1, {"only_ours": 1, "figures": 2, "only_theirs": 4})
    assert found["differences"][-1]["instruction"]["instruction_id"] == str(only_here)


async def test_a_payment_that_is_told_again_is_corrected(
    payments: Payments, db: Database, clock: SettableClock, statement: Statement
) -> None:
    due = await paid(payments, clock, "due", "pay-1")
    wrong, right = statement.row("pay-1", None), statement.row("pay-1", due)
    stray = statement.row("stray", None)
    assert await statement.tell(wrong, stray) == ["created", "created"]
    assert await statement.tell(wrong, stray) == ["unchanged", "unchanged"]
    assert (await statement.reconciled())["found"] == {"only_theirs": 2, "only_ours": 1}
    assert await statement.tell(right, stray | {"fen": 0}) == ["updated", "updated"]
    assert (await statement.reconciled())["found"] == {}
    async with db.transaction() as tx:
        kept = await tx.fetch("SELECT reference, version, fen FROM checkout.payment_version ORDER BY 1, 2")
    assert [tuple(row) for row in kept] == [("pay-1", 1, FEN), ("pay-1", 2, FEN), ("stray", 1, FEN), ("stray", 2, 0)]


async def test_bad_rows_are_reported_and_good_ones_kept(
    payments: Payments, clock: SettableClock, statement: Statement
) -> None:
    due = await paid(payments, clock, "due", "pay-1")
    yesterday = (clock.now() - timedelta(days=1)).isoformat()
    later = (clock.now() + timedelta(hours=1)).isoformat()
    good = statement.row("pay-1", due)
    told = await statement.tell(
        good, good, statement.row("pay-1", due, FEN + 1), statement.row("y", None, paid_at=yesterday),
        statement.row("l", None, paid_at=later), statement.row("n", None, -1), statement.row("two words", None),
    )  # fmt: skip
    assert told == [
        "created", "unchanged", "payment_told_twice", "payment_of_another_day", "payment_in_future", "input_invalid",
        "input_invalid",
    ]  # fmt: skip
    assert ((await statement.reconciled())["agreed"], (await statement.reconciled())["found"]) == (1, {})


async def test_a_day_is_a_business_day_and_a_payment_may_be_booked_the_next(
    payments: Payments, clock: SettableClock, statement: Statement
) -> None:
    """23:59 in Shanghai is the day before here by the shop's clock, which is a minute ahead."""
    clock.advance(timedelta(hours=13, minutes=29))
    due = await paid(payments, clock, "due", "pay-1")
    clock.advance(timedelta(minutes=2))
    late = statement.row("pay-1", due)
    assert await statement.tell(late) == ["payment_of_another_day"]
    assert await statement.tell(late, day=TODAY + timedelta(days=1)) == ["created"]
    first, second = await statement.reconciled(), await statement.reconciled(TODAY + timedelta(days=1))
    assert (first["found"], second["found"], second["agreed"]) == ({}, {}, 1)


async def test_what_stays_open_is_found_after_a_day_told_and_counted(
    payments: Payments, db: Database, clock: SettableClock, statement: Statement
) -> None:
    await payments.ask("slow", 100)
    failed = (await payments.ask("failed", 200)).instruction_id
    await payments.ask("unwanted", 400)
    await payments.void("unwanted")
    await payments.fail(failed)
    async with db.transaction() as tx:
        await announce_overdue(tx)
    assert (await statement.reconciled())["found"] == {}
    clock.advance(timedelta(hours=24, seconds=1))
    await payments.ask("new", 800)
    found = await statement.reconciled()
    assert (found["found"], {one["instruction"]["fen"] for one in found["differences"]}) == ({"open": 2}, {100, 200})
    assert (await statement.reconciled(TODAY + timedelta(days=1)))["found"] == {}
    async with db.transaction() as tx:
        await watch_payments(tx)
        await announce_overdue(tx)
    assert PAYMENTS_OVERDUE.labels("charge")._value.get() == 2
    async with db.transaction() as tx:
        rows = await tx.fetch("SELECT events FROM platform.outbox WHERE member_id = $1", PROGRAMME)
    [told] = [msgspec.json.decode(row["events"], type=list[PaymentsOverdue]) for row in rows]
    assert [(one.charges, one.charge_fen, one.give_backs) for one in told] == [(2, 300, 0)]
