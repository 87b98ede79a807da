"""Sweeps: what time brings, done to accounts that nobody touches.

A chunk is a transaction: it finds accounts that have something due, and settles them as `Settle` does. What is settled
is found no more, so a sweep that was stopped goes on where it was by beginning again. Most accounts are settled on
columns; those with holds or a debt are handed back, and go through the general door in a transaction of their own
(see `service.bulk` for why).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

import msgspec
import numpy as np

from huixiang.kernel.layout import Bytes, pick
from huixiang.platform.db import Transaction
from huixiang.platform.outbox_bulk import store_laid_events
from huixiang.points.events import PointsExpiringSoon
from huixiang.points.model import NEVER, Book, Moment, Settle
from huixiang.points.model.columns import OpenLots, Standing
from huixiang.points.rules.column_due import Settled, common, settle
from huixiang.points.rules.column_postings import chain
from huixiang.points.rules.moment import moment
from huixiang.points.service.bulk_events import announcements
from huixiang.points.service.post import post
from huixiang.points.store import bulk as bulk_store
from huixiang.points.store import staged
from huixiang.points.store import sweep as store
from huixiang.points.store.books import all_books

REMINDED_BEFORE = timedelta(days=30)


class Due(StrEnum):
    """What a sweep looks for. Whatever else is due on an account that it finds is done too."""

    EXPIRY = "expiry"
    MATURITY = "maturity"
    HOLDS = "holds"


class Swept(msgspec.Struct, frozen=True):
    """What a chunk did: accounts settled, and members left for the general door. Nothing found: the sweep is over."""

    settled: int
    left: list[UUID]

    @property
    def found(self) -> int:
        return self.settled + len(self.left)


class _Moved(Exception):
    """An account changed between its reading and its writing."""


async def sweep(tx: Transaction, book: Book, due: Due, limit: int) -> Swept:
    """Settle the accounts of one chunk: those with at most `limit` lots or holds that are due. One chunk a transaction;
    `left` is for `settle_left`."""
    members = await _find(tx, book, due, limit)
    if not len(members):
        return Swept(0, [])
    if due is Due.HOLDS:
        return Swept(0, _ids(members))
    try:
        async with tx.savepoint():
            return await _settle(tx, book, members, careful=False)
    except _Moved:
        return await _settle(tx, book, members, careful=True)


async def swept_books(tx: Transaction) -> list[Book]:
    """The books in which time does something: those with lots."""
    return [book for _, book in sorted((await all_books(tx)).items()) if book.has_lots]


async def settle_left(tx: Transaction, book: Book, members: Sequence[UUID]) -> None:
    """Settle accounts through the general door."""
    await post(tx, [Settle(member_id=member_id, book=book) for member_id in members])


async def _find(tx: Transaction, book: Book, due: Due, limit: int) -> Bytes:
    match due:
        case Due.EXPIRY:
            return await store.members_with_past_lots(tx, book, tx.calendar.day(tx.now), limit)
        case Due.MATURITY:
            return await store.members_with_matured_lots(tx, book, limit)
        case Due.HOLDS:
            return await store.members_with_ended_holds(tx, book, limit)


async def _settle(tx: Transaction, book: Book, members: Bytes, *, careful: bool) -> Swept:
    """Raises _Moved where it is not careful, that is where it locks nothing before it writes."""
    await staged.stage(tx, members)
    before = await staged.read_accounts(tx, book, members, lock=careful)
    lots = await store.read_open_lots(tx, book, members, before, np.flatnonzero(common(before)))
    settled, hashes = await asyncio.to_thread(_decide, book, members, before, lots, moment(tx.now, tx.calendar))
    left = _ids(members[before.found & ((before.held != 0) | (before.debt != 0))])
    if not settled.which.any():
        return Swept(0, left)
    if not await bulk_store.write_accounts(tx, book, members, before, settled.after, settled.which):
        raise _Moved
    await store.write_lots(tx, book, members, settled.changed)
    await bulk_store.add_postings(tx, settled.sheets, hashes)
    everyone = np.ones(len(settled.blocks.starts), np.bool_)
    announced = await asyncio.to_thread(announcements, settled.sheets, settled.blocks, everyone, tx.calendar)
    await store_laid_events(tx, members[settled.which], announced)
    return Swept(len(settled.blocks.starts), left)


def _decide(book: Book, members: Bytes, before: Standing, lots: OpenLots, now: Moment) -> tuple[Settled, Bytes]:
    settled = settle(book, members, before, lots, now)
    which = np.flatnonzero(settled.which)
    hashes, heads = chain(settled.sheets, pick(before.head, which), settled.blocks)
    settled.after.head[which] = heads
    return settled, hashes


def _ids(members: Bytes) -> list[UUID]:
    return [UUID(bytes=member.tobytes()) for member in members]


async def remind(tx: Transaction, book: Book, after: UUID | None, limit: int) -> UUID | None:
    """Announce what expires within 30 days to at most `limit` members, once for each member and day; the last member,
    None where there are no more. What is held does not expire, and is not spoken of."""
    today = tx.calendar.day(tx.now)
    due = await store.expiring_on(tx, book, today, min(today + REMINDED_BEFORE, NEVER), after, limit)
    fresh = await store.remember_reminders(tx, book, due)
    for member_id, day, points in due:
        if (member_id, day) in fresh:
            tx.emit(
                PointsExpiringSoon(
                    member_id=member_id, occurred_at=tx.now, book=book.code, points=points, expires_on=day
                )
            )
    return due[-1][0] if due else None


async def forget_reminders(tx: Transaction) -> None:
    """Forget who was told of days that are past."""
    await store.forget_reminders(tx, tx.calendar.day(tx.now))
