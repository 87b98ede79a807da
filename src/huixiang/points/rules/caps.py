"""What caps leave of an earning.

The counts stand in the account's row, which is locked and written anyway: (counter, start of the period, points) laid
flat, the latest periods of each counter. What they do not know is counted in the journal, so they may be lost. So that
both say the same, every earning of the causes that a cap counts must carry that cap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256

from huixiang.kernel.epoch import microseconds
from huixiang.points.model import Account, Cap, Posting

PERIODS_KEPT = 2

# What the journal says was earned, by counter and start of the period.
Counted = dict[tuple[int, datetime], int]


def counter_id(*definition: str) -> int:
    """The number of a counter. The definition is all that decides what is counted, so a changed cap counts anew."""
    return int.from_bytes(sha256("\0".join(definition).encode()).digest()[:8], "big", signed=True)


def known(account: Account, cap: Cap) -> int | None:
    """What the account's row knows to have been counted; None where the journal must be asked."""
    return _count(account.counters, cap) if account.seq else 0


def grant(account: Account, caps: Sequence[Cap], points: int, counted: Counted) -> int:
    """The points that the caps let through, counted in the account. `counted`, what the journal says, is asked for what
    the account does not know, or has no room for."""
    if not caps:
        return points
    used = [_used(account, cap, counted) for cap in caps]
    granted = min(points, *(max(0, cap.limit - count) for cap, count in zip(caps, used, strict=True)))
    counters = list(account.counters)
    for cap, count in zip(caps, used, strict=True):
        _note(counters, cap.counter, microseconds(cap.start), count + granted)
    account.counters = tuple(counters)
    return granted


def count(counted: Counted, asked: Iterable[Cap], posting: Posting) -> None:
    """Keep what the journal says of caps: a posting came to it."""
    for cap in asked:
        counts = cap.causes is None or posting.cause in cap.causes
        if counts and posting.kind == "earn" and cap.start <= posting.occurred_at < cap.end:
            counted[cap.counter, cap.start] += posting.points


def _used(account: Account, cap: Cap, counted: Counted) -> int:
    count = known(account, cap)
    if count is None:
        count = counted.get((cap.counter, cap.start))
    if count is None:
        raise LookupError(f"nobody counted what counter {cap.counter} says of {cap.start}")
    return count


def _count(counters: Sequence[int], cap: Cap) -> int | None:
    """None where the account does not know: it never counted for this cap, or has forgotten a period that long ago."""
    start = microseconds(cap.start)
    latest = None
    for at in range(0, len(counters), 3):
        if counters[at] == cap.counter:
            if counters[at + 1] == start:
                return counters[at + 2]
            if latest is None:
                latest = counters[at + 1]
    return 0 if latest is not None and start > latest else None


def _note(counters: list[int], counter: int, period: int, count: int) -> None:
    """Keep counters in ascending order, the latest periods of each before the others."""
    at = 0
    while at < len(counters) and (counters[at] < counter or (counters[at] == counter and counters[at + 1] > period)):
        at += 3
    if counters[at : at + 2] == [counter, period]:
        counters[at + 2] = count
        return
    counters[at:at] = (counter, period, count)
    first = at
    while first and counters[first - 3] == counter:
        first -= 3
    beyond = first + 3 * PERIODS_KEPT
    if counters[beyond : beyond + 1] == [counter]:
        del counters[beyond : beyond + 3]
