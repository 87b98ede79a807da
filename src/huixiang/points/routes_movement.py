"""Transfers, family pools and exchanges with partners over HTTP (PTS-09)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.kernel.ids import new_id
from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.platform.access import member, staff, system
from huixiang.platform.db import Transaction
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit
from huixiang.points.model.movement import (
    Contribution,
    Invitation,
    NewExchange,
    NewTicket,
    NewTransfer,
    OnTheirWay,
    PoolChoice,
    PoolLimits,
    SettlementFile,
    SystemTransfer,
    TheirFile,
    TicketCapture,
    TicketReturn,
)
from huixiang.points.model.partner import Exchange, ExchangeOrder, Reconciliation
from huixiang.points.model.pool import Pool, PoolInvitation, PoolTicket
from huixiang.points.model.transfer import Transfer
from huixiang.points.service import partner, pool, pool_ticket, settlement
from huixiang.points.service import transfer as transfers

TICKETS = "/api/v1/points/pools/{pool_id:uuid}/tickets"
PARTNER = "/api/v1/points/partners/{code:str}"


async def _transfer(tx: Transaction, sender: UUID, to: MemberRef, points: int) -> Transfer:
    return await transfers.transfer(tx, sender, await members.resolve(tx, to), points, transfer_id=new_id())


@post("/api/member/v1/me/transfers", **member())
async def send_points(edge: NamedDependency[Edge], data: JSONBody[NewTransfer]) -> Response[Transfer]:
    """Give points to another member. They are on their way until the other has them, and come back where they cannot
    be received."""
    sender, to = edge.member.member_id, MemberRef(number=data.to_number)
    return await edge.command(lambda tx: _transfer(tx, sender, to, data.points), owner=sender, keep_forever=True)


@get("/api/member/v1/me/transfers", **member())
async def list_my_transfers(
    edge: NamedDependency[Edge], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[Transfer]:
    """What I sent and received, the latest first."""
    return await edge.query(lambda tx: transfers.list_transfers(tx, edge.member.member_id, cursor, limit))


@get("/api/member/v1/me/transfers/{transfer_id:uuid}", **member())
async def read_my_transfer(edge: NamedDependency[Edge], transfer_id: FromPath[UUID]) -> Transfer:
    """A transfer of which I am one side."""
    return await edge.query(lambda tx: transfers.read_transfer(tx, edge.member.member_id, transfer_id))


@post("/api/v1/members/{member_id:uuid}/transfers", **system("points:write", presence=True))
async def send_points_of_member(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[SystemTransfer]
) -> Response[Transfer]:
    """Give points of one member to another, under the same rules as when the member does it."""
    await edge.attest(members.prove, member_id)
    return await edge.command(
        lambda tx: _transfer(tx, member_id, data.to, data.points), owner=member_id, keep_forever=True
    )


@get("/api/v1/members/{member_id:uuid}/transfers/{transfer_id:uuid}", **system("points:read"))
async def read_transfer(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], transfer_id: FromPath[UUID]
) -> Transfer:
    """A transfer, as the member who is one side of it sees it."""
    return await edge.query(lambda tx: transfers.read_transfer(tx, member_id, transfer_id))


@get("/api/console/v1/members/{member_id:uuid}/transfers", **staff("points:read"))
async def list_member_transfers(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[Transfer]:
    """What a member, or a pool, sent and received, for staff."""
    return await edge.query(lambda tx: transfers.list_transfers(tx, member_id, cursor, limit))


@post("/api/member/v1/me/pool", **member())
async def found_my_pool(edge: NamedDependency[Edge]) -> Response[Pool]:
    """Found a family pool and be its head."""
    return await edge.command(lambda tx: pool.create_pool(tx, edge.member.member_id), keep_forever=True)


@get("/api/member/v1/me/pool", **member())
async def read_my_pool(edge: NamedDependency[Edge]) -> Pool:
    """The pool that I am in: its people, and what is in it."""
    return await edge.query(lambda tx: pool.read_pool(tx, edge.member.member_id))


@post("/api/member/v1/me/pool/invitations", **member())
async def invite_to_my_pool(edge: NamedDependency[Edge], data: JSONBody[Invitation]) -> Response[Pool]:
    """Ask a member into the pool whose head I am."""

    async def run(tx: Transaction) -> Pool:
        person_id = await members.resolve(tx, MemberRef(number=data.number))
        return await pool.invite(tx, edge.member.member_id, person_id)

    return await edge.command(run, keep_forever=True)


@get("/api/member/v1/me/pool/invitations", **member())
async def list_my_pool_invitations(edge: NamedDependency[Edge]) -> list[PoolInvitation]:
    """The pools that I am asked into, and by whom; one of them may be joined."""
    return await edge.query(lambda tx: pool.invitations(tx, edge.member.member_id))


@post("/api/member/v1/me/pool/join", **member())
async def join_pool(edge: NamedDependency[Edge], data: JSONBody[PoolChoice]) -> Response[Pool]:
    """Take up an invitation."""
    return await edge.command(lambda tx: pool.join(tx, edge.member.member_id, data.pool_id), keep_forever=True)


@post("/api/member/v1/me/pool/contributions", **member())
async def contribute_to_my_pool(edge: NamedDependency[Edge], data: JSONBody[Contribution]) -> Response[Transfer]:
    """Put points of mine into my pool."""
    sender = edge.member.member_id
    return await edge.command(
        lambda tx: pool.contribute(tx, sender, data.points, transfer_id=new_id()), keep_forever=True
    )


@put("/api/member/v1/me/pool/members/{person_id:uuid}/limits", **member())
async def limit_pool_member(
    edge: NamedDependency[Edge], person_id: FromPath[UUID], data: JSONBody[PoolLimits]
) -> Response[Pool]:
    """Say how much somebody may take out of the pool whose head I am."""
    head = edge.member.member_id
    return await edge.command(lambda tx: pool.limit_person(tx, head, person_id, data.daily_points, data.monthly_points))


def _on_their_way(sent: list[Transfer]) -> OnTheirWay:
    return OnTheirWay([one.transfer_id for one in sent], sum(one.points for one in sent))


@post("/api/member/v1/me/pool/leave", **member())
async def leave_my_pool(edge: NamedDependency[Edge]) -> Response[OnTheirWay]:
    """Leave the pool; my share of what is available comes back to me."""

    async def run(tx: Transaction) -> OnTheirWay:
        return _on_their_way(await pool.leave(tx, edge.member.member_id))

    return await edge.command(run, keep_forever=True)


@post("/api/member/v1/me/pool/dissolve", **member())
async def dissolve_my_pool(edge: NamedDependency[Edge], data: JSONBody[PoolChoice]) -> Response[OnTheirWay]:
    """End the pool whose head I am; everybody's share comes back to them."""

    async def run(tx: Transaction) -> OnTheirWay:
        return _on_their_way(await pool.dissolve(tx, edge.member.member_id, data.pool_id))

    return await edge.command(run, keep_forever=True)


