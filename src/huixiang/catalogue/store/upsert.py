"""Rows into the catalogue, a chunk in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from huixiang.catalogue.model import (
    BrandRow,
    CategoryRow,
    ChannelRow,
    Entity,
    Key,
    PriceRow,
    SkuRow,
    Stored,
    StoreRow,
)
from huixiang.platform.db import Transaction

# Who writes one kind of row writes alone, readers go on: so outcomes are exact and two uploads never wait in a circle.
_LOCK = {
    Entity.CATEGORIES: "LOCK TABLE catalogue.category IN SHARE ROW EXCLUSIVE MODE",
    Entity.BRANDS: "LOCK TABLE catalogue.brand IN SHARE ROW EXCLUSIVE MODE",
    Entity.STORES: "LOCK TABLE catalogue.store IN SHARE ROW EXCLUSIVE MODE",
    Entity.CHANNELS: "LOCK TABLE catalogue.channel IN SHARE ROW EXCLUSIVE MODE",
    Entity.SKUS: "LOCK TABLE catalogue.sku IN SHARE ROW EXCLUSIVE MODE",
    Entity.PRICES: "LOCK TABLE catalogue.price IN SHARE ROW EXCLUSIVE MODE",
}
_STORED = {
    Entity.CATEGORIES: "SELECT category, version, hash FROM catalogue.category WHERE category = ANY($1::text[])",
    Entity.BRANDS: "SELECT brand, version, hash FROM catalogue.brand WHERE brand = ANY($1::text[])",
    Entity.STORES: "SELECT store, version, hash FROM catalogue.store WHERE store = ANY($1::text[])",
    Entity.CHANNELS: "SELECT channel, version, hash FROM catalogue.channel WHERE channel = ANY($1::text[])",
    Entity.SKUS: "SELECT sku, version, hash FROM catalogue.sku WHERE sku = ANY($1::text[])",
    Entity.PRICES: """
        SELECT sku, price_list, store, valid_from, version, hash FROM catalogue.price
        JOIN unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS input (sku, price_list, store, valid_from)
        USING (sku, price_list, store, valid_from)
    """,
}

_BETWEEN = "\x1f"  # tags hold no control character


async def lock(tx: Transaction, entity: Entity) -> None:
    await tx.execute(_LOCK[entity])


async def stored(tx: Transaction, entity: Entity, keys: Sequence[Key]) -> Mapping[Key, Stored]:
    """What is there of the rows with these keys."""
    records = await tx.fetch(_STORED[entity], *_columns(keys, 4 if entity is Entity.PRICES else 1))
    return {tuple(record)[:-2]: Stored(record["version"], record["hash"]) for record in records}


async def categories(tx: Transaction, rows: Sequence[CategoryRow], hashes: Sequence[bytes]) -> None:
    """Parents may come after their children; paths are made by `paths` when all rows are there."""
    await tx.execute(
        """
        INSERT INTO catalogue.category AS c
            (category, parent, name, position, state, path, version, hash, recorded_at)
        SELECT category, parent, name::jsonb, position, state, ARRAY[category], version, hash, $8
        FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::bigint[], $7::bytea[])
            AS input (category, parent, name, position, state, version, hash)
        ON CONFLICT (category) DO UPDATE SET
            parent = excluded.parent, name = excluded.name, position = excluded.position, state = excluded.state,
            version = excluded.version, hash = excluded.hash, recorded_at = excluded.recorded_at
        """,
        [row.category for row in rows],
        [row.parent for row in rows],
        [_json(row.name) for row in rows],
        [row.position for row in rows],
        [row.state for row in rows],
        [row.version for row in rows],
        hashes,
        tx.now,
    )


async def paths(tx: Transaction) -> None:
    """Bring every category's path in line with its parents."""
    await tx.execute(
        """
        WITH RECURSIVE walk AS (
            SELECT category, ARRAY[category] AS path FROM catalogue.category WHERE parent IS NULL
            UNION ALL
            SELECT c.category, c.category || walk.path FROM catalogue.category c JOIN walk ON c.parent = walk.category
        )
        UPDATE catalogue.category AS c SET path = walk.path FROM walk
        WHERE c.category = walk.category AND c.path <> walk.path
        """
    )


