"""A till without its own word for who stands before it, and a member with 1,000 points, a pool and a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.members import service as members
from huixiang.platform.access import VOUCH
from huixiang.platform.db import Database
from huixiang.points.service import pool
from huixiang.rulebook import service as rulebook
from huixiang.staff import service as staff
from tests.entry.program import bearer, running
from tests.points.movement import earn, relay
from tests.points.test_partner import TERMS
from tests.pricing.quoting import Shop, good, numbered, pieces
from tests.support.programme import register_members

PHONE = "13812345678"
OWNED = 1000


class Till(msgspec.Struct, frozen=True):
    """`key`: headers of a key with every scope but the one that vouches; `vouching`: with that as well. quoted: the
    token of a quote of the shopper's that uses 100 points."""

    client: httpx.AsyncClient
    db: Database
    clock: SettableClock
    key: dict[str, str]
    vouching: dict[str, str]
    shopper: UUID
    friend: UUID
    pool_id: UUID
    quoted: str

    async def send(
        self, path: str, body: Any, key: str = "1", shown: str | None = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """`shown`: what the member shows."""
        presence = {} if shown is None else {"Member-Presence": shown}
        sent = (headers or self.key) | {"Idempotency-Key": key} | presence
        return await self.client.post(path, json=body, headers=sent)

    async def spend(self, key: str, shown: str | None = None, points: int = 100) -> httpx.Response:
        return await self.send(self.points("spends"), {"points": points, "cause": "till"}, key, shown)

    def points(self, command: str) -> str:
        return f"/api/v1/members/{self.shopper}/points/{command}"

    async def code(self, member_id: UUID | None = None) -> str:
        """What the member's card shows now."""
        answer = await self.client.get("/api/member/v1/me/code", headers=self._own(member_id))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["code"])

    async def ask_one_time(self, member_id: UUID | None = None) -> httpx.Response:
        return await self.client.post("/api/member/v1/me/one-time-code", headers=self._own(member_id))

    async def one_time(self, member_id: UUID | None = None) -> str:
        answer = await self.ask_one_time(member_id)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["code"])

    def taking(self, operation_id: str, number: str = "A-1") -> tuple[str, dict[str, Any]]:
        """Path and body of a command that takes 100 points of the shopper, or of their pool; a tier takes 1,000.
        number: of an order of the till's own."""
        exchange = {"direction": "out", "reference": "A-1", "partner_points": 80, "member": {"phone": PHONE}}
        ticket = {"ticket_id": str(self.friend), "member_id": str(self.shopper), "points": 100}
        redemption = {"purpose": "exchange", "points": 100, "reference": "mug"}
        sold = {"line_id": "1", "sku": "beef", "payable_fen": 5_200, "pieces": 1}
        order = {
            "source": "till",
            "external_id": number,
            "member": {"phone": PHONE},
            "channel": "till",
            "completed_at": self.clock.now().isoformat(),
            "lines": [sold],
            "redeem": {"points": 100, "off_fen": 100},
        }
        found: dict[str, tuple[str, dict[str, Any]]] = {
            "spend_points": (self.points("spends"), {"points": 100, "cause": "till"}),
            "hold_points": (self.points("holds"), {"points": 100, "cause": "order"}),
            "claw_back_points": (self.points("claw-backs"), {"points": 100, "cause": "breach"}),
            "redeem_points": (self.points("redemptions"), redemption),
            "send_points_of_member": (
                f"/api/v1/members/{self.shopper}/transfers",
                {"to": {"member_id": str(self.friend)}, "points": 100},
            ),
            "hold_pool_points": (f"/api/v1/points/pools/{self.pool_id}/tickets", ticket),
            "buy_tier": (f"/api/v1/members/{self.shopper}/tier/upgrades", {"tier": "silver"}),
            "exchange_points": ("/api/v1/points/partners/air/exchanges", exchange),
            "post_order": ("/api/v1/orders", order),
            "place_order": ("/api/v1/orders/place", {"token": self.quoted, "source": "app", "external_id": "A-1"}),
        }
        return found[operation_id]

    def _own(self, member_id: UUID | None) -> dict[str, str]:
        return bearer(members.issue_token(member_id or self.shopper, self.clock.now()))


TAKING = (
    "spend_points",
    "hold_points",
    "claw_back_points",
    "redeem_points",
    "send_points_of_member",
    "hold_pool_points",
    "buy_tier",
    "exchange_points",
    "post_order",
    "place_order",
)


@asynccontextmanager
async def till(db: Database, clock: SettableClock) -> AsyncIterator[Till]:
    """Everything a till could take points by is open: transfers, a pool with points in it, a partner."""
    async with running(db) as program:
        client = program.client
        body = {"channel": "store", "phone": PHONE}
        made = await client.post("/api/v1/members", json=body, headers=program.system | {"Idempotency-Key": "join"})
        shopper = UUID(made.json()["member_id"])
        (friend,) = await register_members(db, 1, prefix="f")
        await earn(db, shopper, 2 * OWNED)
        clock.advance(timedelta(days=30))
        async with db.transaction() as tx:
            await rulebook.publish(tx, "partner", "air", TERMS, tx.now, "test", "test")
            key = await staff.create_key(tx, "till", staff.SCOPES - {VOUCH}, "tests")
            pool_id = (await pool.create_pool(tx, shopper)).pool_id
        async with db.transaction() as tx:
            await pool.contribute(tx, shopper, OWNED, transfer_id=new_id())
        await relay(db)
        shop = Shop(db, client)
        await shop.stock(good("beef", 5_200))
        quoted = await client.post(
            "/api/v1/quotes",
            json={"channel": "till", "lines": numbered([pieces("beef")]), "points": 100, "member": {"phone": PHONE}},
            headers=program.system,
        )
        token = quoted.json()["token"]
        yield Till(client, db, clock, bearer(key.token), program.system, shopper, friend, pool_id, token)
