"""What checkout does when something happened: tickets of orders are confirmed or freed, gifts of refunded orders are
taken from whom they were given on to, and orders on their way go with a member who is merged."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.checkout.events import GiftToTakeBack, OrderCancelled, OrderPlaced, OrderRefunded
from huixiang.checkout.service import merging, undoing
from huixiang.checkout.service.placing import HOLDER
from huixiang.members.events import MergeStepped, UnmergeStepped
from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event, Subscription
from huixiang.stock import service as stock
from huixiang.stock.model import Holder


async def _settle_tickets(tx: Transaction, events: Sequence[Event]) -> None:
    """The tickets of an order that was placed are its own; those of one that was cancelled, or came back whole, are
    for others again."""
    cancelled: list[Holder] = []
    refunded: list[OrderRefunded] = []
    for event in events:
        match event:
            case OrderPlaced(ticketed=True):
                await stock.confirm(tx, Holder(HOLDER, event.order_id))
            case OrderCancelled(ticketed=True):
                cancelled.append(Holder(HOLDER, event.order_id))
            case OrderRefunded(ticketed=True):
                refunded.append(event)
    if cancelled:
        await stock.free_all(tx, cancelled, "cancelled")
    if refunded:
        await stock.free_all(tx, [Holder(HOLDER, event.order_id) for event in refunded], "refunded")
    for event in refunded:
        await undoing.stock_is_free(tx, event.member_id, event.refund_id)


async def _take_gifts(tx: Transaction, events: Sequence[Event]) -> None:
    gifts = [event for event in events if isinstance(event, GiftToTakeBack)]
    for event in sorted(gifts, key=lambda one: one.coupon_id):
        await undoing.gift_is_taken(tx, event)


async def _move(tx: Transaction, events: Sequence[Event]) -> None:
    for event in events:
        match event:
            case MergeStepped():
                await merging.merge(tx, event.member_id, event.into_id, event.merge_id)
            case UnmergeStepped():
                await merging.unmerge(tx, event.member_id, event.from_id, event.merge_id)


SUBSCRIPTIONS = (
    Subscription("checkout.tickets", (OrderPlaced, OrderCancelled, OrderRefunded), _settle_tickets),
    Subscription("checkout.gifts", (GiftToTakeBack,), _take_gifts),
    Subscription("checkout.merges", (MergeStepped, UnmergeStepped), _move),
)
