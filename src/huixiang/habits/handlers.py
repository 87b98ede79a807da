"""What habits do when something happened elsewhere: they mark whose row is to be reckoned again, and join merges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from huixiang.checkout.events import OrderCompleted, OrderRefunded
from huixiang.habits import service
from huixiang.members.events import MemberRegistered, MergeStepped, StateChanged, UnmergeStepped
from huixiang.members.model import State
from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event, Subscription


async def _mark(tx: Transaction, events: Sequence[Event]) -> None:
    happened: dict[UUID, datetime] = {}
    for event in events:
        # What a merge did not become, or was, is told by its state: only then are the two, two.
        if not isinstance(event, StateChanged) or event.from_state == State.MERGING:
            earlier = happened.get(event.member_id, event.occurred_at)
            happened[event.member_id] = max(earlier, event.occurred_at)
    if happened and await service.mark(tx, happened):
        await service.begin(tx)


async def _join(tx: Transaction, events: Sequence[Event]) -> None:
    for event in events:
        match event:
            case MergeStepped():
                await service.merge(tx, event.member_id, event.into_id, event.merge_id)
            case UnmergeStepped():
                await service.unmerge(tx, event.from_id, event.merge_id)


SUBSCRIPTIONS = (
    Subscription("habits.marks", (MemberRegistered, OrderCompleted, OrderRefunded, StateChanged), _mark),
    Subscription("habits.merges", (MergeStepped, UnmergeStepped), _join),
)
