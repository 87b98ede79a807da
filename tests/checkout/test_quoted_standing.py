"""A quote says where growth and tier stand after it, and so they do (CHK-01)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.platform.db import Database
from huixiang.rulebook import service as rulebook
from huixiang.tiers import service as tiers
from tests.checkout.counter import Counter, opened
from tests.pricing.quoting import good, open_shop, pieces
from tests.support.programme import register_members

pytestmark = pytest.mark.requirement("CHK-01")


@pytest_asyncio.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    await open_shop(db)
    async with opened(db) as made:
        await made.stock(good("crab", 60_000))
        yield made


@pytest_asyncio.fixture
async def member(counter: Counter) -> UUID:
    [found] = await register_members(counter.db, 1, registered_at=counter.db.clock.now() - timedelta(days=9))
    return found


async def test_the_order_brings_the_member_where_its_quote_said(counter: Counter, member: UUID) -> None:
    told = []
    for count, points in ((1, 0), (3, 10_000), (5, 0)):
        await counter.give_points(member, points) if points else None
        quote = await counter.quote([pieces("crab", count)], member, points=points, standing=True)
        standing = quote["standing"]
        order = await counter.place(quote, paid=True)
        await counter.act(order, "complete")
        async with counter.db.transaction(read_only=True) as tx:
            found = await tiers.progress(tx, member)
        assert found.next is not None
        assert (standing["growth"], standing["tier"]) == (found.growth, found.tier.code)
        assert (standing["next"], standing["missing"]) == (found.next.code, found.next.missing)
        told.append((standing["growth"], standing["tier"], standing["rises_from"]))
    assert told == [(60_000, "bronze", None), (230_000, "silver", "bronze"), (530_000, "gold", "silver")]


async def test_it_is_said_of_members_where_it_is_asked_for(counter: Counter, member: UUID) -> None:
    assert (await counter.quote([pieces("crab")], member))["standing"] is None
    assert (await counter.quote([pieces("crab")], standing=True))["standing"] is None
    async with counter.db.transaction() as tx:
        for version in await rulebook.versions(tx, *tiers.DOCUMENT[:1], in_force_only=True):
            await rulebook.withdraw(tx, *tiers.DOCUMENT, version.version, by="test", note="for the test")
    assert (await counter.quote([pieces("crab")], member, standing=True))["standing"] is None
