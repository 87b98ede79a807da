"""Orders placed on quotes over HTTP: placed, picked, paid, completed, cancelled, looked at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.checkout.model.placing import (
    OrderCancellation,
    OrderCompletion,
    OrderFulfilment,
    Placed,
    PlacedSummary,
    PlaceRequest,
    QuoteNotHonoured,
)
from huixiang.checkout.service import on_way, placing, settling
from huixiang.kernel.errors import DomainError
from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.platform.access import member, staff, system
from huixiang.platform.db import Transaction
from huixiang.platform.edge import REPLAYED_HEADER, Edge
from huixiang.platform.web.parameters import Cursor, Limit
from huixiang.pricing.model.kept import Kept
from huixiang.pricing.service import promise, tokens
from huixiang.pricing.service.requote import requote

PLACED = "/api/v1/orders/{order_id:uuid}"


async def _place(edge: Edge, kept: Kept, member_id: UUID, data: PlaceRequest) -> Response[Placed]:
    """Tickets first, then the owner's transaction; who dies between leaves tickets that are swept."""
    try:
        return await _placed(edge, kept, member_id, data)
    except QuoteNotHonoured as refusal:
        refusal.beside = {"quote": await requote(edge, kept)}
        raise


async def _placed(edge: Edge, kept: Kept, member_id: UUID, data: PlaceRequest) -> Response[Placed]:
    asked = await edge.asked()
    # Another body under the same key takes tickets of its own, which are given back when it is refused.
    key = f"{asked.key} {asked.input_hash.hex()}"
    planned: placing.Planned | None = None

    async def run(tx: Transaction) -> Placed:
        if planned is None:
            raise refusal
        return await placing.place(tx, planned, data, asked.input_hash)

    refusal: DomainError
    try:
        tokens.require_fresh(kept, edge.now)
        wanted = placing.plan(edge, member_id, key, await promise.promised(edge, kept), data.slot)
        planned = await edge.direct(lambda db: placing.take(db, wanted, key))
    except DomainError as error:  # a command that was answered before is answered again, whatever is over by now
        refusal = error
    try:
        answer = await edge.command(run, owner=member_id, keep_forever=True)
    except DomainError:
        await _free(edge, planned)
        raise
    if REPLAYED_HEADER in answer.headers:
        await _free(edge, planned)
    return answer


async def _free(edge: Edge, planned: placing.Planned | None) -> None:
    """What was taken for an order that does not stand is for others. Where nothing was taken nothing is decided: who
    repeats the command later may have it."""
    if planned is None or not planned.wanted or planned.lacking:
        return
    if await edge.transact(lambda tx: placing.is_gone(tx, planned)):
        await edge.transact(lambda tx: placing.free(tx, planned))


@post("/api/v1/orders/place", **system("orders:write", presence=True))
async def place_order(edge: NamedDependency[Edge], data: JSONBody[PlaceRequest]) -> Response[Placed]:
    """Place an order on a member's quote: all of it or nothing (CHK-02). Who uses points shows that the member is
    there."""
    kept = tokens.read_token(data.token)
    owner = placing.owner_of(kept)
    if kept.totals.points:
        await edge.attest(members.prove, owner)
    return await _place(edge, kept, owner, data)


@post("/api/member/v1/me/orders/place", **member())
async def place_my_order(edge: NamedDependency[Edge], data: JSONBody[PlaceRequest]) -> Response[Placed]:
    """Place an order on a quote of mine. Whether it is paid is not mine to say."""
    kept = tokens.read_token(data.token)
    placing.require_own(kept, edge.member.member_id)
    placing.require_unpaid(data)
    return await _place(edge, kept, edge.member.member_id, data)


@get(PLACED + "/placed", **system("orders:read"))
async def read_placed(edge: NamedDependency[Edge], order_id: FromPath[UUID]) -> Placed:
    """An order as it was placed, and how far it has come."""
    return await edge.query(lambda tx: on_way.read(tx, order_id))


