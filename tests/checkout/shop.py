"""A shop in this process: orders and refunds over HTTP, and what the ledger says of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import msgspec

from huixiang.checkout.model import NewLine, Tender
from huixiang.checkout.routes import ROUTES
from huixiang.platform import invariants
from huixiang.platform.db import Database
from huixiang.points import routes_bulk, routes_commands
from huixiang.points import service as points
from huixiang.points.model import POINTS, Balance, Posting
from huixiang.points.store.postings import postings_before
from tests.support.http_client import client_of
from tests.support.programme import till_order

NDJSON = {"Content-Type": "application/x-ndjson"}
Answer = dict[str, Any]


class Shop:
    def __init__(self, db: Database, client: httpx.AsyncClient) -> None:
        self.db = db
        self.client = client

    async def order(
        self,
        member: UUID,
        number: str,
        at: datetime,
        lines: Sequence[NewLine],
        *,
        programme: str = "default",
        tenders: Sequence[Tender] = (),
        again: bool = False,
        **changes: Any,
    ) -> Answer:
        """What the shop is answered; `again`: under another key, as a till does that lost the answer."""
        made = till_order(member, number, at, lines, programme=programme, tenders=tenders)
        body = msgspec.to_builtins(made) | changes
        return await self._post("/api/v1/orders", body, f"{number}{again}")

    async def refund(self, order_id: str, number: str, at: datetime, *lines: tuple[str, int]) -> Answer:
        body = {
            "external_id": number,
            "reason": "ripe",
            "occurred_at": at,
            "lines": [{"line_id": line_id, "quantity": quantity} for line_id, quantity in lines],
        }
        return await self._post(f"/api/v1/orders/{order_id}/refunds", body, f"{order_id}{number}")

    async def upload(self, *rows: Any) -> list[Answer]:
        content = b"\n".join(msgspec.json.encode(row) for row in rows)
        answer = await self.client.post("/api/v1/orders/bulk", content=content, headers=NDJSON)
        assert answer.status_code == 200, answer.text
        told: list[Answer] = answer.json()["rows"]
        return told

    async def read(self, order_id: str) -> Answer:
        answer = await self.client.get(f"/api/v1/orders/{order_id}")
        assert answer.status_code == 200, answer.text
        order: Answer = answer.json()
        return order

    async def refunds(self, order_id: str) -> list[Answer]:
        """As the list has them; each alone reads the same."""
        path = f"/api/v1/orders/{order_id}/refunds"
        listed: list[Answer] = (await self.client.get(path, params={"limit": 200})).json()["items"]
        for one in listed:
            assert (await self.client.get(f"{path}/{one['refund_id']}")).json() == one
        return listed

    async def take_back(self, member: UUID, book: str, seq: int, points: int, *, key: str, **more: Any) -> Answer:
        """By the ledger's own route, without a refund."""
        body = {"points": points, "origin_seq": seq, "book": book} | more
        return await self._post(f"/api/v1/members/{member}/points/claw-backs", body, key)

    async def balance(self, member: UUID) -> Balance:
        async with self.db.transaction() as tx:
            return await points.balance(tx, member, POINTS)

    async def journal(self, member: UUID) -> list[Posting]:
        """Every posting of the member's points, the first one first; every law holds."""
        async with self.db.transaction() as tx:
            for law in invariants.laws():
                assert [breach async for breach in invariants.breaches(tx, law)] == [], law.name
            return list(reversed(await postings_before(tx, member, POINTS, 1_000_000, 1000)))

    async def _post(self, path: str, body: Any, key: str) -> Answer:
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        answer = await self.client.post(path, content=msgspec.json.encode(body), headers=headers)
        assert answer.status_code == 201, answer.text
        told: Answer = answer.json()
        return told


@asynccontextmanager
async def opened(db: Database) -> AsyncIterator[Shop]:
    routes = [*ROUTES, *routes_commands.ROUTES, *routes_bulk.ROUTES]
    async with client_of(db, routes, "orders:write", "orders:read", "points:write") as client:
        yield Shop(db, client)
