"""A shop that charges and gives back what it is told, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx

from huixiang.checkout import service as checkout
from huixiang.checkout.model.instructions import Instruction, Kind
from huixiang.checkout.routes_payments import ROUTES
from huixiang.checkout.service import instructions
from huixiang.kernel.ids import new_id
from huixiang.platform import invariants
from huixiang.platform.db import Database
from tests.support.http_client import client_of
from tests.support.programme import line, load_programme, register_members, till_order

FEN = 2480
Answer = dict[str, Any]


class Payments:
    """`order_id`: of `member`, who bought for FEN."""

    def __init__(self, db: Database, client: httpx.AsyncClient, member: UUID, order_id: UUID) -> None:
        self.db, self.client, self.member, self.order_id = db, client, member, order_id

    async def ask(
        self, key: str = "due", fen: int = FEN, kind: Kind = "charge", order_id: UUID | None = None
    ) -> Instruction:
        async with self.db.transaction() as tx:
            return await instructions.ask(
                tx,
                member_id=self.member,
                order_id=order_id or self.order_id,
                key=key,
                kind=kind,
                fen=fen,
                cause="order",
            )

    async def void(self, key: str = "due") -> Instruction | None:
        async with self.db.transaction() as tx:
            return await instructions.void(tx, self.member, self.order_id, key)

    async def confirm(self, one: UUID | str, at: datetime, reference: str = "pay-1", key: str | None = None) -> Any:
        return await self.act(one, "confirm", {"reference": reference, "paid_at": at.isoformat()}, key)

    async def fail(self, one: UUID, reason: str = "NOTENOUGH", key: str | None = None) -> Any:
        return await self.act(one, "fail", {"reason": reason}, key)

    async def retry(self, one: UUID, key: str | None = None) -> Any:
        return await self.act(one, "retry", None, key)

    async def act(
        self, one: UUID | str, act: str, body: Any, key: str | None = None, order_id: UUID | None = None
    ) -> Any:
        return await self.client.post(
            f"/api/v1/orders/{order_id or self.order_id}/payments/{one}/{act}",
            json=body,
            headers={"Idempotency-Key": key or str(new_id())},
        )

    async def listed(self, **query: Any) -> list[Answer]:
        answer = await self.client.get("/api/v1/payments", params=query)
        assert answer.status_code == 200, answer.text
        items: list[Answer] = answer.json()["items"]
        return items

    async def of_order(self) -> list[Answer]:
        answer = await self.client.get(f"/api/v1/orders/{self.order_id}/payments")
        assert answer.status_code == 200, answer.text
        items: list[Answer] = answer.json()
        return items

    async def another_order(self, number: str) -> UUID:
        return await buy(self.db, self.member, number)


async def buy(db: Database, member: UUID, number: str) -> UUID:
    async with db.transaction() as tx:
        return (await checkout.post_order(tx, till_order(member, number, tx.now, [line("a", FEN)]))).order_id


@asynccontextmanager
async def paying(db: Database, *more: str) -> AsyncIterator[Payments]:
    """more: what else its key may do."""
    await load_programme(db)
    (member,) = await register_members(db, 1)
    order_id = await buy(db, member, "1")
    async with client_of(db, ROUTES, "orders:read", "orders:write", *more) as client:
        yield Payments(db, client, member, order_id)


async def breaches(db: Database) -> list[Any]:
    """What breaks a law of payments."""
    found: list[Any] = []
    async with db.snapshot() as tx:
        laws = [law for law in invariants.laws() if law.name.startswith(("checkout_instruction", "checkout_payment"))]
        assert len(laws) >= 3
        for law in laws:
            found += [(law.name, breach.row) async for breach in invariants.breaches(tx, law)]
    return found
