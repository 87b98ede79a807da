"""A programme with members, and an office that makes grants."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from tests.grants.office import Office, assert_lawful, open_office
from tests.points.movement import members_with


@pytest_asyncio.fixture
async def members(db: Database, clock: SettableClock) -> list[UUID]:
    """Eight, of whom the first has 70 points."""
    return sorted(await members_with(db, clock, 70, 0, 0, 0, 0, 0, 0, 0))


@pytest_asyncio.fixture
async def office(db: Database, members: list[UUID]) -> AsyncIterator[Office]:
    assert members  # who are there before anything is granted
    async with open_office(db) as opened:
        yield opened


@pytest.fixture
def lawful(superuser: psycopg.Connection[Any]) -> Iterator[None]:
    yield
    assert_lawful(superuser)
