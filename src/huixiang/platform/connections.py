"""Connections at hand: one that was just in use goes to who asks next without a way through the pool.

To take a connection from asyncpg's pool and to give it back costs a task, a timer and a wrapper, which is more than a
short statement costs. What nobody wanted for a moment goes back into the pool; so does, at once, what somebody waits
for there, and what something went wrong on: the pool undoes what was left open.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from huixiang.platform.failures import Overloaded

Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"

KEPT_S = 0.05


class Connections:
    """Lends the connections of a pool; who asked first has the first."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self.pool = pool
        self._most = pool.get_max_size()
        self._out = 0  # of the pool: in use or ready
        self._ready: list[Connection] = []
        self._unused = 0  # of those that are ready, how many were not wanted since the last look
        self._look: asyncio.TimerHandle | None = None
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        self._at_pool = 0  # how many wait there
        self._returning: set[asyncio.Task[None]] = set()

    @property
    def idle(self) -> int:
        """How many connections nobody uses."""
        in_pool: int = self.pool.get_idle_size()
        return in_pool + len(self._ready)

    async def take(self, within_s: float | None = None) -> Connection:
        """A connection, when there is one; to be given, or given up. Raises Overloaded where there is none in time."""
        while self._ready:
            connection = self._ready.pop()
            self._unused = min(self._unused, len(self._ready))
            if not _is_lost(connection):
                return connection
            await self.give_up(connection)
        try:
            async with asyncio.timeout(within_s):
                return await self._take_next()
        except TimeoutError as error:
            raise Overloaded from error

    def give(self, connection: Connection) -> None:
        """Give back a connection that is as it was taken."""
        wanted_there = self._at_pool or self.pool.is_closing()
        if not wanted_there and self._hand(connection):
            return
        self._ready.append(connection)
        if wanted_there or self._look is None:
            self._look_again()

    async def give_up(self, connection: Connection) -> None:
        """Give back a connection that something went wrong on."""
        try:
            await self.pool.release(connection)
        finally:
            self._returned()

    @asynccontextmanager
    async def lend(self, within_s: float | None = None) -> AsyncIterator[Connection]:
        connection = await self.take(within_s)
        try:
            yield connection
        except BaseException:
            await self.give_up(connection)
            raise
        self.give(connection)

    async def close(self) -> None:
        """Close the pool when all are back."""
        closing = asyncio.ensure_future(self.pool.close())
        await asyncio.sleep(0)  # from here on the pool is closing, and keeps what comes
        self._look_again()
        await closing

    async def _take_next(self) -> Connection:
        while True:
            connection = await (self._from_pool() if self._out < self._most else self._wait())
            if connection is not None and not _is_lost(connection):
                return connection
            if connection is not None:
                await self.give_up(connection)

    async def _from_pool(self) -> Connection:
        self._out += 1
        self._at_pool += 1
        try:
            return await self.pool.acquire()
        except BaseException:
            self._returned()
            raise
        finally:
            self._at_pool -= 1

    async def _wait(self) -> Connection | None:
        """What the next gives who is done; None where there may be one in the pool."""
        waiter: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if not waiter.cancelled():  # it was handed one in the same moment
                handed = waiter.result()
                self._hand(None) if handed is None else self.give(handed)
            raise

    def _hand(self, connection: Connection | None) -> bool:
        """To the first who waits, if anybody does."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return True
        return False

    def _returned(self) -> None:
        """One is in the pool again, so one who waits may fetch it there."""
        self._out -= 1
        self._hand(None)

    def _look_again(self) -> None:
        """Return what nobody wanted since the last look, or all there is where the pool wants it."""
        if self._look is not None:
            self._look.cancel()
        unused = len(self._ready) if self._at_pool or self.pool.is_closing() else self._unused
        for connection in self._ready[:unused]:
            task = asyncio.create_task(self.give_up(connection))
            self._returning.add(task)
            task.add_done_callback(self._returning.discard)
        del self._ready[:unused]
        self._unused = len(self._ready)
        self._look = asyncio.get_running_loop().call_later(KEPT_S, self._look_again) if self._ready else None


def _is_lost(connection: Connection) -> bool:
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:  # the pool has seen it and taken it back
        return True
