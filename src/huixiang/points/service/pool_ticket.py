"""Spending from a pool: points of its account are set aside in a transaction of their own, by a ticket with a time to
live, which the order that they are for confirms or frees (PTS-09)."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from msgspec.structs import replace

from huixiang.members import service as members
from huixiang.members.model import Ability
from huixiang.platform.db import Transaction
from huixiang.points.model import (
    POINTS,
    Capture,
    Hold,
    HoldFinished,
    PostingConflict,
    Release,
    Return,
    Source,
    hold_key,
)
from huixiang.points.model.pool import PoolTicket, PoolUnknown, TicketUnknown
from huixiang.points.rules.pool import check_taking
from huixiang.points.service.pool import member_of, rules_now
from huixiang.points.service.post import post
from huixiang.points.store import pools as store

REDEEMED = "redeemed:pool"
CAUSE = "pool"


async def hold(tx: Transaction, pool_id: UUID, person_id: UUID, ticket_id: UUID, points: int) -> PoolTicket:
    """Set points of a pool aside for one person. The same ticket again answers with the ticket.

    Raises PoolUnknown, StateRefuses, PoolOutsideLimit, InsufficientPoints; PostingConflict for a ticket of other
    content.
    """
    pool = (await store.lock_pools(tx, [pool_id])).get(pool_id)
    if pool is None or pool.state != "open":
        raise PoolUnknown
    if known := await store.find_ticket(tx, pool_id, ticket_id):
        if (known.person_id, known.points) != (person_id, points):
            raise PostingConflict(key=hold_key(ticket_id))
        return known
    person = await member_of(tx, pool_id, person_id)
    await members.require_able(tx, person_id, Ability.SPEND)
    rules = await rules_now(tx)
    today = tx.calendar.day(tx.now)
    taken = await store.taken_since(
        tx, pool_id, person_id,
        day_start=tx.calendar.start_of(today), month_start=tx.calendar.month(today).start,
    )  # fmt: skip
    check_taking(rules, person, points, taken)
    ticket = PoolTicket(
        ticket_id=ticket_id, person_id=person_id, points=points, captured=0, returned=0, state="held",
        held_at=tx.now, expires_at=tx.now + timedelta(minutes=rules.ticket_minutes),
    )  # fmt: skip
    source = _source(tx, hold_key(ticket_id), "", points)
    await post(
        tx,
        [Hold(member_id=pool_id, book=POINTS, hold_id=ticket_id, points=points, source=source,
              expires_at=ticket.expires_at)],
    )  # fmt: skip
    await store.insert_ticket(tx, pool_id, ticket)
    return ticket


async def capture(tx: Transaction, pool_id: UUID, ticket_id: UUID, points: int) -> PoolTicket:
    """Spend what a ticket set aside, or part of it; the rest is free again. A ticket past its time takes what is
    available: what `captured` lacks of `points` is due in cash.

    Raises TicketUnknown, CaptureExceedsHold; HoldFinished for one captured with another figure or released.
    """
    ticket = await _locked(tx, pool_id, ticket_id)
    source = _source(tx, f"{hold_key(ticket_id)}:capture", REDEEMED, points)
    [outcome] = await post(
        tx, [Capture(member_id=pool_id, book=POINTS, hold_id=ticket_id, points=points, source=source)]
    )
    if outcome.replayed or outcome.posting is None:
        return ticket
    captured = replace(ticket, captured=-outcome.posting.points, state="captured")
    await store.update_ticket(tx, pool_id, captured)
    await store.add_spent(tx, pool_id, ticket.person_id, captured.captured)
    return captured


async def release(tx: Transaction, pool_id: UUID, ticket_id: UUID) -> PoolTicket:
    """Give free what a ticket set aside; one that is free already stays so. Raises TicketUnknown, HoldFinished."""
    ticket = await _locked(tx, pool_id, ticket_id)
    if ticket.state == "captured":
        raise HoldFinished(hold_id=ticket_id, kind="capture")
    if ticket.state == "held" and ticket.expires_at > tx.now:
        source = _source(tx, f"{hold_key(ticket_id)}:release", "", 0)
        await post(tx, [Release(member_id=pool_id, book=POINTS, hold_id=ticket_id, source=source)])
    released = replace(ticket, state="released")
    await store.update_ticket(tx, pool_id, released)
    return released


async def give_back(tx: Transaction, pool_id: UUID, ticket_id: UUID, points: int, reference: str) -> PoolTicket:
    """Give points that a captured ticket spent back to the pool, for a refund named by `reference`, any number of
    times. Raises TicketUnknown, OriginUnknown, ExceedsOrigin."""
    ticket = await _locked(tx, pool_id, ticket_id)
    origin_key = f"{hold_key(ticket_id)}:capture"
    source = _source(tx, f"{origin_key}:return:{reference}", REDEEMED, points)
    [outcome] = await post(
        tx, [Return(member_id=pool_id, book=POINTS, points=points, origin_key=origin_key, source=source)]
    )
    if outcome.replayed:
        return ticket
    returned = replace(ticket, returned=ticket.returned + points)
    await store.update_ticket(tx, pool_id, returned)
    await store.add_spent(tx, pool_id, ticket.person_id, -points)
    return returned


async def _locked(tx: Transaction, pool_id: UUID, ticket_id: UUID) -> PoolTicket:
    """The ticket, under its pool's lock."""
    await store.lock_pools(tx, [pool_id])
    ticket = await store.find_ticket(tx, pool_id, ticket_id)
    if ticket is None:
        raise TicketUnknown(ticket_id=ticket_id)
    return ticket


def _source(tx: Transaction, key: str, counter_account: str, points: int) -> Source:
    """What was asked is the key and the points, whenever it is asked again."""
    asked = sha256(f"{key}\0{points}".encode()).digest()
    return Source(key=key, cause=CAUSE, counter_account=counter_account, occurred_at=tx.now, input_hash=asked)
