"""Keys of calling systems, for the console."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import msgspec
from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.platform.access import staff
from huixiang.platform.db import Transaction
from huixiang.platform.edge import REPLAYED_HEADER, Edge
from huixiang.platform.web.parameters import Cursor, Limit
from huixiang.staff import service
from huixiang.staff.model import KeyChange, KeyTerms, NewKey, Rotation, ShownKey, SystemKey
from huixiang.staff.rules.keys import SCOPES

PATH = "/api/console/v1/keys"
OF_KEY = PATH + "/{key_id:uuid}"


@get(PATH, **staff("keys:read"))
async def list_keys(
    edge: NamedDependency[Edge], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[SystemKey]:
    """The keys of calling systems, the oldest first."""
    return await edge.query(lambda tx: service.keys(tx, cursor, limit))


@get(PATH + "/scopes", **staff("keys:read"))
async def list_scopes(edge: NamedDependency[Edge]) -> list[str]:  # noqa: ARG001 - every route has its edge
    """What a key may be let do."""
    return sorted(SCOPES)


@get(OF_KEY, **staff("keys:read"))
async def read_key(edge: NamedDependency[Edge], key_id: FromPath[UUID]) -> SystemKey:
    """A key with its terms, and when each of its secrets was used last."""
    return await edge.query(lambda tx: service.read_key(tx, key_id))


@post(PATH, **staff("keys:write"))
async def create_key(edge: NamedDependency[Edge], data: JSONBody[KeyTerms]) -> Response[ShownKey]:
    """Make a key. Its token is in this answer and nowhere else; a repetition says null in its place."""
    return await command(edge, lambda tx: service.make_key(tx, data, _by(edge)))


@patch(OF_KEY, **staff("keys:write"))
async def change_key(
    edge: NamedDependency[Edge], key_id: FromPath[UUID], data: JSONBody[KeyChange]
) -> Response[SystemKey]:
    """Change what a key may do, from where, until when and how often. In force everywhere within five seconds."""
    return await edge.command(lambda tx: service.change_key(tx, key_id, data, _by(edge)))


@post(OF_KEY + "/rotate", status_code=200, **staff("keys:write"))
async def rotate_key(
    edge: NamedDependency[Edge], key_id: FromPath[UUID], data: JSONBody[Rotation]
) -> Response[ShownKey]:
    """Give a key a second secret; the one before is let in beside it until the overlap is over."""
    overlap = timedelta(seconds=data.overlap_s)
    return await command(edge, lambda tx: service.rotate_key(tx, key_id, overlap, _by(edge)))


@post(OF_KEY + "/rotation/finish", status_code=200, **staff("keys:write"))
async def finish_rotation(edge: NamedDependency[Edge], key_id: FromPath[UUID]) -> Response[SystemKey]:
    """End the secret before the present one now. Where there is none, nothing changes."""
    return await edge.command(lambda tx: service.finish_rotation(tx, key_id, _by(edge)))


@post(OF_KEY + "/revoke", status_code=200, **staff("keys:write"))
async def revoke_key(edge: NamedDependency[Edge], key_id: FromPath[UUID]) -> Response[SystemKey]:
    """End a key for ever. Every process refuses it within five seconds."""
    return await edge.command(lambda tx: service.revoke_key(tx, key_id, _by(edge)))


async def command(edge: Edge, make: Callable[[Transaction], Awaitable[NewKey]]) -> Response[ShownKey]:
    """Run a command whose answer has a token. What is kept for repetitions has none: a secret is stored nowhere."""
    made: list[NewKey] = []

    async def run(tx: Transaction) -> ShownKey:
        made[:] = [await make(tx)]
        return ShownKey(made[0].key, None)

    answer = await edge.command(run)
    if REPLAYED_HEADER not in answer.headers:
        answer.content = msgspec.json.encode(made[0])  # type: ignore[assignment]  # the JSON, as edge.command has it
    return answer


def _by(edge: Edge) -> str:
    return f"staff:{edge.staff.staff_id}"


ROUTES = [list_keys, list_scopes, read_key, create_key, change_key, rotate_key, finish_rotation, revoke_key]
