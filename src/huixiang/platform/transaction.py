"""One open transaction, as stores and services have it; and as much of it as a single statement is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

import asyncpg

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.errors import InvariantBroken
from huixiang.platform.connections import Connection
from huixiang.platform.outbox import Event, store_events

# Below this many rows the set-up of a COPY costs more than it saves.
COPY_FROM_ROWS = 16


class Transaction:
    """One open transaction with the instant it is decided at. There is no commit: the edge does that."""

    __slots__ = ("_connection", "_events", "calendar", "now")

    def __init__(
        self,
        connection: Connection | OneStatement,
        now: datetime,
        calendar: BusinessCalendar,
    ) -> None:
        self._connection: Any = connection
        self._events: list[Event] = []
        self.now = now
        self.calendar = calendar

    async def fetch(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = await self._connection.fetch(sql, *arguments)
        return rows

    async def fetchrow(self, sql: str, *arguments: Any) -> asyncpg.Record | None:
        row: asyncpg.Record | None = await self._connection.fetchrow(sql, *arguments)
        return row

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        return await self._connection.fetchval(sql, *arguments)

    async def execute(self, sql: str, *arguments: Any) -> int:
        """Run one statement; the number of rows it touched."""
        tag = await self._connection.execute(sql, *arguments)
        count = tag.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def executemany(self, sql: str, arguments: Iterable[Sequence[Any]]) -> None:
        await self._connection.executemany(sql, arguments)

    async def copy_in(self, table: str, columns: Sequence[str], records: Iterable[Sequence[Any]]) -> None:
        """COPY rows into `schema.table`: the quickest way for more than some tens of rows."""
        schema, _, name = table.partition(".")
        await self._connection.copy_records_to_table(name, schema_name=schema, columns=columns, records=records)

    async def copy_rows(self, table: str, columns: Sequence[str], copied: Iterable[bytes]) -> None:
        """COPY rows that are laid out already (`platform.copying`) into `schema.table` or a temporary table."""
        schema, _, name = table.rpartition(".")

        async def parts() -> AsyncIterator[bytes]:
            for part in copied:
                yield part

        await self._connection.copy_to_table(
            name, schema_name=schema or None, columns=columns, source=parts(), format="binary"
        )

    async def copy_out(self, sql: str, *arguments: Any) -> bytes:
        """What a query gives, as the server's binary COPY: to be read in columns (`platform.copying.Fetched`)."""
        parts: list[bytes] = []

        async def keep(part: bytes) -> None:
            parts.append(part)

        await self._connection.copy_from_query(sql, *arguments, output=keep, format="binary")
        return b"".join(parts)

    async def copy_each(self, sql: str, take: Callable[[bytes], None]) -> None:
        """Hand on what a query gives as it comes, in chunks of the server's binary COPY, each of whole rows."""

        async def hand_on(chunk: bytes) -> None:
            take(chunk)

        await self._connection.copy_from_query(sql, output=hand_on, format="binary")

    async def insert(self, table: str, columns: Sequence[str], records: Sequence[Sequence[Any]]) -> None:
        """Insert rows into `schema.table`: a few in one round trip, more by COPY. A row that is there raises."""
        if len(records) > COPY_FROM_ROWS:
            await self.copy_in(table, columns, records)
        elif records:
            places = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
            await self._connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", records)

    def cursor(self, sql: str, *arguments: Any, prefetch: int = 1000) -> AsyncIterator[asyncpg.Record]:
        """Rows one after the other, for reads too large to hold."""
        rows: AsyncIterator[asyncpg.Record] = self._connection.cursor(sql, *arguments, prefetch=prefetch).__aiter__()
        return rows

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What goes wrong inside is undone alone. Events emitted inside are dropped with it."""
        events, emitted = self._events, len(self._events)
        try:
            async with self._connection.transaction():
                yield
        except BaseException:
            # What was stored inside is gone, so what was emitted before waits to be stored again.
            self._events = events
            del events[emitted:]
            raise

    def emit(self, event: Event) -> None:
        """Announce a fact; it is stored with this transaction and reaches handlers after the commit."""
        self._events.append(event)

    async def flush_events(self) -> None:
        """Store what was emitted. The edge does it last; a batch that commits in parts may do it before each."""
        events, self._events = self._events, []
        if events:
            await store_events(self, events)


class OneStatement:
    """As much of a connection as one statement that reads takes."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection: Connection | None = connection

    async def fetch(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = await self._take().fetch(_reading(sql), *arguments)
        return rows

    async def fetchrow(self, sql: str, *arguments: Any) -> asyncpg.Record | None:
        return await self._take().fetchrow(_reading(sql), *arguments)

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        return await self._take().fetchval(_reading(sql), *arguments)

    def __getattr__(self, name: str) -> Any:
        raise InvariantBroken(f"a single read has no {name}")

    def _take(self) -> Connection:
        connection, self._connection = self._connection, None
        if connection is None:
            raise InvariantBroken("a single read has asked twice: what it saw was not of one moment")
        return connection


@lru_cache(256)
def _reading(sql: str) -> str:
    """The same rows in the same order. PostgreSQL takes nothing that writes below the top of a statement."""
    return f"SELECT * FROM (\n{sql}\n) AS asked"
