"""HTTP shapes of statements that are exported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.sheet import CSV_MEDIA_TYPE, Cell, csv_rows
from huixiang.points.model import StatementLine

ExportFormat = Literal["csv", "ndjson"]

MEDIA_TYPES: dict[ExportFormat, str] = {"csv": CSV_MEDIA_TYPE, "ndjson": "application/x-ndjson"}
# What spreadsheets take UTF-8 by.
BYTE_ORDER_MARK = "\ufeff"
# Of the CSV, in this order; docs/domain/points.md says what they hold.
COLUMNS = (
    "seq", "business_day", "occurred_at", "recorded_at", "kind", "cause", "points", "balance_after", "pending_delta",
    "held_delta", "debt_delta", "order_id", "rule", "rule_version",
)  # fmt: skip


def export_head(kind: ExportFormat) -> bytes:
    """What stands before the lines."""
    return (BYTE_ORDER_MARK + csv_rows([COLUMNS])).encode() if kind == "csv" else b""


def export_lines(kind: ExportFormat, lines: Sequence[StatementLine], calendar: BusinessCalendar) -> bytes:
    """Lines of a statement; as CSV with their instants in business time."""
    if kind == "csv":
        return csv_rows(_cells(line, calendar) for line in lines).encode()
    return msgspec.json.Encoder().encode_lines(lines)


def _cells(line: StatementLine, calendar: BusinessCalendar) -> list[Cell]:
    values = msgspec.structs.asdict(line) | {
        "business_day": calendar.day(line.occurred_at).isoformat(),
        "occurred_at": calendar.local(line.occurred_at).isoformat(),
        "recorded_at": calendar.local(line.recorded_at).isoformat(),
        "order_id": str(line.order_id) if line.order_id else None,
    }
    return [values[column] for column in COLUMNS]


EXAMPLES = {
    MEDIA_TYPES["csv"]: csv_rows([COLUMNS]),
    MEDIA_TYPES["ndjson"]: '{"seq":1,"kind":"earn","cause":"goodwill","points":120,"balance_after":120}\n',
}
