"""What the ledger does when something happened: it welcomes new members, and when points are on their way, brings them
there, or back, and tells both sides."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.members.events import MemberRegistered
from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event, Subscription
from huixiang.points.events import PointsExchanged, TransferReceived, TransferRejected, TransferSent
from huixiang.points.service import behaviour, partner, transit


async def _move(tx: Transaction, events: Sequence[Event]) -> None:
    if sent := [event for event in events if isinstance(event, TransferSent)]:
        await transit.deliver(tx, sent)
    if received := [event for event in events if isinstance(event, TransferReceived)]:
        await transit.confirm(tx, received)
    if rejected := [event for event in events if isinstance(event, TransferRejected)]:
        await transit.give_back(tx, rejected)


async def _confirm(tx: Transaction, events: Sequence[Event]) -> None:
    await partner.confirm(tx, [event for event in events if isinstance(event, PointsExchanged)])


async def _welcome(tx: Transaction, events: Sequence[Event]) -> None:
    """Who was moved in from elsewhere was welcomed there."""
    registered = [event for event in events if isinstance(event, MemberRegistered) and not event.moved_in]
    await behaviour.welcome(tx, [(event.member_id, event.occurred_at) for event in registered])


SUBSCRIPTIONS = (
    Subscription("points.registrations", (MemberRegistered,), _welcome),
    Subscription("points.transfers", (TransferSent, TransferReceived, TransferRejected), _move),
    Subscription("points.partner_tickets", (PointsExchanged,), _confirm),
)
