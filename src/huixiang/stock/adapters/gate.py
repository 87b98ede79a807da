"""The gate in Valkey, and in this process before it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from uuid import UUID

from huixiang.platform.cache import Cache

SHARED_S = 1
OWN_S = 0.2
REMEMBERED = 10_000


class CacheGate:
    """What the database told this process counts for 200 ms here, and for a second in Valkey, for all processes. What
    is read from Valkey is not remembered, so nothing is refused for longer than that second. Without Valkey each
    process has its own 200 ms."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._own: dict[UUID, tuple[int, float]] = {}

    async def left(self, resources: Sequence[UUID]) -> Mapping[UUID, int]:
        at = time.monotonic()
        own = {one: self._own[one][0] for one in resources if one in self._own and self._own[one][1] > at}
        others = [one for one in resources if one not in own]
        # Kept one higher than it is: 0 is what the cache says of a key that is not there.
        found = await self._cache.counts([_key(one) for one in others]) if others else None
        shared = {one: count - 1 for one, count in zip(others, found or (), strict=False) if count > 0}
        return own | shared

    async def tell(self, left: Mapping[UUID, int]) -> None:
        at = time.monotonic()
        if len(self._own) + len(left) > REMEMBERED:
            self._own = {one: known for one, known in self._own.items() if known[1] > at}
        for one, remaining in left.items():
            if len(self._own) < REMEMBERED:
                self._own[one] = (remaining, at + OWN_S)
            await self._cache.put(_key(one), str(remaining + 1).encode(), seconds=SHARED_S)


def _key(resource_id: UUID) -> str:
    return f"stock:left:{resource_id}"
