"""Schedules and jobs of the ledger."""

from __future__ import annotations

from uuid import UUID

import msgspec

from huixiang.platform.db import Transaction
from huixiang.platform.queue import JobHandler, Schedule, enqueue
from huixiang.points import service
from huixiang.points.service import breaker, closing, merging, partner, settlement, sweep
from huixiang.points.service.sweep import Due

SWEEP = "points.sweep_chunk"
SETTLE_LEFT = "points.settle_left"
REMIND = "points.remind_chunk"
FREE_PARTNER_TICKETS = "points.free_partner_tickets"
CLEAR_RELEASED = "points.clear_released_chunk"
CLOSE_DAY = "points.close_day"
SUM_DAY = "points.sum_day"
BRING_ALONG = "points.bring_along_chunk"
LOTS_PER_CHUNK = 20_000
MEMBERS_PER_CHUNK = 1_000


class FreePartnerTickets(msgspec.Struct, frozen=True):
    """Confirm or free tickets of exchanges that nobody confirmed, up to a number."""

    tickets: int = 500


class SweepChunk(msgspec.Struct, frozen=True):
    """Settle accounts of one book that have something due, up to a number of accounts, lots or holds
    (`service.sweep`)."""

    book: str
    due: Due
    limit: int


class SettleLeft(msgspec.Struct, frozen=True):
    """Settle these accounts one by one, then go on with the sweep that left them."""

    members: list[UUID]
    then: SweepChunk


async def sweep_chunk(tx: Transaction, chunk: SweepChunk) -> None:
    """One chunk; while something was due, another follows in a transaction of its own, so that a sweep that is stopped
    loses nothing and goes on."""
    swept = await sweep.sweep(tx, await service.find_book(tx, chunk.book), chunk.due, chunk.limit)
    if swept.left:
        await enqueue(tx, SETTLE_LEFT, SettleLeft(swept.left, chunk))
    elif not swept.over:
        await enqueue(tx, SWEEP, chunk)


async def settle_left(tx: Transaction, left: SettleLeft) -> None:
    await sweep.settle_left(tx, await service.find_book(tx, left.then.book), left.members)
    await enqueue(tx, SWEEP, left.then)


async def _sweep(tx: Transaction, due: Due, limit: int) -> None:
    """As many jobs follow one another as there are sweepers, and no more connections are taken."""
    for book in await sweep.swept_books(tx):
        for number in range(await sweep.begin(tx, book, due)):
            await enqueue(tx, SWEEP, SweepChunk(book.code, due, limit), key=f"{due}:{book.code}:{number}")


async def mature(tx: Transaction) -> None:
    await _sweep(tx, Due.MATURITY, LOTS_PER_CHUNK)


async def expire(tx: Transaction) -> None:
    await _sweep(tx, Due.EXPIRY, sweep.ACCOUNTS)


async def end_holds(tx: Transaction) -> None:
    await _sweep(tx, Due.HOLDS, MEMBERS_PER_CHUNK)


class RemindChunk(msgspec.Struct, frozen=True):
    """Announce what expires in a month, to the members after this one."""

    book: str
    after: UUID | None = None


async def remind_chunk(tx: Transaction, chunk: RemindChunk) -> None:
    """One chunk; the members after it follow in a transaction of their own."""
    last = await sweep.remind(tx, await service.find_book(tx, chunk.book), chunk.after, MEMBERS_PER_CHUNK)
    if last is not None:
        await enqueue(tx, REMIND, RemindChunk(chunk.book, last))


async def remind(tx: Transaction) -> None:
    await sweep.forget_reminders(tx)
    for book in await sweep.swept_books(tx):
        await enqueue(tx, REMIND, RemindChunk(book.code), key=book.code)


class ClearReleased(msgspec.Struct, frozen=True):
    """Make spendable what was released after a pause and has waited out its return window, up to a number."""

    credits: int = 500


