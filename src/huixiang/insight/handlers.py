"""What insight does when something happened elsewhere: it adds it up."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.checkout.events import OrderCompleted, OrderRefunded
from huixiang.insight import service
from huixiang.insight.model import Additions
from huixiang.insight.service import delays
from huixiang.kernel.calendar import first_of_month
from huixiang.members.events import MemberRegistered, StateChanged
from huixiang.members.model import State
from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event, Subscription
from huixiang.points.events import PointsPosted
from huixiang.tiers.events import TierChanged


def add_up(events: Sequence[Event]) -> Additions:
    """What a batch of events adds, in any order."""
    additions = Additions()
    for event in events:
        match event:
            case OrderCompleted():
                _add_order(additions, event)
            case PointsPosted():
                _add_posting(additions, event)
            case OrderRefunded():
                day = additions.day(event.business_day)
                day.refunds += 1
                day.refunded_fen += event.refund_fen
            case TierChanged():
                _add_step(additions, event)
            case MemberRegistered():
                additions.day(event.business_day).new_members += 1
    return additions


def _add_order(additions: Additions, event: OrderCompleted) -> None:
    day = additions.day(event.business_day)
    day.orders += 1
    day.sales_fen += event.payable_fen
    day.cash_fen += event.cash_fen
    additions.buyers.add((event.member_id, first_of_month(event.business_day, 0)))


def _add_posting(additions: Additions, event: PointsPosted) -> None:
    if event.book != service.BOOK.code:
        return
    day = additions.day(event.business_day)
    day.points_net += event.points
    if event.kind == service.ISSUING:
        day.points_issued += event.points


def _add_step(additions: Additions, event: TierChanged) -> None:
    for tier, members in ((event.from_tier, -1), (event.to_tier, 1)):
        if tier is not None:
            place = (event.business_day, tier)
            additions.tiers[place] = additions.tiers.get(place, 0) + members


async def _keep_sums(tx: Transaction, events: Sequence[Event]) -> None:
    await service.add(tx, add_up(events))
    reached = {event.member_id: event for event in events if isinstance(event, TierChanged)}
    if reached:
        await service.follow_tiers(
            tx, {member_id: (one.business_day, one.to_tier) for member_id, one in reached.items()}
        )
    merging = [event for event in events if isinstance(event, StateChanged) and _of_a_merge(event)]
    for event in merging:
        if State.MERGED in (event.from_state, event.to_state):
            day = tx.calendar.day(event.occurred_at)
            await service.count_merged(tx, event.member_id, day, gone=event.to_state == State.MERGED)
    if merging:
        await service.count_buyers(tx, {event.member_id for event in merging})


async def _measure_delays(tx: Transaction, events: Sequence[Event]) -> None:
    await delays.add(tx, [(event.member_id, event.order_id) for event in events if isinstance(event, OrderCompleted)])


def _of_a_merge(event: StateChanged) -> bool:
    return bool({event.from_state, event.to_state} & {State.MERGING, State.MERGED})


SUBSCRIPTIONS = (
    Subscription(
        name="insight.sums",
        events=(MemberRegistered, OrderCompleted, OrderRefunded, PointsPosted, StateChanged, TierChanged),
        handle=_keep_sums,
    ),
    Subscription(name="insight.delays", events=(OrderCompleted,), handle=_measure_delays),
)
