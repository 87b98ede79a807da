"""How far an import is, over HTTP."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency

from huixiang.intake import service
from huixiang.intake.model import ImportProgress
from huixiang.platform.access import staff
from huixiang.platform.edge import Edge


@get("/api/console/v1/import", **staff("insight:read"))
async def read_import(edge: NamedDependency[Edge]) -> ImportProgress | None:
    """The latest import and how far it is; null where there never was one."""
    return await edge.query(service.progress)


ROUTES = [read_import]
