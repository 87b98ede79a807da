"""Take in a transaction of its own: one round trip, past a gate that knows what is exhausted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from huixiang.platform.db import Database
from huixiang.platform.metrics import TICKETS
from huixiang.stock import rules
from huixiang.stock.model import Holder, StockExhausted, StockRefusal, Ticket, Wanted
from huixiang.stock.ports import Gate
from huixiang.stock.service.tickets import granted, prepared
from huixiang.stock.store import tickets


async def take(
    db: Database,
    gate: Gate,
    holder: Holder,
    member_id: UUID,
    wanted: Sequence[Wanted],
    ttl: timedelta,
    *,
    first: bool,
) -> list[Ticket]:
    """`reserve` as a transaction by itself, which is committed when this returns.

    first: this holder has surely not asked before, so that the gate may answer; one who asks again may have tickets,
    which the gate knows nothing of, and asks `turned_away` beforehand. What the gate refuses might have been freed
    within the last second. Raises what `reserve` raises.
    """
    asked = prepared(wanted)
    named = {one.resource_id: (one.kind, one.key) for one in asked}
    lacks = rules.exhausted(asked, await gate.left(list(named))) if first else []
    if lacks:
        TICKETS.labels("gate_refused").inc()
        raise rules.refusal(lacks, named)
    try:
        given = granted(await tickets.reserve_alone(db, holder, member_id, asked, ttl), asked)
    except StockRefusal as refusal:
        TICKETS.labels(refusal.code).inc()
        if isinstance(refusal, StockExhausted):
            await gate.tell({one.resource_id: one.left or 0 for one in refusal.lacks if one.why == "exhausted"})
        raise
    TICKETS.labels("reserved").inc()
    return given
