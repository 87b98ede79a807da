"""Members as a file for staff, over HTTP."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.kernel.sheet import CSV_MEDIA_TYPE
from huixiang.members.model.exports import MemberExport, NewExport
from huixiang.members.service import exports
from huixiang.platform.access import staff
from huixiang.platform.edge import Edge

PATH = "/api/console/v1/members/exports"


@post(PATH, status_code=202, **staff("members:export"))
async def export_members(edge: NamedDependency[Edge], data: JSONBody[NewExport]) -> Response[MemberExport]:
    """Ask for up to 1000 members as a file. With personal columns it waits for another person with
    `members:approve_export`, under the request of the same id (CON-02)."""
    by = edge.staff.staff_id
    return await edge.command(lambda tx: exports.request_export(tx, data, by))


@get(PATH, **staff("members:export"))
async def list_exports(edge: NamedDependency[Edge]) -> list[MemberExport]:
    """One's files that are there yet, the latest first. What waits for another person is among one's requests
    (CON-02)."""
    return await edge.query(lambda tx: exports.exports_of(tx, edge.staff.staff_id))


@get(PATH + "/{export_id:uuid}/file", media_type=CSV_MEDIA_TYPE, **staff("members:export"))
async def read_export_file(edge: NamedDependency[Edge], export_id: FromPath[UUID]) -> Response[bytes]:
    """The file, for who asked for it, until a day is over. Each time stands in the audit log (CON-02)."""
    content = await edge.transact(lambda tx: exports.export_file(tx, export_id, edge.staff.staff_id))
    headers = {"Content-Disposition": f'attachment; filename="members-{export_id}.csv"', "Cache-Control": "no-store"}
    return Response(content, media_type=CSV_MEDIA_TYPE, headers=headers)


ROUTES = [export_members, list_exports, read_export_file]
