"""How services of pricing read: by single statements where one is enough, each a moment of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol, TypeVar

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.platform.db import Transaction

T = TypeVar("T")


class Reads(Protocol):
    """The edge of a request is one."""

    now: datetime

    @property
    def calendar(self) -> BusinessCalendar: ...

    async def query(self, run: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run a read: all its statements see one moment."""
        ...

    async def query_once(self, run: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run a read of one statement, at a third of the round trips."""
        ...


class Within:
    """Reads of a transaction that is under way."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self.now: datetime = tx.now

    @property
    def calendar(self) -> BusinessCalendar:
        return self._tx.calendar

    async def query(self, run: Callable[[Transaction], Awaitable[T]]) -> T:
        return await run(self._tx)

    async def query_once(self, run: Callable[[Transaction], Awaitable[T]]) -> T:
        return await run(self._tx)
