"""Rows taken into the catalogue, and what is there afterwards."""

from __future__ import annotations

from typing import Any

from huixiang.catalogue import service
from huixiang.catalogue.model import (
    Entity,
    RowOutcome,
)
from huixiang.platform.db import Database


async def take_in(db: Database, entity: Entity, *rows: Any) -> list[RowOutcome]:
    async with db.transaction() as tx:
        return await service.UPSERTS[entity](tx, rows)


async def results(db: Database, entity: Entity, *rows: Any) -> list[str]:
    return [outcome.outcome for outcome in await take_in(db, entity, *rows)]


async def refusals(db: Database, entity: Entity, *rows: Any) -> list[tuple[str, str] | None]:
    outcomes = await take_in(db, entity, *rows)
    return [(one.error.code, one.error.path) if one.error else None for one in outcomes]


async def codes(db: Database, wanted: str | None = None) -> list[str]:
    async with db.transaction() as tx:
        return [good.sku for good in (await service.list_skus(tx, None, 200, wanted)).items]


async def categories_of(db: Database, *skus: str) -> dict[str, tuple[str, ...]]:
    async with db.transaction() as tx:
        return await service.categories_of(tx, skus)
