"""What checkout does when something happened: tickets of orders are confirmed or freed, and orders on their way go with
a member who is merged."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.checkout.events import OrderCancelled, OrderPlaced, OrderRefunded
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
    for event in events:
        match event:
            case OrderPlaced(ticketed=True):
                await stock.confirm(tx, Holder(HOLDER, event.order_id))
            case OrderCancelled(ticketed=True):
                await stock.free(tx, Holder(HOLDER, event.order_id), "cancelled")
            case OrderRefunded(ticketed=True):
                await stock.free(tx, Holder(HOLDER, event.order_id), "refunded")
                await undoing.stock_is_free(tx, event.member_id, event.refund_id)


async def _move(tx: Transaction, events: Sequence[Event]) -> None:
    for event in events:
        match event:
            case MergeStepped():
                await merging.merge(tx, event.member_id, event.into_id, event.merge_id)
            case UnmergeStepped():
                await merging.unmerge(tx, event.member_id, event.from_id, event.merge_id)


SUBSCRIPTIONS = (
    Subscription("checkout.tickets", (OrderPlaced, OrderCancelled, OrderRefunded), _settle_tickets),
    Subscription("checkout.merges", (MergeStepped, UnmergeStepped), _move),
)
