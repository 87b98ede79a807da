"""What caps leave of many earnings: `rules.caps.grant` on columns.

Rows of one member are decided one after the other, the first of every member together, then the second: a count moves
with each row. Of each cap an account keeps two periods, so two places by cap and account are all there is to look at.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np

from huixiang.kernel.calendar import BusinessCalendar, first_of_month
from huixiang.kernel.epoch import instant_at, microseconds
from huixiang.kernel.layout import Flags, Numbers
from huixiang.points.model import PeriodCap
from huixiang.points.model.columns import Counters
from huixiang.points.rules.caps import PERIODS_KEPT

ROWS_OF_ONE_MEMBER = 64  # more than so many are decided one by one: columns would be short
NONE = np.iinfo(np.int64).min


def cut(
    caps: Sequence[PeriodCap], points: Numbers, occurred: Numbers, member: Numbers, counters: Counters, fresh: Flags,
    calendar: BusinessCalendar,
) -> tuple[Numbers, Counters, Flags]:  # fmt: skip
    """What is granted by row, the counters afterwards, and which accounts knew every count that was asked for.

    member: the account's number, ascending, each there. Of more than ROWS_OF_ONE_MEMBER rows of one it says nothing.
    fresh: accounts without a posting, which have counted nothing.
    """
    places = _Places.of(caps, counters)
    periods = [period_starts(cap, occurred, calendar) for cap in caps]
    granted = np.zeros(len(points), np.int64)
    knew = np.ones(len(fresh), np.bool_)
    rank = np.arange(len(member)) - np.flatnonzero(np.diff(member, prepend=-1))[member]
    for turn in range(min(int(rank.max(initial=-1)) + 1, ROWS_OF_ONE_MEMBER)):
        rows = np.flatnonzero(rank == turn)
        accounts = member[rows]
        grants = points[rows]
        used = []
        for number, cap in enumerate(caps):
            count, known = places.count(number, accounts, periods[number][rows], fresh)
            knew[accounts] &= known
            used.append(count)
            grants = np.minimum(grants, np.maximum(cap.limit - count, 0))
        for number, count in enumerate(used):
            places.set(number, accounts, periods[number][rows], count + grants)
        granted[rows] = grants
    return granted, places.merged(counters), knew


def bounds(cap: PeriodCap, day: date, calendar: BusinessCalendar) -> tuple[datetime, datetime]:
    """The period that a business day lies in: its start, and the start of the next."""
    if cap.period == "day":
        first, after = day, day + timedelta(days=1)
    elif cap.period == "week":
        first = day - timedelta(days=day.weekday())
        after = first + timedelta(days=7)
    else:
        first, after = day.replace(day=1), first_of_month(day, 1)
    return calendar.start_of(first), calendar.start_of(after)


def period_starts(cap: PeriodCap, occurred: Numbers, calendar: BusinessCalendar) -> Numbers:
    """The start of the period of each instant, both in microseconds."""
    last = int(occurred.max())
    start, after = bounds(cap, calendar.day(instant_at(int(occurred.min()))), calendar)
    starts = [microseconds(start)]
    while microseconds(after) <= last:
        starts.append(microseconds(after))
        _, after = bounds(cap, calendar.day(after), calendar)
    known = np.array(starts, np.int64)
    return known[np.searchsorted(known, occurred, side="right") - 1]


class _Places:
    """The two latest periods of each cap and account, the latest first, with their counts."""

    def __init__(self, caps: Sequence[PeriodCap], accounts: int) -> None:
        self._caps = caps
        self._period = np.full((len(caps), PERIODS_KEPT, accounts), NONE, np.int64)
        self._count = np.zeros((len(caps), PERIODS_KEPT, accounts), np.int64)

    @classmethod
    def of(cls, caps: Sequence[PeriodCap], counters: Counters) -> _Places:
        places = cls(caps, len(counters.sizes))
        for number, cap in enumerate(caps):
            # An account's entries of one counter stand together, the latest period first.
            mine = counters.kept & (counters.entries[:, :, 0] == cap.counter)
            turn = np.cumsum(mine, axis=1)
            for place in range(PERIODS_KEPT):
                account, entry = np.nonzero(mine & (turn == place + 1))
                places._period[number, place, account] = counters.entries[account, entry, 1]
                places._count[number, place, account] = counters.entries[account, entry, 2]
        return places

    def count(self, cap: int, accounts: Numbers, period: Numbers, fresh: Flags) -> tuple[Numbers, Flags]:
        latest, before = self._period[cap, 0][accounts], self._period[cap, 1][accounts]
        count = np.where(period == latest, self._count[cap, 0][accounts], 0)
        count = np.where(period == before, self._count[cap, 1][accounts], count)
        never = latest == NONE
        later = np.where(never, fresh[accounts], period > latest)
        return count, (period == latest) | (period == before) | later

    def set(self, cap: int, accounts: Numbers, period: Numbers, count: Numbers) -> None:
        latest = self._period[cap, 0][accounts]
        later = accounts[period > latest]
        self._period[cap, 1, later] = self._period[cap, 0, later]
        self._count[cap, 1, later] = self._count[cap, 0, later]
        self._period[cap, 0, later] = period[period > latest]
        place = np.where(period == self._period[cap, 1][accounts], 1, 0)
        self._count[cap, place, accounts] = count

    def merged(self, counters: Counters) -> Counters:
        """The accounts' counters with these periods, by counter, the latest first."""
        if len(self._caps) == 1 and bool((counters.entries[:, :, 0] == self._caps[0].counter)[counters.kept].all()):
            return self._alone()
        mine = np.isin(counters.entries[:, :, 0], [cap.counter for cap in self._caps]) & counters.kept
        tables, kept = [counters.entries], [counters.kept & ~mine]
        for number, cap in enumerate(self._caps):
            for place in range(PERIODS_KEPT):
                period = self._period[number, place]
                counter = np.full(len(period), cap.counter, np.int64)
                tables.append(np.stack((counter, period, self._count[number, place]), axis=1)[:, None, :])
                kept.append((period != NONE)[:, None])
        entries, keep = np.concatenate(tables, axis=1), np.concatenate(kept, axis=1)
        order = np.argsort(entries[:, :, 0], axis=1, kind="stable")
        order = np.take_along_axis(order, np.argsort(~np.take_along_axis(keep, order, 1), axis=1, kind="stable"), 1)
        sizes = keep.sum(axis=1)
        most = int(sizes.max(initial=0))
        return Counters(np.take_along_axis(entries, order[:, :most, None], axis=1), sizes)

    def _alone(self) -> Counters:
        """Where accounts have counted nothing but for the one cap."""
        period, count = self._period[0].T, self._count[0].T
        sizes = (period != NONE).sum(axis=1)
        most = int(sizes.max(initial=0))
        entries = np.stack((np.full_like(period, self._caps[0].counter), period, count), axis=2)
        return Counters(entries[:, :most], sizes)
