"""Members' consents at the console: looked at, and withdrawn for who asks for it by phone or at a counter."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.members.model.attributes import Consent, StaffWithdrawal
from huixiang.members.service import consents
from huixiang.platform.access import staff
from huixiang.platform.edge import Edge

OF_MEMBER = "/api/console/v1/members/{member_id:uuid}/consents"


@get(OF_MEMBER, **staff("members:read"))
async def list_consents_for_staff(edge: NamedDependency[Edge], member_id: FromPath[UUID]) -> list[Consent]:
    """What a member consented to or withdrew, the last word for each purpose (MEM-09)."""
    return await edge.query(lambda tx: consents.consents(tx, member_id))


@post(OF_MEMBER + "/withdraw", status_code=200, **staff("members:manage"))
async def withdraw_consent_by_staff(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[StaffWithdrawal]
) -> Response[list[Consent]]:
    """Note that a member consents to a purpose no more, with a reason; what was kept by it is deleted (MEM-09)."""
    by = f"staff:{edge.staff.staff_id}"
    return await edge.command(
        lambda tx: consents.withdraw(tx, member_id, data.purpose, by, data.reason), owner=member_id
    )


ROUTES = [list_consents_for_staff, withdraw_consent_by_staff]
