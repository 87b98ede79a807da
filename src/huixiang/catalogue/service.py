"""Take the shop's catalogue in, and say what is in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from importlib import resources
from typing import Any

import msgspec

from huixiang.catalogue import rules
from huixiang.catalogue.model import (
    PUBLIC_LIST,
    BrandRow,
    Category,
    CategoryChoice,
    CategoryRow,
    CategoryUnknown,
    ChannelRow,
    Entity,
    Named,
    Names,
    Price,
    PriceChange,
    PriceRow,
    RowOutcome,
    Sku,
    SkuRow,
    StoreRow,
)
from huixiang.catalogue.store import named, query, references, upsert
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.kernel.text import Text
from huixiang.platform.db import Transaction

CHUNK = 5_000

ROW_TYPES: dict[Entity, type[Any]] = {
    Entity.CATEGORIES: CategoryRow,
    Entity.BRANDS: BrandRow,
    Entity.STORES: StoreRow,
    Entity.CHANNELS: ChannelRow,
    Entity.SKUS: SkuRow,
    Entity.PRICES: PriceRow,
}


async def upsert_categories(tx: Transaction, rows: Sequence[CategoryRow]) -> list[RowOutcome]:
    """Take in categories: parents may come after their children, also in the same call.

    A row is refused that would stand below nothing, below itself or below more than 8 levels.
    """
    await upsert.lock(tx, Entity.CATEGORIES)
    stored = await upsert.stored(tx, Entity.CATEGORIES, [row.key for row in rows])
    faults = [rules.fault(row, (), (), ()) for row in rows]
    _, taken = rules.decide(rows, faults, stored)
    misplaced = rules.tree_faults(rules.latest(taken), await query.tree(tx))
    faults = [fault or misplaced.get(row.key) for row, fault in zip(rows, faults, strict=True)]
    outcomes, taken = rules.decide(rows, faults, stored)
    if taken:
        await _write(tx, Entity.CATEGORIES, taken)
        await upsert.paths(tx)
    return outcomes


async def upsert_brands(tx: Transaction, rows: Sequence[BrandRow]) -> list[RowOutcome]:
    return await _upsert_plain(tx, Entity.BRANDS, rows)


async def upsert_stores(tx: Transaction, rows: Sequence[StoreRow]) -> list[RowOutcome]:
    return await _upsert_plain(tx, Entity.STORES, rows)


async def upsert_channels(tx: Transaction, rows: Sequence[ChannelRow]) -> list[RowOutcome]:
    return await _upsert_plain(tx, Entity.CHANNELS, rows)


async def upsert_skus(tx: Transaction, rows: Sequence[SkuRow]) -> list[RowOutcome]:
    """Take in goods; one whose category is not there is refused. Each change of list price or cost is noted."""
    await upsert.lock(tx, Entity.SKUS)
    stored = await upsert.stored(tx, Entity.SKUS, [row.key for row in rows])
    known = await query.tree(tx)
    outcomes, taken = rules.decide(rows, [rules.fault(row, (), known, ()) for row in rows], stored)
    await upsert.sku_price_changes(tx, taken)
    await _write(tx, Entity.SKUS, taken)
    return outcomes


async def upsert_prices(tx: Transaction, rows: Sequence[PriceRow]) -> list[RowOutcome]:
    """Take in prices; one of an unknown sku or store is refused. Each change is noted."""
    await upsert.lock(tx, Entity.PRICES)
    stored = await upsert.stored(tx, Entity.PRICES, [row.key for row in rows])
    skus = await query.known_skus(tx, {row.sku for row in rows})
    stores = await query.known_stores(tx, {row.store for row in rows})
    outcomes, taken = rules.decide(rows, [rules.fault(row, skus, (), stores) for row in rows], stored)
    await upsert.price_changes(tx, taken)
    await _write(tx, Entity.PRICES, taken)
    return outcomes


UPSERTS: dict[Entity, Callable[[Transaction, Sequence[Any]], Awaitable[list[RowOutcome]]]] = {
    Entity.CATEGORIES: upsert_categories,
    Entity.BRANDS: upsert_brands,
    Entity.STORES: upsert_stores,
    Entity.CHANNELS: upsert_channels,
    Entity.SKUS: upsert_skus,
    Entity.PRICES: upsert_prices,
}


async def load_seed(tx: Transaction) -> dict[Entity, list[RowOutcome]]:
    """Take in the catalogue that comes with the program; the second time nothing changes."""
    folder = resources.files("huixiang.catalogue").joinpath("seed")
    loaded = {}
    for entity in Entity:
        lines = folder.joinpath(f"{entity}.ndjson").read_bytes().splitlines()
        decoder = msgspec.json.Decoder(ROW_TYPES[entity])
        loaded[entity] = await UPSERTS[entity](tx, [decoder.decode(line) for line in lines])
    return loaded


async def categories_of(tx: Transaction, skus: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Per sku its categories, from its own to the root of the tree; a sku the catalogue does not have is absent."""
    return await query.categories_of(tx, skus) if skus else {}


