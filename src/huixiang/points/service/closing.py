"""Closing business days, in their order, each once nothing can be recorded in it any more."""

from __future__ import annotations

from datetime import date, timedelta

from huixiang.platform.db import Transaction
from huixiang.points.service.day_end import is_over
from huixiang.points.store import closing as store
from huixiang.points.store.closing import ClosedDay


async def close_next_day(tx: Transaction) -> date | None:
    """Close the earliest day that is open and over, and say which; None where there is none yet.

    A day without postings is closed like any other. A transaction that stays open keeps days open, and no more.
    """
    await store.lock_closing(tx)
    following = await _next(tx)
    if following is None or not await is_over(tx, following.ends_at):
        return None
    await store.close_day(tx, following)
    return following.day


async def _next(tx: Transaction) -> ClosedDay | None:
    """The day after the last one closed. It begins where that one ended, also where the time zone was changed."""
    last = await store.last_closed(tx)
    if last is not None:
        day, starts_at = last.day + timedelta(days=1), last.ends_at
    else:
        first = await store.first_recorded(tx)
        if first is None:
            return None
        day = tx.calendar.day(first)
        starts_at = tx.calendar.start_of(day)
    return ClosedDay(day, starts_at, tx.calendar.start_of(day + timedelta(days=1)))
