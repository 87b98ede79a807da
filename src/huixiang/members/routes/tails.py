"""Finding members at a till by the last digits of their phones."""

from __future__ import annotations

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from huixiang.members import service
from huixiang.members.model.tails import Candidates, TailSearch
from huixiang.platform.access import system
from huixiang.platform.edge import Edge


@post("/api/v1/members/lookup/tail", status_code=200, **system("members:tail"))
async def look_up_by_tail(edge: NamedDependency[Edge], data: JSONBody[TailSearch]) -> Candidates:
    """Members whose phones end so, masked, ten at most (MEM-04). None of them is shown to be there: to spend, their
    card is scanned or they are sent a code. A key asks 30 times freely, then further and further apart."""
    key_id = edge.system.key_id
    return await edge.transact(lambda tx: service.look_up_by_tail(tx, key_id, data))


ROUTES = [look_up_by_tail]
