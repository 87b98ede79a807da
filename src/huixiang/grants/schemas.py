"""HTTP shapes of grants' rows that are exported."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from huixiang.grants.model import Recipient
from huixiang.kernel.sheet import CSV_MEDIA_TYPE, Cell, csv_rows

BYTE_ORDER_MARK = "\ufeff"  # what spreadsheets take UTF-8 by
COLUMNS = ("member_id", "state", "reason", "amount", "given", "taken_back", "left", "why_left")
REFUSED_COLUMNS = ("line", "problem")
EXAMPLES = {CSV_MEDIA_TYPE: csv_rows([COLUMNS])}
REFUSED_EXAMPLES = {CSV_MEDIA_TYPE: csv_rows([REFUSED_COLUMNS])}


def head(columns: Sequence[str]) -> bytes:
    return (BYTE_ORDER_MARK + csv_rows([columns])).encode()


def lines(rows: Iterable[Recipient]) -> bytes:
    return csv_rows(_cells(row) for row in rows).encode()


def _cells(row: Recipient) -> list[Cell]:
    left = None if row.taken is None else row.given - row.taken
    return [str(row.member_id), row.state, row.reason, row.amount, row.given, row.taken, left, row.rest]