async def brands(tx: Transaction, rows: Sequence[BrandRow], hashes: Sequence[bytes]) -> None:
    await tx.execute(
        """
        INSERT INTO catalogue.brand (brand, name, state, version, hash, recorded_at)
        SELECT brand, name::jsonb, state, version, hash, $6
        FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bytea[])
            AS input (brand, name, state, version, hash)
        ON CONFLICT (brand) DO UPDATE SET
            name = excluded.name, state = excluded.state, version = excluded.version, hash = excluded.hash,
            recorded_at = excluded.recorded_at
        """,
        [row.brand for row in rows],
        [_json(row.name) for row in rows],
        [row.state for row in rows],
        [row.version for row in rows],
        hashes,
        tx.now,
    )


async def stores(tx: Transaction, rows: Sequence[StoreRow], hashes: Sequence[bytes]) -> None:
    await tx.execute(
        """
        INSERT INTO catalogue.store
            (store, name, city, region, time_zone, attributes, state, version, hash, recorded_at)
        SELECT store, name::jsonb, city, region, time_zone, attributes::jsonb, state, version, hash, $10
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[],
                    $9::bytea[])
            AS input (store, name, city, region, time_zone, attributes, state, version, hash)
        ON CONFLICT (store) DO UPDATE SET
            name = excluded.name, city = excluded.city, region = excluded.region, time_zone = excluded.time_zone,
            attributes = excluded.attributes, state = excluded.state, version = excluded.version,
            hash = excluded.hash, recorded_at = excluded.recorded_at
        """,
        [row.store for row in rows],
        [_json(row.name) for row in rows],
        [row.city for row in rows],
        [row.region for row in rows],
        [row.time_zone for row in rows],
        [_json(row.attributes) for row in rows],
        [row.state for row in rows],
        [row.version for row in rows],
        hashes,
        tx.now,
    )


async def channels(tx: Transaction, rows: Sequence[ChannelRow], hashes: Sequence[bytes]) -> None:
    await tx.execute(
        """
        INSERT INTO catalogue.channel (channel, name, state, version, hash, recorded_at)
        SELECT channel, name::jsonb, state, version, hash, $6
        FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bytea[])
            AS input (channel, name, state, version, hash)
        ON CONFLICT (channel) DO UPDATE SET
            name = excluded.name, state = excluded.state, version = excluded.version, hash = excluded.hash,
            recorded_at = excluded.recorded_at
        """,
        [row.channel for row in rows],
        [_json(row.name) for row in rows],
        [row.state for row in rows],
        [row.version for row in rows],
        hashes,
        tx.now,
    )


async def sku_price_changes(tx: Transaction, rows: Sequence[SkuRow]) -> None:
    """Note the list price and cost of each row that changes either. Comes before `skus` of the same rows."""
    await tx.execute(
        """
        INSERT INTO catalogue.sku_price_change (sku, version, list_price_fen, cost_fen, recorded_at)
        SELECT input.sku, input.version, input.list_price_fen, input.cost_fen, $5
        FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[])
            AS input (sku, version, list_price_fen, cost_fen)
        LEFT JOIN catalogue.sku AS held USING (sku)
        WHERE (held.list_price_fen, held.cost_fen) IS DISTINCT FROM (input.list_price_fen, input.cost_fen)
        """,
        [row.sku for row in rows],
        [row.version for row in rows],
        [row.list_price_fen for row in rows],
        [row.cost_fen for row in rows],
        tx.now,
    )


