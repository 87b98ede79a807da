"""What webhooks need from outside."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from huixiang.webhooks.model import Acknowledged, Telling


class SecretProvider(Protocol):
    def secret(self, purpose: str) -> bytes:
        """32 random bytes that are this installation's for one purpose, the same at every call and in every process.
        Webhooks ask for `webhooks`."""
        ...


class Stream(Protocol):
    """Kafka."""

    async def write(self, messages: Sequence[Telling], stop: asyncio.Event) -> Acknowledged:
        """Write messages, of each member one at most, and wait until the brokers have them, for `SEND_TIME` at most;
        once `stop` is set, for a moment more. Raises nothing: an outage is an answer, too. What was not acknowledged
        may have arrived nevertheless, or still arrive."""
        ...

    async def close(self) -> None: ...
