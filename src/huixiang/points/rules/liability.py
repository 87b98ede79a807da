"""What is outstanding by age and by expiry, at a value; what became of each month's points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypeVar

from huixiang.kernel.allocation import allocate
from huixiang.kernel.calendar import end_of_month, first_of_month
from huixiang.kernel.money import half_up
from huixiang.points.model.finance import AgeBucket, AgeRate, Basis, Cohort, ExpiryBucket, Outstanding
from huixiang.points.rules.breakage import CREDITED, NEVER_MONTH, ONE, LifeTable, Move, age, months, rate

USED = frozenset({"spend", "capture", "return"})

K = TypeVar("K", int, date)


def worth(points: int, value_points: int, value_fen: int) -> int:
    """Fen, rounded half up once."""
    return half_up(points * value_fen, value_points)


def by_age(there: Iterable[Outstanding], as_of: date, fen: int) -> list[AgeBucket]:
    month = as_of.replace(day=1)
    return [AgeBucket(*bucket) for bucket in _buckets(there, lambda parcel: age(parcel.earned_in, month), fen)]


def by_expiry(there: Iterable[Outstanding], fen: int) -> list[ExpiryBucket]:
    return [
        ExpiryBucket(None if expires_in >= NEVER_MONTH else expires_in, points, share)
        for expires_in, points, share in _buckets(there, lambda parcel: parcel.expires_in, fen)
    ]


def _buckets(there: Iterable[Outstanding], key: Callable[[Outstanding], K], fen: int) -> list[tuple[K, int, int]]:
    sums: dict[K, int] = defaultdict(int)
    for parcel in there:
        sums[key(parcel)] += parcel.points
    keys = sorted(sums)
    shares = allocate(fen, [sums[one] for one in keys], [f"{place:06}" for place in range(len(keys))])
    return [(one, sums[one], share) for one, share in zip(keys, shares, strict=True)]


def cohorts(moves: Iterable[Move]) -> list[Cohort]:
    """Each month's points, and what became of them."""
    by_month: dict[date, list[Move]] = defaultdict(list)
    for move in moves:
        by_month[move.earned_in].append(move)
    return [_cohort(earned_in, by_month[earned_in]) for earned_in in sorted(by_month)]


def _cohort(earned_in: date, moves: Sequence[Move]) -> Cohort:
    credited = sum(move.points for move in moves if move.kind in CREDITED and move.points > 0)
    used = -sum(move.points for move in moves if move.kind in USED)
    expired = -sum(move.points for move in moves if move.kind == "expire")
    left = sum(move.points for move in moves)
    return Cohort(
        earned_in=earned_in,
        credited=credited,
        used=used,
        expired=expired,
        otherwise=credited - used - expired - left,
        outstanding=left,
        used_bp=half_up(used * 10_000, credited) if credited else 0,
        expired_bp=half_up(expired * 10_000, credited) if credited else 0,
    )


def basis(moves: Sequence[Move], table: LifeTable, last_month: date) -> Basis:
    """What an estimate stands on: whole months up to `last_month`."""
    known = [move for move in moves if move.moved_in <= last_month]
    if not known:
        return Basis(None, None, 0, 0, [])
    first = min(move.moved_in for move in known)
    ages = [
        AgeRate(
            months=months_old,
            cohorts=len(cells),
            at_risk=sum(cell.at_risk for cell in cells),
            left=sum(cell.left for cell in cells),
            left_bp=half_up(rate(cells) * 10_000, ONE),
        )
        for months_old, cells in sorted(table.items())
    ]
    return Basis(first, last_month, len(months(first, last_month)), len({move.earned_in for move in known}), ages)


def last_whole_month(as_of: date) -> date:
    """The first day of the last month that has ended with the day `as_of` or before."""
    this_month = as_of.replace(day=1)
    return this_month if as_of == end_of_month(as_of) else first_of_month(this_month, -1)
