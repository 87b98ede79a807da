"""A shop whose members buy, bring back, are merged and parted at random, with everything in the background done when it
is asked for."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

from huixiang.catalogue.model import Entity
from huixiang.checkout import service as checkout
from huixiang.checkout.model import NewOrder, RefundLine, RefundRequest
from huixiang.entry.background import SUBSCRIPTIONS
from huixiang.habits import service
from huixiang.habits.model import Difference, NewBehaviour
from huixiang.kernel.clock import SettableClock
from huixiang.members.model import MemberRef
from huixiang.members.model.merging import NewMerge
from huixiang.members.service import merging
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from tests.catalogue import rows
from tests.catalogue.taking_in import results
from tests.support.programme import line, load_programme, register_members, till_order

GOODS = {"apple": "fruit", "pear": "fruit", "milk": "dairy", "soap": "home", "rice": "grain", "fish": "sea"}
STORES = ("s-1", "s-2", None)


class Market:
    """`happened` counts what was done, by kind."""

    def __init__(self, db: Database, clock: SettableClock, seed: int = 0) -> None:
        self.db = db
        self.clock = clock
        self.draw = random.Random(seed)
        self.members: list[UUID] = []
        self.orders: list[UUID] = []
        self.merges: list[tuple[UUID, UUID]] = []
        self.serial = 0
        self.happened: dict[str, int] = {}

    async def open(self, members: int) -> None:
        await load_programme(self.db)
        for code in sorted(set(GOODS.values())):
            assert await results(self.db, Entity.CATEGORIES, rows.category(code)) == ["created"]
        for code, category in GOODS.items():
            assert await results(self.db, Entity.SKUS, rows.sku(code, category=category)) == ["created"]
        for code in ("s-1", "s-2"):
            assert await results(self.db, Entity.STORES, rows.store(code)) == ["created"]
        self.members = await register_members(self.db, members)

    async def buy(self, member: UUID, days_ago: int = 0, fen: int = 1000, **more: Any) -> UUID:
        """One order of one line; `sku` and `store` as told."""
        return await self.post(
            self.order(member, days_ago, [(more.get("sku", "apple"), fen)], more.get("store", "s-1"))
        )

    async def post(self, one: NewOrder) -> UUID:
        async with self.db.transaction() as tx:
            order = await checkout.post_order(tx, one)
        self.orders.append(order.order_id)
        return order.order_id

    def order(self, member: UUID, days_ago: int, goods: list[tuple[str, int]], store: str | None) -> NewOrder:
        self.serial += 1
        lines = [line(str(n), fen, sku=sku, pieces=2) for n, (sku, fen) in enumerate(goods)]
        at = self.clock.now() - timedelta(days=days_ago, minutes=self.draw.randint(0, 600))
        return replaced(till_order(member, str(self.serial), at, lines), store)

    async def bring_back(self, order_id: UUID, pieces: int = 2) -> None:
        """Up to so many pieces of the first line that has some left."""
        async with self.db.transaction() as tx:
            order = await checkout.order(tx, order_id)
            left = [(one.line_id, one.quantity - one.refunded_quantity) for one in order.lines]
            wanted = [RefundLine(code, min(count, pieces)) for code, count in left if count][:1]
            if not wanted:
                return
            self.serial += 1
            request = RefundRequest(
                external_id=f"r{self.serial}", reason="damaged", occurred_at=self.clock.now(), lines=wanted
            )
            await checkout.refund_order(tx, order_id, request)

    async def merge(self, gone: UUID, into: UUID) -> UUID:
        async with self.db.transaction() as tx:
            wanted = NewMerge(into=MemberRef(member_id=into), reason="one person")
            merge = await merging.start(tx, gone, wanted, "key:test")
        self.merges.append((gone, merge.merge_id))
        return merge.merge_id

    async def part(self, gone: UUID, merge_id: UUID) -> None:
        async with self.db.transaction() as tx:
            await merging.undo(tx, gone, merge_id, "two people", "key:test")

    async def see(self, member: UUID, category: str | None = None, hours_ago: int = 0) -> None:
        seen_at = self.clock.now() - timedelta(hours=hours_ago)
        async with self.db.transaction() as tx:
            await service.note(tx, member, NewBehaviour(seen_at=seen_at, viewed_category=category))

    async def settle(self) -> None:
        """Everything in the background is done, as a worker would within two minutes."""
        await Relay(self.db, SUBSCRIPTIONS).drain()
        self.clock.advance(timedelta(minutes=2))
        async with self.db.transaction() as tx:
            await service.mark_turning(tx, 10_000)
            while await service.reckon_due(tx, 3):
                pass

    async def check(self) -> list[Difference]:
        async with self.db.transaction(read_only=True) as tx:
            return (await service.rebuild(tx, None, check=True)).differences

    async def rebuild(self) -> list[Difference]:
        async with self.db.transaction() as tx:
            return (await service.rebuild(tx, None, check=False)).differences

    async def rows(self) -> dict[UUID, tuple[Any, ...]]:
        """Every row as it stands, but for when it was reckoned."""
        async with self.db.transaction(read_only=True) as tx:
            found = await tx.fetch("SELECT * FROM habits.member ORDER BY member_id")
        return {row["member_id"]: tuple(row)[:-1] for row in found}


def replaced(order: NewOrder, store: str | None) -> NewOrder:
    return NewOrder(**{field: getattr(order, field) for field in order.__struct_fields__} | {"store_id": store})