async def category_paths(tx: Transaction, categories: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Of each category itself and all above it; one that the catalogue does not have is absent."""
    return await query.category_paths(tx, categories)


async def find_named(tx: Transaction, names: Names) -> Named:
    """What the catalogue has of what rules name, in one round trip."""
    return await named.find(tx, names)


async def categories(tx: Transaction) -> list[Category]:
    """Every category with its path, siblings by position."""
    return await query.all_categories(tx)


async def choices(tx: Transaction) -> list[CategoryChoice]:
    """The categories that are active, with all above them, siblings by position."""
    found = await query.all_categories(tx)
    closed = {one.category for one in found if one.state != "active"}
    return [
        CategoryChoice(one.category, one.parent, one.name)
        for one in found
        if closed.isdisjoint({one.category, *one.path})
    ]


async def names(tx: Transaction, categories: Collection[str], store: str | None) -> tuple[dict[str, Text], Text | None]:
    """How categories are called, by code, and a store; what the catalogue does not have is left out."""
    return await query.names(tx, categories, store)


async def sku_names(tx: Transaction, skus: Collection[str]) -> dict[str, Text]:
    """How goods are called, by code; what the catalogue does not have is left out."""
    return await query.sku_names(tx, skus) if skus else {}


async def store_names(tx: Transaction, stores: Collection[str]) -> dict[str, Text]:
    """How stores are called, by id; what the catalogue does not have is left out."""
    return await query.store_names(tx, stores) if stores else {}


async def list_skus(tx: Transaction, cursor: str | None, limit: int, category: str | None = None) -> Page[Sku]:
    """Goods by code; with a category, those of its whole subtree. Raises CategoryUnknown, and InvalidInput for a
    cursor of another list."""
    if category is not None and category not in await query.tree(tx):
        raise CategoryUnknown(category=category)
    after: str = decode_cursor(cursor, str)[0] if cursor else ""
    found = await query.skus_after(tx, after, limit + 1, category)
    return page_of(found, limit, lambda last: (last.sku,))


async def count_by_prefix(tx: Transaction, prefix: str) -> tuple[int, int]:
    """How many stores, and how many skus, have a code that begins with `prefix`; to reconcile an import."""
    return await query.count_by_prefix(tx, prefix)


async def prices_of(
    tx: Transaction, skus: Sequence[str], store: str | None, at: datetime, price_list: str = PUBLIC_LIST
) -> dict[str, Price]:
    """What each sku costs at an instant: the store's price, else the one of every store, else its list price.

    A sku the catalogue does not have is absent.
    """
    return await query.prices_at(tx, skus, store, at, price_list)


async def lowest_prices(
    tx: Transaction, skus: Sequence[str], store: str | None, since: datetime, until: datetime
) -> dict[str, int]:
    """The lowest public price that each sku really had in a store, by what the catalogue said at the time, from an
    instant on and before another. A sku that had none is absent; what is said later does not change it."""
    return await references.lowest_prices(tx, skus, store, since, until)


async def price_changes(tx: Transaction, sku: str) -> list[PriceChange]:
    """Every price a sku was given, in the order they came; its list price stands under the price list `list`."""
    return await query.price_changes(tx, sku)


async def _upsert_plain(tx: Transaction, entity: Entity, rows: Sequence[Any]) -> list[RowOutcome]:
    await upsert.lock(tx, entity)
    stored = await upsert.stored(tx, entity, [row.key for row in rows])
    outcomes, taken = rules.decide(rows, [rules.fault(row, (), (), ()) for row in rows], stored)
    await _write(tx, entity, taken)
    return outcomes


async def _write(tx: Transaction, entity: Entity, taken: Sequence[Any]) -> None:
    rows = rules.latest(taken)
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        await upsert.write(tx, entity, chunk, [rules.digest(row) for row in chunk])
