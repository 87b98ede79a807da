"""HTTP shapes of coupons where they differ from the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from huixiang.coupons.model.importing import Brought, ImportedCopy
from huixiang.platform.web.ndjson import Row, RowOutcome, outcome_of


def outcome_rows(rows: Sequence[Row[ImportedCopy]], done: Sequence[Brought]) -> Iterator[RowOutcome]:
    """One outcome a line. `done`: of the rows that could be read, in order."""
    left = iter(done)
    for row in rows:
        brought = Brought(refusal=row.refusal) if row.value is None else next(left)
        if brought.refusal is not None:
            yield outcome_of(row.line, brought.refusal)
        else:
            yield RowOutcome(row.line, "created" if brought.created else "unchanged", id=str(brought.coupon_id))
