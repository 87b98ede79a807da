"""Copies of another system brought in over HTTP (CPN-02)."""

from __future__ import annotations

from typing import Annotated

from litestar import post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from huixiang.coupons.model.importing import ImportedCopy
from huixiang.coupons.schemas import outcome_rows
from huixiang.coupons.service import importing
from huixiang.platform.access import system
from huixiang.platform.edge import Edge
from huixiang.platform.web.ndjson import BulkOutcome, RowOutcome, read_rows, summarise
from huixiang.platform.web.request import StrictRequest

ROWS_PER_TRANSACTION = 500
DryRun = Annotated[bool, QueryParameter(name="dry_run", description="Say what would become of each row, keep none.")]


@post("/api/v1/coupons/bulk", status_code=200, **system("coupons:write", rows=ImportedCopy))
async def import_coupons(edge: NamedDependency[Edge], request: StrictRequest, dry_run: DryRun = False) -> BulkOutcome:  # noqa: FBT002 - a query
    """Bring in coupons that members have from another system, one JSON object a line. A bad row is reported, the good
    rows are kept.

    Rows carry references of their own, so a repeated body gives nothing twice and needs no key.
    """
    rows = list(await read_rows(request, ImportedCopy))
    outcomes: list[RowOutcome] = []
    for start in range(0, len(rows), ROWS_PER_TRANSACTION):
        chunk = rows[start : start + ROWS_PER_TRANSACTION]
        copies = [row.value for row in chunk if row.value is not None]
        done = await edge.transact(lambda tx, copies=copies: importing.bring(tx, copies, dry_run=dry_run))  # type: ignore[misc]
        outcomes += outcome_rows(chunk, done)
    return summarise(outcomes)


ROUTES = [import_coupons]
