"""What was really charged: prices as the catalogue had them at the time, not as it has them now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from huixiang.catalogue.model import EVERY_STORE, PUBLIC_LIST
from huixiang.platform.db import Transaction


async def lowest_prices(
    tx: Transaction, skus: Sequence[str], store: str | None, since: datetime, until: datetime
) -> dict[str, int]:
    """A price changes where a row says so, or where its period begins or ends: the price at each such moment, and at
    the first, has all that there were."""
    records = await tx.fetch(
        """
        WITH asked AS (SELECT DISTINCT unnest($1::text[]) AS sku),
        change AS (
            SELECT c.sku, c.store, c.valid_from, c.valid_to, c.price_fen, c.version, c.recorded_at
            FROM catalogue.price_change c JOIN asked USING (sku)
            WHERE c.price_list = $6 AND c.store IN ($2, $5) AND c.recorded_at < $4 AND c.valid_from < $4
        ),
        listed AS (
            SELECT s.sku, s.version, s.list_price_fen, s.recorded_at
            FROM catalogue.sku_price_change s JOIN asked USING (sku) WHERE s.recorded_at < $4
        ),
        moment AS (
            SELECT sku, $3::timestamptz AS at FROM asked
            UNION SELECT sku, recorded_at FROM change WHERE recorded_at > $3
            UNION SELECT sku, valid_from FROM change WHERE valid_from > $3
            UNION SELECT sku, valid_to FROM change WHERE valid_to > $3 AND valid_to < $4
            UNION SELECT sku, recorded_at FROM listed WHERE recorded_at > $3
        )
        SELECT sku, min(coalesce(special.price_fen, usual.list_price_fen)) AS price_fen
        FROM moment
        LEFT JOIN LATERAL (
            SELECT known.price_fen FROM (
                SELECT DISTINCT ON (c.store, c.valid_from) c.store, c.valid_from, c.valid_to, c.price_fen
                FROM change c WHERE c.sku = moment.sku AND c.recorded_at <= moment.at
                ORDER BY c.store, c.valid_from, c.version DESC
            ) AS known
            WHERE known.valid_from <= moment.at AND (known.valid_to IS NULL OR known.valid_to > moment.at)
            ORDER BY known.store = $5, known.valid_from DESC LIMIT 1
        ) AS special ON true
        LEFT JOIN LATERAL (
            SELECT l.list_price_fen FROM listed l
            WHERE l.sku = moment.sku AND l.recorded_at <= moment.at ORDER BY l.version DESC LIMIT 1
        ) AS usual ON true
        GROUP BY sku HAVING min(coalesce(special.price_fen, usual.list_price_fen)) IS NOT NULL
        """,
        skus,
        store or EVERY_STORE,
        since,
        until,
        EVERY_STORE,
        PUBLIC_LIST,
    )
    return {record["sku"]: record["price_fen"] for record in records}
