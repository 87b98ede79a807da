"""The master key, over HTTP."""

from __future__ import annotations

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from huixiang.members.model.master_key import NewMasterKey
from huixiang.members.service.master_key import request_rotation
from huixiang.platform.access import staff
from huixiang.platform.edge import Edge
from huixiang.staff.model.approvals import Approval


@post("/api/console/v1/keys/master/rotate", status_code=202, **staff("keys:write"))
async def rotate_master_key(edge: NamedDependency[Edge], data: JSONBody[NewMasterKey]) -> Response[Approval]:
    """Ask for a new master key of personal data; it waits for another person with `keys:approve` (MEM-11, CON-02)."""
    by = edge.staff.staff_id
    return await edge.command(lambda tx: request_rotation(tx, data.reason, by))


ROUTES = [rotate_master_key]
