"""The ground of tests of rules: the shipped programme with members, and a client of the routes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from uuid import UUID

import httpx
import msgspec
import pytest_asyncio

from huixiang.kernel.ids import new_id
from huixiang.platform import invariants
from huixiang.platform.access import VOUCH
from huixiang.platform.db import Database, Transaction
from huixiang.points import service as points
from huixiang.points.model import POINTS, Balance, Posting
from huixiang.points.routes_earning import ROUTES
from huixiang.points.service import pauses
from huixiang.points.store.postings import postings_before
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import BEGINNING
from tests.support.http_client import client_of
from tests.support.programme import load_programme, register_members

ALL = ("points:read", "points:write", "points:adjust", "points:approve", "points:pause", VOUCH)


@pytest_asyncio.fixture
async def member(db: Database) -> UUID:
    """A member under the shipped rules, with nothing paused."""
    pauses.forget()
    await load_programme(db)
    [member] = await register_members(db, 1)
    return member


@pytest_asyncio.fixture
async def client(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    """One key, and one member of staff who may do everything."""
    async with client_of(db, ROUTES, *ALL) as made:
        yield made
    pauses.forget()


async def balance(db: Database, member: UUID) -> Balance:
    async with db.transaction() as tx:
        return await points.balance(tx, member, POINTS)


async def journal(db: Database, member: UUID) -> list[Posting]:
    """Every posting of the member's points, the first one first; the laws of the ledger hold of it."""
    async with db.transaction() as tx:
        await laws_hold(tx)
        return list(reversed(await postings_before(tx, member, POINTS, 1_000_000, 1000)))


async def laws_hold(tx: Transaction) -> None:
    """No law of the ledger is broken."""
    for law in invariants.laws():
        if law.name.startswith("points_"):
            assert [breach.row async for breach in invariants.breaches(tx, law)] == [], law.name


async def send(
    client: httpx.AsyncClient, path: str, body: Mapping[str, object], key: str | None = None
) -> httpx.Response:
    """POST a command; under a key of its own unless one is given."""
    return await client.post(path, json=body, headers={"Idempotency-Key": key or str(new_id())})


async def publish(db: Database, kind: str, **changes: object) -> None:
    """Put a version of the shipped default document in force, from long ago, with some of it changed."""
    async with db.transaction() as tx:
        body = msgspec.to_builtins((await rulebook.current(tx, kind, "default", tx.now)).body)
        await rulebook.publish(tx, kind, "default", body | changes, BEGINNING, "test", "changed")
