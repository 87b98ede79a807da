"""Whether passkeys can be used at the console, and what one's own are called."""

from __future__ import annotations

from uuid import UUID

from litestar import get, patch
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.platform.access import public, staff
from huixiang.platform.edge import Edge
from huixiang.staff import service
from huixiang.staff.model.passkeys import ConsoleWaysIn, RenamedStaffPasskey, StaffPasskey


@get("/api/console/v1/session/ways", **public())
async def list_console_ways_in() -> ConsoleWaysIn:
    """By what the console may offer to sign in here (CON-01)."""
    return ConsoleWaysIn(service.staff_passkeys_wired())


@patch("/api/console/v1/me/passkeys/{passkey_id:uuid}", **staff())
async def rename_console_passkey(
    edge: NamedDependency[Edge], passkey_id: FromPath[UUID], data: JSONBody[RenamedStaffPasskey]
) -> StaffPasskey:
    """Call one of one's passkeys by another name (CON-01). Needs no key: a repetition changes nothing."""
    return await edge.transact(lambda tx: service.rename_staff_passkey(tx, edge.staff.staff_id, passkey_id, data.name))


ROUTES = [list_console_ways_in, rename_console_passkey]
