"""One order with all that became of it, for staff, who complete or cancel by hand what is on its way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from huixiang.checkout import store as orders
from huixiang.checkout.model import Order, OrderUnknown
from huixiang.checkout.model.desk import Outlook, WholeOrder
from huixiang.checkout.model.placing import Placed
from huixiang.checkout.rules.moves import OPEN
from huixiang.checkout.service import mine, paying, settling
from huixiang.checkout.service.read import Stores, order_owner
from huixiang.checkout.service.requested import requests_of_order
from huixiang.checkout.service.standing import stands_now
from huixiang.checkout.store import gifts as gift_store
from huixiang.checkout.store import placed as placed_store
from huixiang.checkout.store.placed import Kept
from huixiang.kernel.page import PAGE_LIMIT_MAX
from huixiang.platform.db import Transaction
from huixiang.staff import service as staff
from huixiang.staff.model import AuditEntry


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
        outlook=await _outlook(tx, kept),
        seen=await mine.read(tx, owner, order_id),
    )


async def complete(tx: Transaction, owner: UUID, order_id: UUID, reason: str, staff_id: UUID) -> Placed:
    """Complete an order by hand, however late. Whether it was paid is for the shop to say. Raises as
    `settling.complete_placed` does."""
    kept, _ = await settling.locked(tx, owner, order_id, "complete")
    done = await settling.complete_placed(tx, owner, order_id)
    if kept.placed.state in OPEN:
        sums = {"cash_fen": done.cash_fen, "points_spent": stands_now(kept).points}
        await _record(tx, kept, done, sums, reason, staff_id)
    return done


async def cancel(tx: Transaction, owner: UUID, order_id: UUID, reason: str, staff_id: UUID) -> Placed:
    """Cancel an order by hand. Raises as `settling.cancel_placed` does."""
    kept, _ = await settling.locked(tx, owner, order_id, "cancel")
    paid_fen, _ = await paying.so_far(tx, kept)
    done = await settling.cancel_placed(tx, owner, order_id, reason)
    if kept.placed.state in OPEN:
        sums = {"give_back_fen": paid_fen, "points_back": done.points}
        await _record(tx, kept, done, sums, reason, staff_id)
    return done


async def _record(
    tx: Transaction, kept: Kept, done: Placed, sums: Mapping[str, int], reason: str, staff_id: UUID
) -> None:
    await staff.record(
        tx,
        AuditEntry(
            actor=f"staff:{staff_id}",
            action=f"order.{done.state}",
            subject=f"order:{done.order_id}",
            member_id=done.member_id,
            before={"state": str(kept.placed.state)},
            after={"state": str(done.state), "order_number": done.order_number, **sums},
            reason=reason,
        ),
    )


async def _outlook(tx: Transaction, kept: Kept | None) -> Outlook | None:
    if kept is None or kept.placed.state not in OPEN:
        return None
    paid_fen, open_fen = await paying.so_far(tx, kept)
    spent = stands_now(kept).points
    return Outlook(
        give_back_fen=paid_fen,
        void_fen=open_fen,
        points_spent=spent,
        points_free=kept.placed.points - spent,
        rule_uses=sum(one.uses for one in kept.uses),
        stock=kept.ticketed,
        gifts=[one.gift for one in kept.placed.applied if one.gift is not None],
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