async def clear_released_chunk(tx: Transaction, chunk: ClearReleased) -> None:
    """One chunk; where it was full, another chunk follows in a transaction of its own."""
    if await breaker.clear_due(tx, chunk.credits) == chunk.credits:
        await enqueue(tx, CLEAR_RELEASED, chunk)


async def clear_released(tx: Transaction) -> None:
    await enqueue(tx, CLEAR_RELEASED, ClearReleased(), key="scheduled")


async def watch(tx: Transaction) -> None:
    await breaker.watch(tx)


class CloseDay(msgspec.Struct, frozen=True):
    """Sign the root of the first finished day that has none."""


async def close_day(tx: Transaction, chunk: CloseDay) -> None:
    """One day; the next one follows in a transaction of its own, which is how missed days are caught up with."""
    if await service.close_day(tx):
        await enqueue(tx, CLOSE_DAY, chunk)


async def close_days(tx: Transaction) -> None:
    await enqueue(tx, CLOSE_DAY, CloseDay(), key="scheduled")


class SumDay(msgspec.Struct, frozen=True):
    """Write the sums of the first finished day that has none."""


async def sum_day(tx: Transaction, chunk: SumDay) -> None:
    """One day; the next one follows in a transaction of its own."""
    if await closing.close_next_day(tx):
        await enqueue(tx, SUM_DAY, chunk)


async def sum_days(tx: Transaction) -> None:
    await enqueue(tx, SUM_DAY, SumDay(), key="scheduled")


class BringAlong(msgspec.Struct, frozen=True):
    """Move what came to the accounts of members who were merged, of up to a number."""

    members: int = 200


async def bring_along_chunk(tx: Transaction, chunk: BringAlong) -> None:
    """What cannot be moved yet is looked at again with the next turn."""
    await merging.bring_along(tx, chunk.members)


async def bring_along(tx: Transaction) -> None:
    await enqueue(tx, BRING_ALONG, BringAlong(), key="scheduled")


async def free_partner_tickets(tx: Transaction, chunk: FreePartnerTickets) -> None:
    """One chunk; where it was full, another chunk follows in a transaction of its own."""
    if await partner.free_stale(tx, chunk.tickets) == chunk.tickets:
        await enqueue(tx, FREE_PARTNER_TICKETS, chunk)


async def free_stale_tickets(tx: Transaction) -> None:
    await enqueue(tx, FREE_PARTNER_TICKETS, FreePartnerTickets(), key="scheduled")


async def settle_partners(tx: Transaction) -> None:
    await settlement.settle_days(tx)


JOB_HANDLERS = (
    JobHandler(CLOSE_DAY, CloseDay, close_day),
    JobHandler(SUM_DAY, SumDay, sum_day),
    JobHandler(SWEEP, SweepChunk, sweep_chunk),
    JobHandler(SETTLE_LEFT, SettleLeft, settle_left),
    JobHandler(REMIND, RemindChunk, remind_chunk),
    JobHandler(CLEAR_RELEASED, ClearReleased, clear_released_chunk),
    JobHandler(BRING_ALONG, BringAlong, bring_along_chunk),
    JobHandler(FREE_PARTNER_TICKETS, FreePartnerTickets, free_partner_tickets),
)
SCHEDULES = (
    Schedule("points.close_days", "23 * * * *", close_days),
    Schedule("points.sum_days", "19 * * * *", sum_days),
    Schedule("points.mature", "*/5 * * * *", mature),
    Schedule("points.end_holds", "*/5 * * * *", end_holds),
    Schedule("points.expire", "3 * * * *", expire),
    Schedule("points.remind", "40 8 * * *", remind),
    Schedule("points.clear_released", "*/5 * * * *", clear_released),
    Schedule("points.watch", "*/5 * * * *", watch),
    Schedule("points.bring_along", "* * * * *", bring_along),
    Schedule("points.partner_tickets", "*/5 * * * *", free_stale_tickets),
    Schedule("points.partner_settlements", "30 0 * * *", settle_partners),
)
