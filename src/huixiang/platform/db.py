"""The database: a pool, and one transaction per request or job, committed at the edge.

Services get a `Transaction` and cannot commit it. Only a module's `store.py` (and platform) writes SQL.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from datetime import datetime
from types import TracebackType
from typing import Any, TypeVar

import asyncpg

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import Clock
from huixiang.platform.connections import Connection, Connections
from huixiang.platform.transaction import COPY_FROM_ROWS, OneStatement, Transaction

__all__ = ["CONNECTION_LOST", "COPY_FROM_ROWS", "GAVE_WAY", "Database", "Transaction", "UniqueViolation"]

T = TypeVar("T")

UniqueViolation = asyncpg.UniqueViolationError
# A transaction that met one of these may have been committed or not.
CONNECTION_LOST = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
)
# A transaction that met one of these may be done again.
GAVE_WAY = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)

STATEMENT_TIMEOUT_S = 30
CLOSE_WITHIN_S = 5
SESSION_CLOSE_S = 2


class _SingleRead:
    """Database.single_read. A class because it is on the way of every balance: a generator costs more than the rest."""

    __slots__ = ("_calendar", "_connection", "_connections", "_now", "_tx", "_within_s")

    def __init__(
        self, connections: Connections, within_s: float | None, now: datetime, calendar: BusinessCalendar
    ) -> None:
        self._connections = connections
        self._within_s = within_s
        self._now = now
        self._calendar = calendar

    async def __aenter__(self) -> Transaction:
        self._connection = await self._connections.take(self._within_s)
        self._tx = Transaction(OneStatement(self._connection), self._now, self._calendar)
        return self._tx

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            await self._connections.give_up(self._connection)
            return
        self._connections.give(self._connection)
        await self._tx.flush_events()


async def _keep_session(_connection: object) -> None:
    """Nothing here leaves session state behind, so giving a connection back costs no round trip."""


class Database:
    """A pool of connections under the application role."""

    def __init__(
        self,
        connections: Connections,
        calendar: BusinessCalendar,
        clock: Clock,
        *,
        within_s: float | None = None,
        beside: dict[type, object] | None = None,
    ) -> None:
        self.connections = connections
        self.pool = connections.pool
        self.calendar = calendar
        self.clock = clock
        self._within_s = within_s
        self._beside = {} if beside is None else beside

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        calendar: BusinessCalendar,
        clock: Clock,
        min_size: int = 1,
        max_size: int = 8,
        application_name: str = "huixiang",
        tls: ssl.SSLContext | None = None,
        statement_timeout_s: int = STATEMENT_TIMEOUT_S,
    ) -> Database:
        """Connect. Raises OSError or asyncpg.PostgresError where the database cannot be reached."""
        pool = await asyncpg.create_pool(
            url,
            min_size=min_size,
            max_size=max_size,
            reset=_keep_session,
            ssl=tls,
            server_settings={
                "application_name": application_name,
                "timezone": "UTC",
                "statement_timeout": f"{statement_timeout_s}s",
                "idle_in_transaction_session_timeout": f"{statement_timeout_s}s",
                # What a machine held that went away without a word, such as the relay's lease, is free in a minute and
                # not in the two hours of the system's default.
                "tcp_keepalives_idle": "30",
                "tcp_keepalives_interval": "10",
                "tcp_keepalives_count": "3",
            },
        )
        return cls(Connections(pool), calendar, clock)

    def within(self, seconds: float) -> Database:
        """The same database for one who waits no longer than that for a connection: then Overloaded is raised."""
        return Database(self.connections, self.calendar, self.clock, within_s=seconds, beside=self._beside)

    @contextmanager
    def beside(self, companion: object) -> Iterator[None]:
        """Let something live beside the connections for as long as it is entered: one of its type."""
        self._beside[type(companion)] = companion
        try:
            yield
        finally:
            del self._beside[type(companion)]

    def companion(self, kind: type[T]) -> T | None:
        """What lives beside the connections."""
        found = self._beside.get(kind)
        return found if isinstance(found, kind) else None

    async def close(self) -> None:
        """Wait for the connections that are in use, but not for ever: one lost in an outage never comes back."""
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self.connections.close()
        except TimeoutError:
            self.pool.terminate()

    async def call(self, sql: str, *arguments: Any) -> Any:
        """The value of one statement, a transaction of its own in one round trip: for a function that does all of one
        command, its outbox row with it."""
        connection = await self.connections.take(self._within_s)
        try:
            value = await connection.fetchval(sql, *arguments)
        except BaseException:
            await self.connections.give_up(connection)
            raise
        self.connections.give(connection)
        return value

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Connection]:
        """A connection to hold for long and to leave something on, a lock or a listener. It is closed in the end, lost
        or not, so that neither is left in the pool, and the pool can make another in its place."""
        async with self.pool.acquire() as connection:
            try:
                yield connection
            finally:
                with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    await connection.close(timeout=SESSION_CLOSE_S)

    @asynccontextmanager
    async def snapshot(self, *, statement_timeout_s: int = 0) -> AsyncIterator[Transaction]:
        """A read of one moment, however many statements and however long (0: no limit on a statement)."""
        async with (
            self.connections.lend(self._within_s) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            await connection.execute(f"SET LOCAL statement_timeout = '{statement_timeout_s}s'")
            await connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            yield Transaction(connection, self.clock.now(), self.calendar)

    def single_read(self, *, now: datetime | None = None) -> AbstractAsyncContextManager[Transaction]:
        """A read of one statement, which sees one moment without a transaction: one round trip in place of three.

        The database refuses it to write. A second statement raises InvariantBroken.
        """
        return _SingleRead(self.connections, self._within_s, now or self.clock.now(), self.calendar)

    @asynccontextmanager
    async def transaction(
        self, *, now: datetime | None = None, read_only: bool = False, one_moment: bool = True
    ) -> AsyncIterator[Transaction]:
        """One transaction. Leaving it stores the emitted events and commits; an exception rolls everything back.

        read_only: writing is refused by the database, and with `one_moment` every statement sees the moment of the
        first. Without it each sees its own, as those of a writing transaction do: for a read that waits for others.
        """
        isolation = "repeatable_read" if read_only and one_moment else None
        async with (
            self.connections.lend(self._within_s) as connection,
            connection.transaction(isolation=isolation, readonly=read_only),
        ):
            tx = Transaction(connection, now or self.clock.now(), self.calendar)
            yield tx
            await tx.flush_events()
