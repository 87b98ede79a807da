"""Orders over HTTP: posted as they were priced elsewhere, one by one or in bulk, and refunded by line."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.checkout import service
from huixiang.checkout.model import (
    NewOrder,
    NewRefund,
    Order,
    OrderResult,
    OrderSummary,
    Refund,
    RefundRequest,
    UploadRow,
)
from huixiang.checkout.model.mine import MyOrder, MyOrderSummary
from huixiang.checkout.schemas import outcome_rows
from huixiang.checkout.service import mine
from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.platform.access import member, staff, system
from huixiang.platform.db import Transaction
from huixiang.platform.edge import Edge
from huixiang.platform.web.ndjson import BulkOutcome, Row, RowOutcome, read_rows, summarise
from huixiang.platform.web.parameters import Cursor, Limit
from huixiang.platform.web.request import StrictRequest

ROWS_PER_TRANSACTION = 500


@post("/api/v1/orders", **system("orders:write", presence=True))
async def post_order(edge: NamedDependency[Edge], data: JSONBody[NewOrder]) -> Response[OrderResult]:
    """Post a completed order that was priced elsewhere: identify the member, earn, count growth, and redeem points, for
    which the member has to be there (CHK-07)."""
    if data.redeem is not None:
        await _attest_redeeming(edge, data)
    named: members.Identified | None = None

    async def owner(tx: Transaction) -> UUID:
        nonlocal named
        named = await service.order_buyer(tx, data)
        return named.member_id

    return await edge.command(lambda tx: service.post_order(tx, data, named), owner=owner, keep_forever=True)


async def _attest_redeeming(edge: Edge, order: NewOrder) -> None:
    """A till that lost its answer and asks again under another key has used the member's code up, and takes nothing."""

    async def read(tx: Transaction) -> tuple[UUID, bool]:
        return (await service.order_buyer(tx, order)).member_id, await service.is_posted(tx, order)

    buyer_id, posted = await edge.query(read)
    if not posted:
        await edge.attest(members.prove, buyer_id)


@post("/api/v1/orders/bulk", status_code=200, **system("orders:write", rows=NewOrder, or_rows=NewRefund))
async def post_orders(edge: NamedDependency[Edge], request: StrictRequest) -> BulkOutcome:
    """Post orders and refunds, one JSON object a line (PTS-19). A bad row is reported, the good rows are kept.

    Rows carry their own identity (an order's source and external_id, a refund's external_id within its order), so a
    repeated body posts nothing twice and needs no key. What concerns one member is done in the order of the rows; an
    order has to stand above its refunds. A row takes no points: an order that redeems some is posted by itself.
    """
    # A row that names an order is a refund; an order names none.
    rows: list[Row[UploadRow]] = list(await read_rows(request, NewOrder, {"order": NewRefund}))
    outcomes: list[RowOutcome] = []
    for start in range(0, len(rows), ROWS_PER_TRANSACTION):
        chunk = rows[start : start + ROWS_PER_TRANSACTION]
        values = [row.value for row in chunk if row.value is not None]
        done = await edge.transact(lambda tx, values=values: service.post_rows(tx, values))  # type: ignore[misc]
        outcomes += outcome_rows(chunk, done)
    return summarise(outcomes)


@get("/api/v1/orders/{order_id:uuid}", **system("orders:read"))
async def read_order(edge: NamedDependency[Edge], order_id: FromPath[UUID]) -> Order:
    """An order with its lines, tenders, and what was refunded of it."""
    return await edge.query(lambda tx: service.order(tx, order_id))


@post("/api/v1/orders/{order_id:uuid}/refunds", **system("orders:write"))
async def refund_order(
    edge: NamedDependency[Edge], order_id: FromPath[UUID], data: JSONBody[RefundRequest]
) -> Response[Refund]:
    """Refund lines of an order, wholly or in part: says what to pay back and takes back points and growth."""
    member_id: UUID | None = None

    async def owner(tx: Transaction) -> UUID:
        nonlocal member_id
        member_id = await service.order_owner(tx, order_id)
        return member_id

    return await edge.command(
        lambda tx: service.refund_order(tx, order_id, data, member_id), owner=owner, keep_forever=True
    )


@get("/api/v1/orders/{order_id:uuid}/refunds", **system("orders:read"))
async def list_refunds(
    edge: NamedDependency[Edge], order_id: FromPath[UUID], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[Refund]:
    """The refunds of an order, the first one first, each with the record of all that it undid (PTS-24)."""
    return await edge.query(lambda tx: service.refunds_of(tx, order_id, cursor, limit))


@get("/api/v1/orders/{order_id:uuid}/refunds/{refund_id:uuid}", **system("orders:read"))
async def read_refund(edge: NamedDependency[Edge], order_id: FromPath[UUID], refund_id: FromPath[UUID]) -> Refund:
    """A refund with the record of all that it undid: `pending` until what concerns others is done too (PTS-24)."""
    return await edge.query(lambda tx: service.refund_of(tx, order_id, refund_id))


@get("/api/console/v1/orders/{order_id:uuid}/refunds", **staff("orders:read"))
async def list_refunds_for_staff(
    edge: NamedDependency[Edge], order_id: FromPath[UUID], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[Refund]:
    """The refunds of an order, the first one first, each with the record of all that it undid, for staff (PTS-24)."""
    stores = edge.staff.stores
    return await edge.query(lambda tx: service.refunds_of(tx, order_id, cursor, limit, stores=stores))


@get("/api/member/v1/me/orders/{order_id:uuid}/refunds", **member())
async def list_my_refunds(
    edge: NamedDependency[Edge], order_id: FromPath[UUID], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[Refund]:
    """The refunds of an order of mine, the first one first, each with the record of all that it undid (PTS-24)."""
    member_id = edge.member.member_id
    return await edge.query(lambda tx: service.refunds_of(tx, order_id, cursor, limit, of=member_id))


@get("/api/member/v1/me/orders", **member())
async def list_my_orders(
    edge: NamedDependency[Edge], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[MyOrderSummary]:
    """All my orders, on their way, completed and cancelled, the latest first."""
    return await edge.query(lambda tx: mine.listed(tx, edge.member.member_id, cursor, limit))


@get("/api/member/v1/me/orders/{order_id:uuid}", **member())
async def read_my_order(edge: NamedDependency[Edge], order_id: FromPath[UUID]) -> MyOrder:
    """An order of mine with its lines, what came off, what was paid, and what I asked back."""
    return await edge.query(lambda tx: mine.read(tx, edge.member.member_id, order_id))


@get("/api/console/v1/orders/{order_id:uuid}", **staff("orders:read"))
async def read_order_for_staff(edge: NamedDependency[Edge], order_id: FromPath[UUID]) -> Order:
    """An order with its lines, tenders, and what was refunded of it, for staff. It names its member by id alone."""
    stores = edge.staff.stores
    return await edge.query(lambda tx: service.order(tx, order_id, stores=stores))


@get("/api/console/v1/members/{member_id:uuid}/orders", **staff("orders:read"))
async def list_member_orders(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[OrderSummary]:
    """A member's orders, the latest first, for staff."""

    async def run(tx: Transaction) -> Page[OrderSummary]:
        found = await members.resolve(tx, MemberRef(member_id=member_id))
        return await service.orders_of(tx, found, cursor, limit, stores=edge.staff.stores)

    return await edge.query(run)


ROUTES = [
    post_order,
    post_orders,
    read_order,
    refund_order,
    list_refunds,
    read_refund,
    list_refunds_for_staff,
    list_my_refunds,
    list_my_orders,
    read_my_order,
    read_order_for_staff,
    list_member_orders,
]
