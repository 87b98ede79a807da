"""Resources and holders, as the tests of this folder make them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from huixiang.kernel.errors import DomainError
from huixiang.kernel.ids import new_id
from huixiang.platform import invariants
from huixiang.platform.db import Database
from huixiang.stock import service
from huixiang.stock.model import Holder, Kind, ResourceRow, Ticket, Wanted

TTL = timedelta(minutes=5)
NAMES = UUID(int=40)


def row(key: str, capacity: int, **more: Any) -> ResourceRow:
    said: dict[str, Any] = {"kind": Kind.SLOT, "key": key, "unit": "pieces", "capacity": capacity, "version": 1}
    return ResourceRow(**said | more)


def want(key: str, amount: int = 1, **more: Any) -> Wanted:
    said: dict[str, Any] = {"kind": Kind.SLOT, "key": key, "amount": amount}
    return Wanted(**said | more)


def order() -> Holder:
    return Holder("order", new_id())


def somebody(number: int) -> UUID:
    return uuid5(NAMES, str(number))


async def define(db: Database, *rows: ResourceRow) -> list[str]:
    async with db.transaction() as tx:
        found = [one.outcome for one in await service.define(tx, rows)]
    return [one.code if isinstance(one, DomainError) else one for one in found]


async def reserve(
    db: Database, holder: Holder, *wanted: Wanted, member: UUID = NAMES, ttl: timedelta = TTL
) -> list[Ticket]:
    async with db.transaction() as tx:
        return await service.reserve(tx, holder, member, wanted, ttl)


async def confirm(db: Database, holder: Holder) -> list[Ticket]:
    async with db.transaction() as tx:
        return await service.confirm(tx, holder)


async def free(db: Database, holder: Holder) -> list[Ticket]:
    async with db.transaction() as tx:
        return await service.free(tx, holder, "cancelled")


async def give_back(db: Database, holder: Holder, key: str, **amounts: int) -> list[Ticket]:
    async with db.transaction() as tx:
        parts = {(Kind.SLOT, name): amount for name, amount in amounts.items()}
        return await service.give_back(tx, holder, parts, key=key, why="refund")


async def left(db: Database, *keys: str) -> list[int]:
    async with db.transaction() as tx:
        found = await service.left(tx, [(Kind.SLOT, key) for key in keys])
    return [found[Kind.SLOT, key] for key in keys]


async def counters(db: Database, key: str) -> list[int]:
    async with db.transaction() as tx:
        rows = await tx.fetch(
            "SELECT c.remaining FROM stock.counter c JOIN stock.resource r USING (resource_id) WHERE r.key = $1"
            " ORDER BY shard",
            key,
        )
    return [each[0] for each in rows]


async def breaches(db: Database) -> list[Any]:
    """What breaks a law of stock."""
    found: list[Any] = []
    async with db.snapshot() as tx:
        laws: Sequence[invariants.Law] = [law for law in invariants.laws() if law.name.startswith("stock_")]
        assert len(laws) >= 4
        for law in laws:
            found += [(law.name, breach.row) async for breach in invariants.breaches(tx, law)]
    return found
