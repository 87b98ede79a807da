"""Who makes batches of codes, who approves them, and what they are handed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from huixiang.coupons import handlers
from huixiang.coupons.routes import ROUTES
from huixiang.coupons.routes.batches import PATH
from huixiang.coupons.service import code_key
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.staff.routes.approvals import ROUTES as APPROVALS
from tests.coupons.ground import publish_template
from tests.support.http_client import client_of

TEMPLATE = "welcome"


class Secrets:
    """The secrets of an installation that only tests have."""

    def secret(self, purpose: str) -> bytes:
        return purpose.encode().ljust(32, b".")


class CodeOffice:
    """An operator and a checker, over HTTP."""

    def __init__(self, db: Database, operator: httpx.AsyncClient, checker: httpx.AsyncClient) -> None:
        self.operator, self.checker = operator, checker
        self.relay = Relay(db, handlers.SUBSCRIPTIONS)

    async def post(self, path: str, status: int, by: httpx.AsyncClient | None = None, **body: Any) -> dict[str, Any]:
        headers = {"Idempotency-Key": str(new_id())}
        answer = await (by or self.operator).post(path, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        said: dict[str, Any] = answer.json()
        return said

    async def ask(self, codes: int, status: int = 202, **more: Any) -> dict[str, Any]:
        """A batch that waits."""
        body: dict[str, Any] = {"name": "leaflets", "template": TEMPLATE, "codes": codes, "reason": "autumn"}
        return await self.post(PATH, status, **(body | more))

    async def decide(self, batch: dict[str, Any], decision: str = "approve") -> dict[str, Any]:
        path = f"/api/console/v1/approvals/{batch['approval_id']}/decision"
        await self.post(path, 200, self.checker, decision=decision, note="seen")
        await self.relay.drain()
        return await self.read(batch)

    async def read(self, batch: dict[str, Any]) -> dict[str, Any]:
        """With what became of its codes."""
        answer = await self.operator.get(f"{PATH}/{batch['batch_id']}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def hand_out(self, batch: dict[str, Any]) -> httpx.Response:
        return await self.operator.post(f"{PATH}/{batch['batch_id']}/codes", timeout=600)

    async def codes(self, count: int, **more: Any) -> tuple[dict[str, Any], list[str]]:
        """A batch that was approved and handed out, and its codes as they stand in the file."""
        batch = await self.ask(count, **more)
        await self.decide(batch)
        answer = await self.hand_out(batch)
        assert answer.status_code == 200, answer.text
        head, *lines = answer.text.splitlines()
        assert head == "code"
        return batch, lines

    async def void(self, batch: dict[str, Any], status: int = 200) -> dict[str, Any]:
        return await self.post(f"{PATH}/{batch['batch_id']}/void", status, reason="the leaflets were stolen")


@asynccontextmanager
async def open_code_office(db: Database) -> AsyncIterator[CodeOffice]:
    code_key.use_secrets(Secrets())
    await publish_template(db, TEMPLATE, codes={"unique": True})
    routes = [*ROUTES, *APPROVALS]
    async with (
        client_of(db, routes, "coupons:batches", "approvals:read") as operator,
        client_of(db, routes, "coupons:approve", "approvals:read", "approvals:decide") as checker,
    ):
        yield CodeOffice(db, operator, checker)
