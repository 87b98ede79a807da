"""The worker's part: tickets past their time are looked at every few seconds. Any number of workers may."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import structlog

from huixiang.platform.db import Database
from huixiang.platform.metrics import TICKETS
from huixiang.stock import service
from huixiang.stock.ports import Holders

POLL_S = 2.0

log = structlog.get_logger(__name__)


class Sweeper:
    """Sweeps until told to stop. holders: by the kind of holder that each answers for."""

    def __init__(self, db: Database, holders: Mapping[str, Holders]) -> None:
        self._db = db
        self._holders = holders
        self._told: Mapping[str, int] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set."""
        while not stop.is_set():
            await self.sweep()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), POLL_S)

    async def sweep(self) -> None:
        """Once through everything that is past its time, a chunk a transaction."""
        after: tuple[datetime, UUID] | None = None
        while True:
            async with self._db.transaction() as tx:
                swept = await service.sweep(tx, self._holders, after)
            TICKETS.labels("swept_confirmed").inc(swept.confirmed)
            TICKETS.labels("swept_freed").inc(swept.freed)
            if swept.confirmed or swept.freed:
                log.info("stock_swept", confirmed=swept.confirmed, freed=swept.freed, waiting=swept.waiting)
            after = swept.after
            if after is None:
                break
        if swept.ownerless != self._told:
            self._told = swept.ownerless
            log.warning("stock_tickets_without_owner", tickets=dict(swept.ownerless))
