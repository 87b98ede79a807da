"""`huixiang coupons`: copies that members have from another system, brought in from a table."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from huixiang.entry.cli import on_database
from huixiang.platform.settings import CannotRun

if TYPE_CHECKING:
    from huixiang.coupons.model.importing import ImportedCopy
    from huixiang.kernel.calendar import BusinessCalendar
    from huixiang.platform.db import Database
    from huixiang.platform.web.ndjson import Row, RowOutcome

COPY, END = ("reference", "template"), "expires_at"
WAYS = (("member_id",), ("number",), ("phone",), ("source", "external_id"))
ROWS_PER_TRANSACTION = 500
LINE_MAX = 65_536

app = typer.Typer(help="Coupons that members have from another system.", no_args_is_help=True)


@app.callback()
def coupons() -> None:
    """Coupons that members have from another system."""


@app.command("import")
def import_copies(
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8 with a header.", exists=True, dir_okay=False)],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what is wrong with which line; keep nothing.")
    ] = False,
) -> None:
    """Bring in copies from a table with the columns reference, template, expires_at (may be left out), and one of
    member_id, number, phone, or source and external_id.

    expires_at is a day, which a copy is good through, or an instant with its zone. Bad lines are told and left out, the
    others kept; the same file again brings in nothing twice. Exits with 1 where a line was refused.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as table:
            counts = on_database.run_on(lambda db: _bring(db, table, dry_run=dry_run))
    except (UnicodeDecodeError, csv.Error) as error:
        raise CannotRun(f"{file.name} is no CSV in UTF-8: {error}; lines before that are brought in") from error
    done = "would be brought in" if dry_run else "brought in"
    typer.echo(f"{counts['created']:,} {done}, {counts['unchanged']:,} were there, {counts['refused']:,} refused")
    if counts["refused"]:
        raise typer.Exit(1)


async def _bring(db: Database, table: TextIO, *, dry_run: bool) -> dict[str, int]:
    """Chunk by chunk, each in a transaction of its own, as the bulk route does."""
    from huixiang.coupons.schemas import outcome_rows  # noqa: PLC0415 - loaded when run
    from huixiang.coupons.service import importing  # noqa: PLC0415

    counts = {"created": 0, "unchanged": 0, "refused": 0}
    for chunk in _chunks(table, db.calendar):
        copies = [row.value for row in chunk if row.value is not None]
        async with db.transaction() as tx:
            done = await importing.bring(tx, copies, dry_run=dry_run)
        for outcome in outcome_rows(chunk, done):
            counts[outcome.outcome] += 1
            _tell(outcome)
    return counts


def _tell(outcome: RowOutcome) -> None:
    if outcome.problem is None:
        return
    errors = outcome.problem.errors
    said = "; ".join(f"{_column(one.path)}: {one.problem}" for one in errors) if errors else outcome.problem.detail
    typer.echo(f"line {outcome.line}: {said}")


def _column(path: str) -> str:
    return path.removeprefix("$.").removeprefix("member.")


def _chunks(table: TextIO, calendar: BusinessCalendar) -> Iterator[list[Row[ImportedCopy]]]:
    """So many rows at a time; a line is its last one in the file."""
    csv.field_size_limit(LINE_MAX)
    reader = csv.reader(table)
    columns = _header(next(reader, []))
    chunk: list[Row[ImportedCopy]] = []
    for cells in reader:
        if any(cell.strip() for cell in cells):
            chunk.append(_row(reader.line_num, columns, cells, calendar))
        if len(chunk) == ROWS_PER_TRANSACTION:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _header(cells: Sequence[str]) -> list[str]:
    columns = [cell.strip().lower() for cell in cells]
    way = set(columns) - {*COPY, END}
    if len(set(columns)) != len(columns) or not set(COPY) <= set(columns) or way not in [set(one) for one in WAYS]:
        raise CannotRun(
            "the header must have reference, template, one of member_id, number, phone, or source and external_id,"
            " and may have expires_at"
        )
    return columns


def _row(line: int, columns: Sequence[str], cells: Sequence[str], calendar: BusinessCalendar) -> Row[ImportedCopy]:
    """As a line of the bulk route would be read."""
    from huixiang.coupons.model.importing import ImportedCopy  # noqa: PLC0415 - loaded when run
    from huixiang.kernel.errors import InvalidInput  # noqa: PLC0415
    from huixiang.platform.web import strict  # noqa: PLC0415
    from huixiang.platform.web.ndjson import Row  # noqa: PLC0415

    if len(cells) != len(columns):
        return Row(line, None, InvalidInput(path="$", problem=f"has {len(cells)} cells, not {len(columns)}"))
    values = {column: cell.strip() for column, cell in zip(columns, cells, strict=True)}
    tree: dict[str, Any] = {column: values.pop(column) for column in COPY}
    if end := values.pop(END, ""):
        tree[END] = _end(end, calendar)
    try:
        return Row(line, strict.decode(tree | {"member": values}, ImportedCopy))
    except InvalidInput as refusal:
        return Row(line, None, refusal)


def _end(text: str, calendar: BusinessCalendar) -> str:
    """A day ends with its last instant in the business time zone."""
    try:
        day = date.fromisoformat(text) if len(text) == len("2026-12-31") else None
    except ValueError:
        return text
    return text if day is None else calendar.start_of(day + timedelta(days=1)).isoformat()
