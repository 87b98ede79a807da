"""What stock needs from outside: to know what became of holders, and somewhere to remember what is exhausted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.stock.model import Fate


class Holders(Protocol):
    """Knows the holders of one kind: orders, claims."""

    async def outcome(self, tx: Transaction, holder_ids: Collection[UUID]) -> Mapping[UUID, Fate]:
        """What became of each. `gone` is a promise: it does not stand and never will, so whoever says it makes sure in
        this transaction that one still under way cannot be stored any more. Left out: not known yet, ask again."""
        ...


class Gate(Protocol):
    """Remembers for a moment what the database said is exhausted, so that a rush does not ask it again and again. It
    counts nothing, so it cannot be wrong for longer than that moment; where it knows nothing, the database is asked."""

    async def left(self, resources: Sequence[UUID]) -> Mapping[UUID, int]:
        """What the database said was left, a moment ago, of resources that lacked. Never raises."""
        ...

    async def tell(self, left: Mapping[UUID, int]) -> None:
        """Remember what lacked, and what was left of it. Never raises."""
        ...
