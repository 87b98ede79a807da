"""A shop that asks for quotes over HTTP: goods, rules, a member, and what is answered."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import msgspec

from huixiang.catalogue import service as catalogue
from huixiang.catalogue.model import CategoryRow, PriceRow, SkuRow, StoreRow
from huixiang.coupons import service as coupons
from huixiang.coupons.model import NewCoupon
from huixiang.kernel.ids import new_id
from huixiang.kernel.text import Text
from huixiang.platform.db import Database
from huixiang.points import service as points
from huixiang.points.model import POINTS, Credit, Source
from huixiang.pricing.model.rules import Promotions
from huixiang.pricing.routes import ROUTES
from huixiang.pricing.service import tokens
from huixiang.pricing.service.rule_sets import DOCUMENT
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import BEGINNING, NewSwitch
from tests.support.http_client import client_of
from tests.support.programme import load_programme

Answer = dict[str, Any]
ALL = ("quotes:write", "quotes:price", "prices:read")


class Secrets:
    """Of one installation, by its name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def secret(self, purpose: str) -> bytes:
        return hashlib.sha256(f"{self._name}|{purpose}".encode()).digest()


def named(text: str) -> Text:
    return Text(zh=text, en=text)


def good(sku: str, list_price_fen: int, **other: Any) -> SkuRow:
    row: dict[str, Any] = {"category": "fresh", "unit": "piece", "version": 1, **other}
    return SkuRow(sku=sku, name=named(sku), list_price_fen=list_price_fen, **row)


class Shop:
    """system: its key may do everything about prices; as_member: another client, for one member's own routes."""

    def __init__(self, db: Database, client: httpx.AsyncClient) -> None:
        self.db = db
        self.client = client

    async def stock(self, *goods: SkuRow, categories: Mapping[str, str | None] = {}) -> None:
        """Goods, in the category `fresh` or those given (each with what is above it)."""
        tree = {"fresh": None, **categories}
        rows = [CategoryRow(category=one, parent=above, name=named(one), version=1) for one, above in tree.items()]
        store = StoreRow(store="S001", name=named("S001"), city="hangzhou", region="east_china", version=1)
        async with self.db.transaction() as tx:
            outcomes = await catalogue.upsert_categories(tx, rows)
            outcomes += await catalogue.upsert_stores(tx, [store])
            outcomes += await catalogue.upsert_skus(tx, goods)
        assert [one.error for one in outcomes if one.error] == []

    async def price(self, *rows: PriceRow) -> None:
        async with self.db.transaction() as tx:
            outcomes = await catalogue.upsert_prices(tx, rows)
        assert [one.error for one in outcomes if one.error] == []

    async def publish(self, promotions: Promotions | Sequence[Any]) -> int:
        """The next version of the promotions; its number."""
        if not isinstance(promotions, Promotions):
            promotions = Promotions(rules=tuple(promotions))
        async with self.db.transaction() as tx:
            return (await rulebook.publish(tx, *DOCUMENT, promotions, BEGINNING, "test", "for the test")).version

    async def document(self, kind: str, code: str, body: object) -> None:
        async with self.db.transaction() as tx:
            await rulebook.publish(tx, kind, code, body, BEGINNING, "test", "for the test")

    async def kill(self, rule: str) -> None:
        async with self.db.transaction() as tx:
            await rulebook.switch(tx, *DOCUMENT, NewSwitch(part=rule, off=True, reason="for the test"), "test")

    async def grant(self, member: UUID, rule: str, expires_at: datetime | None = None) -> str:
        async with self.db.transaction() as tx:
            return str((await coupons.grant(tx, member, NewCoupon(rule=rule, expires_at=expires_at))).coupon_id)

    async def give_points(self, member: UUID, count: int, **more: Any) -> None:
        source = Source(
            key=f"gift:{new_id()}", cause="gift", counter_account="issued:gift", occurred_at=self.db.clock.now()
        )
        async with self.db.transaction() as tx:
            await points.post(tx, [Credit(member_id=member, book=POINTS, points=count, source=source, **more)])

    async def ask(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        content = msgspec.json.encode({"channel": "app", **body})
        return await self.client.post(path, content=content, headers={"Content-Type": "application/json"})

    async def quote(self, lines: Iterable[Mapping[str, Any]], member: UUID | None = None, **more: Any) -> Answer:
        """As a system asks. Lines without an id are numbered."""
        body = {"lines": numbered(lines), **({"member": {"member_id": member}} if member else {}), **more}
        return told(await self.ask("/api/v1/quotes", body))

    async def prices(self, skus: Sequence[str], member: UUID | None = None, **more: Any) -> Answer:
        body = {"skus": skus, **({"member": {"member_id": member}} if member else {}), **more}
        return told(await self.ask("/api/v1/prices", body))

    async def why(self, token: str) -> Answer:
        content = msgspec.json.encode({"token": token})
        headers = {"Content-Type": "application/json"}
        return told(await self.client.post("/api/v1/quotes/why", content=content, headers=headers))


def numbered(lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"line_id": str(number), **line} for number, line in enumerate(lines, 1)]


def pieces(sku: str, count: int = 1, **more: Any) -> dict[str, Any]:
    return {"sku": sku, "pieces": count, **more}


def told(answer: httpx.Response) -> Answer:
    assert answer.status_code == 200, answer.text
    found: Answer = answer.json()
    return found


def refused(answer: httpx.Response, status: int, code: str) -> Answer:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    found: Answer = answer.json()
    return found


@asynccontextmanager
async def opened(db: Database, *scopes: str, member: UUID | None = None) -> AsyncIterator[Shop]:
    """With all scopes unless some are named."""
    async with client_of(db, ROUTES, *(scopes or ALL), member=member) as client:
        yield Shop(db, client)


async def open_shop(db: Database) -> None:
    """The shipped rules, but for promotions: each test has its own."""
    await load_programme(db)
    async with db.transaction() as tx:
        for version in await rulebook.versions(tx, DOCUMENT[0], in_force_only=True):
            await rulebook.withdraw(tx, *DOCUMENT, version.version, by="test", note="for the test")
    tokens.use_secrets(Secrets("here"))
