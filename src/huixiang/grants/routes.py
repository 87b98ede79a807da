"""Bulk grants over HTTP: made and previewed, asked for, steered, undone, and every row accounted for (CON-07)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.response import Stream

from huixiang.grants import service
from huixiang.grants.model import Bulk, BulkSummary, NewGrant, Recipient, Which, Why
from huixiang.grants.schemas import COLUMNS, EXAMPLES, REFUSED_COLUMNS, REFUSED_EXAMPLES, head, lines
from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.kernel.sheet import CSV_MEDIA_TYPE, csv_rows
from huixiang.platform.access import staff
from huixiang.platform.edge import Edge
from huixiang.platform.web import limits
from huixiang.platform.web.parameters import Cursor, Limit

PATH = "/api/console/v1/grants"
EXPORTED_AT_ONCE = 5_000
Wanted = Annotated[
    Which | None, QueryParameter(name="which", description="planned, granted, skipped, failed, or rest: not taken back")
]


def _streamed(mark: dict[str, Any], examples: dict[str, str]) -> dict[str, Any]:
    mark["opt"]["streamed"] = examples
    return mark


@post(PATH, request_max_body_size=limits.BULK_BODY_BYTES, **staff("grants:write"))
async def make_grant(edge: NamedDependency[Edge], data: JSONBody[NewGrant]) -> Response[Bulk]:
    """Write down a grant with its members, from a file or by a condition, and preview it. Nothing is given yet."""
    return await edge.command(lambda tx: service.make(tx, data, edge.staff.staff_id))


@get(PATH, **staff("grants:read"))
async def list_grants(
    edge: NamedDependency[Edge], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[BulkSummary]:
    """Grants, the latest first."""
    return await edge.query(lambda tx: service.grants(tx, cursor, limit))


@get(PATH + "/{grant_id:uuid}", **staff("grants:read"))
async def read_grant(edge: NamedDependency[Edge], grant_id: FromPath[UUID]) -> Bulk:
    """One grant with its preview, and how far it has come."""
    return await edge.query(lambda tx: service.grant(tx, grant_id))


@post(PATH + "/{grant_id:uuid}/request", status_code=202, **staff("grants:write"))
async def request_grant(edge: NamedDependency[Edge], grant_id: FromPath[UUID], data: JSONBody[Why]) -> Response[Bulk]:
    """Ask another person to let it be given, to the members that were previewed (CON-02)."""
    return await edge.command(
        lambda tx: service.request(tx, grant_id, data.reason, edge.staff.staff_id), keep_forever=True
    )


@post(PATH + "/{grant_id:uuid}/pause", status_code=200, **staff("grants:write"))
async def pause_grant(edge: NamedDependency[Edge], grant_id: FromPath[UUID], data: JSONBody[Why]) -> Response[Bulk]:
    """Let it rest after the members whom it is giving to in this moment."""
    return await edge.command(lambda tx: service.steer(tx, grant_id, "pause", data.reason, edge.staff.staff_id))


@post(PATH + "/{grant_id:uuid}/resume", status_code=200, **staff("grants:write"))
async def resume_grant(edge: NamedDependency[Edge], grant_id: FromPath[UUID], data: JSONBody[Why]) -> Response[Bulk]:
    """Let it go on; also where it is at work and its job has been held."""
    return await edge.command(lambda tx: service.steer(tx, grant_id, "resume", data.reason, edge.staff.staff_id))


@post(PATH + "/{grant_id:uuid}/stop", status_code=200, **staff("grants:write"))
async def stop_grant(edge: NamedDependency[Edge], grant_id: FromPath[UUID], data: JSONBody[Why]) -> Response[Bulk]:
    """End it: who was given nothing yet is skipped. What was given stays until it is undone."""
    return await edge.command(
        lambda tx: service.steer(tx, grant_id, "stop", data.reason, edge.staff.staff_id), keep_forever=True
    )


@post(PATH + "/{grant_id:uuid}/undo", status_code=202, **staff("grants:write"))
async def undo_grant(edge: NamedDependency[Edge], grant_id: FromPath[UUID], data: JSONBody[Why]) -> Response[Bulk]:
    """Ask another person to let what members have not used be taken back (CON-02). What is used is listed."""
    return await edge.command(
        lambda tx: service.request_undo(tx, grant_id, data.reason, edge.staff.staff_id), keep_forever=True
    )


@get(PATH + "/{grant_id:uuid}/members", **staff("grants:read"))
async def list_grant_members(
    edge: NamedDependency[Edge],
    grant_id: FromPath[UUID],
    which: Wanted = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[Recipient]:
    """Who is listed, and what came of each."""
    return await edge.query(lambda tx: service.rows(tx, grant_id, which, cursor, limit))


@get(PATH + "/{grant_id:uuid}/members/export", **_streamed(staff("grants:read"), EXAMPLES))
async def export_grant_members(edge: NamedDependency[Edge], grant_id: FromPath[UUID], which: Wanted = None) -> Stream:
    """The same as CSV, all of it; who took it is in the audit log."""
    await edge.transact(lambda tx: service.note_export(tx, grant_id, which, edge.staff.staff_id))
    parts = _parts(edge, grant_id, which)
    return Stream(parts, media_type=CSV_MEDIA_TYPE, headers=_named(f"grant-{which or 'members'}.csv"))


async def _parts(edge: Edge, grant_id: UUID, which: Which | None) -> AsyncIterator[bytes]:
    """Every page, each read in a transaction of its own, so that who reads slowly holds up nobody."""
    yield head(COLUMNS)
    cursor = None
    while True:
        page = await _page(edge, grant_id, which, cursor)
        yield lines(page.items)
        cursor = page.next_cursor
        if cursor is None:
            return


async def _page(edge: Edge, grant_id: UUID, which: Which | None, cursor: str | None) -> Page[Recipient]:
    return await edge.query(lambda tx: service.rows(tx, grant_id, which, cursor, EXPORTED_AT_ONCE))


@get(PATH + "/{grant_id:uuid}/refused-rows", **_streamed(staff("grants:read"), REFUSED_EXAMPLES))
async def export_refused_rows(edge: NamedDependency[Edge], grant_id: FromPath[UUID]) -> Stream:
    """The rows of the uploaded list that name nobody, or somebody twice: line and problem, as CSV."""
    found = await edge.query(lambda tx: service.refused_rows(tx, grant_id))

    async def parts() -> AsyncIterator[bytes]:
        yield head(REFUSED_COLUMNS)
        yield csv_rows(found).encode()

    return Stream(parts(), media_type=CSV_MEDIA_TYPE, headers=_named("refused-rows.csv"))


def _named(file: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{file}"'}


ROUTES = [
    make_grant,
    list_grants,
    read_grant,
    request_grant,
    pause_grant,
    resume_grant,
    stop_grant,
    undo_grant,
    list_grant_members,
    export_grant_members,
    export_refused_rows,
]
