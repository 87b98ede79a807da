"""Statements over HTTP, by page and exported, for systems, for the member, and for staff (PTS-18)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream

from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.platform.access import member, staff, system
from huixiang.platform.db import Transaction
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit
from huixiang.points import service
from huixiang.points.model import StatementLine
from huixiang.points.model.requests import StatementFilter
from huixiang.points.schemas import EXAMPLES, MEDIA_TYPES, ExportFormat, export_head, export_lines
from huixiang.staff import service as staff_service
from huixiang.staff.model import AuditEntry

EXPORTED_AT_ONCE = 2000

BookCode = Annotated[str, QueryParameter(description="points, growth, or a book of one's own", max_length=32)]
Kind = Annotated[str | None, QueryParameter(description="earn, spend, expire, ...", max_length=32)]
Cause = Annotated[str | None, QueryParameter(description="consumption, refund, ...", max_length=64)]
First = Annotated[date | None, QueryParameter(name="from", description="the first business day of occurred_at")]
Last = Annotated[date | None, QueryParameter(name="to", description="the last business day of occurred_at")]
Format = Annotated[ExportFormat, QueryParameter(name="format", description="csv or ndjson")]


def statement_filter(kind: Kind = None, cause: Cause = None, first: First = None, last: Last = None) -> StatementFilter:
    """What every route of statements may be asked for."""
    return StatementFilter(kind=kind, cause=cause, first_day=first, last_day=last)


FILTERED = {"wanted": Provide(statement_filter, sync_to_thread=False)}
Wanted = NamedDependency[StatementFilter]


def _streamed(mark: dict[str, Any]) -> dict[str, Any]:
    """The mark of a route that answers an export."""
    mark["opt"]["streamed"] = EXAMPLES
    return mark


async def _statement(
    edge: Edge, member_id: UUID, book: str, wanted: StatementFilter, cursor: str | None, limit: int
) -> Page[StatementLine]:
    async def run(tx: Transaction) -> Page[StatementLine]:
        found = await members.resolve(tx, MemberRef(member_id=member_id))
        return await service.statement(tx, found, await service.find_book(tx, book), cursor, limit, wanted)

    return await edge.query(run)


async def _export(edge: Edge, member_id: UUID, book: str, kind: ExportFormat, wanted: StatementFilter) -> Stream:
    """Every page of a statement, each read in a transaction of its own, so that who reads slowly holds up nobody. What
    is refused is refused before the first byte."""
    first = await _statement(edge, member_id, book, wanted, None, EXPORTED_AT_ONCE)

    async def parts() -> AsyncIterator[bytes]:
        yield export_head(kind)
        page = first
        while True:
            yield export_lines(kind, page.items, edge.calendar)
            if page.next_cursor is None:
                return
            page = await _statement(edge, member_id, book, wanted, page.next_cursor, EXPORTED_AT_ONCE)

    named = {"Content-Disposition": f'attachment; filename="statement-{book}.{kind}"'}
    return Stream(parts(), media_type=MEDIA_TYPES[kind], headers=named)


async def _log_export(edge: Edge, member_id: UUID, book: str, wanted: StatementFilter) -> None:
    """Who took a member's statement away, and which part of it."""
    staff_id = edge.staff.staff_id
    entry = AuditEntry(
        actor=f"staff:{staff_id}",
        action="statement.exported",
        subject=f"member:{member_id}",
        member_id=member_id,
        after={"book": book, "from": _day(wanted.first_day), "to": _day(wanted.last_day)},
    )
    await edge.transact(lambda tx: staff_service.record(tx, entry))


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


@get("/api/v1/members/{member_id:uuid}/points/postings", dependencies=FILTERED, **system("points:read"))
async def list_postings(
    edge: NamedDependency[Edge],
    member_id: FromPath[UUID],
    wanted: Wanted,
    book: BookCode = "points",
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[StatementLine]:
    """A member's statement, the latest posting first (PTS-18)."""
    return await _statement(edge, member_id, book, wanted, cursor, limit)


@get(
    "/api/v1/members/{member_id:uuid}/points/postings/export", dependencies=FILTERED, **_streamed(system("points:read"))
)
async def export_postings(
    edge: NamedDependency[Edge],
    member_id: FromPath[UUID],
    wanted: Wanted,
    format_: Format = "csv",
    book: BookCode = "points",
) -> Stream:
    """A member's whole statement, the latest posting first, as CSV for a spreadsheet or as NDJSON (PTS-18)."""
    return await _export(edge, member_id, book, format_, wanted)


@get("/api/member/v1/me/points/postings", dependencies=FILTERED, **member())
async def list_my_postings(
    edge: NamedDependency[Edge],
    wanted: Wanted,
    book: BookCode = "points",
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[StatementLine]:
    """My statement, the latest posting first."""
    return await _statement(edge, edge.member.member_id, book, wanted, cursor, limit)


@get("/api/member/v1/me/points/postings/export", dependencies=FILTERED, **_streamed(member()))
async def export_my_postings(
    edge: NamedDependency[Edge],
    wanted: Wanted,
    format_: Format = "csv",
    book: BookCode = "points",
) -> Stream:
    """My whole statement, the latest posting first, as CSV for a spreadsheet or as NDJSON."""
    return await _export(edge, edge.member.member_id, book, format_, wanted)


@get("/api/console/v1/members/{member_id:uuid}/points/postings", dependencies=FILTERED, **staff("points:read"))
async def list_member_postings(
    edge: NamedDependency[Edge],
    member_id: FromPath[UUID],
    wanted: Wanted,
    book: BookCode = "points",
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[StatementLine]:
    """A member's statement, for staff."""
    return await _statement(edge, member_id, book, wanted, cursor, limit)


@get(
    "/api/console/v1/members/{member_id:uuid}/points/postings/export",
    dependencies=FILTERED,
    **_streamed(staff("points:export")),
)
async def export_member_postings(
    edge: NamedDependency[Edge],
    member_id: FromPath[UUID],
    wanted: Wanted,
    format_: Format = "csv",
    book: BookCode = "points",
) -> Stream:
    """A member's whole statement, for staff; who took it is in the audit log."""
    exported = await _export(edge, member_id, book, format_, wanted)
    await _log_export(edge, member_id, book, wanted)
    return exported


ROUTES = [
    list_postings,
    export_postings,
    list_my_postings,
    export_my_postings,
    list_member_postings,
    export_member_postings,
]
