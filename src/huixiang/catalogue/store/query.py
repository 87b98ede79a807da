"""What the catalogue says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec

from huixiang.catalogue.model import EVERY_STORE, PRICE_BASIS, Category, Price, PriceChange, Sku
from huixiang.kernel.text import Text
from huixiang.platform.db import Transaction


async def tree(tx: Transaction) -> dict[str, str | None]:
    """Each category's parent."""
    return {r["category"]: r["parent"] for r in await tx.fetch("SELECT category, parent FROM catalogue.category")}


async def names(tx: Transaction, categories: Collection[str], store: str | None) -> tuple[dict[str, Text], Text | None]:
    """Of categories that are known, and of a store."""
    rows = await tx.fetch(
        """
        SELECT category, name FROM catalogue.category WHERE category = ANY ($1::text[])
        UNION ALL SELECT NULL, name FROM catalogue.store WHERE store = $2
        """,
        list(categories),
        store,
    )
    found = {code: _text(name) for code, name in rows}
    of_store = found.pop(None, None)
    return found, of_store


async def sku_names(tx: Transaction, skus: Collection[str]) -> dict[str, Text]:
    rows = await tx.fetch("SELECT sku, name FROM catalogue.sku WHERE sku = ANY ($1::text[])", list(skus))
    return {sku: _text(name) for sku, name in rows}


async def store_names(tx: Transaction, stores: Collection[str]) -> dict[str, Text]:
    rows = await tx.fetch("SELECT store, name FROM catalogue.store WHERE store = ANY ($1::text[])", list(stores))
    return {store: _text(name) for store, name in rows}


async def known_skus(tx: Transaction, skus: Collection[str]) -> set[str]:
    records = await tx.fetch("SELECT sku FROM catalogue.sku WHERE sku = ANY($1::text[])", list(skus))
    return {record["sku"] for record in records}


async def count_by_prefix(tx: Transaction, prefix: str) -> tuple[int, int]:
    """How many stores, and how many skus, have a code that begins so."""
    record = await tx.fetchrow(
        """
        SELECT (SELECT count(*) FROM catalogue.store WHERE starts_with(store, $1)) AS stores,
               (SELECT count(*) FROM catalogue.sku WHERE starts_with(sku, $1)) AS skus
        """,
        prefix,
    )
    return (record["stores"], record["skus"]) if record else (0, 0)


async def known_stores(tx: Transaction, stores: Collection[str]) -> set[str]:
    records = await tx.fetch("SELECT store FROM catalogue.store WHERE store = ANY($1::text[])", list(stores))
    return {record["store"] for record in records}


async def all_categories(tx: Transaction) -> list[Category]:
    records = await tx.fetch(
        "SELECT category, parent, name, position, state, path FROM catalogue.category ORDER BY position, category"
    )
    return [
        Category(r["category"], r["parent"], _text(r["name"]), r["position"], r["state"], r["path"]) for r in records
    ]


async def category_paths(tx: Transaction, categories: Collection[str]) -> dict[str, tuple[str, ...]]:
    records = await tx.fetch(
        "SELECT category, path FROM catalogue.category WHERE category = ANY($1::text[])", list(categories)
    )
    return {record["category"]: tuple(record["path"]) for record in records}


async def categories_of(tx: Transaction, skus: Collection[str]) -> dict[str, tuple[str, ...]]:
    records = await tx.fetch(
        "SELECT sku, categories FROM catalogue.catalogue_facts WHERE sku = ANY($1::text[])", list(skus)
    )
    return {record["sku"]: tuple(record["categories"]) for record in records}


async def skus_after(tx: Transaction, after: str, limit: int, category: str | None) -> list[Sku]:
    """Goods in the order of their codes; with a category, those of its whole subtree."""
    records = await tx.fetch(
        """
        SELECT s.sku, s.name, c.path, s.brand, s.tags, s.unit, s.list_price_fen, s.cost_fen, s.estimated_g,
               s.shelf_life_days, s.attributes, s.state, s.version
        FROM catalogue.sku s JOIN catalogue.category c USING (category)
        WHERE s.sku > $1 AND ($3::text IS NULL OR c.path @> ARRAY[$3::text])
        ORDER BY s.sku LIMIT $2
        """,
        after,
        limit,
        category,
    )
    return [_sku(record) for record in records]


async def prices_at(
    tx: Transaction, skus: Sequence[str], store: str | None, at: datetime, price_list: str
) -> dict[str, Price]:
    """Of the prices in force, the store's own goes before every store's, and the later beginning before the earlier."""
    records = await tx.fetch(
        """
        SELECT s.sku, s.unit, coalesce(p.price_fen, s.list_price_fen) AS price_fen, p.price_list AS source
        FROM catalogue.sku s
        LEFT JOIN LATERAL (
            SELECT price_fen, price_list FROM catalogue.price
            WHERE sku = s.sku AND price_list = $4 AND store IN ($2, $5)
              AND valid_from <= $3 AND (valid_to IS NULL OR valid_to > $3)
            ORDER BY store = $5, valid_from DESC LIMIT 1
        ) AS p ON true
        WHERE s.sku = ANY($1::text[])
        """,
        skus,
        store or EVERY_STORE,
        at,
        price_list,
        EVERY_STORE,
    )
    return {r["sku"]: Price(r["price_fen"], r["unit"], r["source"] or "list") for r in records}


async def price_changes(tx: Transaction, sku: str) -> list[PriceChange]:
    records = await tx.fetch(
        """
        SELECT price_list, store, valid_from, valid_to, price_fen, version, recorded_at FROM catalogue.price_change
        WHERE sku = $1
        UNION ALL
        SELECT 'list', $2, recorded_at, NULL, list_price_fen, version, recorded_at FROM catalogue.sku_price_change
        WHERE sku = $1
        ORDER BY recorded_at, version, price_list, store, valid_from
        """,
        sku,
        EVERY_STORE,
    )
    return [PriceChange(*record) for record in records]


def _sku(record: Any) -> Sku:
    return Sku(
        sku=record["sku"],
        name=_text(record["name"]),
        categories=record["path"],
        brand=record["brand"],
        tags=record["tags"],
        unit=record["unit"],
        price_basis=PRICE_BASIS[record["unit"]],
        list_price_fen=record["list_price_fen"],
        cost_fen=record["cost_fen"],
        estimated_g=record["estimated_g"],
        shelf_life_days=record["shelf_life_days"],
        attributes=msgspec.json.decode(record["attributes"]),
        state=record["state"],
        version=record["version"],
    )


def _text(value: str) -> Text:
    return msgspec.json.decode(value, type=Text)
