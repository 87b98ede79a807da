"""The doors for one command that is a transaction by itself, as a till sends it: one round trip where nothing about it
is uncommon, else the general door."""

from __future__ import annotations

from huixiang.platform.db import Database
from huixiang.points.model import Credit, InsufficientPoints, Outcome, Spend
from huixiang.points.rules.journal import input_hash
from huixiang.points.service import pauses
from huixiang.points.service.post import post
from huixiang.points.store import doors


async def earn(db: Database, command: Credit) -> Outcome:
    """Post one credit. Raises PostingConflict."""
    counters = {cap.counter for cap in command.caps}
    if command.points <= 0 or len(counters) < len(command.caps) or not pauses.lets_pass(command):
        return await _post(db, command)
    return await _outcome(db, command, await doors.earn(db, command, input_hash(command), db.clock.now()))


async def spend(db: Database, command: Spend) -> Outcome:
    """Take points, all or none. Raises PostingConflict, InsufficientPoints, BookNotSpendable, CausePaused."""
    if command.points <= 0 or not command.book.has_lots or not pauses.lets_pass(command):
        return await _post(db, command)
    return await _outcome(db, command, await doors.spend(db, command, input_hash(command), db.clock.now()))


async def _outcome(db: Database, command: Credit | Spend, answer: doors.Answer) -> Outcome:
    if answer.status == "short":
        raise InsufficientPoints(points=command.points, available=answer.available)
    return Outcome(answer.posting) if answer.posting else await _post(db, command)


async def _post(db: Database, command: Credit | Spend) -> Outcome:
    async with db.transaction() as tx:
        [outcome] = await post(tx, [command])
    return outcome
