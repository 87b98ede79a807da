"""By what ways members came, over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from huixiang.members.model.attribution import Attribution, By, NewTouch, SourceSum, Which
from huixiang.members.service import attribution
from huixiang.platform.access import staff, system
from huixiang.platform.edge import Edge

Source = Annotated[By, QueryParameter(description="what is summed")]
OfTouch = Annotated[Which, QueryParameter(description="by the first way that each member came, or by the last one")]
FirstDay = Annotated[date, QueryParameter(name="from", description="business day")]
LastDay = Annotated[date, QueryParameter(name="to", description="business day")]


@post("/api/v1/members/{member_id:uuid}/touches", **system("members:write"))
async def tell_touch(
    edge: NamedDependency[Edge], member_id: FromPath[UUID], data: JSONBody[NewTouch]
) -> Response[Attribution]:
    """Note a way by which a member came; those before it stay (MEM-05)."""
    return await edge.command(lambda tx: attribution.tell(tx, member_id, data), owner=member_id)


@get("/api/v1/members/{member_id:uuid}/attribution", **system("members:read"))
async def read_attribution(edge: NamedDependency[Edge], member_id: FromPath[UUID]) -> Attribution:
    """The first and the last way by which a member came (MEM-05)."""
    return await edge.query(lambda tx: attribution.attribution(tx, member_id))


@get("/api/console/v1/members/{member_id:uuid}/attribution", **staff("members:read"))
async def read_attribution_for_staff(edge: NamedDependency[Edge], member_id: FromPath[UUID]) -> Attribution:
    """The first and the last way by which a member came, for staff (MEM-05)."""
    return await edge.query(lambda tx: attribution.attribution(tx, member_id))


@get("/api/console/v1/attribution", **staff("insight:read"))
async def sum_attribution(
    edge: NamedDependency[Edge],
    first_day: FirstDay,
    last_day: LastDay,
    source: Source = "channel",
    touch: OfTouch = "first",
) -> list[SourceSum]:
    """How many members came by each source in a period, the largest first (MEM-05)."""
    return await edge.query(lambda tx: attribution.sums(tx, source, touch, first_day, last_day))


ROUTES = [tell_touch, read_attribution, read_attribution_for_staff, sum_attribution]
