"""The gate that the application asks, kept beside its database; without one the database is asked each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from huixiang.platform.db import Database
from huixiang.platform.metrics import TICKETS
from huixiang.stock import rules
from huixiang.stock.model import Holder, StockRefusal, Wanted
from huixiang.stock.ports import Gate
from huixiang.stock.store import tickets


class Gated:
    """Lives beside the connections (`Database.beside`)."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate


class _Open:
    """Remembers nothing, so the database is asked."""

    async def left(self, _resources: Sequence[UUID]) -> Mapping[UUID, int]:
        return {}

    async def tell(self, _left: Mapping[UUID, int]) -> None:
        return None


_OPEN = _Open()


def gate_of(db: Database) -> Gate:
    """The gate of the application that a database belongs to."""
    gated = db.companion(Gated)
    return gated.gate if gated is not None else _OPEN


async def turned_away(db: Database, holder: Holder, wanted: Sequence[Wanted]) -> StockRefusal | None:
    """The refusal for who wants more than the gate knows to be left, unless the holder has or had a ticket: who repeats
    a command that took one is never turned away. Then `take` with `first=False`.

    Costs nothing where the gate knows of no lack, and one look-up where it does: ask it before anything else is read.
    A twin of the command that is under way may get a ticket yet, so what is refused here must not be decided for ever.
    """
    named = {one.resource_id: (one.kind, one.key) for one in wanted}
    lacks = rules.exhausted(wanted, await gate_of(db).left(list(named)))
    if not lacks or await tickets.known(db, holder.holder_id):
        return None
    TICKETS.labels("gate_refused").inc()
    return rules.refusal(lacks, named)
