"""What checkout does when something happened: it tells the circuit breaker at which stores points are earned."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.checkout.events import OrderCompleted
from huixiang.checkout.service.complete import CAUSE
from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event, Subscription
from huixiang.points.model.breaker import Counted, Stream
from huixiang.points.service import breaker


async def _count(tx: Transaction, events: Sequence[Event]) -> None:
    counted = [
        Counted(stream=Stream(side="issue", cause=CAUSE, place=event.store_id), amount=event.points)
        for event in events
        if isinstance(event, OrderCompleted) and event.store_id and event.points > 0
    ]
    await breaker.count(tx, counted)


SUBSCRIPTIONS = (Subscription("checkout.breaker", (OrderCompleted,), _count),)