@post(TICKETS, **system("points:write", presence=True))
async def hold_pool_points(
    edge: NamedDependency[Edge], pool_id: FromPath[UUID], data: JSONBody[NewTicket]
) -> Response[PoolTicket]:
    """Set points of a pool aside for an order of one of its people."""
    await edge.attest(members.prove, data.member_id, owner=pool_id)
    return await edge.command(
        lambda tx: pool_ticket.hold(tx, pool_id, data.member_id, data.ticket_id, data.points),
        owner=pool_id,
        keep_forever=True,
    )


@post(TICKETS + "/{ticket_id:uuid}/capture", **system("points:write"))
async def capture_pool_points(
    edge: NamedDependency[Edge], pool_id: FromPath[UUID], ticket_id: FromPath[UUID], data: JSONBody[TicketCapture]
) -> Response[PoolTicket]:
    """Spend what a ticket set aside, or part of it."""
    return await edge.command(
        lambda tx: pool_ticket.capture(tx, pool_id, ticket_id, data.points), owner=pool_id, keep_forever=True
    )


@post(TICKETS + "/{ticket_id:uuid}/release", **system("points:write"))
async def release_pool_points(
    edge: NamedDependency[Edge], pool_id: FromPath[UUID], ticket_id: FromPath[UUID]
) -> Response[PoolTicket]:
    """Give free what a ticket set aside."""
    return await edge.command(lambda tx: pool_ticket.release(tx, pool_id, ticket_id), owner=pool_id, keep_forever=True)


