"""HTTP shapes of checkout that differ from the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from huixiang.checkout.model import NewOrder
from huixiang.checkout.service import Posted
from huixiang.platform.web.ndjson import Row, RowOutcome, outcome_of


def outcome_rows(rows: Sequence[Row[NewOrder]], posted: Sequence[Posted]) -> Iterator[RowOutcome]:
    """One outcome per line. `posted` has one for each row whose shape was right, in the same order."""
    outcomes = iter(posted)
    for row in rows:
        refusal = row.refusal
        if row.value is not None:
            outcome = next(outcomes)
            refusal = outcome.refusal
            if outcome.result is not None:
                yield RowOutcome(
                    row.line, "created" if outcome.result.created else "unchanged", id=str(outcome.result.order_id)
                )
        if refusal is not None:
            yield outcome_of(row.line, refusal)
