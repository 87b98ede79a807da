"""Days that are closed, and what verification says of the journal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg

from huixiang.platform.db import Database
from huixiang.points import service
from huixiang.points.model import Verification

MEMBERS = [UUID(int=n << 100) for n in range(1, 8)]
Superuser = psycopg.Connection[Any]


async def close_all(db: Database) -> int:
    """Close what can be closed; how many days."""
    for closed in range(1000):
        async with db.transaction() as tx:
            if await service.close_day(tx) is None:
                return closed
    raise AssertionError("it never ends")


async def verified(db: Database) -> Verification:
    async with db.snapshot() as tx:
        return await service.verify(tx)
