"""Sums to charge and to give back over HTTP: asked once, told, confirmed, failed, sent again, voided (CHK-09)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from huixiang.checkout.events import PaymentChanged, PaymentInstructed
from huixiang.checkout.model.instructions import Instruction
from huixiang.checkout.routes import ROUTES as ORDERS
from huixiang.checkout.routes_payments import ROUTES
from huixiang.checkout.service import instructions
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import InvariantBroken
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database, Transaction
from tests.checkout.paying import FEN, Payments, breaches, buy, paying
from tests.support.http_client import client_of
from tests.support.programme import register_members

pytestmark = pytest.mark.requirement("CHK-09")

Told = PaymentInstructed | PaymentChanged


@pytest_asyncio.fixture
async def payments(db: Database) -> AsyncIterator[Payments]:
    async with paying(db, "finance:read") as made:
        yield made
    assert await breaches(db) == []


async def told(db: Database, payments: Payments) -> list[Told]:
    """What was announced of payments, in order."""
    async with db.transaction() as tx:
        rows = await tx.fetch("SELECT events FROM platform.outbox WHERE member_id = $1 ORDER BY seq", payments.member)
    announced = [one for row in rows for one in msgspec.json.decode(row["events"])]
    return [msgspec.convert(one, Told) for one in announced if str(one["type"]).startswith("checkout.payment_")]


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_sum_is_asked_once_told_and_confirmed(payments: Payments, db: Database, clock: SettableClock) -> None:
    asked = await payments.ask()
    assert await payments.ask() == asked
    assert (asked.state, asked.tries, asked.fen) == ("sent", 1, FEN)
    clock.advance(timedelta(minutes=1))
    answer = await payments.confirm(asked.instruction_id, clock.now())
    assert answer.status_code == 200, answer.text
    paid = answer.json()
    assert (paid["state"], paid["reference"], paid["undone_by"]) == ("confirmed", "pay-1", None)
    assert await payments.of_order() == [paid]
    read = await payments.client.get(f"/api/v1/orders/{payments.order_id}/payments/{asked.instruction_id}")
    assert read.json() == paid
    instructed, changed = await told(db, payments)
    assert isinstance(instructed, PaymentInstructed)
    assert isinstance(changed, PaymentChanged)
    assert (instructed.instruction_id, instructed.fen, instructed.tries) == (asked.instruction_id, FEN, 1)
    assert (changed.state, changed.kind) == ("confirmed", "charge")


@pytest.mark.parametrize(
    ("key", "fen", "kind"), [("due", FEN + 1, "charge"), ("due", FEN, "give_back"), ("other", 0, "charge")]
)
async def test_another_sum_under_a_key_is_a_defect(payments: Payments, key: str, fen: int, kind: Any) -> None:
    await payments.ask()
    with pytest.raises(InvariantBroken):
        await payments.ask(key, fen, kind)
    assert [one["fen"] for one in await payments.of_order()] == [FEN]


async def test_what_failed_is_sent_again(payments: Payments, db: Database, clock: SettableClock) -> None:
    one = (await payments.ask()).instruction_id
    for tries in (1, 2):
        failed = await payments.fail(one)
        assert (failed.json()["state"], failed.json()["reason"], failed.json()["tries"]) == (
            "failed",
            "NOTENOUGH",
            tries,
        )
        clock.advance(timedelta(hours=1))
        again = await payments.retry(one)
        assert (again.json()["state"], again.json()["tries"]) == ("sent", tries + 1)
    assert refused(await payments.retry(one)) == (409, "instruction_state_fixed")
    assert [one.tries for one in await told(db, payments) if isinstance(one, PaymentInstructed)] == [1, 2, 3]


async def test_a_command_that_is_repeated_answers_the_same(payments: Payments, clock: SettableClock) -> None:
    one = (await payments.ask()).instruction_id
    await payments.fail(one, key="f")
    first = await payments.retry(one, key="r")
    await payments.fail(one)
    again = await payments.retry(one, key="r")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    assert [one["state"] for one in await payments.of_order()] == ["failed"]
    # Under another key the same payment is no other payment; a second one is told.
    assert (await payments.confirm(one, clock.now())).json() == (await payments.confirm(one, clock.now())).json()
    assert refused(await payments.confirm(one, clock.now(), "pay-2")) == (409, "instruction_paid_before")


async def test_what_was_paid_when_nobody_needed_it_is_given_back(
    payments: Payments, db: Database, clock: SettableClock
) -> None:
    asked = await payments.ask()
    voided = await payments.void()
    assert voided is not None
    assert voided.state == "voided"
    assert await payments.void() == voided
    assert refused(await payments.fail(asked.instruction_id)) == (409, "instruction_state_fixed")
    late = (await payments.confirm(asked.instruction_id, clock.now())).json()
    assert late["state"] == "confirmed"
    charge, back = await payments.of_order()
    assert charge == late
    assert (back["instruction_id"], back["kind"], back["fen"], back["state"]) == (
        late["undone_by"],
        "give_back",
        FEN,
        "sent",
    )
    assert (await payments.confirm(asked.instruction_id, clock.now())).json() == late
    assert len(await payments.of_order()) == 2
    events = [(one.kind, getattr(one, "state", "sent")) for one in await told(db, payments)]
    assert events == [("charge", "sent"), ("charge", "voided"), ("give_back", "sent"), ("charge", "confirmed")]


async def test_a_charge_that_was_paid_is_given_back_when_it_is_voided(payments: Payments, clock: SettableClock) -> None:
    asked = await payments.ask()
    await payments.confirm(asked.instruction_id, clock.now())
    undone = await payments.void()
    assert undone is not None
    assert undone.state == "confirmed"
    assert await payments.void() == undone
    assert [(one["kind"], one["fen"]) for one in await payments.of_order()] == [("charge", FEN), ("give_back", FEN)]
    assert await payments.void("never asked") is None


async def test_who_waits_for_a_charge_is_told_once_in_its_transaction(payments: Payments, db: Database) -> None:
    settled: list[Instruction] = []

    async def settle(_tx: Transaction, one: Instruction) -> None:
        settled.append(one)

    due, unwanted = await payments.ask(), await payments.ask("more", 100)
    await payments.void("more")
    for one in (due, due, unwanted):
        async with db.transaction() as tx:
            await instructions.confirm(tx, payments.member, one.instruction_id, "p", tx.now, settle)
    assert [one.instruction_id for one in settled] == [due.instruction_id]


async def test_open_ones_are_listed_by_when_they_were_last_sent(payments: Payments, clock: SettableClock) -> None:
    begun = clock.now()
    asked = []
    for n in range(5):
        asked.append((await payments.ask(f"k{n}", 100 + n)).instruction_id)
        clock.advance(timedelta(hours=1))
    await payments.fail(asked[0])
    assert [one["instruction_id"] for one in await payments.listed(state="failed")] == [str(asked[0])]
    await payments.retry(asked[0])
    order = [str(one) for one in (*asked[1:], asked[0])]
    for path in ("/api/v1/payments", "/api/console/v1/payments"):
        found: list[str] = []
        query: dict[str, Any] = {"limit": 2}
        while True:
            page = (await payments.client.get(path, params=query)).json()
            found += [one["instruction_id"] for one in page["items"]]
            if page["next_cursor"] is None:
                break
            query["cursor"] = page["next_cursor"]
        assert found == order
    since = (begun + timedelta(hours=3)).isoformat()
    assert [one["instruction_id"] for one in await payments.listed(since=since)] == order[2:]
    assert await payments.listed(state="voided") == []


async def test_one_of_another_order_is_unknown(payments: Payments, db: Database, clock: SettableClock) -> None:
    """Also where both are the same member's."""
    one = (await payments.ask()).instruction_id
    [stranger] = await register_members(db, 1, prefix="other")
    body = {"reference": "p", "paid_at": clock.now().isoformat()}
    for order_id in (await payments.another_order("2"), await buy(db, stranger, "3")):
        for act, content in (("confirm", body), ("fail", {"reason": "NO"}), ("retry", None)):
            answer = await payments.act(one, act, content, order_id=order_id)
            assert refused(answer) == (404, "instruction_unknown")
        read = await payments.client.get(f"/api/v1/orders/{order_id}/payments/{one}")
        assert refused(read) == (404, "instruction_unknown")
    assert refused(await payments.act(one, "retry", None, order_id=new_id())) == (404, "order_unknown")
    assert [one["state"] for one in await payments.of_order()] == ["sent"]


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("confirm", {"reference": "two words", "paid_at": "2026-03-18T10:00:00+08:00"}),
        ("confirm", {"reference": "p", "paid_at": "2026-03-18T10:00:00"}),
        ("confirm", {"reference": "p"}),
        ("fail", {"reason": "王小明 has no money"}),
    ],
)
async def test_what_the_shop_says_is_checked(payments: Payments, act: str, body: Any) -> None:
    one = (await payments.ask()).instruction_id
    assert refused(await payments.act(one, act, body)) == (422, "input_invalid")


