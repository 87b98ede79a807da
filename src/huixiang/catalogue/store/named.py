"""What the catalogue has of what rules name."""

from __future__ import annotations

from huixiang.catalogue.model import Named, NamedGood, Names
from huixiang.platform.db import Transaction


async def find(tx: Transaction, names: Names) -> Named:
    """In one statement; the first row comes whether or not there are goods."""
    records = await tx.fetch(
        """
        SELECT x.filled, x.price_lists, g.sku, g.categories, g.brand, g.tags, g.unit = 'gram' AS weighed,
               g.list_price_fen, g.state = 'active' AS sold
        FROM (
            SELECT EXISTS (SELECT FROM catalogue.sku) AS filled,
                   ARRAY(SELECT wanted FROM unnest($5::text[]) AS wanted
                         WHERE EXISTS (SELECT FROM catalogue.price p WHERE p.price_list = wanted)) AS price_lists
        ) AS x
        LEFT JOIN catalogue.catalogue_facts g
            ON g.sku = ANY ($1::text[]) OR g.categories && $2::text[] OR g.brand = ANY ($3::text[])
            OR g.tags && $4::text[] OR ($6 AND g.unit = 'gram')
        ORDER BY g.sku
        """,
        sorted(names.skus),
        sorted(names.categories),
        sorted(names.brands),
        sorted(names.tags),
        sorted(names.price_lists),
        names.weighed,
    )
    goods = [
        NamedGood(
            sku=record["sku"],
            categories=tuple(record["categories"]),
            brand=record["brand"],
            tags=tuple(record["tags"]),
            weighed=record["weighed"],
            list_price_fen=record["list_price_fen"],
            sold=record["sold"],
        )
        for record in records
        if record["sku"] is not None
    ]
    return Named(filled=records[0]["filled"], price_lists=frozenset(records[0]["price_lists"]), goods=goods)
