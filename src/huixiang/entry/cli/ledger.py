"""`huixiang ledger`: proofs over the journal of points and growth."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from huixiang.platform.settings import CannotRun, Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from huixiang.platform.db import Database
    from huixiang.platform.invariants import Breach
    from huixiang.points.model import Finding

BREACHES_SHOWN = 20  # of each law; all are counted

app = typer.Typer(help="Proofs over the journal of points and growth.", no_args_is_help=True)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at and what was found. `findings` and `breaches` are cut off at a limit, `differences` is not."""

    accounts: int
    postings: int
    laws: int
    differences: int
    seconds: float
    findings: list[Finding]
    breaches: list[Breach]


@app.callback()
def ledger() -> None:
    """Proofs over the journal of points and growth."""


@app.command("verify")
def verify(*, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Check every account against its journal (the chain, sums, lots), and what must hold between modules.

    Reads one moment of the database, beside whatever goes on. Exits with 1 where something differs.
    """
    from huixiang.platform.embedded import endpoints  # noqa: PLC0415 - loaded when run

    report = asyncio.run(_verify(endpoints.connect(Settings.load())))
    if as_json:
        typer.echo(msgspec.json.encode(report, enc_hook=str))
    else:
        typer.echo("\n".join(lines(report)))
    if report.differences:
        raise typer.Exit(1)


def lines(report: Report) -> list[str]:
    """The report for people: a line for each finding, and one that sums up."""
    shown = [_finding_line(finding) for finding in report.findings]
    shown += [_breach_line(breach) for breach in report.breaches]
    if report.differences > len(shown):
        shown.append(f"... and {report.differences - len(shown):,} more")
    counted = f"{report.accounts:,} accounts, {report.postings:,} postings: {report.differences:,} differences"
    return [*shown, f"{counted}  ({report.laws} laws, {report.seconds:.1f} s)"]


def _finding_line(finding: Finding) -> str:
    where = "account" if finding.seq is None else f"posting {finding.seq}"
    return f"member {finding.member_id}, book {finding.book}, {where}: {finding.problem}"


def _breach_line(breach: Breach) -> str:
    return f"{breach.law}: " + ", ".join(f"{name} {value}" for name, value in breach.row.items() if value is not None)


async def _verify(settings: Settings) -> Report:
    import asyncpg  # noqa: PLC0415 - loaded when run

    from huixiang.kernel.calendar import BusinessCalendar  # noqa: PLC0415
    from huixiang.kernel.clock import SystemClock  # noqa: PLC0415
    from huixiang.platform.db import Database  # noqa: PLC0415

    try:
        db = await Database.open(
            settings.database_read_url or str(settings.database_url),
            calendar=BusinessCalendar(settings.time_zone),
            clock=SystemClock(),
            max_size=1,
            application_name="huixiang-verify",
        )
        try:
            return await _report(db)
        finally:
            await db.close()
    except (OSError, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
        raise CannotRun(f"the database could not be read: {error}") from error


async def _report(db: Database) -> Report:
    from huixiang.platform import invariants  # noqa: PLC0415 - loaded when run
    from huixiang.points import service  # noqa: PLC0415

    begun = time.perf_counter()
    laws = invariants.laws()
    async with db.snapshot() as tx:
        verified = await service.verify(tx)
        broken = [await _counted(invariants.breaches(tx, law)) for law in laws]
    return Report(
        accounts=verified.accounts,
        postings=verified.postings,
        laws=len(laws),
        differences=verified.differences + sum(count for count, _ in broken),
        seconds=round(time.perf_counter() - begun, 3),
        findings=verified.findings,
        breaches=[breach for _, some in broken for breach in some],
    )


async def _counted(breaches: AsyncIterator[Breach]) -> tuple[int, list[Breach]]:
    """How many there are, and the first of them."""
    count, shown = 0, []
    async for breach in breaches:
        count += 1
        if count <= BREACHES_SHOWN:
            shown.append(breach)
    return count, shown
