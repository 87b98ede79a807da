"""Orders over HTTP as staff look after them: those of all members that are on their way, and one with what became of
it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from huixiang.checkout.model.desk import OLDEST_DAYS, OpenOrder, WholeOrder
from huixiang.checkout.service import desk, on_way
from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.platform.access import staff
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit

OlderThan = Annotated[int, QueryParameter(ge=0, le=OLDEST_DAYS, description="days since they were placed")]
OfStore = Annotated[str | None, QueryParameter(min_length=1, max_length=64, description="those of one store")]


@get("/api/console/v1/orders/open", **staff("orders:read"))
async def list_open_orders_of_all(
    edge: NamedDependency[Edge],
    older_than_days: OlderThan = 0,
    store_id: OfStore = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[OpenOrder]:
    """Orders that are neither completed nor cancelled for so many days, the oldest first, for staff to look after:
    nothing of them is ever released silently (PTS-07)."""
    stores = edge.staff.stores
    return await edge.query_once(
        lambda tx: on_way.open_of_all(tx, older_than_days, store_id, cursor, limit, stores=stores)
    )


@get("/api/console/v1/orders/{order_id:uuid}/whole", **staff("orders:read"))
async def read_whole_order(edge: NamedDependency[Edge], order_id: FromPath[UUID]) -> WholeOrder:
    """An order with all that is known of it, on its way or completed, placed or of a till, for staff. It names its
    member by id alone."""
    stores = edge.staff.stores
    return await edge.query(lambda tx: desk.whole(tx, order_id, stores=stores))


ROUTES = [list_open_orders_of_all, read_whole_order]
