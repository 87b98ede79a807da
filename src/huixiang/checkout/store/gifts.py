"""Gifts of orders in the database."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huixiang.checkout.model.placing import OrderGift
from huixiang.platform.db import Transaction

_COLUMNS = OrderGift.__struct_fields__


async def insert(tx: Transaction, member_id: UUID, order_id: UUID, gifts: Sequence[OrderGift]) -> None:
    if gifts:
        rows = [(member_id, order_id, *(getattr(gift, name) for name in _COLUMNS), tx.now) for gift in gifts]
        await tx.insert("checkout.order_gift", ("member_id", "order_id", *_COLUMNS, "given_at"), rows)


async def of_order(tx: Transaction, member_id: UUID, order_id: UUID) -> list[OrderGift]:
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(_COLUMNS)} FROM checkout.order_gift
        WHERE member_id = $1 AND order_id = $2 ORDER BY gift_no
        """,
        member_id,
        order_id,
    )
    return [OrderGift(**row) for row in rows]
