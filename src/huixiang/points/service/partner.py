"""Exchange with partners (PTS-09): another brand's points in and out.

Members compete for a partner's budget and daily limit, so an exchange is two transactions: `reserve` takes a part of
them under the partner's reference, `exchange` moves the points in the member's own. A handler confirms the ticket; one
that nobody confirmed is looked up and confirmed or freed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from huixiang.members import service as members
from huixiang.members.model import Ability
from huixiang.platform.db import Transaction
from huixiang.points.events import PointsExchanged
from huixiang.points.model import POINTS, Credit, Return, Source, Spend
from huixiang.points.model.partner import (
    EntryDirection,
    Exchange,
    ExchangeConflict,
    ExchangeOrder,
    ExchangeOutsideLimit,
    ExchangeUnknown,
    PartnerTerms,
    PartnerTicket,
)
from huixiang.points.rules.partner import check_member, last_day, points_for, terms_of
from huixiang.points.service.post import lock_accounts, post
from huixiang.points.store import partners as store
from huixiang.rulebook import service as rulebook

RULES_KIND = "partner"
# Far longer than a request can take between the two transactions, so that what is freed is never used after all.
TICKET_LIFE = timedelta(minutes=15)


async def reserve(tx: Transaction, member_id: UUID, order: ExchangeOrder) -> PartnerTicket:
    """Reserve a part of the partner's budget and daily limit. The same reference again is the same ticket.

    Raises RuleDocumentUnknown for an unknown partner, ExchangeClosed, ExchangeNotWhole, ExchangeOutsideLimit,
    ExchangeConflict.
    """
    known = await store.find_ticket(tx, (order.partner, order.direction, order.reference))
    if known is not None:
        return _same(known, member_id, order)
    document = await rulebook.current(tx, RULES_KIND, order.partner, tx.now)
    terms = terms_of(document.read(PartnerTerms), order.partner, order.direction)
    wanted = PartnerTicket(
        partner=order.partner, direction=order.direction, reference=order.reference, owner_id=member_id,
        points=points_for(terms, order.partner_points), partner_points=order.partner_points,
        rule_version=document.version, state="reserved", business_day=tx.calendar.day(tx.now), reserved_at=tx.now,
    )  # fmt: skip
    ticket = await store.claim_ticket(tx, wanted)
    if ticket != wanted:
        return _same(ticket, member_id, order)
    used = await store.take_from_total(tx, ticket, budget_points=terms.budget_points, daily_points=terms.daily_points)
    if used is not None:
        over_budget = used[0] + ticket.points > terms.budget_points
        raise ExchangeOutsideLimit(limit="budget_points" if over_budget else "daily_points", points=ticket.points)
    return ticket


def _same(ticket: PartnerTicket, member_id: UUID, order: ExchangeOrder) -> PartnerTicket:
    if (ticket.owner_id, ticket.partner_points) != (member_id, order.partner_points):
        raise ExchangeConflict(partner=order.partner, reference=order.reference)
    return ticket


async def exchange(tx: Transaction, ticket: PartnerTicket) -> Exchange:
    """Move the points that a ticket was reserved for. The same ticket again answers with the exchange it made.

    Raises MemberUnknown, StateRefuses, InsufficientPoints, ExchangeOutsideLimit.
    """
    member_id = ticket.owner_id
    await members.require_able(tx, member_id, Ability.EARN if ticket.direction == "in" else Ability.SPEND)
    locked = await lock_accounts(tx, [member_id], [POINTS])
    known = await store.find_exchange(tx, member_id, ticket.partner, ticket.direction, ticket.reference)
    if known is not None:
        return known
    terms = (await rulebook.version(tx, RULES_KIND, ticket.partner, ticket.rule_version)).read(PartnerTerms)
    today = tx.calendar.day(tx.now)
    before = await store.exchanged_on(tx, member_id, ticket.partner, ticket.direction, today)
    check_member(terms_of(terms, ticket.partner, ticket.direction), ticket.points, before)
    source = _source(tx, ticket.partner, ticket.direction, ticket.reference, ticket.rule_version)
    command = (
        Credit(member_id=member_id, book=POINTS, points=ticket.points, source=source, expires_on=last_day(terms, today))
        if ticket.direction == "in"
        else Spend(member_id=member_id, book=POINTS, points=ticket.points, source=source)
    )
    await post(tx, [command], locked)
    return await _record(tx, member_id, ticket.direction, ticket)


async def cancel(tx: Transaction, member_id: UUID, partner: str, reference: str) -> Exchange:
    """Take an exchange out back that the partner did not accept: the points return to their lots, and a handler gives
    the room back that it took of budget and daily limit. Once more changes nothing. Raises ExchangeUnknown."""
    await lock_accounts(tx, [member_id], [POINTS])
    if known := await store.find_exchange(tx, member_id, partner, "cancelled", reference):
        return known
    made = await store.find_exchange(tx, member_id, partner, "out", reference)
    if made is None:
        raise ExchangeUnknown(partner=partner, reference=reference)
    origin_key = _key(partner, "out", reference)
    source = _source(tx, partner, "cancelled", reference, made.rule_version)
    await post(tx, [Return(member_id=member_id, book=POINTS, points=made.points, origin_key=origin_key, source=source)])
    return await _record(tx, member_id, "cancelled", made)


async def owner_of(tx: Transaction, partner: str, reference: str) -> UUID:
    """The member of an exchange out. Raises ExchangeUnknown."""
    ticket = await store.find_ticket(tx, (partner, "out", reference))
    if ticket is None:
        raise ExchangeUnknown(partner=partner, reference=reference)
    return ticket.owner_id


async def confirm(tx: Transaction, exchanged: Sequence[PointsExchanged]) -> None:
    """Say of the tickets of exchanges that they were used; those of cancelled ones give their room back, once.

    Tickets first, totals after them, as everywhere: nobody waits in a circle.
    """
    for event in exchanged:
        if event.direction != "cancelled":
            await store.confirm_ticket(tx, (event.partner, event.direction, event.reference))
    cancelled = sorted((event.partner, event.reference) for event in exchanged if event.direction == "cancelled")
    tickets = [await store.cancel_ticket(tx, (partner, "out", reference)) for partner, reference in cancelled]
    for ticket in tickets:
        if ticket is not None:
            await store.give_room(tx, ticket)


async def free_stale(tx: Transaction, limit: int) -> int:
    """Confirm or free tickets that nobody confirmed in time, by whether their exchange was made; how many."""
    tickets = await store.lock_stale_tickets(tx, tx.now - TICKET_LIFE, limit)
    for ticket in tickets:
        key = (ticket.partner, ticket.direction, ticket.reference)
        if await store.find_exchange(tx, ticket.owner_id, *key):
            await store.confirm_ticket(tx, key)
        else:
            await store.free_ticket(tx, ticket)
    return len(tickets)


async def _record(
    tx: Transaction, member_id: UUID, direction: EntryDirection, figures: PartnerTicket | Exchange
) -> Exchange:
    made = Exchange(
        partner=figures.partner, direction=direction, reference=figures.reference, points=figures.points,
        partner_points=figures.partner_points, rule_version=figures.rule_version, occurred_at=tx.now,
        recorded_at=tx.now, business_day=tx.calendar.day(tx.now),
    )  # fmt: skip
    await store.insert_exchange(tx, member_id, made)
    tx.emit(
        PointsExchanged(
            member_id=member_id, occurred_at=tx.now, partner=made.partner, direction=direction,
            reference=made.reference, points=made.points, partner_points=made.partner_points,
            business_day=made.business_day,
        )
    )  # fmt: skip
    return made


def _key(partner: str, direction: str, reference: str) -> str:
    return f"partner:{partner}:{direction}:{reference}"


def _source(tx: Transaction, partner: str, direction: str, reference: str, version: int) -> Source:
    return Source(
        key=_key(partner, direction, reference),
        cause=f"partner_{direction}",
        counter_account=f"partner:{partner}",
        occurred_at=tx.now,
        rule=f"{RULES_KIND}/{partner}",
        rule_version=version,
    )
