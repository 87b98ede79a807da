"""The bulk door: earnings by the hundred thousand, decided on columns and written by COPY.

It writes what `service.post` writes for a Credit per event, in the order of (member, occurred_at, place in the batch).
What it does not decide itself it hands back for the general door, to be posted in a transaction of its own: two
transactions that each lock many accounts in order cannot wait for each other, one that locks in two sweeps could.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.epoch import day_at, instant_at
from huixiang.kernel.layout import Bytes, Flags, Numbers
from huixiang.platform.db import Transaction, UniqueViolation
from huixiang.platform.outbox_bulk import store_laid_events
from huixiang.points.model import Cap, Credit, EarnBatch, EarnedInBulk, EarnEvent, Moment, PeriodCap, Source
from huixiang.points.model.columns import Blocks, Decided, Earnings, Sheet, Standing
from huixiang.points.rules import columns
from huixiang.points.rules.column_caps import bounds
from huixiang.points.rules.column_postings import chain
from huixiang.points.rules.columns import earnings_of, input_hashes
from huixiang.points.rules.moment import moment
from huixiang.points.service.bulk_events import announcements
from huixiang.points.service.pauses import is_issue_paused
from huixiang.points.store import bulk as store
from huixiang.points.store import staged

# The more, the closer together what is read and written lies in each index; a batch takes some 1.7 kB an event here.
MOST_EVENTS = 200_000
UNDECIDED = -1


class _Moved(Exception):
    """An account changed between its reading and its writing."""


@dataclass(frozen=True, slots=True)
class _Work:
    """A batch, sorted."""

    batch: EarnBatch
    earnings: Earnings
    blocks: Blocks
    members: Bytes
    asked: Bytes


async def earn_bulk(
    tx: Transaction, batch: EarnBatch, events: Sequence[EarnEvent] | Earnings, *, by_place: bool = True
) -> EarnedInBulk:
    """Post up to MOST_EVENTS earnings of any number of members; a key used before is not applied again.

    At first nothing is locked and nothing looked up: an account that moved, or a key that is in the journal already,
    shows when it is written, and then the batch is done once more with its accounts locked and its keys looked up.
    by_place: whether a table is in one place (see `store.bulk`). Give one transaction one batch. Raises ValueError
    where there are too many events.
    """
    if len(events) > MOST_EVENTS:
        raise ValueError(f"at most {MOST_EVENTS} events, got {len(events)}")
    if not len(events):
        return EarnedInBulk([], [])
    earnings = events if isinstance(events, Earnings) else earnings_of(events)
    order = columns.order_by_member(earnings.members, earnings.occurred)
    work = await asyncio.to_thread(_prepare, batch, earnings, order)
    if await is_issue_paused(tx, batch.book, batch.cause, batch.rule, batch.place):
        return _answer(work, np.zeros(len(work.members), np.bool_), earnings.points, order, tx.calendar)
    try:
        async with tx.savepoint():
            decided = await _attempt(tx, work, careful=False, by_place=by_place)
    except (_Moved, UniqueViolation):
        decided = await _attempt(tx, work, careful=True, by_place=by_place)
    return _answer(work, decided.common, decided.granted, order, tx.calendar)


def _prepare(batch: EarnBatch, given: Earnings, order: Numbers) -> _Work:
    earnings = given.take(order)
    blocks = Blocks.of(earnings.members)
    return _Work(batch, earnings, blocks, earnings.members[blocks.starts], input_hashes(batch, earnings))


async def _attempt(tx: Transaction, work: _Work, *, careful: bool, by_place: bool) -> Decided:
    """Decide and write. Raises _Moved or UniqueViolation where it is not careful."""
    book, blocks = work.batch.book, work.blocks
    await staged.stage(tx, work.members)
    if careful:
        await staged.open_accounts(tx, book)
    before = await staged.read_accounts(tx, book, work.members, lock=careful)
    decided, sheets, hashes = await asyncio.to_thread(_decide, work, before, moment(tx.now, tx.calendar), tx.calendar)
    if careful:
        decided.common[await staged.used_keys(tx, book, work.earnings, blocks)] = False
    if not decided.common.any():
        return decided
    written = await store.write_accounts(
        tx, book, work.members, before, decided.after, decided.common, by_place=by_place
    )
    if not written:
        raise _Moved
    rows = decided.common[blocks.member]
    sheets = [sheet for sheet in (one.kept(rows) for one in sheets) if len(sheet)]
    await store.add_postings(tx, sheets, hashes)
    await store.add_lots(tx, book, work.earnings, decided, np.flatnonzero(rows))
    announced = await asyncio.to_thread(announcements, sheets, blocks, decided.common, tx.calendar, work.batch.place)
    await store_laid_events(tx, work.members[decided.common], announced)
    return decided


def _decide(
    work: _Work, before: Standing, now: Moment, calendar: BusinessCalendar
) -> tuple[Decided, list[Sheet], Bytes]:
    decided = columns.decide(work.batch, work.earnings, work.blocks, before, now, calendar)
    sheets = columns.sheets(work.batch, work.earnings, work.blocks, decided, work.asked)
    hashes, decided.after.head = chain(sheets, before.head, work.blocks)
    return decided, sheets, hashes


def _answer(work: _Work, common: Flags, points: Numbers, order: Numbers, calendar: BusinessCalendar) -> EarnedInBulk:
    done: Flags = common[work.blocks.member]
    granted = np.full(len(order), UNDECIDED, np.int64)
    granted[order[done]] = points[done]
    left = [(int(order[row]), _credit(work, int(row), calendar)) for row in np.flatnonzero(~done)]
    return EarnedInBulk(granted.tolist(), left)


def _credit(work: _Work, row: int, calendar: BusinessCalendar) -> Credit:
    """A row as the general door takes it."""
    batch, earnings = work.batch, work.earnings
    occurred_at = instant_at(int(earnings.occurred[row]))
    day = calendar.day(occurred_at)
    matures = int(earnings.matures[row])

    return Credit(
        member_id=UUID(bytes=earnings.members[row].tobytes()),
        book=batch.book,
        points=int(earnings.points[row]),
        source=Source(
            key=earnings.key(row).decode(),
            cause=batch.cause,
            counter_account=batch.counter_account,
            occurred_at=occurred_at,
            order_ref=UUID(bytes=earnings.orders[row].tobytes()) if earnings.has_order[row] else None,
            rule=batch.rule,
            rule_version=batch.rule_version,
            budget=batch.budget,
            place=batch.place,
        ),
        expires_on=day_at(int(earnings.expires[row])),
        matures_at=None if matures < 0 else instant_at(matures),
        caps=tuple(_cap(cap, day, calendar) for cap in batch.caps),
    )


def _cap(cap: PeriodCap, day: date, calendar: BusinessCalendar) -> Cap:
    return Cap(cap.counter, *bounds(cap, day, calendar), cap.limit, cap.causes)
