"""Keeping the rows: who is marked is reckoned again in whole, many at once, so that it does not matter in which order
and how often something is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from huixiang.habits import rules
from huixiang.habits.model import DOCUMENT, LONGEST, RECKON, USUAL, Habits, LifecycleRules, Reckon
from huixiang.habits.store import history, marks
from huixiang.members.service import merging
from huixiang.platform.db import Transaction
from huixiang.platform.queue import enqueue
from huixiang.rulebook import service as rulebook

MODULE = "habits"  # by which a merge knows it
# What happened more than a day before it is told comes in bulk, and of one member many times: it is gathered so long.
OLD = timedelta(days=1)
GATHERED = timedelta(minutes=1)


async def lifecycle(tx: Transaction) -> tuple[LifecycleRules, int]:
    """The rules in force now and their version; the usual ones, version 0, in a database that has no document."""
    line = (await rulebook.timelines(tx, {DOCUMENT})).get(DOCUMENT)
    document = line.find(tx.now) if line else None
    return (USUAL, 0) if document is None else (document.read(LifecycleRules), document.version)


async def mark(tx: Transaction, happened: Mapping[UUID, datetime]) -> bool:
    """Have these members reckoned after something happened to each at an instant; whether some can be at once."""
    due = {
        member_id: tx.now if occurred_at > tx.now - OLD else tx.now + GATHERED
        for member_id, occurred_at in happened.items()
    }
    await marks.mark(tx, due)
    return min(due.values()) == tx.now


async def begin(tx: Transaction) -> None:
    """Have what is marked reckoned. Where that is under way already, it may just have looked: then the next turn of the
    schedule sees to it."""
    await enqueue(tx, RECKON, Reckon(), key="marked")


async def mark_turning(tx: Transaction, limit: int) -> int:
    """Mark up to so many whose rows time, or other rules, have made wrong; how many."""
    _, version = await lifecycle(tx)
    return await marks.mark_turning(tx, tx.calendar.day(tx.now), version, limit)


async def reckon_due(tx: Transaction, limit: int = Reckon().members) -> int:
    """Reckon those who are marked and due, the oldest marks first; how many."""
    taken = await marks.take_due(tx, limit)
    await _write(tx, taken)
    return len(taken)


async def reckon(tx: Transaction, member_ids: Sequence[UUID]) -> None:
    """Reckon these now."""
    await marks.take(tx, member_ids)
    await _write(tx, list(member_ids))


async def reckoned(tx: Transaction, member_ids: Sequence[UUID]) -> list[Habits]:
    """What the rows of these ought to be; none of somebody who is merged into another, or forgotten."""
    document, version = await lifecycle(tx)
    today = tx.calendar.day(tx.now)
    found = await history.histories(tx, member_ids, today - timedelta(days=LONGEST - 1))
    return [rules.reckon(member_id, one, document, version, today) for member_id, one in found.items()]


async def merge(tx: Transaction, from_id: UUID, into_id: UUID, merge_id: UUID) -> None:
    """Let the row of the one who stays be of both, and acknowledge it. Orders and visits stay under the old id."""
    await reckon(tx, [from_id, into_id])
    await merging.acknowledge(tx, from_id, merge_id, MODULE)


async def unmerge(tx: Transaction, from_id: UUID, merge_id: UUID) -> None:
    """Acknowledge that a merge is being undone; the two are reckoned when they are two again, which their states
    tell."""
    await merging.acknowledge(tx, from_id, merge_id, MODULE)


async def _write(tx: Transaction, member_ids: Sequence[UUID]) -> None:
    if not member_ids:
        return
    rows = await reckoned(tx, member_ids)
    if rows:
        await history.save(tx, rows)
    if gone := sorted({*member_ids} - {row.member_id for row in rows}):
        await history.remove(tx, gone)
