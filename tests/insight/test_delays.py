"""Points are there when the posting is answered; how long after selling them tills post orders is kept by store."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from huixiang.insight.handlers import SUBSCRIPTIONS
from huixiang.insight.service import delays
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.platform.metrics import TILL_ORDERS
from huixiang.platform.relay import Relay
from huixiang.staff.model import Role
from tests.checkout.counter import opened
from tests.entry.program import running, sign_in
from tests.insight.tills import ALARMS, DELAYS, Answer, Tills, tills_of
from tests.pricing.quoting import good, open_shop, pieces
from tests.support.paging import walked
from tests.support.programme import register_members

pytestmark = pytest.mark.requirement("CHK-07")

DAY_S = 86_400


@pytest_asyncio.fixture
async def tills(db: Database, clock: SettableClock) -> AsyncIterator[Tills]:
    async with tills_of(db, clock) as made:
        yield made


def figures(delays: Answer) -> dict[str, int]:
    """Those that are not zero."""
    return {name: count for name, count in delays.items() if count}


async def test_the_member_sees_the_points_as_soon_as_the_posting_is_answered(db: Database, now: Any) -> None:
    """No worker runs here: what the answer to the till says is what the member's own routes say at the next look, so
    that two seconds are never needed."""
    async with running(db) as program:
        order = {
            "source": "till",
            "external_id": "1",
            "member": {"member_id": str(program.member_id)},
            "channel": "store",
            "programme": "base",
            "completed_at": (now - timedelta(seconds=1)).isoformat(),
            "lines": [{"line_id": "1", "sku": "apple", "pieces": 1, "payable_fen": 12_345}],
        }
        before = (await program.client.get("/api/member/v1/me/points", headers=program.member)).json()
        headers = program.system | {"Idempotency-Key": "till-1"}
        posted = (await program.client.post("/api/v1/orders", json=order, headers=headers)).json()
        shown = (await program.client.get("/api/member/v1/me/points", headers=program.member)).json()
        listed = (await program.client.get("/api/member/v1/me/points/postings", headers=program.member)).json()
        tier = (await program.client.get("/api/member/v1/me/tier", headers=program.member)).json()
    assert posted["points"] == 123
    assert shown["balance"] - before["balance"] == 123
    assert [one["points"] for one in listed["items"] if one["order_id"] == posted["order_id"]] == [123]
    assert tier["growth"] == posted["growth"] == 12_345


async def test_each_order_is_in_one_count_of_its_store(tills: Tills) -> None:
    await tills.sell("s1", 0, 2, 2.5, 10, 60, 61, 600, 3_600, DAY_S, DAY_S + 1, -1, -240)
    await tills.sell("s2", 1, 1.5)
    await tills.sell(None, 3_601)
    await tills.settle()
    report = await tills.report()
    assert (report["first_day"], report["last_day"]) == ("2026-03-18", "2026-03-18")
    assert (report["late_after_s"], report["rule_version"], report["next_cursor"]) == (60, 1, None)
    assert [(one["store_id"], figures(one["delays"])) for one in report["items"]] == [
        (None, {"orders": 1, "in_1d": 1, "late": 1, "late_bp": 10_000, "average_ms": 3_601_000,
                "longest_ms": 3_601_000}),
        ("s1", {"orders": 9, "in_2s": 2, "in_10s": 2, "in_1m": 1, "in_10m": 2, "in_1h": 1, "in_1d": 1, "late": 4,
                "late_bp": 4_444, "average_ms": 90_735_500 // 9, "longest_ms": 86_400_000, "older": 1, "ahead": 2}),
        ("s2", {"orders": 2, "in_2s": 2, "average_ms": 1_250, "longest_ms": 1_500}),
    ]  # fmt: skip
    [together] = report["days"]
    assert together["day"] == "2026-03-18"
    assert (together["delays"]["orders"], together["delays"]["late"], together["delays"]["ahead"]) == (12, 5, 2)
    await tills.rule(late_after_s=600)
    assert [(one["store_id"], one["delays"]["late"]) for one in (await tills.report())["items"]] == [
        (None, 1),
        ("s1", 2),
        ("s2", 0),
    ]


async def test_orders_count_on_the_day_on_which_they_came(tills: Tills, clock: SettableClock) -> None:
    clock.advance(timedelta(hours=13, minutes=29, seconds=59))  # a second before midnight in Shanghai
    await tills.sell("s1", 5)
    clock.advance(timedelta(seconds=1))
    await tills.sell("s1", 5, 8)
    await tills.settle()
    assert [one["delays"]["orders"] for one in (await tills.report())["items"]] == [2]
    both = await tills.report(**{"from": "2026-03-18"})
    assert [(one["day"], one["delays"]["orders"]) for one in both["days"]] == [("2026-03-18", 1), ("2026-03-19", 2)]
    [s1] = both["items"]
    assert (s1["delays"]["orders"], s1["delays"]["longest_ms"]) == (3, 8_000)


async def test_the_sums_equal_a_recount_and_come_in_pages(tills: Tills, clock: SettableClock) -> None:
    """However orders came, and however they were handed over, also twice."""
    draw = random.Random(7)
    before = TILL_ORDERS.labels("in_1m")._value.get()
    for store in ("s1", "s2", "s3", "s4", None):
        await tills.sell(store, 20)
    for _ in range(10):
        slow = [draw.choice([-60, 0, 1, 9, 30, 300, 3_000, 50_000, 90_000]) for _ in range(draw.randint(1, 6))]
        await tills.sell(draw.choice(["s1", "s2", "s3", "s4", None]), *slow)
        clock.advance(timedelta(hours=draw.randint(0, 9)))
        if draw.random() < 0.3:
            await tills.settle()
    await tills.sell("s1", 30)
    async with tills.db.snapshot() as tx:
        assert await delays.kept(tx) != await delays.recount(tx), "events wait"
    await tills.settle()
    await Relay(tills.db, SUBSCRIPTIONS).drain()
    async with tills.db.snapshot() as tx:
        kept, hours = await delays.kept(tx), await delays.kept_hours(tx)
        assert kept == await delays.recount(tx)
        assert hours == await delays.recount_hours(tx)
    assert sum(one.orders for one in kept.values()) == sum(one.orders for one in hours.values()) > 15
    assert TILL_ORDERS.labels("in_1m")._value.get() - before == sum(one.in_1m for one in kept.values()) > 0
    period = {"from": "2026-03-18", "to": "2026-03-31"}
    whole = (await tills.report(**period))["items"]
    pages = await walked(tills.client, DELAYS, 2, **period)
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [one for page in pages for one in page] == whole
    worst = [(one["delays"]["late_bp"], one["delays"]["longest_ms"]) for one in whole]
    assert worst == sorted(worst, reverse=True)


async def test_an_order_that_was_placed_here_has_no_delay(db: Database) -> None:
    await open_shop(db)
    [member] = await register_members(db, 1)
    async with opened(db) as counter:
        await counter.stock(good("milk", 1_000))
        order = await counter.place(await counter.quote([pieces("milk")], member))
        await counter.act(order, "complete", paid=True)
        await counter.relay()
    async with db.snapshot() as tx:
        assert await delays.kept(tx) == await delays.recount(tx) == {}


async def test_staff_of_some_stores_see_these_alone(db: Database, clock: SettableClock) -> None:
    async with tills_of(db, clock) as tills:
        for store in ("s1", "s2", None):
            await tills.sell(store, *[120] * 10)
        assert len(await tills.look()) == 3
    async with running(db) as program:
        theirs = await sign_in(db, Role.CUSTOMER_SERVICE, frozenset({"s2", "s9"}))
        delays, alarms = [(await program.client.get(path, headers=theirs)).json() for path in (DELAYS, ALARMS)]
        everyone = await sign_in(db, Role.ANALYST, name="analyst")
        assert len((await program.client.get(ALARMS, headers=everyone)).json()["items"]) == 3
    assert [(one["store_id"], one["alarms"]) for one in delays["items"]] == [("s2", ["late"])]
    assert [one["delays"]["orders"] for one in delays["days"]] == [10]
    assert [one["store_id"] for one in alarms["items"]] == ["s2"]


@pytest.mark.parametrize(
    ("path", "asked", "wrong"),
    [
        (DELAYS, {"from": "2026-03-19"}, "to"),
        (DELAYS, {"from": "2025-12-17", "to": "2026-03-18"}, None),
        (DELAYS, {"from": "2025-12-16", "to": "2026-03-18"}, "to"),
        (DELAYS, {"cursor": "WzFd"}, "cursor"),
        (ALARMS, {"state": "over"}, "state"),
        (ALARMS, {"cursor": "WzFd"}, "cursor"),
    ],
)
async def test_what_cannot_be_asked(tills: Tills, path: str, asked: dict[str, str], wrong: str | None) -> None:
    answer = await tills.client.get(path, params=asked)
    assert (answer.status_code, [one["path"] for one in answer.json().get("errors", [])]) == (
        (200, []) if wrong is None else (422, [wrong])
    )
