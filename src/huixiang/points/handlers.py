"""What the ledger does when something happened: it welcomes new members, when points are on their way it brings them
there, or back, and tells both sides, it moves what merged members have, and it counts at which stores points are issued
and burned."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.members.events import MemberRegistered, MergeStarted, ProfileCompleted, UnmergeStarted
from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event, Subscription
from huixiang.points.events import PointsExchanged, PointsPosted, TransferReceived, TransferRejected, TransferSent
from huixiang.points.model import POINTS
from huixiang.points.model.breaker import Counted, Side, Stream
from huixiang.points.service import behaviour, breaker, merging, partner, transit
from huixiang.points.service.adjust import settle_approvals
from huixiang.staff.events import ApprovalGranted, ApprovalRefused

ISSUED_OR_BURNED: dict[str, Side] = {"earn": "issue", "spend": "burn", "capture": "burn"}


async def _move(tx: Transaction, events: Sequence[Event]) -> None:
    if begun := [event for event in events if isinstance(event, MergeStarted)]:
        await merging.begin(tx, begun)
    if undone := [event for event in events if isinstance(event, UnmergeStarted)]:
        await merging.take_back(tx, undone)
    if sent := [event for event in events if isinstance(event, TransferSent)]:
        await transit.deliver(tx, sent)
    if received := [event for event in events if isinstance(event, TransferReceived)]:
        await transit.confirm(tx, received)
        await merging.arrived(tx, received)
    if rejected := [event for event in events if isinstance(event, TransferRejected)]:
        await transit.give_back(tx, rejected)


async def _confirm(tx: Transaction, events: Sequence[Event]) -> None:
    await partner.confirm(tx, [event for event in events if isinstance(event, PointsExchanged)])


async def _welcome(tx: Transaction, events: Sequence[Event]) -> None:
    """Who was moved in from elsewhere was welcomed there."""
    registered = [event for event in events if isinstance(event, MemberRegistered) and not event.moved_in]
    joined = [(event.member_id, event.occurred_at) for event in registered]
    await behaviour.notice(tx, behaviour.REGISTRATION, joined)


async def _reward_profiles(tx: Transaction, events: Sequence[Event]) -> None:
    await behaviour.notice(tx, behaviour.PROFILE, [(event.member_id, event.occurred_at) for event in events])


async def _count(tx: Transaction, events: Sequence[Event]) -> None:
    """What is issued and burned by cause and rule, the breaker sums from the journal; stores are not in it."""
    posted = [event for event in events if isinstance(event, PointsPosted) and event.book == POINTS.code]
    await breaker.count(
        tx,
        [
            Counted(stream=Stream(side=ISSUED_OR_BURNED[event.kind], cause=event.cause, place=event.store_id),
                    amount=abs(event.points))
            for event in posted
            if event.store_id and event.points and event.kind in ISSUED_OR_BURNED
        ],
    )  # fmt: skip


SUBSCRIPTIONS = (
    Subscription("points.approvals", (ApprovalGranted, ApprovalRefused), settle_approvals),
    Subscription("points.breaker", (PointsPosted,), _count),
    Subscription("points.registrations", (MemberRegistered,), _welcome),
    Subscription("points.profiles", (ProfileCompleted,), _reward_profiles),
    Subscription(
        "points.transfers", (MergeStarted, UnmergeStarted, TransferSent, TransferReceived, TransferRejected), _move
    ),
    Subscription("points.partner_tickets", (PointsExchanged,), _confirm),
)
