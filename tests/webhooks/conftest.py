"""Webhooks wired as the program wires them in test, a receiver, and what sends to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.entry.keys import use_keys
from huixiang.platform.db import Database
from huixiang.platform.outward import Outward
from huixiang.platform.settings import Settings
from huixiang.webhooks.jobs import Sender
from tests.webhooks.outside import Receiver, endpoint_at, receiving


@pytest.fixture(autouse=True)
def wired(tmp_path: Path) -> None:
    use_keys(Settings(environment="test", home=tmp_path / "home"))


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with receiving(tmp_path) as made:
        yield made


@pytest_asyncio.fixture
async def sender(db: Database) -> AsyncIterator[Sender]:
    made = Sender(db, Outward(5, private=True))
    yield made
    await made.close()


@pytest_asyncio.fixture
async def hub(db: Database, receiver: Receiver, wired: None) -> UUID:  # noqa: ARG001 - keys first
    """An endpoint at the receiver, which knows its secret."""
    endpoint_id, secret = await endpoint_at(db, receiver.url)
    receiver.knows(secret)
    return endpoint_id
