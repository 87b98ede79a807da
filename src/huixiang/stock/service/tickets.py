"""Reserve, confirm, free, give back: in a transaction of the caller's."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from huixiang.kernel.errors import InvariantBroken
from huixiang.platform.db import Transaction
from huixiang.stock import rules
from huixiang.stock.model import Holder, Kind, Lack, Ticket, TicketFreed, Wanted, resource_id
from huixiang.stock.store import tickets

Part = tuple[Kind, str]


async def reserve(
    tx: Transaction, holder: Holder, member_id: UUID, wanted: Sequence[Wanted], ttl: timedelta
) -> list[Ticket]:
    """Give a holder all of what it wants, or refuse and give nothing.

    The same again answers the same, also after it was confirmed. Until the commit others who want the same wait, so the
    transaction does nothing else: `take` is the quicker way. Raises ResourceUnknown, ResourceFixed, TicketConflict (the
    holder has another amount, or another member), TicketFreed, StockNotOpen, StockClosed, AlreadyHeld, StockExhausted,
    in this order; each tells of every resource that lacks.
    """
    asked = prepared(wanted)
    return granted(await tickets.reserve(tx, holder, member_id, asked, ttl), asked)


async def confirm(tx: Transaction, holder: Holder) -> list[Ticket]:
    """What a holder has is its own now; harmless when repeated. Raises TicketFreed where some of it was freed and not
    given back by the holder itself: then whoever said that the holder is gone was wrong."""
    await tickets.confirm(tx, [holder.holder_id])
    held = await tickets.of_holder(tx, holder.holder_id)
    lost = await tickets.lost(tx, holder.holder_id)
    if lost:
        kind, key = lost[0]
        raise TicketFreed(kind=kind, key=key)
    return held


async def free(tx: Transaction, holder: Holder, why: str) -> list[Ticket]:
    """Everything that a holder has, reserved or confirmed, is left for others again. Harmless when repeated."""
    await tickets.free(tx, [holder.holder_id], why)
    return await tickets.of_holder(tx, holder.holder_id)


async def free_all(tx: Transaction, holders: Collection[Holder], why: str) -> None:
    """What many holders have, at once: in the order of the resources, so that nobody waits crosswise and what is hot is
    locked no longer than for one."""
    await tickets.free(tx, [holder.holder_id for holder in holders], why)


async def give_back(
    tx: Transaction, holder: Holder, amounts: Mapping[Part, int], *, key: str, why: str
) -> list[Ticket]:
    """Parts of what a holder has are left for others again: a refund, or less used than was reserved.

    key: of this giving back; the same again changes nothing. Raises TicketTooSmall where the ticket has less, and
    TicketConflict where the same key gave back something else.
    """
    if not key or any(amount <= 0 for amount in amounts.values()):
        raise InvariantBroken("what is given back has a key and amounts above zero")
    named = {resource_id(*part): part for part in amounts}
    lack = await tickets.give_back(
        tx, holder.holder_id, {resource_id(*part): amount for part, amount in sorted(amounts.items())}, key, why
    )
    if lack is not None:
        raise rules.refusal([lack], named)
    return await tickets.of_holder(tx, holder.holder_id)


async def tickets_of(tx: Transaction, holder: Holder) -> list[Ticket]:
    """What a holder has and had, by resource."""
    return await tickets.of_holder(tx, holder.holder_id)


def prepared(wanted: Sequence[Wanted]) -> list[Wanted]:
    """What is asked of the store. Raises InvalidInput for a definition that closes before it opens."""
    asked = rules.combined(wanted)
    if not asked:
        raise InvariantBroken("who reserves wants something")
    for one in asked:
        if one.definition is not None:
            rules.check_period(one.definition)
    return asked


def granted(answer: list[Ticket] | list[Lack], asked: Sequence[Wanted]) -> list[Ticket]:
    """The tickets. Raises what was refused."""
    lacks = [one for one in answer if isinstance(one, Lack)]
    if lacks:
        raise rules.refusal(lacks, {one.resource_id: (one.kind, one.key) for one in asked})
    return [one for one in answer if isinstance(one, Ticket)]
