"""Orders as they were placed, and what they come to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from huixiang.checkout.model import Measure, Order, OrderLine, OrderState, OrderSummary, SourceTotals, Tender
from huixiang.checkout.store.placing import DIRECTORY_EXTERNAL, DIRECTORY_ORDER
from huixiang.kernel.ids import order_number
from huixiang.members.model.merging import Held
from huixiang.platform.db import Transaction

WANTED = "unnest($1::uuid[], $2::uuid[]) AS wanted (member_id, order_id)"
ORDER_FIELDS = tuple(field for field in Order.__struct_fields__ if field not in {"order_number", "lines", "tenders"})
LINE_FIELDS = OrderLine.__struct_fields__
_NUMBERED = "coalesce(o.numbered_on, o.business_day) AS numbered"  # the day that the order's number tells
SUMMARY_COLUMNS = tuple(field for field in OrderSummary.__struct_fields__ if field != "order_number")


async def owner_of_order(tx: Transaction, order_id: UUID) -> UUID | None:
    owner: UUID | None = await tx.fetchval(
        "SELECT member_id FROM platform.directory WHERE kind = $1 AND key = $2", DIRECTORY_ORDER, str(order_id)
    )
    return owner


async def find_numbered(tx: Transaction, keys: Collection[str]) -> dict[str, tuple[UUID, UUID]]:
    """The (member, order) that hold these keys of sources' numbers."""
    if not keys:
        return {}
    rows = await tx.fetch(
        "SELECT key, member_id, object_id FROM platform.directory WHERE kind = $1 AND key = ANY ($2::text[])",
        DIRECTORY_EXTERNAL,
        list(keys),
    )
    return {key: (member_id, order_id) for key, member_id, order_id in rows}


async def load_order(tx: Transaction, member_id: UUID, order_id: UUID) -> Order | None:
    return (await load_orders(tx, [(member_id, order_id)])).get(order_id)


async def load_orders(
    tx: Transaction, wanted: Collection[tuple[UUID, UUID]], *, lock: bool = False
) -> dict[UUID, Order]:
    """Orders by id, of (member, order); with `lock` to the end of the transaction, in that order."""
    those = sorted(wanted)
    keys = ([member_id for member_id, _ in those], [order_id for _, order_id in those])
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(f"o.{column}" for column in ORDER_FIELDS)}, {_NUMBERED}
        FROM checkout.orders AS o JOIN {WANTED} ON o.member_id = wanted.member_id AND o.order_id = wanted.order_id
        ORDER BY o.member_id, o.order_id {"FOR UPDATE OF o" if lock else ""}
        """,
        *keys,
    )
    if not rows:
        return {}
    lines = await tx.fetch(
        f"""
        SELECT l.order_id, {", ".join(f"l.{field}" for field in LINE_FIELDS)}
        FROM checkout.order_line AS l JOIN {WANTED} ON l.member_id = wanted.member_id AND l.order_id = wanted.order_id
        ORDER BY l.member_id, l.order_id, l.line_no
        """,
        *keys,
    )
    tenders = await tx.fetch(
        f"""
        SELECT t.order_id, t.kind, t.amount_fen, t.line_id
        FROM checkout.order_tender AS t JOIN {WANTED} ON t.member_id = wanted.member_id AND t.order_id = wanted.order_id
        ORDER BY t.member_id, t.order_id, t.tender_no
        """,
        *keys,
    )
    orders = {}
    for row in rows:
        orders[row["order_id"]] = Order(
            **{name: row[name] for name in ORDER_FIELDS} | {"state": OrderState(row["state"])},
            order_number=order_number(row["order_id"], row["numbered"]),
            lines=[],
            tenders=[],
        )
    for order_id, *values in lines:
        fields = dict(zip(LINE_FIELDS, values, strict=True))
        orders[order_id].lines.append(OrderLine(**fields | {"measure": Measure(fields["measure"])}))
    for order_id, *values in tenders:
        orders[order_id].tenders.append(Tender(*values))
    return orders


async def orders_of(
    tx: Transaction,
    member_id: UUID,
    before: tuple[datetime, UUID] | None,
    limit: int,
    stores: frozenset[str] | None = None,
) -> list[OrderSummary]:
    """A member's orders, and those of who was merged into them, the latest first, below a place in that order; of some
    stores, where those are given."""
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(SUMMARY_COLUMNS)}, {_NUMBERED} FROM checkout.orders AS o
        WHERE member_id = ANY (ARRAY(
            SELECT $1::uuid UNION ALL SELECT a.member_id FROM members.members_aliases_facts AS a WHERE a.into_id = $1
        )) AND ($2::timestamptz IS NULL OR (completed_at, order_id) < ($2, $3))
          AND ($5::text[] IS NULL OR store_id = ANY ($5))
        ORDER BY completed_at DESC, order_id DESC LIMIT $4
        """,
        member_id,
        before[0] if before else None,
        before[1] if before else None,
        limit,
        None if stores is None else sorted(stores),
    )
    return [
        OrderSummary(
            **{name: row[name] for name in SUMMARY_COLUMNS} | {"state": OrderState(row["state"])},
            order_number=order_number(row["order_id"], row["numbered"]),
        )
        for row in rows
    ]


async def source_totals(tx: Transaction, source: str) -> SourceTotals:
    """Counted from the rows themselves: orders, lines and tenders each from its own table."""
    orders = await tx.fetch("SELECT order_id, cash_fen FROM checkout.orders WHERE source = $1", source)
    lines = await tx.fetchrow(
        """
        SELECT count(*) AS count, coalesce(sum(l.payable_fen), 0)::bigint AS fen
        FROM checkout.orders AS o JOIN checkout.order_line AS l USING (member_id, order_id) WHERE o.source = $1
        """,
        source,
    )
    tenders = await tx.fetchrow(
        """
        SELECT count(*) AS count, coalesce(sum(t.amount_fen), 0)::bigint AS fen
        FROM checkout.orders AS o JOIN checkout.order_tender AS t USING (member_id, order_id) WHERE o.source = $1
        """,
        source,
    )
    return SourceTotals(
        order_ids=[row["order_id"] for row in orders],
        cash_fen=sum(row["cash_fen"] for row in orders),
        lines=lines["count"] if lines else 0,
        payable_fen=lines["fen"] if lines else 0,
        tenders=tenders["count"] if tenders else 0,
        tender_fen=tenders["fen"] if tenders else 0,
    )


async def refunds_by_day(tx: Transaction) -> dict[date, tuple[int, int]]:
    """How many refunds there were on each business day, and what they came to in fen."""
    rows = await tx.fetch(
        """
        SELECT business_day, count(*) AS refunds, sum(refund_fen)::bigint AS refunded_fen
        FROM checkout.refund GROUP BY business_day
        """
    )
    return {row["business_day"]: (row["refunds"], row["refunded_fen"]) for row in rows}


async def counted(tx: Transaction, member_ids: Sequence[UUID]) -> dict[UUID, Held]:
    """How many orders each has that are kept, and that were refunded."""
    rows = await tx.fetch(
        """
        SELECT member_id, count(*) FILTER (WHERE state <> 'refunded') AS now, count(*) AS all_of_them
        FROM checkout.orders WHERE member_id = ANY ($1::uuid[]) GROUP BY member_id
        """,
        member_ids,
    )
    return {row["member_id"]: Held(row["now"], row["all_of_them"] - row["now"]) for row in rows}
