"""The circuit breaker: what is paused waits for a person, and the rest goes on (PTS-23)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from huixiang.checkout import service as checkout
from huixiang.checkout.model import RefundLine, RefundRequest
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database, Transaction
from huixiang.platform.outbox import Event, Subscription
from huixiang.platform.relay import Relay
from huixiang.points import service as points
from huixiang.points.events import CausePaused, CauseResumed
from huixiang.points.model import NEVER, POINTS, Credit, Hold, Source, Spend
from huixiang.points.model.breaker import PROGRAMME
from huixiang.points.model.bulk import EarnBatch, EarnEvent
from huixiang.points.model.errors import CausePaused as CauseIsPaused
from huixiang.points.service import breaker, pauses, single
from tests.points.rules_ground import balance, client, journal, member, send
from tests.support.programme import line, till_order

__all__ = ["client", "member"]

PAUSES = "/api/console/v1/points/pauses"
FIRST_ORDER = 100  # what a member's first order is rewarded with, by a cause that is not paused


@pytest_asyncio.fixture(autouse=True)
async def nothing_known() -> AsyncIterator[None]:
    """What a test paused is not known to the next."""
    pauses.forget()
    yield
    pauses.forget()


async def pause(client: httpx.AsyncClient, side: str, cause: str, rule: str | None = None) -> str:
    answer = await send(client, PAUSES, {"side": side, "cause": cause, "rule": rule, "reason": "too many"})
    assert answer.status_code == 201, answer.text
    paused: str = answer.json()["pause_id"]
    return paused


async def order(db: Database, member: UUID, number: str, fen: int = 10_000, programme: str = "default") -> UUID:
    async with db.transaction() as tx:
        placed = till_order(member, number, tx.now, [line("a", fen)], programme=programme)
        return (await checkout.post_order(tx, placed)).order_id


async def waiting(client: httpx.AsyncClient, pause_id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get(f"{PAUSES}/{pause_id}/credits")).json()["items"]
    return items


async def judge(
    client: httpx.AsyncClient, pause_id: str, decision: str, rows: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    keys = [{"member_id": row["member_id"], "key": row["key"]} for row in rows]
    body = {"decision": decision, "reason": "looked at", "credits": keys}
    answer = await send(client, f"{PAUSES}/{pause_id}/credits/decision", body)
    assert answer.status_code == 200, answer.text
    decided: dict[str, Any] = answer.json()
    return decided


@pytest.mark.requirement("PTS-23")
async def test_checkout_goes_on_and_what_it_earns_waits(
    db: Database, clock: SettableClock, client: httpx.AsyncClient, member: UUID
) -> None:
    await order(db, member, "before")
    pause_id = await pause(client, "issue", "consumption")
    order_id = await order(db, member, "during")
    [row] = await waiting(client, pause_id)
    # Doubled: it is a Wednesday.
    assert (row["points"], row["cause"], row["state"], row["book"], row["key"]) == (
        200,
        "consumption",
        "waiting",
        "points",
        f"order:{order_id}:earn",
    )
    assert row["due_at"] == "2026-03-25T16:00:00Z"
    clock.advance(timedelta(days=30))
    held_back = await balance(db, member)
    assert (held_back.available, held_back.pending) == (200 + FIRST_ORDER, 200)
    await journal(db, member)


@pytest.mark.requirement("PTS-23")
async def test_released_points_are_spendable_when_they_would_have_been(
    db: Database, clock: SettableClock, client: httpx.AsyncClient, member: UUID
) -> None:
    pause_id = await pause(client, "issue", "consumption")
    await order(db, member, "early")
    clock.advance(timedelta(days=5))
    await order(db, member, "late")  # a Monday
    clock.advance(timedelta(days=4))
    rows = await waiting(client, pause_id)
    assert await judge(client, pause_id, "release", rows) == {"decided": 2}
    assert await judge(client, pause_id, "release", rows) == {"decided": 0}
    after = await balance(db, member)
    assert (after.available, after.pending) == (200 + FIRST_ORDER, 100)
    assert await waiting(client, pause_id) == []
    clock.advance(timedelta(days=4))
    async with db.transaction() as tx:
        assert await breaker.clear_due(tx, 100) == 1
        assert await breaker.clear_due(tx, 100) == 0
    assert (await balance(db, member)).available == 300 + FIRST_ORDER
    cleared = [posting for posting in await journal(db, member) if posting.kind == "mature"]
    assert [(one.cause, one.pending_delta, one.key) for one in cleared] == [
        ("released", -200, f"clear:{rows[0]['key']}"),
        ("released", -100, f"clear:{rows[1]['key']}"),
    ]


@pytest.mark.requirement("PTS-23")
async def test_voided_points_are_taken_back_but_for_what_refunds_took(
    db: Database, client: httpx.AsyncClient, member: UUID
) -> None:
    await order(db, member, "before", programme="base")
    pause_id = await pause(client, "issue", "consumption")
    order_id = await order(db, member, "during")
    async with db.transaction() as tx:
        request = RefundRequest(external_id="r", reason="ripe", occurred_at=tx.now, lines=[RefundLine("a", 1)])
        refunded = await order(db, member, "refunded")
        await checkout.refund_order(tx, refunded, request)
    rows = await waiting(client, pause_id)
    assert len(rows) == 2
    assert await judge(client, pause_id, "void", rows) == {"decided": 2}
    after = await balance(db, member)
    assert (after.available, after.pending, after.debt) == (100, 0, 0)
    [voided] = [posting for posting in await journal(db, member) if posting.cause == "voided"]
    assert (voided.points, voided.origin_key, voided.counter_account) == (
        -200,
        f"order:{order_id}:earn",
        "clawed_back:consumption",
    )


@pytest.mark.requirement("PTS-23")
async def test_what_paid_a_debt_while_paused_is_owed_again_when_it_is_voided(
    db: Database, client: httpx.AsyncClient, member: UUID
) -> None:
    body = {"points": -150, "ground": "breach", "reason": "resold coupons"}
    await send(client, f"/api/console/v1/members/{member}/points/adjustments", body)
    pause_id = await pause(client, "issue", "consumption")
    await order(db, member, "during", 15_000, programme="base")
    assert (await balance(db, member)).debt == 0
    await judge(client, pause_id, "void", await waiting(client, pause_id))
    after = await balance(db, member)
    assert (after.balance, after.pending, after.debt) == (0, 0, 150)
    await journal(db, member)


@pytest.mark.requirement("PTS-23")
async def test_spending_by_a_paused_cause_is_refused_and_by_others_not(
    db: Database, client: httpx.AsyncClient, member: UUID
) -> None:
    await order(db, member, "o1", programme="base")
    path = f"/api/v1/members/{member}/points/redemptions"
    donated = await send(client, path, {"purpose": "donation", "points": 10, "reference": "trees"}, key="k")
    pause_id = await pause(client, "burn", "donation")
    refused = await send(client, path, {"purpose": "donation", "points": 10, "reference": "trees"})
    assert (refused.status_code, refused.json()["code"], refused.json()["cause"]) == (
        409,
        "points_cause_paused",
        "donation",
    )
    replayed = await send(client, path, {"purpose": "donation", "points": 10, "reference": "trees"}, key="k")
    assert replayed.json() == donated.json()
    exchanged = await send(client, path, {"purpose": "exchange", "points": 10, "reference": "cup"})
    assert exchanged.status_code == 201
    ended = await send(client, f"{PAUSES}/{pause_id}/end", {"reason": "looked at"})
    assert (ended.status_code, ended.json()["ended_reason"]) == (200, "looked at")
    again = await send(client, f"{PAUSES}/{pause_id}/end", {"reason": "again"})
    assert (again.status_code, again.json()["code"]) == (409, "points_pause_ended")
    assert (await send(client, path, {"purpose": "donation", "points": 10, "reference": "x"})).status_code == 201
    assert (await balance(db, member)).available == 70


def credit(
    member: UUID, key: str, cause: str = "gift", rule: str | None = "earning.default", place: str | None = None
) -> Credit:
    source = Source(
        key=key, cause=cause, counter_account="issued:gift", occurred_at=NOW, rule=rule, rule_version=1, place=place
    )
    return Credit(member_id=member, book=POINTS, points=10, source=source, expires_on=NEVER)


NOW = datetime.fromisoformat("2026-03-18T02:30:00+00:00")


@pytest.mark.requirement("PTS-23")
async def test_every_door_sees_a_pause(db: Database, client: httpx.AsyncClient, member: UUID) -> None:
    await single.earn(db, credit(member, "before"))
    gift = await pause(client, "issue", "gift", rule="earning.default")
    burn = await pause(client, "burn", "gift")
    await single.earn(db, credit(member, "k1"))
    await single.earn(db, credit(member, "k2", rule="earning.base"))
    async with db.transaction() as tx:
        batch = EarnBatch(book=POINTS, cause="gift", counter_account="issued:gift", rule="earning.default")
        done = await points.earn_bulk(tx, batch, [EarnEvent(member_id=member, key="k3", points=7, occurred_at=NOW)])
    assert done.granted == [-1]
    async with db.transaction() as tx:
        await points.post(tx, [left for _, left in done.left])
    after = await balance(db, member)
    assert (after.available, after.pending) == (20, 17)
    assert [row["key"] for row in await waiting(client, gift)] == ["k1", "k3"]
    spend = Spend(member_id=member, book=POINTS, points=1, source=credit(member, "s1").source)
    with pytest.raises(CauseIsPaused):
        await single.spend(db, spend)
    hold = Hold(member_id=member, book=POINTS, points=1, source=spend.source, hold_id=new_id(), expires_at=None)
    async with db.transaction() as tx:
        [refused] = await points.try_post(tx, [hold])
        assert isinstance(refused, CauseIsPaused)
    assert len((await client.get(PAUSES)).json()) == 2
    assert await waiting(client, burn) == []
    await journal(db, member)


async def test_pauses_are_asked_for_at_most_once_a_second(db: Database) -> None:
    class Counting(Transaction):
        asked = 0

        async def fetch(self, sql: str, *arguments: Any) -> list[Any]:
            Counting.asked += "points.pause" in sql
            return await super().fetch(sql, *arguments)

    async with db.transaction() as tx:
        counting = Counting(tx._connection, tx.now, tx.calendar)
        for _ in range(50):
            assert await pauses.open_pauses(counting) == ()
    assert 1 <= Counting.asked <= 2


@pytest.mark.requirement("PTS-23")
async def test_a_pause_is_announced_and_audited(db: Database, client: httpx.AsyncClient, member: UUID) -> None:
    heard: list[Event] = []

    async def hear(_tx: Transaction, events: Sequence[Event]) -> None:
        heard.extend(events)

    pause_id = await pause(client, "issue", "share")
    twice = await send(client, PAUSES, {"side": "issue", "cause": "share", "reason": "again"})
    assert (twice.status_code, twice.json()["code"]) == (409, "points_paused_already")
    await send(client, f"{PAUSES}/{pause_id}/end", {"reason": "a campaign"})
    await Relay(db, [Subscription("alerts", (CausePaused, CauseResumed), hear)]).drain()
    [paused, resumed] = heard
    assert isinstance(paused, CausePaused)
    assert isinstance(resumed, CauseResumed)
    assert (paused.member_id, str(paused.pause_id), paused.cause, paused.reason) == (
        PROGRAMME,
        pause_id,
        "share",
        "too many",
    )
    async with db.transaction() as tx:
        rows = await tx.fetch(
            "SELECT action, reason, actor FROM staff.audit WHERE object = $1 ORDER BY recorded_at, audit_id",
            f"pause:{pause_id}",
        )
    assert [(row["action"], row["reason"]) for row in rows] == [
        ("pause.started", "too many"),
        ("pause.ended", "a campaign"),
    ]
    assert all(row["actor"].startswith("staff:") for row in rows)
    unknown = await send(client, f"{PAUSES}/{member}/end", {"reason": "none"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "points_pause_unknown")