@get("/api/console/v1/orders/{order_id:uuid}/placed", **staff("orders:read"))
async def read_placed_for_staff(edge: NamedDependency[Edge], order_id: FromPath[UUID]) -> Placed:
    """An order as it was placed, and how far it has come, for staff."""
    return await edge.query(lambda tx: on_way.read(tx, order_id, stores=edge.staff.stores))


@get("/api/member/v1/me/orders/{order_id:uuid}/placed", **member())
async def read_my_placed(edge: NamedDependency[Edge], order_id: FromPath[UUID]) -> Placed:
    """An order of mine as it was placed, and how far it has come."""
    return await edge.query(lambda tx: on_way.read(tx, order_id, of=edge.member.member_id))


@get("/api/member/v1/me/orders/open", **member())
async def list_my_open_orders(
    edge: NamedDependency[Edge], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[PlacedSummary]:
    """My orders that are on their way, the latest first."""
    return await edge.query(lambda tx: on_way.open_orders(tx, edge.member.member_id, cursor, limit))


@get("/api/console/v1/members/{member_id:uuid}/orders/open", **staff("orders:read"))
async def list_open_orders(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[PlacedSummary]:
    """A member's orders that are on their way, the latest first, for staff."""

    async def run(tx: Transaction) -> Page[PlacedSummary]:
        found = await members.resolve(tx, MemberRef(member_id=member_id))
        return await on_way.open_orders(tx, found, cursor, limit, stores=edge.staff.stores)

    return await edge.query(run)


async def _settle(
    edge: Edge, order_id: UUID, run: Callable[[Transaction, UUID], Awaitable[Placed]]
) -> Response[Placed]:
    owner: UUID | None = None

    async def of(tx: Transaction) -> UUID:
        nonlocal owner
        owner = await on_way.owner(tx, order_id)
        return owner

    async def settled(tx: Transaction) -> Placed:
        assert owner is not None  # noqa: S101 - found before it is run
        return await run(tx, owner)

    return await edge.command(settled, owner=of, keep_forever=True)


@post(PLACED + "/paid", status_code=200, **system("orders:write"))
async def pay_order(edge: NamedDependency[Edge], order_id: FromPath[UUID]) -> Response[Placed]:
    """What was due for a placed order is paid."""
    return await _settle(edge, order_id, lambda tx, owner: settling.pay_placed(tx, owner, order_id))


@post(PLACED + "/fulfil", status_code=200, **system("orders:write"))
async def fulfil_order(
    edge: NamedDependency[Edge], order_id: FromPath[UUID], data: JSONBody[OrderFulfilment]
) -> Response[Placed]:
    """Tell what was picked of a placed order: actual weights, what is missing, substitutes (CHK-03)."""
    return await _settle(edge, order_id, lambda tx, owner: settling.fulfil_placed(tx, owner, order_id, data.picked))


@post(PLACED + "/complete", status_code=200, **system("orders:write"))
async def complete_order(
    edge: NamedDependency[Edge], order_id: FromPath[UUID], data: JSONBody[OrderCompletion]
) -> Response[Placed]:
    """The goods are handed over: points are spent, coupons used, gifts given, and the order earns (CHK-04)."""
    return await _settle(
        edge, order_id, lambda tx, owner: settling.complete_placed(tx, owner, order_id, paid=data.paid)
    )


@post(PLACED + "/cancel", status_code=200, **system("orders:write"))
async def cancel_order(
    edge: NamedDependency[Edge], order_id: FromPath[UUID], data: JSONBody[OrderCancellation]
) -> Response[Placed]:
    """Everything that a placed order holds goes back (CHK-05)."""
    return await _settle(edge, order_id, lambda tx, owner: settling.cancel_placed(tx, owner, order_id, data.reason))


ROUTES = [
    place_order,
    place_my_order,
    read_placed,
    read_placed_for_staff,
    read_my_placed,
    list_my_open_orders,
    list_open_orders,
    pay_order,
    fulfil_order,
    complete_order,
    cancel_order,
]
