"""A shop with one member, under the shipped rules."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest_asyncio

from huixiang.platform.db import Database
from huixiang.points.service import pauses
from tests.checkout.shop import Shop, opened
from tests.support.programme import load_programme, register_members


@pytest_asyncio.fixture
async def member(db: Database) -> UUID:
    pauses.forget()
    await load_programme(db)
    (member_id,) = await register_members(db, 1)
    return member_id


@pytest_asyncio.fixture
async def shop(db: Database, member: UUID) -> AsyncIterator[Shop]:  # noqa: ARG001 - with the rules that it loaded
    async with opened(db) as made:
        yield made
    pauses.forget()
