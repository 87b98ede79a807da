"""Rows into the catalogue, a chunk in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from huixiang.catalogue.model import Entity, Key, PriceRow, Row, SkuRow, Stored
from huixiang.platform.db import Transaction

_BETWEEN = "\x1f"  # tags hold no control character
_SENT_AS = {"jsonb": "text", "text[]": "text"}


class _Table(msgspec.Struct, frozen=True):
    """Where rows of one kind stand. Their fields are its columns, of these types; `jsonb` is written from anything,
    `text[]` from a list without control characters. Beside them every table has `hash` and `recorded_at`."""

    name: str
    key: Mapping[str, str]
    others: Mapping[str, str]

    @property
    def columns(self) -> Mapping[str, str]:
        return {**self.key, **self.others, "version": "bigint"}


_NAMED = {"name": "jsonb", "state": "text"}
_TABLES = {
    # A category's path is made by `paths`, when all rows of an upload are there.
    Entity.CATEGORIES: _Table("category", {"category": "text"}, {**_NAMED, "parent": "text", "position": "int"}),
    Entity.BRANDS: _Table("brand", {"brand": "text"}, _NAMED),
    Entity.STORES: _Table(
        "store",
        {"store": "text"},
        {**_NAMED, "city": "text", "region": "text", "time_zone": "text", "attributes": "jsonb"},
    ),
    Entity.CHANNELS: _Table("channel", {"channel": "text"}, _NAMED),
    Entity.SKUS: _Table(
        "sku",
        {"sku": "text"},
        {
            **_NAMED,
            "category": "text",
            "brand": "text",
            "tags": "text[]",
            "unit": "text",
            "list_price_fen": "bigint",
            "cost_fen": "bigint",
            "estimated_g": "int",
            "shelf_life_days": "int",
            "attributes": "jsonb",
        },
    ),
    Entity.PRICES: _Table(
        "price",
        {"sku": "text", "price_list": "text", "store": "text", "valid_from": "timestamptz"},
        {"valid_to": "timestamptz", "price_fen": "bigint"},
    ),
}


async def lock(tx: Transaction, entity: Entity) -> None:
    """Who writes one kind of row writes alone, readers go on: so outcomes are exact and two uploads never wait in a
    circle."""
    await tx.execute(f"LOCK TABLE catalogue.{_TABLES[entity].name} IN SHARE ROW EXCLUSIVE MODE")


async def stored(tx: Transaction, entity: Entity, keys: Sequence[Key]) -> Mapping[Key, Stored]:
    """What is there of the rows with these keys."""
    table = _TABLES[entity]
    names = ", ".join(table.key)
    # Here as below, what is put into the text comes from _TABLES alone.
    records = await tx.fetch(
        f"""
        SELECT {names}, version, hash FROM catalogue.{table.name}
        JOIN unnest({_arrays(table.key.values())}) AS input ({names}) USING ({names})
        """,
        *([key[place] for key in keys] for place in range(len(table.key))),
    )
    return {tuple(record)[:-2]: Stored(record["version"], record["hash"]) for record in records}


async def write(tx: Transaction, entity: Entity, rows: Sequence[Row], hashes: Sequence[bytes]) -> None:
    """Insert rows, or put them in the place of those with their keys; no key comes twice."""
    table = _TABLES[entity]
    names = ", ".join(table.columns)
    await tx.execute(
        f"""
        INSERT INTO catalogue.{table.name} ({names}, hash, recorded_at)
        SELECT {", ".join(_read(name, type_) for name, type_ in table.columns.items())}, hash, $1
        FROM unnest({_arrays([*table.columns.values(), "bytea"], first=2)}) AS input ({names}, hash)
        ON CONFLICT ({", ".join(table.key)}) DO UPDATE SET
            {", ".join(f"{name} = excluded.{name}" for name in (*table.others, "version", "hash", "recorded_at"))}
        """,
        tx.now,
        *([_given(getattr(row, name), type_) for row in rows] for name, type_ in table.columns.items()),
        hashes,
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


async def sku_price_changes(tx: Transaction, rows: Sequence[SkuRow]) -> None:
    """Note the list price and cost of each row that changes either, be it a row of the same upload that it changes.
    Comes before `write` of the same rows."""
    await tx.execute(
        """
        INSERT INTO catalogue.sku_price_change (sku, version, list_price_fen, cost_fen, recorded_at)
        SELECT sku, version, list_price_fen, cost_fen, $5 FROM (
            SELECT input.*, lag(input.list_price_fen, 1, held.list_price_fen) OVER upload AS former_price,
                   lag(input.cost_fen, 1, held.cost_fen) OVER upload AS former_cost
            FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[])
                AS input (sku, version, list_price_fen, cost_fen)
            LEFT JOIN catalogue.sku AS held USING (sku)
            WINDOW upload AS (PARTITION BY input.sku ORDER BY input.version)
        ) AS change
        WHERE (former_price, former_cost) IS DISTINCT FROM (list_price_fen, cost_fen)
        """,
        [row.sku for row in rows],
        [row.version for row in rows],
        [row.list_price_fen for row in rows],
        [row.cost_fen for row in rows],
        tx.now,
    )


async def price_changes(tx: Transaction, rows: Sequence[PriceRow]) -> None:
    """Note each row that changes a price or its period, be it a row of the same upload that it changes. Comes before
    `write` of the same rows."""
    await tx.execute(
        """
        INSERT INTO catalogue.price_change
            (price_list, sku, store, valid_from, version, valid_to, price_fen, recorded_at)
        SELECT price_list, sku, store, valid_from, version, valid_to, price_fen, $8 FROM (
            SELECT input.*, lag(input.valid_to, 1, held.valid_to) OVER upload AS former_end,
                   lag(input.price_fen, 1, held.price_fen) OVER upload AS former_price
            FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::bigint[],
                        $7::bigint[])
                AS input (sku, price_list, store, valid_from, valid_to, price_fen, version)
            LEFT JOIN catalogue.price AS held USING (sku, price_list, store, valid_from)
            WINDOW upload AS (
                PARTITION BY input.sku, input.price_list, input.store, input.valid_from ORDER BY input.version
            )
        ) AS change
        WHERE (former_end, former_price) IS DISTINCT FROM (valid_to, price_fen)
        """,
        [row.sku for row in rows],
        [row.price_list for row in rows],
        [row.store for row in rows],
        [row.valid_from for row in rows],
        [row.valid_to for row in rows],
        [row.price_fen for row in rows],
        [row.version for row in rows],
        tx.now,
    )


def _arrays(types: Iterable[str], first: int = 1) -> str:
    """The parameters of `unnest`, from $`first` on."""
    return ", ".join(f"${place}::{_SENT_AS.get(type_, type_)}[]" for place, type_ in enumerate(types, start=first))


def _given(value: Any, type_: str) -> Any:
    """A field as it is sent: arrays of arrays do not unnest, and JSON is sent as its text."""
    if type_ == "jsonb":
        return msgspec.json.encode(value).decode()
    return _BETWEEN.join(value) if type_ == "text[]" else value


def _read(name: str, type_: str) -> str:
    """What makes a column of what `_given` sent."""
    if type_ == "jsonb":
        return f"{name}::jsonb"
    return f"string_to_array({name}, E'\\x1f')" if type_ == "text[]" else name
