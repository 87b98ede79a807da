"""What the rest of a quoted basket costs under the quote's own version, facts and moment: for orders that are reckoned
again when something is missing or comes back (P14)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TypeVar

import msgspec

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.platform.db import Transaction
from huixiang.pricing.rules.kept import basket_of
from huixiang.pricing.service import tokens
from huixiang.pricing.service.again import searched, situated

T = TypeVar("T")


class _Within:
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


async def price_of_rest(tx: Transaction, token: str, left: Mapping[str, int]) -> Mapping[str, int]:
    """left: quantities by line id, of the lines that are left alone. What each comes to, before points. Raises
    QuoteFactsChanged, and Overloaded where too many wait for what takes long."""
    kept = tokens.read_token(token)
    in_force, situation = await situated(_Within(tx), kept)
    whole = basket_of(kept)
    lines = tuple(
        msgspec.structs.replace(line, quantity=left[line.line_id]) for line in whole.lines if line.line_id in left
    )
    basket = msgspec.structs.replace(whole, lines=lines)
    priced = await searched(in_force.rule_set, basket, situation, "brief")
    return {line.line_id: line.payable_fen for line in priced.lines}
