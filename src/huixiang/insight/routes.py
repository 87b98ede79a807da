"""What the business comes to, over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from huixiang.insight import service
from huixiang.insight.model import Overview
from huixiang.kernel.errors import InvalidInput
from huixiang.platform.access import staff
from huixiang.platform.edge import Edge

First = Annotated[
    date | None, QueryParameter(name="from", description="the first business day; the earliest if left out")
]
Last = Annotated[date | None, QueryParameter(name="to", description="the last business day; the latest if left out")]


@get("/api/console/v1/overview", **staff("insight:read"))
async def read_overview(edge: NamedDependency[Edge], first: First = None, last: Last = None) -> Overview:
    """Members, orders, sales, points and tiers, and the trend by month, of a period. A few seconds behind at most."""
    if first and last and last < first:
        raise InvalidInput(path="to", problem="lies before from")
    return await edge.query(lambda tx: service.overview(tx, first, last))


ROUTES = [read_overview]
