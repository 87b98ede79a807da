"""The program over HTTP, as the tests of the ledger's routes drive it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from huixiang.platform.db import Database
from tests.entry.program import running
from tests.points.surface import Surface


@pytest_asyncio.fixture
async def surface(db: Database) -> AsyncIterator[Surface]:
    async with running(db) as program:
        yield Surface(program, db)