async def skus(tx: Transaction, rows: Sequence[SkuRow], hashes: Sequence[bytes]) -> None:
    await tx.execute(
        """
        INSERT INTO catalogue.sku
            (sku, name, category, brand, tags, unit, list_price_fen, cost_fen, estimated_g, shelf_life_days,
             attributes, state, version, hash, recorded_at)
        SELECT sku, name::jsonb, category, brand, string_to_array(tags, $16), unit, list_price_fen, cost_fen,
               estimated_g, shelf_life_days, attributes::jsonb, state, version, hash, $15
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[],
                    $8::bigint[], $9::int[], $10::int[], $11::text[], $12::text[], $13::bigint[], $14::bytea[])
            AS input (sku, name, category, brand, tags, unit, list_price_fen, cost_fen, estimated_g, shelf_life_days,
                      attributes, state, version, hash)
        ON CONFLICT (sku) DO UPDATE SET
            name = excluded.name, category = excluded.category, brand = excluded.brand, tags = excluded.tags,
            unit = excluded.unit, list_price_fen = excluded.list_price_fen, cost_fen = excluded.cost_fen,
            estimated_g = excluded.estimated_g, shelf_life_days = excluded.shelf_life_days,
            attributes = excluded.attributes, state = excluded.state, version = excluded.version,
            hash = excluded.hash, recorded_at = excluded.recorded_at
        """,
        [row.sku for row in rows],
        [_json(row.name) for row in rows],
        [row.category for row in rows],
        [row.brand for row in rows],
        [_BETWEEN.join(row.tags) for row in rows],
        [row.unit for row in rows],
        [row.list_price_fen for row in rows],
        [row.cost_fen for row in rows],
        [row.estimated_g for row in rows],
        [row.shelf_life_days for row in rows],
        [_json(row.attributes) for row in rows],
        [row.state for row in rows],
        [row.version for row in rows],
        hashes,
        tx.now,
        _BETWEEN,
    )


async def price_changes(tx: Transaction, rows: Sequence[PriceRow]) -> None:
    """Note each row that changes a price or its period. Comes before `prices` of the same rows."""
    await tx.execute(
        """
        INSERT INTO catalogue.price_change
            (price_list, sku, store, valid_from, version, valid_to, price_fen, recorded_at)
        SELECT input.price_list, input.sku, input.store, input.valid_from, input.version, input.valid_to,
               input.price_fen, $8
        FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::bigint[],
                    $7::bigint[])
            AS input (sku, price_list, store, valid_from, valid_to, price_fen, version)
        LEFT JOIN catalogue.price AS held USING (sku, price_list, store, valid_from)
        WHERE held.sku IS NULL OR (held.valid_to, held.price_fen) IS DISTINCT FROM (input.valid_to, input.price_fen)
        """,
        *_price_columns(rows),
        [row.version for row in rows],
        tx.now,
    )


async def prices(tx: Transaction, rows: Sequence[PriceRow], hashes: Sequence[bytes]) -> None:
    await tx.execute(
        """
        INSERT INTO catalogue.price
            (sku, price_list, store, valid_from, valid_to, price_fen, version, hash, recorded_at)
        SELECT sku, price_list, store, valid_from, valid_to, price_fen, version, hash, $9
        FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::bigint[],
                    $7::bigint[], $8::bytea[])
            AS input (sku, price_list, store, valid_from, valid_to, price_fen, version, hash)
        ON CONFLICT (sku, price_list, store, valid_from) DO UPDATE SET
            valid_to = excluded.valid_to, price_fen = excluded.price_fen, version = excluded.version,
            hash = excluded.hash, recorded_at = excluded.recorded_at
        """,
        *_price_columns(rows),
        [row.version for row in rows],
        hashes,
        tx.now,
    )


def _price_columns(rows: Sequence[PriceRow]) -> list[list[Any]]:
    return [
        *_columns([row.key for row in rows], 4),
        [row.valid_to for row in rows],
        [row.price_fen for row in rows],
    ]


def _columns(keys: Sequence[Key], width: int) -> list[list[Any]]:
    return [[key[index] for key in keys] for index in range(width)]


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
