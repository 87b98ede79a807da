"""Messaging wired as the program wires it in test, and members to write to."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.entry.keys import use_keys
from huixiang.entry.messaging import providers
from huixiang.members import service as members
from huixiang.members.model import NewMember
from huixiang.messaging.jobs import Deliverer
from huixiang.platform.db import Database
from huixiang.platform.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(environment="test", home=tmp_path / "home")


@pytest.fixture(autouse=True)
def wired(settings: Settings) -> None:
    use_keys(settings)


@pytest_asyncio.fixture
async def member(db: Database, wired: None) -> UUID:  # noqa: ARG001 - keys first
    async with db.transaction() as tx:
        card = await members.register(tx, NewMember(channel="h5", phone="13800000001"))
    return card.member_id


@pytest.fixture
def deliverer(db: Database, settings: Settings) -> Deliverer:
    return Deliverer(db, providers(settings, db))
