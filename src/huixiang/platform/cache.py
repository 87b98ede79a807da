"""Valkey as a cache that may be absent: nothing here raises when it is down, slow or switched off.

Every answer has a form for "not known", and the caller goes on without. After a failure the cache is left alone for a
second, so that an outage costs a request nothing but the first time-out.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Mapping, Sequence
from typing import TypeVar

import structlog
import valkey.asyncio
from valkey.exceptions import ValkeyError

TIMEOUT_S = 0.1
REST_AFTER_FAILURE_S = 1.0

log = structlog.get_logger(__name__)

T = TypeVar("T")


class Cache:
    """Keys are text, values bytes. Everything expires."""

    def __init__(self, client: valkey.asyncio.Valkey | None) -> None:
        self._client = client
        self._rest_until = 0.0

    @classmethod
    def open(cls, url: str | None) -> Cache:
        """Connects at first use, over TLS to the host that the certificate names. None makes a cache that is always
        absent."""
        if url is None:
            return cls(None)
        # The library looks at who signed a certificate, and of itself not at whose it is.
        named = {"ssl_check_hostname": True} if url.startswith(("valkeys:", "rediss:")) else {}
        client: valkey.asyncio.Valkey = valkey.asyncio.from_url(  # type: ignore[no-untyped-call]
            url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, **named
        )
        return cls(client)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def is_up(self) -> bool:
        """Whether it answers now. For readiness reports, which name it without failing for it."""
        if self._client is None:
            return False
        return await self._ask(self._client.ping()) is not None

    async def get(self, key: str) -> bytes | None:
        """The value; None where there is none or it cannot be known."""
        if self._resting or self._client is None:
            return None
        value = await self._ask(self._client.get(key))
        return value if isinstance(value, bytes) else None

    async def put(self, key: str, value: bytes, *, seconds: int) -> None:
        """Keep a value for so many seconds, if it can be kept."""
        if self._resting or self._client is None:
            return
        await self._ask(self._client.set(key, value, ex=seconds))

    async def forget(self, *keys: str) -> bool:
        """Drop values. False where that is not certain: an old value may then be read until it expires."""
        if self._resting or self._client is None:
            return False
        return await self._ask(self._client.delete(*keys)) is not None

    async def count(self, key: str, *, seconds: int) -> int | None:
        """Add one to a counter that lives so many seconds from its first count; its value, None where not known."""
        if self._resting or self._client is None:
            return None
        pipeline = self._client.pipeline(transaction=True)
        pipeline.incr(key)
        pipeline.expire(key, seconds, nx=True)
        answers = await self._ask(pipeline.execute())
        return None if answers is None else int(answers[0])

    async def add(self, amounts: Mapping[str, int], *, seconds: int) -> list[int] | None:
        """Add to counters that live so many seconds from their first count; their values, None where not known."""
        if self._resting or self._client is None:
            return None
        pipeline = self._client.pipeline(transaction=False)
        for key, amount in amounts.items():
            pipeline.incrby(key, amount)
            pipeline.expire(key, seconds, nx=True)
        answers = await self._ask(pipeline.execute())
        return None if answers is None else [int(answer) for answer in answers[::2]]

    async def counts(self, keys: Sequence[str]) -> list[int] | None:
        """The values of counters, 0 of those that are not there; None where they cannot be known."""
        if self._resting or self._client is None:
            return None
        answers = await self._ask(self._client.mget(keys))
        return None if answers is None else [int(answer or 0) for answer in answers]

    @property
    def _resting(self) -> bool:
        return time.monotonic() < self._rest_until

    async def _ask(self, answer: Awaitable[T]) -> T | None:
        try:
            return await answer
        except (ValkeyError, OSError, TimeoutError) as error:
            if not self._resting:
                log.warning("cache_unavailable", error=type(error).__name__)
            self._rest_until = time.monotonic() + REST_AFTER_FAILURE_S
            return None
