"""What the bulk route of stock answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec

from huixiang.kernel.errors import DomainError
from huixiang.platform.web.ndjson import Row, RowProblem, outcome_of
from huixiang.stock.model import Outcome, ResourceRow, RowOutcome


class ResourceRowOutcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one line. `stale`: a newer version is there; `unchanged`: this very one is."""

    line: int
    outcome: Outcome | Literal["refused"]
    resource_id: UUID | None = None
    problem: RowProblem | None = None


class ResourceBulkOutcome(msgspec.Struct, frozen=True):
    """How many lines were taken in or there already, how many came too late and were refused, and each line in turn."""

    accepted: int
    stale: int
    refused: int
    rows: list[ResourceRowOutcome]


def merged(rows: Sequence[Row[ResourceRow]], outcomes: Sequence[RowOutcome]) -> ResourceBulkOutcome:
    """The answer to a body: `outcomes` are those of the rows that could be read, in their order."""
    decided = iter(outcomes)
    shown = [
        _refused(row.line, row.refusal) if row.refusal is not None else _shown(row.line, next(decided)) for row in rows
    ]
    stale = sum(row.outcome == "stale" for row in shown)
    refused = sum(row.outcome == "refused" for row in shown)
    return ResourceBulkOutcome(len(shown) - stale - refused, stale, refused, shown)


def _shown(line: int, outcome: RowOutcome) -> ResourceRowOutcome:
    if isinstance(outcome.outcome, DomainError):
        return _refused(line, outcome.outcome)
    return ResourceRowOutcome(line, outcome.outcome, outcome.resource_id)


def _refused(line: int, refusal: DomainError) -> ResourceRowOutcome:
    return ResourceRowOutcome(line, "refused", problem=outcome_of(line, refusal).problem)
