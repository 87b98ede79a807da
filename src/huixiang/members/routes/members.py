"""Registration, look-up and cards over HTTP. A phone is never part of an address: look-ups are bodies of POST."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.kernel.page import Page
from huixiang.members import service
from huixiang.members.model import MemberCard, MemberRef, NewMember
from huixiang.members.schemas import MemberSearch, SoughtMember, outcome_rows
from huixiang.platform.access import member, staff, system
from huixiang.platform.edge import Edge
from huixiang.platform.web.ndjson import BulkOutcome, RowOutcome, read_rows, summarise
from huixiang.platform.web.request import StrictRequest

ROWS_PER_TRANSACTION = 500


@post("/api/v1/members", **system("members:write"))
async def register_member(edge: NamedDependency[Edge], data: JSONBody[NewMember]) -> Response[MemberCard]:
    """Register a member (MEM-02). The very same registration again answers with the member it made."""
    return await edge.command(lambda tx: service.register(tx, data))


@post("/api/v1/members/bulk", status_code=200, **system("members:write", rows=NewMember))
async def register_members(edge: NamedDependency[Edge], request: StrictRequest) -> BulkOutcome:
    """Register members, one JSON object a line. A bad row is reported, the good rows are kept.

    Rows carry their own identities, so a repeated body registers nobody twice and needs no key.
    """
    rows = list(await read_rows(request, NewMember))
    outcomes: list[RowOutcome] = []
    for start in range(0, len(rows), ROWS_PER_TRANSACTION):
        chunk = rows[start : start + ROWS_PER_TRANSACTION]
        readable = [row.value for row in chunk if row.value is not None]
        made = await edge.transact(lambda tx, readable=readable: service.register_bulk(tx, readable))  # type: ignore[misc]
        outcomes += outcome_rows(chunk, made)
    return summarise(outcomes)


@post("/api/v1/members/lookup", status_code=200, **system("members:read"))
async def look_up_member(edge: NamedDependency[Edge], data: JSONBody[SoughtMember]) -> MemberCard:
    """Find a member by phone, by an id in another system, by number, or by the code that their card shows (MEM-04).

    None of them proves that the member is there: spending shows the code again.
    """
    if (code := data.code) is not None:
        return await edge.query(lambda tx: service.look_up_by_code(tx, code))
    return await edge.query(lambda tx: service.look_up(tx, data))


@get("/api/v1/members/{member_id:uuid}", **system("members:read"))
async def read_member(edge: NamedDependency[Edge], member_id: FromPath[UUID]) -> MemberCard:
    """A member's card, for another system."""
    return await edge.query(lambda tx: service.look_up(tx, MemberRef(member_id=member_id)))


@get("/api/member/v1/me", **member())
async def read_my_card(edge: NamedDependency[Edge]) -> MemberCard:
    """My card (MEM-04)."""
    return await edge.query(lambda tx: service.card(tx, edge.member.member_id, own=True))


@post("/api/console/v1/members/search", status_code=200, **staff("members:read"))
async def search_members(edge: NamedDependency[Edge], data: JSONBody[MemberSearch]) -> Page[MemberCard]:
    """Find members by what identifies them, or leaf through them, for staff; names and phones are masked (CON-01)."""
    return await edge.query(lambda tx: service.search(tx, data.query, data.cursor, data.limit))


@get("/api/console/v1/members/{member_id:uuid}", **staff("members:read"))
async def read_member_for_staff(edge: NamedDependency[Edge], member_id: FromPath[UUID]) -> MemberCard:
    """A member's card, for staff, whatever the member's state; masked (CON-01)."""
    return await edge.query(lambda tx: service.card(tx, member_id))


ROUTES = [
    register_member,
    register_members,
    look_up_member,
    read_member,
    read_my_card,
    search_members,
    read_member_for_staff,
]
