"""Webhooks over HTTP, for systems: endpoints, what became of events, and sending them again. Staff: `routes_desk`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.platform.access import system
from huixiang.platform.db import Transaction
from huixiang.platform.edge import REPLAYED_HEADER, Edge
from huixiang.platform.web.parameters import Cursor, Limit
from huixiang.webhooks import service
from huixiang.webhooks.model import (
    Delivery,
    DeliveryDetail,
    DeliveryState,
    Endpoint,
    EndpointChange,
    NewEndpoint,
    NewSecret,
    Replay,
    Replayed,
    SecretRotation,
    ShownSecret,
)

PATH = "/api/v1/webhooks"
ONE = PATH + "/{endpoint_id:uuid}"
READ, WRITE = "webhooks:read", "webhooks:write"
InState = Annotated[DeliveryState | None, QueryParameter(name="state", description="only those in this state")]


@get(PATH + "/events", **system(READ))
async def list_webhook_events(edge: NamedDependency[Edge]) -> list[str]:  # noqa: ARG001 - every route has its edge
    """The names of the events that an endpoint can be told."""
    return service.offered()


@get(PATH, **system(READ))
async def list_webhooks(
    edge: NamedDependency[Edge], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[Endpoint]:
    """Endpoints, the oldest first."""
    return await edge.query(lambda tx: service.endpoints(tx, cursor, limit))


@get(ONE, **system(READ))
async def read_webhook(edge: NamedDependency[Edge], endpoint_id: FromPath[UUID]) -> Endpoint:
    """An endpoint and how it stands."""
    return await edge.query(lambda tx: service.read(tx, endpoint_id))


@post(PATH, **system(WRITE))
async def create_webhook(edge: NamedDependency[Edge], data: JSONBody[NewEndpoint]) -> Response[ShownSecret]:
    """Make an endpoint, which is told what happens from now on. Its secret is in this answer and nowhere else; a
    repetition says null in its place."""
    await service.check_address(data.url)
    return await _shown_once(edge, lambda tx: service.create(tx, data, _by(edge)))


@patch(ONE, **system(WRITE))
async def change_webhook(
    edge: NamedDependency[Edge], endpoint_id: FromPath[UUID], data: JSONBody[EndpointChange]
) -> Response[Endpoint]:
    """Change where an endpoint is, what it is called, and which events it is told from now on."""
    if isinstance(data.url, str):
        await service.check_address(data.url)
    return await edge.command(lambda tx: service.change(tx, endpoint_id, data, _by(edge)))


@delete(ONE, status_code=200, **system(WRITE))
async def delete_webhook(edge: NamedDependency[Edge], endpoint_id: FromPath[UUID]) -> Response[Endpoint]:
    """Delete an endpoint, with what was kept for it; the answer says what it was."""
    return await edge.command(lambda tx: service.delete(tx, endpoint_id, _by(edge)))


@post(ONE + "/rotate", status_code=200, **system(WRITE))
async def rotate_webhook_secret(
    edge: NamedDependency[Edge], endpoint_id: FromPath[UUID], data: JSONBody[SecretRotation]
) -> Response[ShownSecret]:
    """Give an endpoint a second secret; requests are signed by both until the overlap is over."""
    overlap = timedelta(seconds=data.overlap_s)
    return await _shown_once(edge, lambda tx: service.rotate(tx, endpoint_id, overlap, _by(edge)))


@post(ONE + "/pause", status_code=200, **system(WRITE))
async def pause_webhook(edge: NamedDependency[Edge], endpoint_id: FromPath[UUID]) -> Response[Endpoint]:
    """Send nothing for now; what happens meanwhile is kept, for fourteen days."""
    return await edge.command(lambda tx: service.pause(tx, endpoint_id, _by(edge)))


@post(ONE + "/resume", status_code=200, **system(WRITE))
async def resume_webhook(edge: NamedDependency[Edge], endpoint_id: FromPath[UUID]) -> Response[Endpoint]:
    """Send again, what was kept first; also where it was disabled."""
    return await edge.command(lambda tx: service.resume(tx, endpoint_id, _by(edge)))


@post(ONE + "/test", status_code=202, **system(WRITE))
async def try_webhook(edge: NamedDependency[Edge], endpoint_id: FromPath[UUID]) -> Response[Delivery]:
    """Send the event `webhooks.test.v1`, to see whether it arrives."""
    return await edge.command(lambda tx: service.send_test(tx, endpoint_id, _by(edge)))


@get(ONE + "/deliveries", **system(READ))
async def list_webhook_deliveries(
    edge: NamedDependency[Edge],
    endpoint_id: FromPath[UUID],
    in_state: InState = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[Delivery]:
    """What an endpoint is told and what became of it, the latest first."""
    return await edge.query(lambda tx: service.deliveries(tx, endpoint_id, in_state, cursor, limit))


@get(ONE + "/deliveries/{event_id:uuid}", **system(READ))
async def read_webhook_delivery(
    edge: NamedDependency[Edge], endpoint_id: FromPath[UUID], event_id: FromPath[UUID]
) -> DeliveryDetail:
    """One event to one endpoint: what is sent, and every attempt."""
    return await edge.query(lambda tx: service.delivery(tx, endpoint_id, event_id))


@post(ONE + "/replay", status_code=202, **system(WRITE))
async def replay_webhook(
    edge: NamedDependency[Edge], endpoint_id: FromPath[UUID], data: JSONBody[Replay]
) -> Response[Replayed]:
    """Send events again under the ids that they had: one, or all that were recorded in a span of time."""
    return await edge.command(lambda tx: service.replay(tx, endpoint_id, data, _by(edge)))


async def _shown_once(edge: Edge, make: Callable[[Transaction], Awaitable[NewSecret]]) -> Response[ShownSecret]:
    """Run a command whose answer has a secret. What is kept for repetitions has none."""
    made: list[NewSecret] = []

    async def run(tx: Transaction) -> ShownSecret:
        made[:] = [await make(tx)]
        return ShownSecret(made[0].endpoint, None)

    answer = await edge.command(run)
    if REPLAYED_HEADER not in answer.headers:
        answer.content = msgspec.json.encode(made[0])  # type: ignore[assignment]  # the JSON, as edge.command has it
    return answer


def _by(edge: Edge) -> str:
    return f"key:{edge.system.key_id}"


ROUTES = [
    list_webhook_events,
    list_webhooks,
    read_webhook,
    create_webhook,
    change_webhook,
    delete_webhook,
    rotate_webhook_secret,
    pause_webhook,
    resume_webhook,
    try_webhook,
    list_webhook_deliveries,
    read_webhook_delivery,
    replay_webhook,
]
