"""A service desk: refund requests over HTTP, of a member, a stranger, two of the staff and a system."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import UUID

import httpx

from huixiang.checkout.model.requests import DOCUMENT
from huixiang.checkout.routes_requests import ROUTES
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import BEGINNING
from tests.checkout.shop import Shop, opened
from tests.support.http_client import client_of
from tests.support.programme import register_members

Answer = dict[str, Any]
EVERYBODY = {"type": "all", "of": []}
NAME = {"zh": "退款", "en": "Refunds"}
GENEROUS = {
    "audience": EVERYBODY, "within_days": 7, "request_fen": 10_000, "period_days": 30, "period_fen": 15_000,
    "pause_after": 1, "pause_days": 60,
}  # fmt: skip
STAFF = ("refunds:ask", "refunds:decide", "orders:read")


class Desk:
    """`anna`, `ben`: two of the staff; `app`: a system; answers are whole, so that refusals can be looked at."""

    def __init__(self, shop: Shop, **clients: httpx.AsyncClient) -> None:
        self.shop = shop
        self.member, self.stranger = clients["member"], clients["stranger"]
        self.anna, self.ben, self.app = clients["anna"], clients["ben"], clients["app"]

    async def ask(
        self,
        order_id: str,
        *lines: tuple[str, int],
        client: httpx.AsyncClient | None = None,
        key: str = "",
        **more: Any,
    ) -> httpx.Response:
        """By the member unless somebody else is named, by the door that is theirs."""
        client = client or self.member
        doors = {self.app: "/api/v1", self.anna: "/api/console/v1", self.ben: "/api/console/v1"}
        body = {"ground": "damaged", "lines": [{"line_id": one, "quantity": count} for one, count in lines]} | more
        path = f"{doors.get(client, '/api/member/v1/me')}/orders/{order_id}/refund-requests"
        return await client.post(path, json=body, headers=keyed(key))

    async def asked(self, order_id: str, *lines: tuple[str, int], **more: Any) -> Answer:
        """As `ask`, which is done."""
        answer = await self.ask(order_id, *lines, **more)
        assert answer.status_code == 201, answer.text
        told: Answer = answer.json()
        return told

    async def decide(
        self, request: Answer, decision: str = "approve", *, client: httpx.AsyncClient | None = None, key: str = ""
    ) -> httpx.Response:
        body = {"decision": decision, "reason": "seen at the counter"}
        return await (client or self.anna).post(f"{console(request)}/decision", json=body, headers=keyed(key))

    async def check(self, request: Answer, goods: str) -> httpx.Response:
        body = {"goods": goods, "note": "looked at"}
        return await self.ben.post(f"{console(request)}/goods", json=body, headers=keyed())

    async def withdraw(self, request: Answer, client: httpx.AsyncClient | None = None) -> httpx.Response:
        client = client or self.member
        door = "/api/v1" if client is self.app else "/api/member/v1/me"
        path = f"{door}/orders/{request['order_id']}/refund-requests/{request['request_id']}/withdrawal"
        return await client.post(path, headers=keyed())

    async def read(self, request: Answer) -> Answer:
        """As staff sees it."""
        answer = await self.ben.get(console(request))
        assert answer.status_code == 200, answer.text
        told: Answer = answer.json()
        return told

    async def mine(self) -> list[Answer]:
        found: list[Answer] = (await self.member.get("/api/member/v1/me/refund-requests")).json()["items"]
        return found

    async def queue(self, state: str) -> list[str]:
        """The ids, from page to page."""
        ids, cursor = list[str](), None
        while True:
            params = {"state": state, "limit": "2"} | ({"cursor": cursor} if cursor else {})
            page = (await self.anna.get("/api/console/v1/refund-requests", params=params)).json()
            ids += [one["request_id"] for one in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                return ids


def console(request: Answer) -> str:
    return f"/api/console/v1/orders/{request['order_id']}/refund-requests/{request['request_id']}"


def keyed(key: str = "") -> dict[str, str]:
    return {"Idempotency-Key": key or str(new_id())}


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def publish_policy(db: Database, instant: Answer | None) -> None:
    body = {"name": NAME, "instant": instant}
    async with db.transaction() as tx:
        await rulebook.publish(tx, *DOCUMENT, body, BEGINNING, "test", "for the test")


@asynccontextmanager
async def at_the_desk(db: Database, member: UUID) -> AsyncIterator[Desk]:
    (stranger,) = await register_members(db, 1, prefix="stranger")
    async with AsyncExitStack() as stack:
        clients = {
            "member": await stack.enter_async_context(client_of(db, ROUTES, member=member)),
            "stranger": await stack.enter_async_context(client_of(db, ROUTES, member=stranger)),
            "anna": await stack.enter_async_context(client_of(db, ROUTES, *STAFF)),
            "ben": await stack.enter_async_context(client_of(db, ROUTES, *STAFF)),
            "app": await stack.enter_async_context(client_of(db, ROUTES, "orders:write", "orders:read")),
        }
        yield Desk(await stack.enter_async_context(opened(db)), **clients)
