"""Orders over HTTP as staff look after them: those of all members that are on their way, and one with what became of
it, completed or cancelled by hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from huixiang.checkout.model.desk import OLDEST_DAYS, DeskCompletion, OpenOrders, WholeOrder
from huixiang.checkout.model.placing import OrderCancellation, Placed
from huixiang.checkout.service import desk, on_way
from huixiang.kernel.page import PAGE_LIMIT_DEFAULT
from huixiang.platform.access import staff
from huixiang.platform.db import Transaction
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
) -> OpenOrders:
    """Orders that are neither completed nor cancelled for so many days, the oldest first, for staff to look after:
    nothing of them is ever released silently (PTS-07)."""
    stores = edge.staff.stores
    return await edge.query(lambda tx: on_way.open_of_all(tx, older_than_days, store_id, cursor, limit, stores=stores))


@get("/api/console/v1/orders/{order_id:uuid}/whole", **staff("orders:read"))
async def read_whole_order(edge: NamedDependency[Edge], order_id: FromPath[UUID]) -> WholeOrder:
    """An order with all that is known of it, on its way or completed, placed or of a till, for staff. It names its
    member by id alone."""
    stores = edge.staff.stores
    return await edge.query(lambda tx: desk.whole(tx, order_id, stores=stores))


@post("/api/console/v1/orders/{order_id:uuid}/complete", status_code=200, **staff("orders:settle"))
async def complete_order_in_console(
    edge: NamedDependency[Edge], order_id: FromPath[UUID], data: JSONBody[DeskCompletion]
) -> Response[Placed]:
    """Complete an order by hand, for a reason: the goods were handed over and nobody said so. One that is not paid is
    refused: that is for the shop to say (CHK-04)."""
    by = edge.staff.staff_id
    return await _settle(edge, order_id, lambda tx, owner: desk.complete(tx, owner, order_id, data.reason, by))


@post("/api/console/v1/orders/{order_id:uuid}/cancel", status_code=200, **staff("orders:settle"))
async def cancel_order_in_console(
    edge: NamedDependency[Edge], order_id: FromPath[UUID], data: JSONBody[OrderCancellation]
) -> Response[Placed]:
    """Cancel an order by hand, for a reason that its member is told: everything that it holds goes back, also what was
    paid (CHK-05)."""
    by = edge.staff.staff_id
    return await _settle(edge, order_id, lambda tx, owner: desk.cancel(tx, owner, order_id, data.reason, by))


async def _settle(
    edge: Edge, order_id: UUID, run: Callable[[Transaction, UUID], Awaitable[Placed]]
) -> Response[Placed]:
    """A command under its member's key, on an order that who asks may see."""
    stores = edge.staff.stores
    owner: UUID | None = None

    async def of(tx: Transaction) -> UUID:
        nonlocal owner
        owner = await on_way.seen_owner(tx, order_id, stores)
        return owner

    async def settled(tx: Transaction) -> Placed:
        assert owner is not None  # noqa: S101 - found before it is run
        return await run(tx, owner)

    return await edge.command(settled, owner=of, keep_forever=True)


ROUTES = [list_open_orders_of_all, read_whole_order, complete_order_in_console, cancel_order_in_console]
