"""How many requests a minute a caller may make: decided in this process, counted together with others beside the
requests. docs/decisions/0022.

A sliding minute: what was counted since the minute began, and of the minute before the share that still lies within
sixty seconds. A request awaits nothing here; `share` exchanges counts with other processes by way of Valkey.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from itertools import islice
from typing import Literal

import msgspec

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.platform.cache import Cache

WINDOW_S = 60
SHARED_EVERY_S = 0.2
SHARED_AT_ONCE = 5_000
REMEMBERED = 50_000

Kind = Literal["key", "member", "staff", "address"]


class TooManyRequests(DomainError):
    """Fields: counted_by, what is limited: key, member, staff or address; limit, requests a minute; retry_after_s."""

    code = "too_many_requests"
    status = 429
    title = Text(zh="请求过于频繁", en="Too many requests")
    detail = Text(
        zh="每分钟最多 {limit} 个请求（按 {counted_by} 计），请在 {retry_after_s} 秒后重试。",
        en="At most {limit} requests a minute, counted by {counted_by}; try again in {retry_after_s} s.",
    )


class Limits(msgspec.Struct, frozen=True):
    """Requests a minute of one caller of each kind; 0: without limit."""

    key: int = 60_000
    member: int = 600
    staff: int = 1_200
    address: int = 6_000


class Standing(msgspec.Struct, frozen=True):
    """Where a caller stands after a request: how many of `limit` are left, and in how many seconds at the latest all
    of them are again."""

    kind: Kind
    limit: int
    left: int
    reset_s: int


class _Count:
    """Requests of one caller. window: the minute, from 1970; before: in the minute before; known: in this one, by
    everybody as far as it was told; own: in this one by this process, not yet told."""

    __slots__ = ("before", "known", "new", "own", "window")

    def __init__(self, window: int, before: int = 0) -> None:
        self.window, self.before, self.known, self.own = window, before, 0, 0
        self.new = True  # what others counted in the minute before is not known yet


class Throttle:
    """The counts of one process."""

    def __init__(self, limits: Limits | None = None, cache: Cache | None = None) -> None:
        """Without a cache the process counts by itself."""
        self._limits = limits or Limits()
        self._cache = cache
        self._counts: dict[Kind, dict[int | str, _Count]] = {"key": {}, "member": {}, "staff": {}, "address": {}}
        self._untold: dict[_Count, tuple[Kind, int | str]] = {}

    def admit(self, kind: Kind, who: int | str, now: datetime, limit: int | None = None) -> Standing | None:
        """Count a request. who: the number that an id is, whose hash is quick, or a name. limit: requests a minute,
        None for what holds for all of the kind. None where there is no limit. Raises TooManyRequests, and does not
        count the request then."""
        limit = getattr(self._limits, kind) if limit is None else limit
        if not limit:
            return None
        window, into = divmod(int(now.timestamp()), WINDOW_S)
        count = self._counts[kind].get(who)
        if count is None or count.window != window:
            count = self._turn(kind, who, window)
        here = count.known + count.own
        used = here + count.before * (WINDOW_S - into) // WINDOW_S
        if used >= limit:
            wait = _wait(count.before, here, into, limit)
            raise TooManyRequests(counted_by=kind, limit=limit, retry_after_s=wait)
        count.own += 1
        self._untold[count] = kind, who
        return Standing(kind, limit, limit - used - 1, 2 * WINDOW_S - into)

    def _turn(self, kind: Kind, who: int | str, window: int) -> _Count:
        """The count of a minute that has begun, or of a caller who is new."""
        counts = self._counts[kind]
        last = counts.get(who)
        if last is None and len(counts) >= REMEMBERED:
            gone = [one for one, count in counts.items() if count.window < window - 1]
            for one in gone or list(islice(counts, REMEMBERED // 2)):
                del counts[one]
        before = last.known + last.own if last is not None and last.window == window - 1 else 0
        count = counts[who] = _Count(window, before)
        return count

    def remembered(self) -> int:
        """How many callers it has counts of."""
        return sum(len(counts) for counts in self._counts.values())

    async def share(self) -> None:
        """Exchange counts with other processes until cancelled."""
        while True:
            await asyncio.sleep(SHARED_EVERY_S)
            await self.share_once()

    async def share_once(self) -> None:
        """Tell others what was counted here, and take home what all have counted."""
        if self._cache is None or not self._untold:
            return
        told = {count: self._untold.pop(count) for count in list(islice(self._untold, SHARED_AT_ONCE))}
        added = {_key(*name, count.window): count.own for count, name in told.items()}
        for count in told:
            count.known, count.own = count.known + count.own, 0
        totals = await self._cache.add(added, seconds=2 * WINDOW_S)
        for count, total in zip(told, totals or (), strict=bool(totals)):
            count.known = max(count.known, total)  # a server that was started again knows less than we do
        new = {count: name for count, name in told.items() if count.new}
        if totals and new:
            asked = [_key(*name, count.window - 1) for count, name in new.items()]
            for count, total in zip(new, await self._cache.counts(asked) or (), strict=False):
                count.before, count.new = max(count.before, total), False


def _key(kind: Kind, who: int | str, window: int) -> str:
    return f"throttle:{kind}:{who}:{window}"


def _wait(before: int, here: int, into: int, limit: int) -> int:
    """Whole seconds until one more request is let in, if none is made before: `into` seconds into a minute with `here`
    requests, after one with `before`."""
    if here < limit:
        return _second(before, limit - here) - into
    return WINDOW_S - into + max(0, _second(here, limit))


def _second(before: int, below: int) -> int:
    """The first second of a minute in which the minute before counts less than `below`."""
    return WINDOW_S + 1 + (-below * WINDOW_S) // before


def spent(refusal: TooManyRequests) -> dict[str, str]:
    """Headers of a refusal (draft-ietf-httpapi-ratelimit-headers): when to come again, and how requests are counted."""
    kind, limit, wait = (refusal.fields[name] for name in ("counted_by", "limit", "retry_after_s"))
    return {
        "Retry-After": str(wait),
        "RateLimit": f'"{kind}";r=0;t={wait}',
        "RateLimit-Policy": f'"{kind}";q={limit};w={WINDOW_S}',
    }


def header_of(standing: Standing) -> tuple[bytes, bytes]:
    """The header of an answer that was counted."""
    return b"ratelimit", f'"{standing.kind}";r={standing.left};t={standing.reset_s}'.encode()
