"""Rule documents over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from huixiang.platform.access import system
from huixiang.platform.edge import Edge
from huixiang.platform.web.times import check_times
from huixiang.rulebook import service
from huixiang.rulebook.schemas import RuleDocument, shown

Code = Annotated[str, PathParameter(max_length=64)]
At = Annotated[datetime | None, QueryParameter(description="an instant with its offset; now if left out")]


@get("/api/v1/rulebook/{kind:str}/{code:str}", **system("rulebook:read"))
async def read_rule_document(edge: NamedDependency[Edge], kind: Code, code: Code, at: At = None) -> RuleDocument:
    """The version of a rule document in force at an instant."""
    check_times(at, "at")
    return shown(await edge.query(lambda tx: service.current(tx, kind, code, at or tx.now)))


ROUTES = [read_rule_document]
