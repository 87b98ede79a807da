"""The coalesced door: commands of many callers in one transaction, for more than some tens of them in flight.

There is no timer. While one batch is at the database the next commands pile up and become the next batch, so that it is
as large as the load makes it: alone, a command waits for nobody. Each command has its own outcome.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Self

import structlog

from huixiang.kernel.errors import DomainError
from huixiang.platform.db import CONNECTION_LOST, GAVE_WAY, Database
from huixiang.platform.failures import DatabaseUnavailable, Overloaded
from huixiang.points.model import Command, Outcome
from huixiang.points.service import together
from huixiang.points.service.post import try_post

AT_ONCE = 256
WAITING = 4096
BEGIN_WITHIN_S = 5
ATTEMPTS = 4

log = structlog.get_logger(__name__)

Decided = Outcome | DomainError
Waiting = tuple[Command, asyncio.Future[Decided]]


class Coalescer:
    """One queue and one transaction at a time per connection; a member's commands go through the same one, in order.

    Use it as a context: leaving it posts what waits, and nothing is taken any more.
    """

    def __init__(self, db: Database, *, connections: int = 2, waiting: int = WAITING, at_once: int = AT_ONCE) -> None:
        """waiting: how many commands may wait in all. at_once: the most in one transaction."""
        self._db = db.within(BEGIN_WITHIN_S)
        self._at_once = at_once
        self._queues = [asyncio.Queue[Waiting | None](max(1, waiting // connections)) for _ in range(connections)]
        self._tasks: list[asyncio.Task[None]] = []
        self._open = False

    async def __aenter__(self) -> Self:
        self._open = True
        self._tasks = [asyncio.create_task(self._work(queue)) for queue in self._queues]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._open = False
        for queue in self._queues:
            await queue.put(None)
        await asyncio.gather(*self._tasks)

    async def post(self, command: Command) -> Outcome:
        """Post one command. Raises its refusal; Overloaded where too many wait, or no connection is free for too long;
        DatabaseUnavailable where the connection was lost, and then it may have been posted: its key makes it safe to
        try again."""
        queue = self._queues[command.member_id.int % len(self._queues)]
        if not self._open or queue.full():
            raise Overloaded
        decided: asyncio.Future[Decided] = asyncio.get_running_loop().create_future()
        queue.put_nowait((command, decided))
        outcome = await decided
        if isinstance(outcome, DomainError):
            raise outcome
        return outcome

    async def _work(self, queue: asyncio.Queue[Waiting | None]) -> None:
        """Flush what waits, until None says that no more comes."""
        while (first := await queue.get()) is not None:
            batch = [first]
            last = False
            while len(batch) < self._at_once and not queue.empty() and not last:
                following = queue.get_nowait()
                if following is None:
                    last = True
                else:
                    batch.append(following)
            await self._flush(batch)
            if last:
                return

    async def _flush(self, batch: Sequence[Waiting], again: int = ATTEMPTS) -> None:
        """Post a batch, or if something in it makes all of it fail, each command alone: `again` times where it had to
        give way to others."""
        left = batch
        try:
            left = await self._post_together(batch)
            await self._post_others(left)
        except CONNECTION_LOST as error:
            for _, decided in left:
                lost = DatabaseUnavailable()
                lost.__cause__ = error
                _answer(decided, lost)
        except Overloaded:
            for _, decided in left:
                _answer(decided, Overloaded())
        except Exception as error:  # noqa: BLE001 - whoever asked is told
            if len(left) > 1:
                for waiting in left:
                    await self._flush([waiting])
            elif isinstance(error, GAVE_WAY) and again:
                await self._flush(left, again - 1)
            elif not left[0][1].done():
                left[0][1].set_exception(error)

    async def _post_together(self, batch: Sequence[Waiting]) -> Sequence[Waiting]:
        """Post what is common with one call; what it left, which is everything where something made it fail."""
        try:
            outcomes = await together.post(self._db, [command for command, _ in batch])
        except (*CONNECTION_LOST, Overloaded):
            raise
        except Exception as error:  # noqa: BLE001 - the general door finds what is wrong with which command
            log.warning("commands_apart", commands=len(batch), error=type(error).__name__)
            return batch
        left = []
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if outcome is None:
                left.append(waiting)
            else:
                _answer(waiting[1], outcome)
        return left

    async def _post_others(self, left: Sequence[Waiting]) -> None:
        """In a transaction of their own: two sweeps over accounts in one could wait for each other."""
        if not left:
            return
        async with self._db.transaction() as tx:
            outcomes = await try_post(tx, [command for command, _ in left])
        for (_, decided), outcome in zip(left, outcomes, strict=True):
            _answer(decided, outcome)


def _answer(decided: asyncio.Future[Decided], outcome: Decided) -> None:
    """Tell the one who asked, if it still waits."""
    if not decided.done():
        decided.set_result(outcome)
