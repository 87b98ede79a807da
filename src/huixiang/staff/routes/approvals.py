"""Requests that wait for a second person, over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody, QueryParameter

from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.platform.access import staff
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit
from huixiang.staff.model.approvals import (
    Approval,
    ApprovalFilter,
    ApprovalWithdrawal,
    Decision,
    State,
    WaitingApprovals,
    Which,
)
from huixiang.staff.service import approvals as service

Asked = Annotated[
    Which | None, QueryParameter(description="those that wait for the caller, their own, or those that wait no more")
]
InState = Annotated[State | None, QueryParameter(name="state", description="of its life")]
OfCommand = Annotated[str | None, QueryParameter(min_length=1, max_length=64, description="such as points.adjust")]
OfMember = Annotated[UUID | None, QueryParameter(description="whom it concerns")]


def approval_filter(
    which: Asked = None, in_state: InState = None, command: OfCommand = None, member_id: OfMember = None
) -> ApprovalFilter:
    """Which requests are asked for; all of them if nothing is given."""
    return ApprovalFilter(which=which, state=in_state, command=command, member_id=member_id)


FILTERED = {"wanted": Provide(approval_filter, sync_to_thread=False)}


@get("/api/console/v1/approvals", dependencies=FILTERED, **staff("approvals:read"))
async def list_approvals(
    edge: NamedDependency[Edge],
    wanted: NamedDependency[ApprovalFilter],
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[Approval]:
    """What one made or may decide, the latest first; all of it for who reads the audit log (CON-02)."""
    return await edge.query(lambda tx: service.approvals(tx, wanted, edge.staff, cursor, limit))


@get("/api/console/v1/approvals/{approval_id:uuid}", **staff("approvals:read"))
async def read_approval(edge: NamedDependency[Edge], approval_id: FromPath[UUID]) -> Approval:
    """One request with the difference that it would make. Personal values in it are opened to its maker and to who may
    decide it; that stands in the audit log (CON-02)."""
    return await edge.transact(lambda tx: service.approval(tx, approval_id, edge.staff))


@post("/api/console/v1/approvals/{approval_id:uuid}/decision", status_code=200, **staff("approvals:decide"))
async def decide_approval(
    edge: NamedDependency[Edge], approval_id: FromPath[UUID], data: JSONBody[Decision]
) -> Response[Approval]:
    """Approve or refuse what another person asked for, who holds the permission that the request names. What is
    approved runs right after: `done`, or `failed` with the code of its refusal (CON-02)."""
    return await edge.command(lambda tx: service.decide(tx, approval_id, data, edge.staff), keep_forever=True)


@get("/api/console/v1/approvals/waiting", **staff("approvals:read"))
async def count_waiting_approvals(edge: NamedDependency[Edge]) -> WaitingApprovals:
    """How many requests wait for the caller's decision (CON-02)."""
    return await edge.query(lambda tx: service.waiting_for(tx, edge.staff))


@post("/api/console/v1/approvals/{approval_id:uuid}/withdrawal", status_code=200, **staff("approvals:read"))
async def withdraw_approval(
    edge: NamedDependency[Edge], approval_id: FromPath[UUID], data: JSONBody[ApprovalWithdrawal]
) -> Response[Approval]:
    """Take back what one asked for oneself, while nobody has decided (CON-02)."""
    return await edge.command(lambda tx: service.withdraw(tx, approval_id, data.note, edge.staff), keep_forever=True)


ROUTES = [list_approvals, read_approval, decide_approval, count_waiting_approvals, withdraw_approval]
