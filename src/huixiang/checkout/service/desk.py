"""One order with all that became of it, for staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from huixiang.checkout import store as orders
from huixiang.checkout.model import Order, OrderUnknown
from huixiang.checkout.model.desk import WholeOrder
from huixiang.checkout.service import mine
from huixiang.checkout.service.read import Stores, order_owner
from huixiang.checkout.service.requested import requests_of_order
from huixiang.checkout.store import gifts as gift_store
from huixiang.checkout.store import placed as placed_store
from huixiang.checkout.store.placed import Kept
from huixiang.kernel.page import PAGE_LIMIT_MAX
from huixiang.platform.db import Transaction


async def whole(tx: Transaction, order_id: UUID, *, stores: Stores = None) -> WholeOrder:
    """An order, on its way or not, placed or of a till. stores: those of who asks, to whom orders of others, or of
    none, are unknown. Raises OrderUnknown."""
    owner = await order_owner(tx, order_id)
    kept = await placed_store.find(tx, owner, order_id)
    order = await orders.load_order(tx, owner, order_id)
    one = kept.placed if kept is not None else order
    if one is None or (stores is not None and one.store_id not in stores):
        raise OrderUnknown(order_id=order_id)
    same = {name: getattr(one, name) for name in ("member_id", "source", "external_id", "store_id", "programme")}
    return WholeOrder(
        **same,
        **_of_placed(kept),
        **_of_completed(order),
        gifts=await gift_store.of_order(tx, owner, order_id),
        requests=(await requests_of_order(tx, order_id, None, PAGE_LIMIT_MAX)).items,
        seen=await mine.read(tx, owner, order_id),
    )


PLACED = ("promotions_version", "fulfilment_version", "due_fen", "fulfilled_at", "settled_at")
COMPLETED = ("earning_version", "earns")


def _of_placed(kept: Kept | None) -> dict[str, Any]:
    if kept is None:
        return dict.fromkeys(PLACED) | {"coupons": [], "benefits": [], "not_reckoned": None}
    stands = kept.stands or kept.placed.fulfilled
    told = {name: getattr(kept.placed, name) for name in (*PLACED, "coupons", "benefits")}
    return told | {"not_reckoned": stands.not_reckoned if stands is not None else None}


def _of_completed(order: Order | None) -> dict[str, Any]:
    if order is None:
        return dict.fromkeys(COMPLETED) | {"points_cut": 0, "gifts_held_fen": 0}
    return {name: getattr(order, name) for name in (*COMPLETED, "points_cut", "gifts_held_fen")}
