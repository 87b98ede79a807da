"""Stock over HTTP: resources in by bulk; what is left, and who has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.platform.access import staff, system
from huixiang.platform.edge import Edge
from huixiang.platform.web.ndjson import read_rows
from huixiang.platform.web.parameters import Cursor, Limit
from huixiang.platform.web.request import StrictRequest
from huixiang.stock import service
from huixiang.stock.model import Kind, Resource, ResourceLine, ResourceRow, Ticket
from huixiang.stock.schemas import ResourceBulkOutcome, merged

OfKind = Annotated[Kind, QueryParameter(name="kind", description="what the resources are")]
Prefix = Annotated[str, QueryParameter(description="what their keys begin with", max_length=200)]
READ = "stock:read"


@post(
    "/api/v1/stock/resources/bulk",
    operation_id="define_resources",
    status_code=200,
    **system("stock:write", rows=ResourceRow),
)
async def define_resources(edge: NamedDependency[Edge], request: StrictRequest) -> ResourceBulkOutcome:
    """Say how much there is of what members compete for, one JSON object a line; a bad row is reported and the others
    are kept. Repeating is harmless: a resource is known by its kind and key, and only a newer version changes it."""
    rows = list(await read_rows(request, ResourceRow))
    readable = [row.value for row in rows if row.value is not None]
    return merged(rows, await edge.transact(lambda tx: service.define(tx, readable)))


def _reading(path: str, mark: Callable[[str], dict[str, Any]], suffix: str = "") -> list[HTTPRouteHandler]:
    """The same reads for systems and for staff."""

    @get(path, operation_id=f"list_resources{suffix}", **mark(READ))
    async def list_resources(
        edge: NamedDependency[Edge],
        kind: OfKind,
        prefix: Prefix = "",
        cursor: Cursor = None,
        limit: Limit = PAGE_LIMIT_DEFAULT,
    ) -> Page[ResourceLine]:
        """Resources of a kind by key, with what is left of each."""
        return await edge.query_once(lambda tx: service.list_resources(tx, kind, prefix, cursor, limit))

    @get(path + "/{resource_id:uuid}", operation_id=f"read_resource{suffix}", **mark(READ))
    async def read_resource(edge: NamedDependency[Edge], resource_id: FromPath[UUID]) -> Resource:
        """One resource: its capacity, what is left, and what its tickets come to."""
        return await edge.query_once(lambda tx: service.read_resource(tx, resource_id))

    @get(path + "/{resource_id:uuid}/tickets", operation_id=f"list_tickets{suffix}", **mark(READ))
    async def list_tickets(
        edge: NamedDependency[Edge],
        resource_id: FromPath[UUID],
        cursor: Cursor = None,
        limit: Limit = PAGE_LIMIT_DEFAULT,
    ) -> Page[Ticket]:
        """Who has which part of a resource, those that were freed too."""
        return await edge.query(lambda tx: service.list_tickets(tx, resource_id, cursor, limit))

    return [list_resources, read_resource, list_tickets]


ROUTES = [
    define_resources,
    *_reading("/api/v1/stock/resources", system),
    *_reading("/api/console/v1/stock/resources", staff, "_in_console"),
]
