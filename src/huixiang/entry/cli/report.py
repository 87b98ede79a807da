"""`huixiang report`: trial balance, roll-forward and liability of a book, from the role of reports."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec
import typer

from huixiang.platform.settings import CannotRun, Settings
from huixiang.points.model.finance import Detail, Group

if TYPE_CHECKING:
    from huixiang.platform.db import Transaction
    from huixiang.points.model import Book
    from huixiang.points.rules.sheets import Sheet

T = TypeVar("T", bound=msgspec.Struct)


class Format(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"


class By(StrEnum):
    DAY = "day"
    MONTH = "month"


BookCode = Annotated[str, typer.Option("--book", help="points, growth or a book of one's own.")]
As = Annotated[Format, typer.Option("--format", help="How to print it.")]
Day = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The last business day.")]
FromJournal = Annotated[bool, typer.Option("--from-journal", help="Leave the sums of closed days aside.")]

app = typer.Typer(help="Reports for finance.", no_args_is_help=True)


@app.command("trial-balance")
def trial_balance(
    *,
    to: Day = None,
    detail: Annotated[Detail, typer.Option(help="A line for each account, for each cause or budget.")] = Detail.BUDGET,
    book: BookCode = "points",
    form: As = Format.TABLE,
    from_journal: FromJournal = False,
) -> None:
    """What stands on every account of the double entry: now, or as of the end of a day."""
    from huixiang.points.rules.sheets import trial_sheet  # noqa: PLC0415 - loaded when run
    from huixiang.points.service import finance  # noqa: PLC0415

    day = to.date() if to else None
    report = _read(
        book, lambda tx, found: finance.trial_balance(tx, found, day=day, detail=detail, from_journal=from_journal)
    )
    _show(report, trial_sheet(report), form)


@app.command("roll-forward")
def roll_forward(
    *,
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first business day.")],
    to: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last business day.")],
    by: Annotated[By, typer.Option(help="A line for each day, or for each whole month.")] = By.MONTH,
    group: Annotated[Group, typer.Option(help="One account of all, or one for each cause or budget.")] = Group.NONE,
    book: BookCode = "points",
    form: As = Format.TABLE,
    from_journal: FromJournal = False,
) -> None:
    """How the book came from one balance to the next, by day or month of recording."""
    from huixiang.points.rules.sheets import roll_sheet  # noqa: PLC0415 - loaded when run
    from huixiang.points.service import finance  # noqa: PLC0415

    days = (first.date(), to.date())
    report = _read(
        book,
        lambda tx, found: finance.roll_forward(tx, found, *days, by.value, group, from_journal=from_journal),
    )
    _show(report, roll_sheet(report), form)


@app.command("liability")
def liability(
    *,
    to: Day = None,
    value: Annotated[
        tuple[int, int] | None, typer.Option(help="So many points are worth so many fen; else as they are spent.")
    ] = None,
    book: BookCode = "points",
    form: As = Format.TABLE,
) -> None:
    """What is outstanding at the end of a closed day, and how much of it is expected to expire unused."""
    from huixiang.points.rules.sheets import liability_sheet  # noqa: PLC0415 - loaded when run
    from huixiang.points.service import finance  # noqa: PLC0415

    if value and (value[0] < 1 or value[1] < 0):
        raise CannotRun("--value takes points above zero and fen")
    day = to.date() if to else None
    report = _read(book, lambda tx, found: finance.liability_of(tx, found, day, value))
    _show(report, liability_sheet(report), form)


def _show(report: msgspec.Struct, sheet: Sheet, form: Format) -> None:
    from huixiang.kernel.sheet import to_csv  # noqa: PLC0415 - loaded when run

    match form:
        case Format.JSON:
            typer.echo(msgspec.json.encode(report))
        case Format.CSV:
            typer.echo(to_csv(*sheet), nl=False)
        case Format.TABLE:
            typer.echo("\n".join(_lines(sheet)))


def _lines(sheet: Sheet) -> list[str]:
    """Columns beside each other, numbers to the right."""
    rows = [
        ["" if cell is None else f"{cell:,}" if isinstance(cell, int) else cell for cell in row] for row in sheet.rows
    ]
    numeric = [any(isinstance(row[place], int) for row in sheet.rows) for place in range(len(sheet.header))]
    widths = [max(len(row[place]) for row in [sheet.header, *rows]) for place in range(len(sheet.header))]
    return [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, numeric, strict=True)
        ).rstrip()
        for row in [sheet.header, *rows]
    ]


def _read(book: str, report: Callable[[Transaction, Book], Awaitable[T]]) -> T:
    from huixiang.entry.wiring import register_rule_kinds  # noqa: PLC0415 - loaded when run
    from huixiang.platform.embedded import endpoints  # noqa: PLC0415

    register_rule_kinds()
    return asyncio.run(_ask(endpoints.connect(Settings.load()), book, report))


async def _ask(settings: Settings, book: str, report: Callable[[Transaction, Book], Awaitable[T]]) -> T:
    import asyncpg  # noqa: PLC0415 - loaded when run

    from huixiang.kernel.calendar import BusinessCalendar  # noqa: PLC0415
    from huixiang.kernel.clock import SystemClock  # noqa: PLC0415
    from huixiang.kernel.errors import DomainError  # noqa: PLC0415
    from huixiang.platform.db import Database  # noqa: PLC0415
    from huixiang.points import service  # noqa: PLC0415

    try:
        db = await Database.open(
            settings.database_read_url or str(settings.database_url),
            calendar=BusinessCalendar(settings.time_zone),
            clock=SystemClock(),
            max_size=1,
            application_name="huixiang-report",
        )
        try:
            async with db.snapshot() as tx:
                return await report(tx, await service.find_book(tx, book))
        finally:
            await db.close()
    except DomainError as refusal:
        raise CannotRun(refusal.message("en")) from refusal
    except (OSError, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
        raise CannotRun(f"the database could not be read: {error}") from error
