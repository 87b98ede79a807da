"""Which run an import works on."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from huixiang.intake import service
from huixiang.intake.model import ImportRun, MoreIsLoaded
from huixiang.platform.db import Database

LAST_DAY = date(2017, 12, 31)
pytestmark = pytest.mark.postgres15


async def open_run(db: Database, owners: int | None, opened: asyncio.Barrier | None = None) -> ImportRun:
    async with db.transaction() as tx:
        run = await service.open_run(tx, "elsewhere", LAST_DAY, owners, again=False)
        if opened is not None:
            await opened.wait()
            await asyncio.sleep(0.1)  # for the other to come as far as it can before the commit
        return run


@pytest.mark.requirement("MEM-12")
async def test_two_imports_that_begin_at_once_share_one_run(db: Database) -> None:
    opened = asyncio.Barrier(2)
    first = asyncio.create_task(open_run(db, None, opened))
    await opened.wait()
    second = await open_run(db, None)
    assert second.run_id == (await first).run_id


async def test_of_two_that_begin_at_once_the_smaller_is_refused(db: Database) -> None:
    opened = asyncio.Barrier(2)
    first = asyncio.create_task(open_run(db, None, opened))
    await opened.wait()
    with pytest.raises(MoreIsLoaded):
        await open_run(db, 40)
    assert (await first).owners is None
