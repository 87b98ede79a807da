"""The local sink: takes every message and keeps it where the console shows it. For demo and test alone."""

from __future__ import annotations

from huixiang.messaging import service
from huixiang.messaging.model import Answer, Outcome, Parcel
from huixiang.platform.db import Database

NAME = "sink"


class Sink:
    """A Provider over a table of ours. Like a good provider it takes each stable id once and can be asked."""

    name = NAME

    def __init__(self, db: Database) -> None:
        self._db = db

    async def send(self, parcel: Parcel) -> Answer:
        async with self._db.transaction() as tx:
            first = await service.sink(tx, parcel)
        return Answer(Outcome.TAKEN, None if first else "repeated", parcel.message_id.hex)

    async def ask(self, parcel: Parcel) -> Answer:
        async with self._db.transaction(read_only=True) as tx:
            arrived = await service.has_sunk(tx, parcel)
        return Answer(Outcome.TAKEN, None, parcel.message_id.hex) if arrived else Answer(Outcome.NOT_TAKEN)

    async def close(self) -> None:
        """The database is its owner's."""
