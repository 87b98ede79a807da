"""Many signing in at once share transactions: what comes while one is at the database is the next batch.

There is no timer: alone, nobody waits. Each has an outcome of their own.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

import structlog

from huixiang.kernel.errors import DomainError
from huixiang.members.model.sign_in import Attempt, SignedIn
from huixiang.members.service.sign_in import Verdict, verify_many
from huixiang.platform.db import CONNECTION_LOST, Database
from huixiang.platform.failures import DatabaseUnavailable, Overloaded

AT_ONCE = 128
AT_THE_DATABASE = 2
WAITING = 4096
BEGIN_WITHIN_S = 5

log = structlog.get_logger(__name__)

Waiting = tuple[Attempt, asyncio.Future[Verdict]]


class SignIns:
    """Those who wait, of one process. Lives beside the database's connections (`Database.beside`)."""

    def __init__(self, db: Database) -> None:
        self._db = db.within(BEGIN_WITHIN_S)
        self._waiting: deque[Waiting] = deque()
        self._drains: set[asyncio.Task[None]] = set()

    async def verify(self, attempt: Attempt) -> Verdict:
        """Raises Overloaded where too many wait, DatabaseUnavailable where the connection was lost."""
        if len(self._waiting) >= WAITING:
            raise Overloaded
        told: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._waiting.append((attempt, told))
        if len(self._drains) < AT_THE_DATABASE:
            drain = asyncio.create_task(self._drain())
            self._drains.add(drain)
            drain.add_done_callback(self._drains.discard)
        return await told

    async def _drain(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
            await self._flush(batch)

    async def _flush(self, batch: Sequence[Waiting]) -> None:
        """Judge a batch; where something in it makes all of it fail, each alone."""
        try:
            async with self._db.transaction() as tx:
                verdicts = await verify_many(tx, [attempt for attempt, _ in batch])
        except CONNECTION_LOST as error:
            lost = DatabaseUnavailable()
            lost.__cause__ = error
            verdicts = [lost] * len(batch)
        except Exception as error:  # noqa: BLE001 - whoever asked is told
            if len(batch) > 1:
                log.warning("sign_ins_apart", attempts=len(batch), error=type(error).__name__)
                for waiting in batch:
                    await self._flush([waiting])
            elif not batch[0][1].done():
                batch[0][1].set_exception(error)
            return
        for (_, told), verdict in zip(batch, verdicts, strict=True):
            if not told.done():
                told.set_result(verdict)


async def verify(db: Database, attempt: Attempt) -> SignedIn:
    """Sign in with a code, with the others of this process where there are such. Raises SignInCodeRefused,
    SignInTooOften, StateRefuses."""
    shared = db.companion(SignIns)
    if shared is not None:
        verdict = await shared.verify(attempt)
    else:
        async with db.transaction() as tx:
            (verdict,) = await verify_many(tx, [attempt])
    if isinstance(verdict, DomainError):
        raise verdict
    return verdict
