"""What plans do when something happened: they go with a member who is merged into another, and come back;
who joins may try one, or a tier."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.members.events import MemberRegistered, MergeStepped, UnmergeStepped
from huixiang.plans import service
from huixiang.plans.service import trials
from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event, Subscription


async def _move(tx: Transaction, events: Sequence[Event]) -> None:
    for event in events:
        match event:
            case MergeStepped():
                await service.merge(tx, event.member_id, event.into_id, event.merge_id)
            case UnmergeStepped():
                await service.unmerge(tx, event.member_id, event.from_id, event.merge_id)


async def _welcome(tx: Transaction, events: Sequence[Event]) -> None:
    await trials.welcome(tx, [event for event in events if isinstance(event, MemberRegistered)])


SUBSCRIPTIONS = (
    Subscription("plans.merges", (MergeStepped, UnmergeStepped), _move),
    Subscription("plans.trials", (MemberRegistered,), _welcome),
)
