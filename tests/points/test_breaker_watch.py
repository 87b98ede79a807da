"""The breaker watches causes, rules and stores, and pauses what is off its band (PTS-23)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
import pytest_asyncio
from msgspec.structs import replace

from huixiang.checkout import service as checkout
from huixiang.checkout.routes import ROUTES
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.points import handlers
from huixiang.points import service as points
from huixiang.points.model import POINTS, Capture, Credit, Hold, NewPause, Source, Spend
from huixiang.points.model.breaker import Counted, Stream
from huixiang.points.model.errors import CausePaused
from huixiang.points.routes_bulk import credit_in_bulk
from huixiang.points.service import breaker, pauses, single
from huixiang.rulebook import service as rulebook
from tests.points.rules_ground import balance, client, journal, member, publish, send
from tests.points.test_breaker import NOW, PAUSES, credit, nothing_known, waiting
from tests.support.http_client import client_of
from tests.support.programme import line, till_order

__all__ = ["client", "member", "nothing_known"]

Lived = Callable[[int, int], Awaitable[None]]


@pytest_asyncio.fixture
async def live(db: Database, clock: SettableClock, member: UUID) -> Lived:
    """Post so many points by a cause now, in one posting."""
    number = 0

    async def post(gifts: int, bought: int) -> None:
        nonlocal number
        number += 1
        async with db.transaction() as tx:
            for cause, amount in (("gift", gifts), ("lottery", bought)):
                source = Source(key=f"{cause}:{number}", cause=cause, counter_account="x", occurred_at=tx.now)
                await points.post(tx, [Credit(member_id=member, book=POINTS, points=amount, source=source)])
        assert clock.now() >= NOW

    return post


@pytest.mark.requirement("PTS-23")
async def test_a_cause_off_its_band_is_paused_and_stays_open_when_a_person_resumed_it(
    db: Database, clock: SettableClock, client: httpx.AsyncClient, live: Lived
) -> None:
    await publish(db, "breaker", hour={"times_bp": 20_000, "floor": 500}, day={"times_bp": 30_000, "floor": 5_000})
    for _ in range(10):
        for _ in range(3):
            await live(300, 10)
            clock.advance(timedelta(hours=1))
        clock.advance(timedelta(hours=21))
        assert await watched(db) == []
    await live(599, 10)
    assert await watched(db) == []
    await live(2, 10)
    [paused] = await watched(db)
    assert (paused.side, paused.cause, paused.rule, paused.started_by) == ("issue", "gift", None, "breaker")
    assert paused.reason == "601 in this hour, usually at most 600"
    assert await watched(db) == []
    await live(50, 10)
    [row] = await waiting(client, str(paused.pause_id))
    assert row["points"] == 50
    await send(client, f"{PAUSES}/{paused.pause_id}/end", {"reason": "a campaign"})
    await live(5, 10)
    assert await watched(db) == [], "a person has looked at this hour"
    clock.advance(timedelta(hours=1))
    await live(590, 10)
    assert await watched(db) == []
    await live(11, 10)
    assert [one.cause for one in await watched(db)] == ["gift"], "what was off is not usual"


async def watched(db: Database) -> list[Any]:
    async with db.transaction() as tx:
        return list(await breaker.watch(tx))


@pytest.mark.requirement("PTS-23")
async def test_a_store_off_its_band_is_paused_and_the_others_earn_on(
    db: Database, clock: SettableClock, client: httpx.AsyncClient, member: UUID
) -> None:
    await publish(db, "breaker", hour={"times_bp": 20_000, "floor": 100}, day={"times_bp": 1_000_000, "floor": 5_000})
    number = 0

    async def buy(store: str, yuan: int) -> None:
        nonlocal number
        number += 1
        async with db.transaction() as tx:
            placed = till_order(member, f"o{number}", tx.now, [line("a", yuan * 100)])
            await checkout.post_order(tx, replace(placed, store_id=store))
        await Relay(db, handlers.SUBSCRIPTIONS).drain()

    for _ in range(8):
        await buy("S1", 100)
        await buy("S2", 5_000)
        assert await watched(db) == []
        clock.advance(timedelta(days=1))
    await buy("S2", 5_000)
    await buy("S1", 201)
    [off] = await watched(db)
    assert (off.cause, off.rule, off.place, off.reason) == (
        "consumption",
        None,
        "S1",
        "201 in this hour, usually at most 200",
    )
    before = (await balance(db, member)).available
    await buy("S1", 10)
    await buy("S2", 20)
    assert (await balance(db, member)).available == before + 20
    assert [row["points"] for row in await waiting(client, str(off.pause_id))] == [10]


@pytest.mark.requirement("PTS-23")
async def test_what_is_burned_at_a_store_is_watched_there_by_every_door(
    db: Database, clock: SettableClock, client: httpx.AsyncClient, member: UUID
) -> None:
    """Spent alone, or held and captured; nobody is kept from spending elsewhere."""
    await publish(db, "breaker", hour={"times_bp": 20_000, "floor": 100}, day={"times_bp": 1_000_000, "floor": 5_000})
    await single.earn(db, replace(credit(member, "all"), points=100_000))
    number = 0

    def burned(store: str, amount: int) -> Spend:
        nonlocal number
        number += 1
        source = Source(
            key=f"burn:{number}", cause="cash_off", counter_account="x", occurred_at=clock.now(), place=store
        )
        return Spend(member_id=member, book=POINTS, points=amount, source=source)

    async def held(store: str, amount: int) -> None:
        spend = burned(store, amount)
        hold_id = new_id()
        async with db.transaction() as tx:
            hold = Hold(
                member_id=member, book=POINTS, points=amount, source=spend.source, hold_id=hold_id, expires_at=None
            )
            capture = Capture(
                member_id=member, book=POINTS, points=amount, source=burned(store, 1).source, hold_id=hold_id
            )
            await points.post(tx, [hold, capture])

    for _ in range(8):
        await single.spend(db, burned("S1", 60))
        await held("S1", 40)
        await single.spend(db, burned("S2", 5_000))
        await Relay(db, handlers.SUBSCRIPTIONS).drain()
        assert await watched(db) == []
        clock.advance(timedelta(days=1))
    await single.spend(db, burned("S1", 101))
    await held("S1", 100)
    await single.spend(db, burned("S2", 5_000))
    await Relay(db, handlers.SUBSCRIPTIONS).drain()
    [off] = await watched(db)
    assert (off.side, off.cause, off.place, off.reason) == (
        "burn",
        "cash_off",
        "S1",
        "201 in this hour, usually at most 200",
    )
    with pytest.raises(CausePaused):
        await single.spend(db, burned("S1", 1))
    await single.spend(db, burned("S2", 1))
    assert (await client.get(PAUSES)).json()[0]["place"] == "S1"


@pytest.mark.requirement("PTS-23", "PTS-19")
async def test_orders_in_bulk_of_a_paused_store_wait_as_single_ones_do(
    db: Database, client: httpx.AsyncClient, member: UUID
) -> None:
    """And so do credits in bulk; those of other stores are spendable at once."""
    async with db.transaction() as tx:
        wanted = NewPause(side="issue", cause="consumption", place="S1", reason="odd")
        pause = await breaker.pause(tx, wanted, "staff:test")
    orders = [
        replace(till_order(member, store, NOW, [line("a", yuan * 100)]), store_id=store)
        for store, yuan in (("S1", 10), ("S2", 20))
    ]
    rows = [
        {"member_id": member, "key": store, "points": amount, "occurred_at": NOW, "cause": "consumption",
         "store_id": store}
        for store, amount in (("S1", 30), ("S2", 40))
    ]  # fmt: skip
    async with client_of(db, [*ROUTES, credit_in_bulk], "orders:write", "points:write") as shop:
        for path, sent in (("orders/bulk", orders), ("points/credits/bulk", rows)):
            body = b"\n".join(msgspec.json.encode(row) for row in sent)
            answer = await shop.post(f"/api/v1/{path}", content=body, headers={"Content-Type": "application/x-ndjson"})
            assert [row["outcome"] for row in answer.json()["rows"]] == ["created", "created"], answer.text
    stands = await balance(db, member)
    assert (stands.available, stands.pending) == (60, 40)
    waits = await waiting(client, str(pause.pause_id))
    assert sorted(row["points"] for row in waits) == [10, 30]
    assert {row["cause"] for row in waits} == {"consumption"}
    await journal(db, member)


@pytest.mark.requirement("PTS-23")
async def test_coupons_are_watched_by_their_own_document_and_paused_beside_points(
    db: Database, clock: SettableClock, member: UUID
) -> None:
    spring = Stream(asset="coupon", side="issue", cause="spring", rule="campaign/1")

    async def issue(coupons: int) -> None:
        async with db.transaction() as tx:
            await breaker.count(tx, [Counted(stream=spring, amount=coupons)])

    for _ in range(8):
        await issue(10)
        clock.advance(timedelta(days=1))
    await issue(99)
    assert await watched(db) == [], "there is no document for coupons"
    async with db.transaction() as tx:
        band = {"times_bp": 20_000, "floor": 50}
        body = {"name": {"zh": "券", "en": "Coupons"}, "history_days": 28, "least_days": 7, "hour": band, "day": band}
        await rulebook.publish(tx, "breaker", "coupon", body, tx.now, "test", "test")
    assert [(one.asset, one.cause, one.rule) for one in await watched(db)] == [("coupon", "spring", "campaign/1")]
    async with db.transaction() as tx:
        assert await pauses.find_pause(tx, spring) is not None
        assert await pauses.find_pause(tx, Stream(asset="benefit", side="issue", cause="spring")) is None
    await single.earn(db, credit(member, "k", cause="spring"))
    assert (await balance(db, member)).available == 10


async def test_sums_are_the_same_however_often_they_are_taken(db: Database, clock: SettableClock, live: Lived) -> None:
    for hours in (1, 1, 30, 2, 50):
        await live(7, 3)
        await watched(db)
        await watched(db)
        clock.advance(timedelta(hours=hours))
    async with db.transaction() as tx:
        rows = await tx.fetch("SELECT cause, sum(amount)::bigint AS points FROM points.cause_hour GROUP BY cause")
    assert {row["cause"]: row["points"] for row in rows} == {"gift": 35, "lottery": 15}
