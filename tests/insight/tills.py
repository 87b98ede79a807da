"""Tills of some stores over HTTP, and who watches over them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec

from huixiang.checkout.routes import ROUTES as CHECKOUT
from huixiang.insight.events import DelayAlarmEnded, DelayAlarmRaised
from huixiang.insight.handlers import SUBSCRIPTIONS
from huixiang.insight.jobs import watch_tills
from huixiang.insight.model.delays import USUAL
from huixiang.insight.routes import ROUTES as INSIGHT
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database, Transaction
from huixiang.platform.outbox import Event, Subscription
from huixiang.platform.relay import Relay
from huixiang.rulebook import service as rulebook
from tests.support.http_client import client_of
from tests.support.programme import load_programme, register_members

ROUTES = [*CHECKOUT, *INSIGHT]
DELAYS = "/api/console/v1/tills/delays"
ALARMS = "/api/console/v1/tills/alarms"
Answer = dict[str, Any]


class Tills:
    """told: the events of alarms, in their order."""

    def __init__(self, db: Database, clock: SettableClock, client: httpx.AsyncClient, member: UUID) -> None:
        self.db, self.clock, self.client, self.member = db, clock, client, member
        self.told: list[Event] = []
        self._serial = 0
        ears = Subscription("tests.ears", (DelayAlarmRaised, DelayAlarmEnded), self._hear)
        self._relay = Relay(db, [*SUBSCRIPTIONS, ears])

    async def sell(self, store: str | None, *delays_s: float) -> None:
        """An order for each, posted now, sold so many seconds ago (ahead of now, where that is negative)."""
        rows = [self._order(store, delay_s) for delay_s in delays_s]
        answer = await self.client.post(
            "/api/v1/orders/bulk",
            content=b"\n".join(msgspec.json.encode(row) for row in rows),
            headers={"Content-Type": "application/x-ndjson"},
        )
        assert [row["outcome"] for row in answer.json()["rows"]] == ["created"] * len(rows), answer.text

    def _order(self, store: str | None, delay_s: float) -> Answer:
        self._serial += 1
        return {
            "source": "till",
            "external_id": str(self._serial),
            "member": {"member_id": str(self.member)},
            "channel": "store",
            "completed_at": (self.clock.now() - timedelta(seconds=delay_s)).isoformat(),
            "lines": [{"line_id": "1", "sku": "apple", "pieces": 1, "payable_fen": 1000}],
        } | ({} if store is None else {"store_id": store})

    async def settle(self) -> None:
        await self._relay.drain()

    async def look(self) -> list[str]:
        """Let the watch look once everything is counted; what it told, such as `late s1` and `late s1 on_time`."""
        await self.settle()
        async with self.db.transaction() as tx:
            await watch_tills(tx)
        already = len(self.told)
        await self.settle()
        return [_said(event) for event in self.told[already:]]

    async def rule(self, **changed: Any) -> None:
        body = msgspec.to_builtins(USUAL) | changed
        async with self.db.transaction() as tx:
            await rulebook.publish(tx, "till_delay", "default", body, tx.now, "tests", "tests")

    async def report(self, **asked: Any) -> Answer:
        return await self._get(DELAYS, **asked)

    async def alarms(self, state: str = "open") -> list[Answer]:
        found: list[Answer] = (await self._get(ALARMS, state=state))["items"]
        return found

    async def _get(self, path: str, **asked: Any) -> Answer:
        answer = await self.client.get(path, params=asked)
        assert answer.status_code == 200, answer.text
        found: Answer = answer.json()
        return found

    async def _hear(self, _tx: Transaction, events: Sequence[Event]) -> None:
        self.told += events


def _said(event: Event) -> str:
    if isinstance(event, DelayAlarmRaised):
        return f"{event.kind} {event.store_id} {event.late}/{event.orders}"
    assert isinstance(event, DelayAlarmEnded)
    return f"{event.kind} {event.store_id} {event.ended_by}"


@asynccontextmanager
async def tills_of(db: Database, clock: SettableClock) -> AsyncIterator[Tills]:
    await load_programme(db)
    [member] = await register_members(db, 1)
    async with client_of(db, ROUTES, "orders:write", "tills:read") as client:
        yield Tills(db, clock, client, member)
