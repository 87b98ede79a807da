"""A member's own orders: all of them as one list, and one with all that became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from huixiang.catalogue import service as catalogue
from huixiang.checkout import store as orders
from huixiang.checkout.model import Order, OrderUnknown
from huixiang.checkout.model.instructions import Instruction
from huixiang.checkout.model.mine import NAMED_GOODS, MyOrder, MyOrderSummary, MyPayment
from huixiang.checkout.model.placing import Placed
from huixiang.checkout.model.requests import MyRefundRequest, as_member_sees
from huixiang.checkout.rules import mine as rules
from huixiang.checkout.service import standing
from huixiang.checkout.service.read import order_owner
from huixiang.checkout.service.requested import requests_of_order
from huixiang.checkout.store import instructions as payments
from huixiang.checkout.store import mine as store
from huixiang.checkout.store import placed as placed_store
from huixiang.checkout.store import requests as request_store
from huixiang.checkout.store.placed import Kept
from huixiang.kernel.page import PAGE_LIMIT_MAX, Page, decode_cursor, page_of
from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.platform.db import Transaction
from huixiang.points import service as points


async def listed(tx: Transaction, member_id: UUID, cursor: str | None, limit: int) -> Page[MyOrderSummary]:
    """All orders of a member, the latest first. Raises MemberUnknown, and InvalidInput for a cursor of another list."""
    before = decode_cursor(cursor, datetime, UUID) if cursor else None
    owner = await members.resolve(tx, MemberRef(member_id=member_id))
    page = page_of(
        await store.listed(tx, owner, before, limit + 1, NAMED_GOODS),
        limit,
        lambda last: (last.ordered_at, last.order_id),
    )
    goods = await catalogue.sku_names(tx, {sku for one in page.items for sku in one.skus})
    stores = await catalogue.store_names(tx, {one.store_id for one in page.items if one.store_id is not None})
    plain = set(MyOrderSummary.__struct_fields__) - {"store", "goods"}
    shown = [
        MyOrderSummary(
            **{name: getattr(one, name) for name in plain},
            store=stores.get(one.store_id or ""),
            goods=[goods[sku] for sku in one.skus if sku in goods],
        )
        for one in page.items
    ]
    return Page(shown, page.next_cursor)


async def read(tx: Transaction, member_id: UUID, order_id: UUID) -> MyOrder:
    """One order of a member. Raises OrderUnknown, also for another's."""
    owner = await order_owner(tx, order_id)
    if member_id not in {owner, await members.resolve(tx, MemberRef(member_id=owner))}:
        raise OrderUnknown(order_id=order_id)
    kept = await placed_store.find(tx, owner, order_id)
    placed = kept.placed if kept is not None else None
    order = await orders.load_order(tx, owner, order_id)
    if placed is None and order is None:
        raise OrderUnknown(order_id=order_id)
    asked = await _requests(tx, order_id) if order is not None else []
    waiting = await request_store.waiting(tx, owner, order_id) if order is not None else {}
    goods = await catalogue.sku_names(tx, rules.skus_of(placed, order))
    store_id = placed.store_id if placed is not None else order.store_id if order is not None else None
    named = await catalogue.store_names(tx, {store_id} - {None})  # type: ignore[arg-type]
    told = [_payment(one) for one in await payments.of_order(tx, owner, order_id)]
    spent = await _spent_at_till(tx, order) if placed is None and order is not None else 0
    return MyOrder(
        **_head(placed, order),
        **_sums(placed, order, spent),
        fees_refunded_fen=_fees_back(kept) if kept is not None else 0,
        store=named.get(store_id or ""),
        discounts=rules.discounts_of(placed),
        lines=rules.lines_of(placed, order, waiting, goods),
        payments=told,
        requests=asked,
    )


async def _requests(tx: Transaction, order_id: UUID) -> list[MyRefundRequest]:
    """Those of one order, the first one first; a page of them at most."""
    return [as_member_sees(one) for one in (await requests_of_order(tx, order_id, None, PAGE_LIMIT_MAX)).items]


def _head(placed: Placed | None, order: Order | None) -> dict[str, Any]:
    one = placed if placed is not None else order
    assert one is not None  # noqa: S101 - the caller has refused
    return {
        "order_id": one.order_id,
        "order_number": one.order_number,
        "state": str(order.state if order is not None else one.state),
        "channel": one.channel,
        "payment": placed.payment if placed is not None else None,
        "ordered_at": placed.placed_at if placed is not None else order.completed_at if order is not None else None,
        "pay_by": placed.pay_by if placed is not None else None,
        "completed_at": order.completed_at if order is not None else None,
        "reason": placed.reason if placed is not None else None,
    }


async def _spent_at_till(tx: Transaction, order: Order) -> int:
    """Points that paid a part of an order that a till priced, whatever of them came back."""
    if all(one.kind != rules.POINTS for one in order.tenders):
        return 0
    spent = await points.spent_on(tx, {(order.member_id, order.order_id)})
    return sum(abs(one.posting.points) for one in spent.get(order.order_id, []))


def _sums(placed: Placed | None, order: Order | None, spent: int) -> dict[str, Any]:
    """spent: points, of an order that a till priced."""
    earned = {
        "points": order.points if order is not None else 0,
        "refunded_points": order.refunded_points if order is not None else 0,
        "refunded_fen": order.refunded_fen if order is not None else 0,
        "cash_refunded_fen": order.cash_refunded_fen if order is not None else 0,
    }
    if placed is not None:
        picked = placed.fulfilled
        return earned | {
            "list_fen": placed.list_fen,
            "delivery_fen": placed.delivery_fen,
            "packaging_fen": placed.packaging_fen,
            "points_spent": placed.points if picked is None else picked.points,
            "points_off_fen": placed.points_off_fen if picked is None else picked.points_fen,
            "tendered_fen": 0,
            "cash_fen": placed.cash_fen,
        }
    assert order is not None  # noqa: S101 - one of them is there
    points_fen = sum(one.amount_fen for one in order.tenders if one.kind == rules.POINTS)
    return earned | {
        "list_fen": order.payable_fen,
        "delivery_fen": 0,
        "packaging_fen": 0,
        "points_spent": spent,
        "points_off_fen": points_fen,
        "tendered_fen": sum(one.amount_fen for one in order.tenders) - points_fen,
        "cash_fen": order.cash_fen,
    }


def _fees_back(kept: Kept) -> int:
    stands = standing.stands_now(kept)
    return kept.placed.delivery_fen + kept.placed.packaging_fen - stands.delivery_fen - stands.packaging_fen


def _payment(one: Instruction) -> MyPayment:
    return MyPayment(**{name: getattr(one, name) for name in MyPayment.__struct_fields__})
