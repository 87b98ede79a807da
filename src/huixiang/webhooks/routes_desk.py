"""Webhooks over HTTP, for staff: how endpoints stand and what became of events; pausing, trying and sending again.
Addresses, events and secrets are the business of systems alone."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.platform.access import staff
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit
from huixiang.webhooks import service
from huixiang.webhooks.model import (
    Delivery,
    DeliveryDetail,
    DeliveryState,
    Endpoint,
    EndpointLook,
    Replay,
    Replayed,
)

PATH = "/api/console/v1/webhooks"
ONE = PATH + "/{endpoint_id:uuid}"
READ, WRITE = "webhooks:read", "webhooks:write"
InState = Annotated[DeliveryState | None, QueryParameter(name="state", description="only those in this state")]


@get(PATH, **staff(READ))
async def list_webhooks_in_console(
    edge: NamedDependency[Edge], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[EndpointLook]:
    """Endpoints, the oldest first, with what waits and what was given up, for staff."""
    return await edge.query(lambda tx: service.looks(tx, cursor, limit))


@get(ONE, **staff(READ))
async def read_webhook_in_console(edge: NamedDependency[Edge], endpoint_id: FromPath[UUID]) -> EndpointLook:
    """An endpoint, how it stands, and what is open at it, for staff."""
    return await edge.query(lambda tx: service.look(tx, endpoint_id))


@get(ONE + "/deliveries", **staff(READ))
async def list_webhook_deliveries_in_console(
    edge: NamedDependency[Edge],
    endpoint_id: FromPath[UUID],
    in_state: InState = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[Delivery]:
    """What an endpoint is told and what became of it, the latest first, for staff."""
    return await edge.query(lambda tx: service.deliveries(tx, endpoint_id, in_state, cursor, limit))


@get(ONE + "/deliveries/{event_id:uuid}", **staff(READ))
async def read_webhook_delivery_in_console(
    edge: NamedDependency[Edge], endpoint_id: FromPath[UUID], event_id: FromPath[UUID]
) -> DeliveryDetail:
    """One event to one endpoint, for staff: what is sent, and what every attempt was answered."""
    return await edge.query(lambda tx: service.delivery(tx, endpoint_id, event_id))


@post(ONE + "/pause", status_code=200, **staff(WRITE))
async def pause_webhook_in_console(edge: NamedDependency[Edge], endpoint_id: FromPath[UUID]) -> Response[Endpoint]:
    """Send nothing for now, by staff; what happens meanwhile is kept, for fourteen days."""
    return await edge.command(lambda tx: service.pause(tx, endpoint_id, _by(edge)))


@post(ONE + "/resume", status_code=200, **staff(WRITE))
async def resume_webhook_in_console(edge: NamedDependency[Edge], endpoint_id: FromPath[UUID]) -> Response[Endpoint]:
    """Send again, by staff, what was kept first; also where it was disabled."""
    return await edge.command(lambda tx: service.resume(tx, endpoint_id, _by(edge)))


@post(ONE + "/test", status_code=202, **staff(WRITE))
async def try_webhook_in_console(edge: NamedDependency[Edge], endpoint_id: FromPath[UUID]) -> Response[Delivery]:
    """Send the event `webhooks.test.v1`, by staff, to see whether it arrives."""
    return await edge.command(lambda tx: service.send_test(tx, endpoint_id, _by(edge)))


@post(ONE + "/replay", status_code=202, **staff(WRITE))
async def replay_webhook_in_console(
    edge: NamedDependency[Edge], endpoint_id: FromPath[UUID], data: JSONBody[Replay]
) -> Response[Replayed]:
    """Send events again, by staff, under the ids that they had: one, or all that were queued in a span of time."""
    return await edge.command(lambda tx: service.replay(tx, endpoint_id, data, _by(edge)))


def _by(edge: Edge) -> str:
    return f"staff:{edge.staff.staff_id}"


ROUTES = [
    list_webhooks_in_console,
    read_webhook_in_console,
    list_webhook_deliveries_in_console,
    read_webhook_delivery_in_console,
    pause_webhook_in_console,
    resume_webhook_in_console,
    try_webhook_in_console,
    replay_webhook_in_console,
]
