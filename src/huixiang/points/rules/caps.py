"""What caps leave of an earning.

The counts stand in the account's row, which is locked and written anyway: (counter, start of the period, points) laid
flat, the latest periods of each counter. What they do not know is counted in the journal, so they may be lost. So that
both say the same, every earning of the causes that a cap counts must carry that cap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from huixiang.kernel.epoch import microseconds
from huixiang.points.model import Account, Cap

PERIODS_KEPT = 2

# What was counted, by counter and start of the period.
Counted = dict[tuple[int, datetime], int]


def counter_id(*definition: str) -> int:
    """The number of a counter. The definition is all that decides what is counted, so a changed cap counts anew."""
    return int.from_bytes(sha256("\0".join(definition).encode()).digest()[:8], "big", signed=True)


def known(account: Account, cap: Cap) -> int | None:
    """What the account's row knows to have been counted; None where the journal must be asked."""
    return _count(account, cap) if account.seq else 0


def grant(account: Account, caps: Sequence[Cap], points: int, counted: Counted) -> int:
    """The points that the caps let through, counted in the account and in `counted`, which has precedence: it may know
    of a period that the account has no room for."""
    if not caps:
        return points
    used = {cap: _used(account, cap, counted) for cap in caps}
    granted = min(points, *(max(0, cap.limit - used[cap]) for cap in caps))
    counted |= {(cap.counter, cap.start): count + granted for cap, count in used.items()}
    account.counters = _counters(account, {cap: count + granted for cap, count in used.items()})
    return granted


def _used(account: Account, cap: Cap, counted: Counted) -> int:
    count = counted.get((cap.counter, cap.start))
    if count is None:
        count = known(account, cap)
    if count is None:
        raise LookupError(f"nobody counted what counter {cap.counter} says of {cap.start}")
    return count


def _count(account: Account, cap: Cap) -> int | None:
    """None where the account does not know: it never counted for this cap, or has forgotten a period that long ago."""
    start = microseconds(cap.start)
    known = {period: count for counter, period, count in _entries(account) if counter == cap.counter}
    if start in known:
        return known[start]
    return 0 if known and start > max(known) else None


def _entries(account: Account) -> list[tuple[int, int, int]]:
    numbers = iter(account.counters)
    return list(zip(numbers, numbers, numbers, strict=True))


def _counters(account: Account, counts: Mapping[Cap, int]) -> tuple[int, ...]:
    entries = {(counter, period): count for counter, period, count in _entries(account)}
    entries |= {(cap.counter, microseconds(cap.start)): count for cap, count in counts.items()}
    kept: list[int] = []
    for counter in sorted({counter for counter, _ in entries}):
        periods = sorted((period for c, period in entries if c == counter), reverse=True)
        for period in periods[:PERIODS_KEPT]:
            kept += (counter, period, entries[counter, period])
    return tuple(kept)
