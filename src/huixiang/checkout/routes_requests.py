"""Refund requests over HTTP: asked by members, staff and systems, decided and checked at the console (CHK-10)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from huixiang.checkout.model.requests import (
    GoodsCheck,
    MyRefundRequest,
    NewRefundRequest,
    RequestDecision,
    RequestedRefund,
    as_member_sees,
)
from huixiang.checkout.service import requested, requests
from huixiang.checkout.service.read import order_owner
from huixiang.checkout.service.requested import Queue
from huixiang.checkout.service.requests import Asking
from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.platform.access import member, staff, system
from huixiang.platform.db import Transaction
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit

InQueue = Annotated[Queue, QueryParameter(name="state", description="their state, or to_check: their goods are")]


def _member(edge: Edge) -> Asking:
    return Asking("member", edge.member.member_id)


def _staff(edge: Edge) -> Asking:
    return Asking("staff", edge.staff.staff_id, edge.staff.stores)


@post("/api/member/v1/me/orders/{order_id:uuid}/refund-requests", **member())
async def ask_my_refund(
    edge: NamedDependency[Edge], order_id: FromPath[UUID], data: JSONBody[NewRefundRequest]
) -> Response[MyRefundRequest]:
    """Ask for a part of an order of mine to come back: refunded at once where the rules say so, else looked at."""

    async def run(tx: Transaction) -> MyRefundRequest:
        return as_member_sees(await requests.ask(tx, order_id, data, _member(edge)))

    return await edge.command(run, keep_forever=True)


@get("/api/member/v1/me/refund-requests", **member())
async def list_my_refund_requests(
    edge: NamedDependency[Edge], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[MyRefundRequest]:
    """My requests, the latest first, and what became of them."""
    mine = edge.member.member_id
    return await edge.query(lambda tx: requested.requests_of_member(tx, mine, cursor, limit))


@post("/api/member/v1/me/orders/{order_id:uuid}/refund-requests/{request_id:uuid}/withdrawal", **member())
async def withdraw_my_refund(
    edge: NamedDependency[Edge], order_id: FromPath[UUID], request_id: FromPath[UUID]
) -> Response[MyRefundRequest]:
    """Take a request back that nobody has decided."""

    async def run(tx: Transaction) -> MyRefundRequest:
        return as_member_sees(await requests.withdraw(tx, order_id, request_id, _member(edge)))

    return await edge.command(run, keep_forever=True)


@post("/api/v1/orders/{order_id:uuid}/refund-requests", **system("orders:write"))
async def ask_refund(
    edge: NamedDependency[Edge], order_id: FromPath[UUID], data: JSONBody[NewRefundRequest]
) -> Response[RequestedRefund]:
    """Ask for a part of an order to come back, for a shop's own service."""
    asking = Asking("system", edge.system.key_id)
    return await edge.command(
        lambda tx: requests.ask(tx, order_id, data, asking),
        owner=lambda tx: order_owner(tx, order_id),
        keep_forever=True,
    )


@get("/api/v1/orders/{order_id:uuid}/refund-requests", **system("orders:read"))
async def list_refund_requests(
    edge: NamedDependency[Edge], order_id: FromPath[UUID], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[RequestedRefund]:
    """The requests to refund parts of an order, the first one first, each with its log."""
    return await edge.query(lambda tx: requested.requests_of_order(tx, order_id, cursor, limit))


@post("/api/v1/orders/{order_id:uuid}/refund-requests/{request_id:uuid}/withdrawal", **system("orders:write"))
async def withdraw_refund(
    edge: NamedDependency[Edge], order_id: FromPath[UUID], request_id: FromPath[UUID]
) -> Response[RequestedRefund]:
    """Take a request back that nobody has decided."""
    asking = Asking("system", edge.system.key_id)
    return await edge.command(
        lambda tx: requests.withdraw(tx, order_id, request_id, asking),
        owner=lambda tx: order_owner(tx, order_id),
        keep_forever=True,
    )


@get("/api/console/v1/refund-requests", **staff("orders:read"))
async def list_refund_queue(
    edge: NamedDependency[Edge],
    which: InQueue = "asked",
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[RequestedRefund]:
    """Requests that wait for a person, or are in another state, the oldest first; `to_check`: those whose goods are to
    be looked at."""
    stores = edge.staff.stores
    return await edge.query(lambda tx: requested.queue(tx, which, cursor, limit, stores=stores))


@get("/api/console/v1/orders/{order_id:uuid}/refund-requests/{request_id:uuid}", **staff("orders:read"))
async def read_refund_request(
    edge: NamedDependency[Edge], order_id: FromPath[UUID], request_id: FromPath[UUID]
) -> RequestedRefund:
    """A request with its log, for staff."""
    stores = edge.staff.stores
    return await edge.query(lambda tx: requested.request_of(tx, order_id, request_id, stores=stores))


@post("/api/console/v1/orders/{order_id:uuid}/refund-requests", **staff("refunds:ask"))
async def ask_refund_for_member(
    edge: NamedDependency[Edge], order_id: FromPath[UUID], data: JSONBody[NewRefundRequest]
) -> Response[RequestedRefund]:
    """Ask for a part of a member's order to come back; somebody else decides it."""
    return await edge.command(lambda tx: requests.ask(tx, order_id, data, _staff(edge)), keep_forever=True)


@post(
    "/api/console/v1/orders/{order_id:uuid}/refund-requests/{request_id:uuid}/decision",
    status_code=200,
    **staff("refunds:decide"),
)
async def decide_refund_request(
    edge: NamedDependency[Edge], order_id: FromPath[UUID], request_id: FromPath[UUID], data: JSONBody[RequestDecision]
) -> Response[RequestedRefund]:
    """Refund what was asked for, or refuse it, with the reason that the member reads."""
    return await edge.command(
        lambda tx: requests.decide(tx, order_id, request_id, data, _staff(edge)), keep_forever=True
    )


@post(
    "/api/console/v1/orders/{order_id:uuid}/refund-requests/{request_id:uuid}/goods",
    status_code=200,
    **staff("refunds:decide"),
)
async def check_refunded_goods(
    edge: NamedDependency[Edge], order_id: FromPath[UUID], request_id: FromPath[UUID], data: JSONBody[GoodsCheck]
) -> Response[RequestedRefund]:
    """Note what goods that were refunded at once are like. Those that are not as told let a person decide the member's
    next requests for a while."""
    return await edge.command(
        lambda tx: requests.check_goods(tx, order_id, request_id, data, _staff(edge)), keep_forever=True
    )


ROUTES = [
    ask_my_refund,
    list_my_refund_requests,
    withdraw_my_refund,
    ask_refund,
    list_refund_requests,
    withdraw_refund,
    list_refund_queue,
    read_refund_request,
    ask_refund_for_member,
    decide_refund_request,
    check_refunded_goods,
]
