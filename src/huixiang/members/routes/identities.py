"""What finds members, and members who are one person, over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from huixiang.members.model import MemberCard
from huixiang.members.model.identities import Identity
from huixiang.members.model.merging import Merge, MergePreview, NewMerge, Undoing
from huixiang.members.service import identities, identity_requests, merge_preview, merging
from huixiang.platform.access import staff, system
from huixiang.platform.edge import Edge
from huixiang.staff.model.approvals import Approval

Into = Annotated[UUID, QueryParameter(description="who would stay")]


@post("/api/v1/members/{member_id:uuid}/identities", status_code=200, **system("members:manage"))
async def link_identity(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[Identity]
) -> Response[MemberCard]:
    """Link a phone, or an id in another system, to a member. Where it is another's, the refusal says with whom to merge
    (MEM-02)."""
    by = f"key:{edge.system.key_id}"
    return await edge.command(lambda tx: identities.link(tx, member_id, data, by), owner=member_id)


@post("/api/v1/members/{member_id:uuid}/identities/unlink", status_code=200, **system("members:manage"))
async def unlink_identity(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[Identity]
) -> Response[MemberCard]:
    """Take a phone, or an id in another system, off a member; never the last one (MEM-02)."""
    by = f"key:{edge.system.key_id}"
    return await edge.command(lambda tx: identities.unlink(tx, member_id, data, by), owner=member_id)


@post("/api/v1/members/{member_id:uuid}/merges", status_code=202, **system("members:manage"))
async def merge_member(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewMerge]
) -> Response[Merge]:
    """Begin to merge a member into another; what both have is moved at once, and the id goes on resolving (MEM-02)."""
    by = f"key:{edge.system.key_id}"
    return await edge.command(lambda tx: merging.start(tx, member_id, data, by), owner=member_id, keep_forever=True)


@get("/api/v1/members/{member_id:uuid}/merges/{merge_id:uuid}", **system("members:read"))
async def read_merge(edge: NamedDependency[Edge], member_id: FromPath[UUID], merge_id: FromPath[UUID]) -> Merge:
    """How far a merge has come, by the id of the member who went."""
    return await edge.query(lambda tx: merging.read(tx, member_id, merge_id))


@post("/api/v1/members/{member_id:uuid}/merges/{merge_id:uuid}/undo", status_code=202, **system("members:manage"))
async def undo_merge(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], merge_id: FromPath[UUID], data: JSONBody[Undoing]
) -> Response[Merge]:
    """Begin to undo a merge, within a day and while nothing that was moved is spent (MEM-02)."""
    by = f"key:{edge.system.key_id}"
    return await edge.command(
        lambda tx: merging.undo(tx, member_id, merge_id, data.reason, by), owner=member_id, keep_forever=True
    )


@post("/api/console/v1/members/{member_id:uuid}/identities", status_code=202, **staff("members:manage"))
async def link_identity_by_staff(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[Identity]
) -> Response[Approval]:
    """Ask that a phone, or an id in another system, be linked to a member; it waits for another person with
    `members:approve` (MEM-02, CON-02)."""
    by = edge.staff.staff_id
    return await edge.command(lambda tx: identity_requests.request_link(tx, member_id, data, by), owner=member_id)


@post("/api/console/v1/members/{member_id:uuid}/identities/unlink", status_code=202, **staff("members:manage"))
async def unlink_identity_by_staff(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[Identity]
) -> Response[Approval]:
    """Ask that a phone, or an id in another system, be taken off a member, never the last one; it waits for another
    person with `members:approve` (MEM-02, CON-02)."""
    by = edge.staff.staff_id
    return await edge.command(lambda tx: identity_requests.request_unlink(tx, member_id, data, by), owner=member_id)


@get("/api/console/v1/members/{member_id:uuid}/merges/preview", **staff("members:read"))
async def preview_merge(edge: NamedDependency[Edge], member_id: FromPath[UUID], into: Into) -> MergePreview:
    """What both members have that a merge would bring together, and what it would not (MEM-02). Changes nothing."""
    return await edge.query(lambda tx: merge_preview.preview(tx, member_id, into))


@get("/api/console/v1/members/{member_id:uuid}/merges", **staff("members:read"))
async def list_merges(edge: NamedDependency[Edge], member_id: FromPath[UUID]) -> list[Merge]:
    """The merges that a member went or stayed in."""
    return await edge.query(lambda tx: merging.merges_of(tx, member_id))


@post("/api/console/v1/members/{member_id:uuid}/merges", status_code=202, **staff("members:manage"))
async def merge_member_by_staff(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewMerge]
) -> Response[Merge]:
    """Begin to merge a member into another, with a reason; the audit log keeps it (MEM-02)."""
    by = f"staff:{edge.staff.staff_id}"
    return await edge.command(lambda tx: merging.start(tx, member_id, data, by), owner=member_id, keep_forever=True)


@post(
    "/api/console/v1/members/{member_id:uuid}/merges/{merge_id:uuid}/undo", status_code=202, **staff("members:manage")
)
async def undo_merge_by_staff(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], merge_id: FromPath[UUID], data: JSONBody[Undoing]
) -> Response[Merge]:
    """Begin to undo a merge, with a reason; the audit log keeps it (MEM-02)."""
    by = f"staff:{edge.staff.staff_id}"
    return await edge.command(
        lambda tx: merging.undo(tx, member_id, merge_id, data.reason, by), owner=member_id, keep_forever=True
    )


ROUTES = [
    link_identity,
    unlink_identity,
    merge_member,
    read_merge,
    undo_merge,
    link_identity_by_staff,
    unlink_identity_by_staff,
    preview_merge,
    list_merges,
    merge_member_by_staff,
    undo_merge_by_staff,
]
