"""Orders on their way in: their numbers and their rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from huixiang.checkout.model import OrderLine
from huixiang.platform.db import Transaction

DIRECTORY_ORDER = "order"
DIRECTORY_EXTERNAL = "order_external"

ORDER_COLUMNS = (
    "member_id", "order_id", "source", "external_id", "kind", "state", "store_id", "channel", "programme",
    "earning_version", "tiers_version", "payable_fen", "cash_fen", "earns", "points", "points_cut", "growth",
    "refunded_fen", "cash_refunded_fen", "refunded_points", "points_short", "refunded_growth", "completed_at",
    "business_day", "recorded_at", "input_hash", "numbered_on",
)  # fmt: skip
LINE_COLUMNS = ("member_id", "order_id", "line_no", *OrderLine.__struct_fields__)
TENDER_COLUMNS = ("member_id", "order_id", "tender_no", "kind", "line_id", "amount_fen")

Row = tuple[Any, ...]


class PostedOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What a posted order came to, and the hash of what was posted."""

    member_id: UUID
    order_id: UUID
    cash_fen: int
    earns: bool
    programme: str
    earning_version: int
    points: int
    points_cut: int
    growth: int
    business_day: date
    input_hash: bytes


def external_key(source: str, external_id: str) -> str:
    """Under which the directory has an order by the number that its source gave it."""
    return f"{source}:{external_id}"


async def claim_numbers(tx: Transaction, claims: Mapping[str, tuple[UUID, UUID]]) -> set[str]:
    """Enter new (member, order) into the directory, under the order's id and under its source's number, the key here;
    the keys that are returned were free. Waits for a twin that is not yet committed; keys go in order, so that two
    batches cannot wait for each other."""
    if not claims:
        return set()
    rows = await tx.fetch(
        """
        WITH claimed AS (
            INSERT INTO platform.directory (kind, key, member_id, object_id, recorded_at)
            SELECT $1, claim.key, claim.member_id, claim.order_id, $6
            FROM unnest($3::text[], $4::uuid[], $5::uuid[]) AS claim (key, member_id, order_id)
            ORDER BY claim.key
            ON CONFLICT DO NOTHING
            RETURNING key, member_id, object_id
        ), by_id AS (
            INSERT INTO platform.directory (kind, key, member_id, object_id, recorded_at)
            SELECT $2, object_id::text, member_id, object_id, $6 FROM claimed
        )
        SELECT key FROM claimed
        """,
        DIRECTORY_EXTERNAL,
        DIRECTORY_ORDER,
        list(claims),
        [member_id for member_id, _ in claims.values()],
        [order_id for _, order_id in claims.values()],
        tx.now,
    )
    return {row["key"] for row in rows}


async def find_external(tx: Transaction, keys: Collection[str]) -> dict[str, PostedOrder]:
    """The orders that hold these keys."""
    if not keys:
        return {}
    rows = await tx.fetch(
        f"""
        SELECT d.key, {", ".join(f"o.{field}" for field in PostedOrder.__struct_fields__)}
        FROM platform.directory AS d
        JOIN checkout.orders AS o ON o.member_id = d.member_id AND o.order_id = d.object_id
        WHERE d.kind = $1 AND d.key = ANY ($2::text[])
        """,
        DIRECTORY_EXTERNAL,
        list(keys),
    )
    return {key: PostedOrder(**dict(zip(PostedOrder.__struct_fields__, fields, strict=True))) for key, *fields in rows}


async def insert_orders(tx: Transaction, orders: Sequence[Row], lines: Sequence[Row], tenders: Sequence[Row]) -> None:
    """New orders with their lines and tenders, as rows of ORDER_COLUMNS, LINE_COLUMNS and TENDER_COLUMNS: one in a
    single statement, a batch by COPY, which costs several and a third for each row."""
    if len(orders) == 1:
        await tx.execute(_INSERT_ONE, *orders[0], _as_json(LINE_COLUMNS, lines), _as_json(TENDER_COLUMNS, tenders))
        return
    await tx.insert("checkout.orders", ORDER_COLUMNS, orders)
    await tx.insert("checkout.order_line", LINE_COLUMNS, lines)
    await tx.insert("checkout.order_tender", TENDER_COLUMNS, tenders)


_INSERT_ONE = f"""
    WITH placed AS (
        INSERT INTO checkout.orders ({", ".join(ORDER_COLUMNS)})
        VALUES ({", ".join(f"${place}" for place in range(1, len(ORDER_COLUMNS) + 1))})
    ), lined AS (
        INSERT INTO checkout.order_line ({", ".join(LINE_COLUMNS)})
        SELECT {", ".join(LINE_COLUMNS)}
        FROM json_populate_recordset(NULL::checkout.order_line, ${len(ORDER_COLUMNS) + 1}::json)
    )
    INSERT INTO checkout.order_tender ({", ".join(TENDER_COLUMNS)})
    SELECT {", ".join(TENDER_COLUMNS)}
    FROM json_populate_recordset(NULL::checkout.order_tender, ${len(ORDER_COLUMNS) + 2}::json)
"""


def _as_json(columns: Sequence[str], rows: Sequence[Row]) -> str:
    return msgspec.json.encode([dict(zip(columns, row, strict=True)) for row in rows]).decode()
