"""Commands of the ledger over HTTP, for systems: each makes one posting, and the posting keeps its Idempotency-Key.
Then what they set aside, and the books they are made in."""

from __future__ import annotations

from typing import Annotated, TypeGuard
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.platform.access import staff, system
from huixiang.platform.db import Transaction
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit
from huixiang.points import service
from huixiang.points.model import Book, Posting
from huixiang.points.model.requests import (
    Asked,
    NewBook,
    NewCapture,
    NewClawBack,
    NewCredit,
    NewHold,
    NewRelease,
    NewReturn,
    NewSpend,
    OpenHold,
    Posted,
    Request,
)
from huixiang.points.service import holds, requests

POINTS = "/api/v1/members/{member_id:uuid}/points"
HOLD = POINTS + "/holds/{hold_id:uuid}"

InBook = Annotated[str | None, QueryParameter(description="the code of a book; left out, all", max_length=32)]
OlderThan = Annotated[int, QueryParameter(ge=1, le=3650, description="days since they were set aside")]


def takes_points(asked: Asked) -> TypeGuard[NewSpend | NewHold | NewClawBack]:
    """Whether it takes points that the member could keep: then they have to be there (PTS-22). A capture takes what was
    set aside with them, a claw-back of something earned is the other half of a refund."""
    return isinstance(asked, NewSpend | NewHold) or (isinstance(asked, NewClawBack) and asked.origin_seq is None)


async def command(edge: Edge, member_id: UUID, asked: Asked, hold_id: UUID | None = None) -> Response[Posted]:
    """Post what is asked, or answer what the same request was answered first."""
    said = await edge.asked()
    request = Request(member_id=member_id, key=said.key, input_hash=said.input_hash, asked=asked, hold_id=hold_id)
    prepared = await edge.query(lambda tx: requests.prepare(tx, request))
    if isinstance(prepared, Posting):
        posting, replayed = prepared, True
    else:
        if takes_points(asked):
            await edge.attest(members.prove, member_id, book=asked.book)
        posting, replayed = await edge.direct(lambda db: requests.post(db, prepared))
    answer = await edge.query(lambda tx: requests.posted(tx, request, posting))
    return edge.answer(answer, replayed=replayed)


@post(POINTS + "/credits", **system("points:write"))
async def credit_points(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewCredit]
) -> Response[Posted]:
    """Give points. They pay a debt first; caps of the earning rules may cut them, and `short` says by how much."""
    return await command(edge, member_id, data)


@post(POINTS + "/spends", **system("points:write", presence=True))
async def spend_points(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewSpend]
) -> Response[Posted]:
    """Take points for something, all or none, those that expire first (PTS-10)."""
    return await command(edge, member_id, data)


@post(POINTS + "/holds", **system("points:write", presence=True))
async def hold_points(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewHold]
) -> Response[Posted]:
    """Set points aside until they are captured or released, or the hold expires (PTS-07)."""
    return await command(edge, member_id, data)


@post(HOLD + "/capture", **system("points:write"))
async def capture_hold(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], hold_id: FromPath[UUID], data: JSONBody[NewCapture]
) -> Response[Posted]:
    """Spend what a hold set aside, or part of it; the rest is released (PTS-07).

    After a release it takes what is available; `short` says how many points were missing and are due in cash.
    """
    return await command(edge, member_id, data, hold_id)


@post(HOLD + "/release", **system("points:write"))
async def release_hold(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], hold_id: FromPath[UUID], data: JSONBody[NewRelease]
) -> Response[Posted]:
    """Give free what a hold set aside (PTS-07)."""
    return await command(edge, member_id, data, hold_id)


@post(POINTS + "/returns", **system("points:write"))
async def return_points(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewReturn]
) -> Response[Posted]:
    """Give spent points back into the lots they came from, in any number of parts (PTS-12)."""
    return await command(edge, member_id, data)


@post(POINTS + "/claw-backs", **system("points:write", presence=True))
async def claw_back_points(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewClawBack]
) -> Response[Posted]:
    """Take back earned points: their own lots first, then what is available, then as the policy says (PTS-12).

    Without `origin_seq` it takes points for nothing that was earned, and needs proof of presence as a spend does.
    """
    return await command(edge, member_id, data)


@get(POINTS + "/holds", **system("points:read"))
async def list_holds(
    edge: NamedDependency[Edge],
    member_id: FromPath[UUID],
    book: InBook = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[OpenHold]:
    """What of a member's points is set aside, the earliest first; in one book or in all (PTS-07)."""

    async def run(tx: Transaction) -> Page[OpenHold]:
        found = await members.resolve(tx, MemberRef(member_id=member_id))
        return await holds.open_holds(tx, found, await service.find_book(tx, book) if book else None, cursor, limit)

    return await edge.query(run)


@get("/api/console/v1/points/holds", **staff("points:read"))
async def list_overdue_holds(
    edge: NamedDependency[Edge],
    older_than_days: OlderThan = 7,
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[OpenHold]:
    """Points of placed orders that are neither captured nor released for so many days, the oldest first, for staff to
    look after: they are never released silently (PTS-07)."""
    return await edge.query(lambda tx: holds.overdue_holds(tx, older_than_days, cursor, limit))


@post("/api/v1/points/books", **system("books:write"))
async def open_book(edge: NamedDependency[Edge], data: JSONBody[NewBook]) -> Response[Book]:
    """Open a book: another kind of balance on the same engine. It is never changed (PTS-21)."""
    return await edge.command(lambda tx: service.open_book(tx, data.code, has_lots=data.has_lots), keep_forever=True)


@get("/api/v1/points/books", **system("points:read"))
async def list_books(edge: NamedDependency[Edge]) -> list[Book]:
    """Every book (PTS-21)."""
    return await edge.query(service.list_books)


ROUTES = [
    credit_points,
    spend_points,
    hold_points,
    capture_hold,
    release_hold,
    return_points,
    claw_back_points,
    list_holds,
    list_overdue_holds,
    open_book,
    list_books,
]
