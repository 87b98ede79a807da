"""Which door a command goes through that is a transaction by itself: callers name the command, not the door."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from huixiang.platform.db import Database
from huixiang.points.model import Command, Credit, Outcome, Spend
from huixiang.points.service import single
from huixiang.points.service.coalesce import Coalescer
from huixiang.points.service.post import post

# From so many commands in flight on, one commit for many of them is worth more than a round trip less for each.
COALESCED_FROM = 16


class _Flight:
    """What a process that serves has under way."""

    def __init__(self, coalescer: Coalescer) -> None:
        self.coalescer = coalescer
        self.commands = 0


@asynccontextmanager
async def coalescing(db: Database) -> AsyncIterator[None]:
    """For as long as this database is served, commands that pile up share transactions."""
    async with Coalescer(db) as coalescer:
        with db.beside(_Flight(coalescer)):
            yield


async def post_alone(db: Database, command: Command) -> Outcome:
    """Post one command, in a transaction of its own or shared with others in flight. Raises its refusal."""
    flight = db.companion(_Flight)
    if flight is None:
        return await _post(db, command)
    flight.commands += 1
    try:
        if flight.commands >= COALESCED_FROM:
            return await flight.coalescer.post(command)
        return await _post(db, command)
    finally:
        flight.commands -= 1


async def _post(db: Database, command: Command) -> Outcome:
    match command:
        case Credit():
            return await single.earn(db, command)
        case Spend():
            return await single.spend(db, command)
        case _:
            async with db.transaction() as tx:
                [outcome] = await post(tx, [command])
            return outcome
