"""Points brought in by the thousand over HTTP (PTS-19)."""

from __future__ import annotations

from litestar import post
from litestar.di import NamedDependency

from huixiang.platform.access import system
from huixiang.platform.edge import Edge
from huixiang.platform.web.ndjson import BulkOutcome, Row, RowOutcome, outcome_of, read_rows, summarise
from huixiang.platform.web.request import StrictRequest
from huixiang.points.model.crediting import Credited, CreditRow
from huixiang.points.service.crediting import Crediting


@post("/api/v1/points/credits/bulk", status_code=200, **system("points:write", rows=CreditRow))
async def credit_in_bulk(edge: NamedDependency[Edge], request: StrictRequest) -> BulkOutcome:
    """Give points, one JSON object a line: for a migration, or an ERP. A bad row is reported, the good rows are kept.

    Rows carry keys of their own, so a repeated body gives nothing twice and needs no key. Caps of the earning rules
    may cut a row; the member's statement shows by how much.
    """
    rows = list(await read_rows(request, CreditRow))
    crediting = Crediting([row.value for row in rows if row.value is not None])
    for alike in crediting.batches:
        await edge.transact(lambda tx, alike=alike: crediting.post(tx, alike))  # type: ignore[misc]
    await edge.transact(crediting.post_left)
    left = iter(crediting.outcomes)
    return summarise([_refused(row) if row.value is None else _outcome(row.line, next(left)) for row in rows])


def _refused(row: Row[CreditRow]) -> RowOutcome:
    assert row.refusal is not None  # noqa: S101 - a row has a value or a refusal
    return outcome_of(row.line, row.refusal)


def _outcome(line: int, credited: Credited) -> RowOutcome:
    if credited.refusal is not None:
        return outcome_of(line, credited.refusal)
    return RowOutcome(line, "unchanged" if credited.replayed else "created")


ROUTES = [credit_in_bulk]
