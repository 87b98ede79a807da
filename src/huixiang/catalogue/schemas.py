"""What a bulk route of the catalogue answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from huixiang.catalogue.model import Result, RowOutcome
from huixiang.kernel.errors import DomainError
from huixiang.platform.web.ndjson import Row, RowProblem, outcome_of
from huixiang.platform.web.problems import InputProblem


class CatalogueRowOutcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one line. `stale`: the catalogue has a newer version; `unchanged`: it has this very row."""

    line: int
    outcome: Result
    problem: RowProblem | None = None


class CatalogueBulkOutcome(msgspec.Struct, frozen=True):
    """How many lines were taken in or there already, how many came too late and were refused, and each line in turn."""

    accepted: int
    stale: int
    refused: int
    rows: list[CatalogueRowOutcome]


def merged(rows: Sequence[Row[Any]], outcomes: Sequence[RowOutcome]) -> CatalogueBulkOutcome:
    """The answer to a body: `outcomes` are those of the rows that could be read, in their order."""
    decided = iter(outcomes)
    shown = [
        _refused(row.line, row.refusal) if row.refusal is not None else _shown(row.line, next(decided)) for row in rows
    ]
    stale = sum(row.outcome == "stale" for row in shown)
    refused = sum(row.outcome == "refused" for row in shown)
    return CatalogueBulkOutcome(len(shown) - stale - refused, stale, refused, shown)


def _refused(line: int, refusal: DomainError) -> CatalogueRowOutcome:
    return CatalogueRowOutcome(line, "refused", outcome_of(line, refusal).problem)


def _shown(line: int, outcome: RowOutcome) -> CatalogueRowOutcome:
    if outcome.error is None:
        return CatalogueRowOutcome(line, outcome.outcome)
    error = outcome.error
    problem = RowProblem(error.code, f"{error.path}: {error.problem}.", [InputProblem(error.path, error.problem)])
    return CatalogueRowOutcome(line, outcome.outcome, problem)