async def test_nothing_was_paid_tomorrow(payments: Payments, clock: SettableClock) -> None:
    one = (await payments.ask()).instruction_id
    answer = await payments.confirm(one, clock.now() + timedelta(hours=8))
    assert refused(answer) == (422, "payment_in_future")


async def test_staff_see_what_their_permission_shows(payments: Payments, db: Database) -> None:
    await payments.ask()
    path = f"/api/console/v1/orders/{payments.order_id}/payments"
    assert (await payments.client.get(path)).json() == await payments.of_order()
    async with client_of(db, ROUTES, "members:read") as client:
        for one in (path, "/api/console/v1/payments", "/api/v1/payments"):
            assert refused(await client.get(one)) == (403, "permission_missing")


@pytest.mark.parametrize("instruct", [True, False])
async def test_a_till_pays_its_refunds_out_unless_it_says_otherwise(
    payments: Payments, clock: SettableClock, *, instruct: bool
) -> None:
    lines = [{"line_id": "a", "quantity": 1}]
    body = {"external_id": "r1", "reason": "ripe", "occurred_at": clock.now().isoformat(), "lines": lines}
    path = f"/api/v1/orders/{payments.order_id}/refunds"
    async with client_of(payments.db, ORDERS, "orders:write") as client:
        content = body | ({"instruct": True} if instruct else {})
        answers = [await client.post(path, json=content, headers={"Idempotency-Key": key}) for key in ("a", "b")]
    assert [answer.status_code for answer in answers] == [201, 201]
    refund = answers[0].json()
    assert answers[1].json() == refund
    asked = [(one["key"], one["kind"], one["fen"], one["cause"]) for one in await payments.of_order()]
    assert asked == ([(f"refund:{refund['refund_id']}", "give_back", FEN, "refund")] if instruct else [])
    assert refund["cash_refund_fen"] == FEN
