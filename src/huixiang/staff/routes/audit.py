"""The audit log over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter

from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.platform.access import staff
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit
from huixiang.platform.web.times import check_times
from huixiang.staff.model.audit import AuditDetail, AuditFilter, ShownEntry, ShownRoot
from huixiang.staff.service import audit as service
from huixiang.staff.service import audit_check

Named = Annotated[str | None, QueryParameter(min_length=1, max_length=200)]
Since = Annotated[datetime | None, QueryParameter(name="from", description="recorded at this instant or after it")]
Until = Annotated[datetime | None, QueryParameter(name="to", description="recorded before this instant")]
FirstDay = Annotated[date | None, QueryParameter(name="first_day", description="business day of recording")]
LastDay = Annotated[date | None, QueryParameter(name="last_day", description="business day of recording, included")]
OfMember = Annotated[UUID | None, QueryParameter(description="whose data it concerns")]


def audit_filter(
    actor: Named = None,
    action: Named = None,
    subject: Named = None,
    member_id: OfMember = None,
    since: Since = None,
    until: Until = None,
    first_day: FirstDay = None,
    last_day: LastDay = None,
) -> AuditFilter:
    """Which entries are asked for; all of them if nothing is given."""
    check_times(since, "from")
    check_times(until, "to")
    check_times(first_day, "first_day")
    check_times(last_day, "last_day")
    return AuditFilter(
        actor=actor,
        action=action,
        subject=subject,
        member_id=member_id,
        since=since,
        until=until,
        first_day=first_day,
        last_day=last_day,
    )


FILTERED = {"wanted": Provide(audit_filter, sync_to_thread=False)}


@get("/api/console/v1/audit", dependencies=FILTERED, **staff("audit:read"))
async def list_audit_entries(
    edge: NamedDependency[Edge],
    wanted: NamedDependency[AuditFilter],
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[ShownEntry]:
    """Who did what to whom, when and why, the latest first; by actor (`staff:<id>`, `key:<id>`, `cli`), action,
    subject, member or time. Personal values stay sealed (CON-03)."""
    return await edge.query(lambda tx: service.entries(tx, wanted, cursor, limit))


@get("/api/console/v1/audit/{audit_id:uuid}", **staff("audit:read"))
async def read_audit_entry(edge: NamedDependency[Edge], audit_id: FromPath[UUID]) -> AuditDetail:
    """One entry, with its chain verified at this moment: walked from its first entry, and held against the signed root
    of the day where that is closed (CON-03)."""
    return await edge.query(lambda tx: audit_check.audit_entry(tx, audit_id))


@get("/api/console/v1/audit/roots", **staff("audit:read"))
async def list_audit_roots(
    edge: NamedDependency[Edge], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[ShownRoot]:
    """The signed roots of closed days, the latest first, each with what is wrong with it, if anything (CON-03)."""
    return await edge.query(lambda tx: audit_check.audit_roots(tx, cursor, limit))


ROUTES = [list_audit_entries, read_audit_entry, list_audit_roots]
