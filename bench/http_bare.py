"""The yardstick: the same framework and the same driver with nothing of ours in between.

A read is one row by primary key; a post decodes a body of the same shape as an order, reads one row and answers.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

import asyncpg
import msgspec
from litestar import Litestar, get, post
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from huixiang.platform.settings import Settings

READ = "SELECT balance, held, pending, debt FROM points.account WHERE member_id = $1 AND book = 1"


class BareLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    line_id: str
    sku: str
    pieces: Annotated[int, Meta(ge=1)]
    payable_fen: Annotated[int, Meta(ge=0)]


class BareMember(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    member_id: UUID


class BareOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    external_id: str
    member: BareMember
    channel: str
    programme: str
    completed_at: str
    lines: list[BareLine]


class BareBalance(msgspec.Struct, frozen=True):
    balance: int
    held: int
    pending: int
    debt: int


async def read_balance(state: State, member_id: UUID) -> BareBalance:
    pool: asyncpg.Pool[asyncpg.Record] = state.pool
    row = await pool.fetchrow(READ, member_id)
    return BareBalance(*row) if row else BareBalance(0, 0, 0, 0)


@get("/bare/{member_id:uuid}")
async def read_bare(state: State, member_id: FromPath[UUID]) -> BareBalance:
    return await read_balance(state, member_id)


@post("/bare")
async def post_bare(state: State, data: JSONBody[BareOrder]) -> BareBalance:
    return await read_balance(state, data.member.member_id)


def create_app() -> Litestar:
    """Factory for the server process."""
    return bare_app([read_bare, post_bare])


def bare_app(handlers: list[HTTPRouteHandler]) -> Litestar:
    """These handlers, a pool of connections, and nothing else."""
    settings = Settings.load()

    @asynccontextmanager
    async def pool(app: Litestar) -> AsyncIterator[None]:
        app.state.pool = await asyncpg.create_pool(
            settings.database_url, min_size=1, max_size=settings.database_connections
        )
        yield
        await app.state.pool.close()

    return Litestar(handlers, lifespan=[pool], openapi_config=None, logging_config=None)
