"""Sweeps: what time brings, done to accounts that nobody touches.

A chunk is a transaction: it finds accounts that have something due, and settles them as `Settle` does. What is settled
is found no more. Where lots expire, which is by the million, members are shared out in parts, and each part remembers
how far it was looked at: so a sweep that was stopped goes on where it was. Most accounts are settled on columns; those
with holds or a debt are handed back, and go through the general door in a transaction of their own (see `service.bulk`
for why).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

import msgspec
import numpy as np

from huixiang.kernel.layout import Bytes, pick
from huixiang.platform.db import Database, Transaction
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
# So many connections at once: the server's part of a sweep keeps one core busy, and other jobs need connections too.
SWEEPERS = 2
# So many a chunk: what a till waits for whose member is being swept.
ACCOUNTS = 5_000
# With fewer accounts, a part of its own is more trouble than gain.
WORTH_A_PART = 100
NOBODY = UUID(int=0)
EVERYBODY = UUID(int=(1 << 128) - 1)


class Due(StrEnum):
    """What a sweep looks for. Whatever else is due on an account that it finds is done too."""

    EXPIRY = "expiry"
    MATURITY = "maturity"
    HOLDS = "holds"


class Swept(msgspec.Struct, frozen=True):
    """What a chunk did: accounts settled, and members left for the general door. over: there was nothing to look at."""

    settled: int = 0
    left: list[UUID] = []
    over: bool = False

    @property
    def found(self) -> int:
        return self.settled + len(self.left)


class _Moved(Exception):
    """An account changed between its reading and its writing."""


async def begin(tx: Transaction, book: Book, due: Due, sweepers: int = SWEEPERS) -> int:
    """Share a sweep out to so many sweepers at most; to how many it is. One that was stopped goes on."""
    if due is not Due.EXPIRY or await store.is_begun(tx, book):
        return sweepers if due is Due.EXPIRY else 1
    count, some = await store.count_past(tx, book, tx.calendar.day(tx.now))
    if not count:
        return 0
    parts = max(min(sweepers, count // WORTH_A_PART, len(some) + 1), 1)
    cuts = [NOBODY, *(some[len(some) * number // parts] for number in range(1, parts)), EVERYBODY]
    await store.add_parts(tx, book, [store.Part(n, *pair) for n, pair in enumerate(pairwise(cuts))])
    return parts


async def sweep(tx: Transaction, book: Book, due: Due, limit: int) -> Swept:
    """Settle the accounts of one chunk: at most `limit` of them where lots expire, else those with at most so many lots
    or holds that are due. One chunk a transaction; `left` is for `settle_left`."""
    if due is Due.EXPIRY:
        return await _sweep_part(tx, book, limit)
    if due is Due.HOLDS:
        found = await store.members_with_ended_holds(tx, book, limit)
        return Swept(left=_ids(found), over=not len(found))
    members = await store.members_with_matured_lots(tx, book, limit)
    if not len(members):
        return Swept(over=True)
    return await _settle(tx, book, members)


async def sweep_all(db: Database, book: Book, due: Due, *, sweepers: int = SWEEPERS, limit: int = ACCOUNTS) -> int:
    """Sweep to the end, through so many connections; how many accounts were settled. It may be stopped at any moment,
    and begun again."""

    async def go_on() -> int:
        settled, over = 0, False
        while not over:
            async with db.transaction() as tx:
                swept = await sweep(tx, book, due, limit)
            if swept.left:
                async with db.transaction() as tx:
                    await settle_left(tx, book, swept.left)
            settled, over = settled + swept.found, swept.over
        return settled

    async with db.transaction() as tx:
        shared = await begin(tx, book, due, sweepers)
    return sum(await asyncio.gather(*(go_on() for _ in range(shared))))


async def swept_books(tx: Transaction) -> list[Book]:
    """The books in which time does something: those with lots."""
    return [book for _, book in sorted((await all_books(tx)).items()) if book.has_lots]


async def settle_left(tx: Transaction, book: Book, members: Sequence[UUID]) -> None:
    """Settle accounts through the general door."""
    await post(tx, [Settle(member_id=member_id, book=book) for member_id in members])


async def _sweep_part(tx: Transaction, book: Book, limit: int) -> Swept:
    """The next accounts of a part that nobody is at, so that no two sweeps are at the same accounts."""
    while (part := await store.take_part(tx, book)) is not None:
        members, before = await store.read_past(tx, book, tx.calendar.day(tx.now), part, limit)
        ended = len(members) < limit
        await store.note_swept(tx, book, part, None if ended else UUID(bytes=members[-1].tobytes()))
        if len(members):
            return await _settle(tx, book, members, before)
    return Swept(over=True)


async def _settle(tx: Transaction, book: Book, members: Bytes, before: Standing | None = None) -> Swept:
    """At first nothing is locked. Where an account moved meanwhile, it is done again with the accounts locked.

    before: the accounts, where they were read already.
    """
    try:
        async with tx.savepoint():
            return await _write(tx, book, members, before or await _read(tx, book, members, lock=False))
    except _Moved:
        return await _write(tx, book, members, await _read(tx, book, members, lock=True))


async def _read(tx: Transaction, book: Book, members: Bytes, *, lock: bool) -> Standing:
    await staged.stage(tx, members)
    return await staged.read_accounts(tx, book, members, lock=lock)


async def _write(tx: Transaction, book: Book, members: Bytes, before: Standing) -> Swept:
    """Raises _Moved."""
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
