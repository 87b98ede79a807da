"""Keys of this installation, and a client of the members' routes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from huixiang.entry.wiring import register_rule_kinds
from huixiang.members import service as members
from huixiang.members.adapters.key_file import FileKeys
from huixiang.platform.db import Database
from huixiang.staff import service as staff
from tests.staff.house import client_of


@pytest.fixture(autouse=True)
def keys(tmp_path: Path) -> FileKeys:
    made = FileKeys.open(tmp_path / "home" / "master-keys.json", create=True)
    register_rule_kinds()
    staff.use_secrets(made)
    members.use_keys(made)
    return made


@pytest_asyncio.fixture
async def client(db: Database, keys: FileKeys) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(db, keys) as made:
        yield made