@post(TICKETS + "/{ticket_id:uuid}/returns", **system("points:write"))
async def return_pool_points(
    edge: NamedDependency[Edge], pool_id: FromPath[UUID], ticket_id: FromPath[UUID], data: JSONBody[TicketReturn]
) -> Response[PoolTicket]:
    """Give points that a ticket spent back to the pool, by a refund."""
    return await edge.command(
        lambda tx: pool_ticket.give_back(tx, pool_id, ticket_id, data.points, data.reference),
        owner=pool_id,
        keep_forever=True,
    )


@post(PARTNER + "/exchanges", **system("partners:write", presence=True))
async def exchange_points(
    edge: NamedDependency[Edge], code: FromPath[str], data: JSONBody[NewExchange]
) -> Response[Exchange]:
    """Exchange points with a partner, under the partner's own reference: a first transaction reserves, a second one
    moves."""
    order = ExchangeOrder(
        partner=code, direction=data.direction, reference=data.reference, partner_points=data.partner_points
    )
    member_id = await edge.query(lambda tx: members.resolve(tx, data.member))
    if data.direction == "out":
        await edge.attest(members.prove, member_id)
    ticket = await edge.transact(lambda tx: partner.reserve(tx, member_id, order))
    return await edge.command(lambda tx: partner.exchange(tx, ticket), owner=ticket.owner_id, keep_forever=True)


@post(PARTNER + "/exchanges/{reference:str}/cancel", **system("partners:write"))
async def cancel_exchange(
    edge: NamedDependency[Edge], code: FromPath[str], reference: FromPath[str]
) -> Response[Exchange]:
    """Take back an exchange out that the partner did not accept."""

    async def run(tx: Transaction) -> Exchange:
        return await partner.cancel(tx, await partner.owner_of(tx, code, reference), code, reference)

    return await edge.command(run, owner=lambda tx: partner.owner_of(tx, code, reference), keep_forever=True)


async def _settlement(tx: Transaction, code: str, day: date) -> SettlementFile:
    made = await settlement.settlement(tx, code, day)
    return SettlementFile(code, day, made.sha256.hex(), made.file.decode())


@get(PARTNER + "/settlements/{day:date}", **system("partners:read"))
async def read_settlement(edge: NamedDependency[Edge], code: FromPath[str], day: FromPath[date]) -> SettlementFile:
    """The settlement file of a finished business day."""
    return await edge.query(lambda tx: _settlement(tx, code, day), one_moment=False)


@post(PARTNER + "/settlements/{day:date}/reconcile", status_code=200, **system("partners:read"))
async def reconcile_settlement(
    edge: NamedDependency[Edge], code: FromPath[str], day: FromPath[date], data: JSONBody[TheirFile]
) -> Reconciliation:
    """Hold the partner's file of a day against ours; changes nothing."""
    return await edge.query(lambda tx: settlement.reconcile(tx, code, day, data.file.encode()), one_moment=False)


ROUTES = [
    send_points,
    list_my_transfers,
    read_my_transfer,
    send_points_of_member,
    read_transfer,
    list_member_transfers,
    found_my_pool,
    read_my_pool,
    invite_to_my_pool,
    list_my_pool_invitations,
    join_pool,
    contribute_to_my_pool,
    limit_pool_member,
    leave_my_pool,
    dissolve_my_pool,
    hold_pool_points,
    capture_pool_points,
    release_pool_points,
    return_pool_points,
    exchange_points,
    cancel_exchange,
    read_settlement,
    reconcile_settlement,
]
