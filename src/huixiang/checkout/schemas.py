"""HTTP shapes of checkout that differ from the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from huixiang.checkout.model import UploadRow
from huixiang.checkout.model.statements import PaymentRow
from huixiang.checkout.service import RowDone
from huixiang.checkout.service.reconciling import Told
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


def payment_rows(rows: Sequence[Row[PaymentRow]], told: Sequence[Told]) -> Iterator[RowOutcome]:
    """One outcome per line of a statement, likewise. What was told otherwise before is `updated`."""
    outcomes = iter(told)
    for row in rows:
        refusal = row.refusal
        if row.value is not None:
            outcome = next(outcomes)
            refusal = outcome.refusal
            if refusal is None:
                said: Literal["created", "updated", "unchanged"] = (
                    "unchanged" if not outcome.version else "created" if outcome.version == 1 else "updated"
                )
                yield RowOutcome(row.line, said, id=row.value.reference)
        if refusal is not None:
            yield outcome_of(row.line, refusal)
