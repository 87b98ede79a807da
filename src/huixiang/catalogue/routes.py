"""The catalogue over HTTP: rows in by bulk, goods out by page."""

from __future__ import annotations

from typing import Annotated

from litestar import get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from huixiang.catalogue import service
from huixiang.catalogue.model import CategoryChoice, Entity, Sku
from huixiang.catalogue.schemas import CatalogueBulkOutcome, merged
from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.platform.access import member, system
from huixiang.platform.edge import Edge
from huixiang.platform.web.ndjson import read_rows
from huixiang.platform.web.parameters import Cursor, Limit
from huixiang.platform.web.request import StrictRequest

CategoryCode = Annotated[str | None, QueryParameter(description="a category's code", max_length=64)]


def _bulk(entity: Entity) -> HTTPRouteHandler:
    row_type = service.ROW_TYPES[entity]

    @post(
        f"/api/v1/catalogue/{entity}/bulk",
        operation_id=f"upsert_{entity}",
        status_code=200,
        **system("catalogue:write", rows=row_type),
    )
    async def upsert_rows(edge: NamedDependency[Edge], request: StrictRequest) -> CatalogueBulkOutcome:
        """Take in rows, one JSON object a line; a bad row is reported and the others are kept. Repeating is harmless:
        a row is known by its code and version."""
        rows = list(await read_rows(request, row_type))
        readable = [row.value for row in rows if row.refusal is None]
        return merged(rows, await edge.transact(lambda tx: service.UPSERTS[entity](tx, readable)))

    return upsert_rows


@get("/api/v1/catalogue/skus", **system("catalogue:read"))
async def list_skus(
    edge: NamedDependency[Edge],
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
    category: CategoryCode = None,
) -> Page[Sku]:
    """Goods by code; with a category, those of it and of all below it."""
    return await edge.query(lambda tx: service.list_skus(tx, cursor, limit, category))


@get("/api/member/v1/categories", **member())
async def list_category_choices(edge: NamedDependency[Edge]) -> list[CategoryChoice]:
    """What the shop sells, by category, for a member to choose favourites from (MEM-06)."""
    return await edge.query(service.choices)


ROUTES = [*(_bulk(entity) for entity in Entity), list_skus, list_category_choices]
