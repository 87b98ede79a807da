"""What tests of the ledger begin with: the program over HTTP, a signer of roots, a past whose days are closed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.points import service
from huixiang.points.adapters.signing_keys import FileSigner
from tests.entry.program import running
from tests.points.pasts import Chronicle
from tests.points.proving import MEMBERS, close_all
from tests.points.surface import Surface


@pytest_asyncio.fixture
async def surface(db: Database) -> AsyncIterator[Surface]:
    async with running(db) as program:
        yield Surface(program, db)


@pytest.fixture
def signer(tmp_path: Path) -> FileSigner:
    made = FileSigner(tmp_path / "keys" / "signing-keys.json")
    service.use_signer(made)
    return made


@pytest.fixture
async def closed(db: Database, clock: SettableClock, signer: FileSigner) -> int:
    """A past of some days, all of them closed."""
    service.use_signer(signer)
    await Chronicle(3, MEMBERS, clock).live(db, 120, day_every=3)
    clock.advance(timedelta(days=2))
    return await close_all(db)
