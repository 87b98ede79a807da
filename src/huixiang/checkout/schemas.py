"""HTTP shapes of checkout that differ from the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from huixiang.checkout.model import UploadRow
from huixiang.checkout.service import RowDone
from huixiang.platform.web.ndjson import Row, RowOutcome, outcome_of


def outcome_rows(rows: Sequence[Row[UploadRow]], done: Sequence[RowDone]) -> Iterator[RowOutcome]:
    """One outcome per line. `done` has one for each row whose shape was right, in the same order."""
    outcomes = iter(done)
    for row in rows:
        refusal = row.refusal
        if row.value is not None:
            outcome = next(outcomes)
            refusal = outcome.refusal
            if outcome.made_id is not None:
                yield RowOutcome(row.line, "created" if outcome.created else "unchanged", id=str(outcome.made_id))
        if refusal is not None:
            yield outcome_of(row.line, refusal)
