"""A shop with the shipped rules and two members."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest_asyncio

from huixiang.platform.db import Database
from tests.pricing.quoting import Shop, open_shop, opened
from tests.support.programme import register_members


@pytest_asyncio.fixture
async def shop(db: Database) -> AsyncIterator[Shop]:
    await open_shop(db)
    async with opened(db) as made:
        yield made


@pytest_asyncio.fixture
async def members(shop: Shop) -> list[UUID]:
    return await register_members(shop.db, 2)


@pytest_asyncio.fixture
async def member(members: list[UUID]) -> UUID:
    return members[0]
