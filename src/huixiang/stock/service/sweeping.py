"""Tickets past their time: what became of their holders decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from huixiang.platform.db import Transaction
from huixiang.stock.model import Ticket
from huixiang.stock.ports import Holders
from huixiang.stock.store import tickets

CHUNK = 200
WHY = "expired"


class Swept(msgspec.Struct, frozen=True):
    """What one chunk came to: holders confirmed, freed and not decided yet. after: go on from there, None at the end.
    ownerless: tickets past their time of kinds that nobody answers for; they are kept."""

    confirmed: int = 0
    freed: int = 0
    waiting: int = 0
    after: tuple[datetime, UUID] | None = None
    ownerless: Mapping[str, int] = {}


async def sweep(tx: Transaction, holders: Mapping[str, Holders], after: tuple[datetime, UUID] | None = None) -> Swept:
    """Confirm or free a chunk of what is past its time, as the holders' own modules say; any number may sweep at once.
    holders: by the kind of holder that each answers for."""
    found = await tickets.due(tx, holders, after, CHUNK) if holders else []
    confirmed, freed = set[UUID](), set[UUID]()
    for kind, ids in _by_kind(found).items():
        for holder_id, fate in (await holders[kind].outcome(tx, ids)).items():
            (confirmed if fate == "stands" else freed).add(holder_id)
    asked = {one.holder_id for one in found}
    confirmed, freed = confirmed & asked, freed & asked
    if confirmed:
        await tickets.confirm(tx, confirmed)
    if freed:
        await tickets.free(tx, freed, WHY)
    more = len(found) == CHUNK
    return Swept(
        len(confirmed),
        len(freed),
        len(asked) - len(confirmed) - len(freed),
        (found[-1].expires_at, found[-1].holder_id) if more else None,
        {} if more else await tickets.ownerless(tx, holders),
    )


def _by_kind(found: list[Ticket]) -> Mapping[str, set[UUID]]:
    kinds: defaultdict[str, set[UUID]] = defaultdict(set)
    for one in found:
        kinds[one.holder_kind].add(one.holder_id)
    return kinds
