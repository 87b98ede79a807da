"""A programme whose terms are shipped, and members who joined before."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.entry.keys import use_keys
from huixiang.entry.wiring import register_rule_kinds
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.platform.settings import Settings
from huixiang.rulebook import service as rulebook
from tests.support.programme import register_members


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest_asyncio.fixture
async def programme(db: Database, home: Path) -> None:
    """The shipped rules, and nobody."""
    register_rule_kinds()
    use_keys(Settings(environment="test", home=home))
    async with db.transaction() as tx:
        await rulebook.load_shipped(tx)


@pytest_asyncio.fixture
async def members(db: Database, clock: SettableClock, programme: None) -> list[UUID]:  # noqa: ARG001 - rules first
    return sorted(await register_members(db, 7, registered_at=clock.now() - timedelta(days=400)))
