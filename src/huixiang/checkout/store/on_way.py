"""What all members have on its way, in the database."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huixiang.checkout.model.desk import OpenOrder
from huixiang.checkout.model.placing import PlacedState
from huixiang.kernel.ids import order_number
from huixiang.platform.db import Transaction

_RECKONED = {"order_number", "days", "late"}
_COLUMNS = ", ".join(field for field in OpenOrder.__struct_fields__ if field not in _RECKONED)


async def open_since(
    tx: Transaction,
    until: datetime,
    stores: frozenset[str] | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
    *,
    late_days: int,
) -> list[OpenOrder]:
    """Orders that were placed by then and are not settled, the oldest first, beyond a place in that order; of some
    stores, where those are given. late_days: how old a late one is."""
    # What is not asked for is not written, so that whatever plan is kept walks an index from its place on.
    asked: list[object] = [until, limit]
    beyond = of_stores = ""
    if after is not None:
        asked += after
        beyond = "AND (placed_at, order_id) > ($3, $4)"
    if stores is not None:
        asked.append(sorted(stores))
        of_stores = f"AND store_id = ANY (${len(asked)}::text[])"
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM checkout.placed
        WHERE settled_at IS NULL AND placed_at <= $1 {beyond} {of_stores}
        ORDER BY placed_at, order_id LIMIT $2
        """,
        *asked,
    )
    return [
        OpenOrder(
            **dict(row) | {"state": PlacedState(row["state"])},
            order_number=order_number(row["order_id"], tx.calendar.day(row["placed_at"])),
            days=(days := (tx.now - row["placed_at"]).days),
            late=days >= late_days,
        )
        for row in rows
    ]
