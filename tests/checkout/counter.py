"""A counter in this process: quotes, and orders that are placed on them, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx

from huixiang.checkout import routes, routes_desk, routes_payments, routes_placing
from huixiang.checkout.jobs import CancelUnpaid, cancel_unpaid
from huixiang.checkout.service import settling
from huixiang.entry.background import HOLDERS, SUBSCRIPTIONS
from huixiang.kernel.ids import new_id
from huixiang.platform import invariants
from huixiang.platform.access import VOUCH
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.points import service as points
from huixiang.points.model import POINTS, Balance
from huixiang.pricing.routes import ROUTES as PRICING
from huixiang.stock.service.sweeping import sweep
from tests.pricing import quoting
from tests.support.http_client import client_of

ROUTES = [*PRICING, *routes.ROUTES, *routes_desk.ROUTES, *routes_placing.ROUTES, *routes_payments.ROUTES]
SCOPES = ("quotes:write", "quotes:price", "orders:write", "orders:read", VOUCH)
Answer = dict[str, Any]


class Counter(quoting.Shop):
    """Commands have a key of their own unless one is given."""

    async def command(self, path: str, body: Mapping[str, Any] | None = None, key: str | None = None) -> httpx.Response:
        return await self.client.post(path, json=body or {}, headers={"Idempotency-Key": key or str(new_id())})

    async def try_place(self, quote: Answer, number: str | None = None, key: str | None = None, **more: Any) -> Any:
        body = {"token": quote["token"], "source": "app", "external_id": number or str(new_id()), **more}
        return await self.command("/api/v1/orders/place", body, key)

    async def place(self, quote: Answer, number: str | None = None, key: str | None = None, **more: Any) -> Answer:
        return done(await self.try_place(quote, number, key, **more), 201)

    async def act(self, order: Answer, act: str, key: str | None = None, **body: Any) -> Answer:
        return done(await self.try_act(order, act, key, **body))

    async def try_act(self, order: Answer, act: str, key: str | None = None, **body: Any) -> httpx.Response:
        return await self.command(f"/api/v1/orders/{order['order_id']}/{act}", body, key)

    async def placed(self, order: Answer) -> Answer:
        return done(await self.client.get(f"/api/v1/orders/{order['order_id']}/placed"))

    async def order(self, order: Answer) -> Answer:
        return done(await self.client.get(f"/api/v1/orders/{order['order_id']}"))

    async def refund(
        self, order: Answer, number: str, lines: Sequence[tuple[str, int]] = (), fees_fen: int = 0
    ) -> Answer:
        return done(await self.try_refund(order, number, lines, fees_fen), 201)

    async def try_refund(
        self, order: Answer, number: str, lines: Sequence[tuple[str, int]] = (), fees_fen: int = 0
    ) -> httpx.Response:
        body = {
            "external_id": number,
            "reason": "ripe",
            "occurred_at": self.db.clock.now().isoformat(),
            "lines": [{"line_id": line_id, "quantity": quantity} for line_id, quantity in lines],
            "fees_fen": fees_fen,
        }
        return await self.command(f"/api/v1/orders/{order['order_id']}/refunds", body)

    async def payments(self, order: Answer) -> list[Answer]:
        """What the order asked the shop to charge and to give back."""
        answer = await self.client.get(f"/api/v1/orders/{order['order_id']}/payments")
        assert answer.status_code == 200, answer.text
        found: list[Answer] = answer.json()
        return found

    async def refunds(self, order: Answer) -> list[Answer]:
        found: list[Answer] = done(await self.client.get(f"/api/v1/orders/{order['order_id']}/refunds"))["items"]
        return found

    async def breaches(self) -> list[Any]:
        """Rows that break any law."""
        found: list[Any] = []
        async with self.db.snapshot() as tx:
            for law in invariants.laws():
                found += [(law.name, breach.row) async for breach in invariants.breaches(tx, law)]
        return found

    async def balance(self, member: UUID) -> Balance:
        async with self.db.transaction() as tx:
            return await points.balance(tx, member, POINTS)

    async def relay(self) -> None:
        """Let everything happen that follows from what was committed."""
        await Relay(self.db, [one for one in SUBSCRIPTIONS if not one.name.startswith("webhooks.")]).drain()

    async def cancel_unpaid(self) -> None:
        """What the clock finds unpaid is cancelled, each in a transaction of its owner's."""
        async with self.db.transaction() as tx:
            found = await settling.overdue(tx, None, 200)
        for _, member_id, order_id in found:
            async with self.db.transaction() as tx:
                await cancel_unpaid(tx, CancelUnpaid(member_id, order_id))

    async def sweep(self) -> None:
        async with self.db.transaction() as tx:
            await sweep(tx, HOLDERS)


def done(answer: httpx.Response, status: int = 200) -> Answer:
    assert answer.status_code == status, answer.text
    found: Answer = answer.json()
    return found


@asynccontextmanager
async def opened(db: Database, member: UUID | None = None) -> AsyncIterator[Counter]:
    async with client_of(db, ROUTES, *SCOPES, member=member) as client:
        yield Counter(db, client)
