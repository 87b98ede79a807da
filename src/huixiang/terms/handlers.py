"""What terms do when somebody registers: what held is noted as accepted, and what is to come is told."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.members.events import MemberRegistered
from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event, Subscription
from huixiang.terms import service


async def _registered(tx: Transaction, events: Sequence[Event]) -> None:
    registered = [event for event in events if isinstance(event, MemberRegistered)]
    await service.accept_at_registration(tx, registered)
    await service.tell_newcomers(tx, [event.member_id for event in registered])


SUBSCRIPTIONS = (Subscription("terms.registrations", (MemberRegistered,), _registered),)
