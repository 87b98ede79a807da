"""`huixiang ledger`: proofs over the journal of points and growth."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import typer

from huixiang.platform.settings import Settings

if TYPE_CHECKING:
    from huixiang.points.model import Finding, Verification

app = typer.Typer(help="Proofs over the journal of points and growth.", no_args_is_help=True)


@app.command("verify")
def verify() -> None:
    """Check every account against its journal: sums, lots, holds, the chain. Exits with 1 where something differs."""
    from huixiang.platform.embedded import endpoints  # noqa: PLC0415 - loaded when run

    begun = time.perf_counter()
    found = asyncio.run(_verify(endpoints.connect(Settings.load())))
    for finding in found.findings:
        typer.echo(_line(finding))
    typer.echo(
        f"{found.accounts:,} accounts, {found.postings:,} postings: {found.differences:,} differences"
        f"  ({time.perf_counter() - begun:.1f} s)"
    )
    if found.differences:
        raise typer.Exit(1)


async def _verify(settings: Settings) -> Verification:
    from huixiang.kernel.calendar import BusinessCalendar  # noqa: PLC0415 - loaded when run
    from huixiang.kernel.clock import SystemClock  # noqa: PLC0415
    from huixiang.platform.db import Database  # noqa: PLC0415
    from huixiang.points import service  # noqa: PLC0415

    db = await Database.open(
        settings.database_read_url or str(settings.database_url),
        calendar=BusinessCalendar(settings.time_zone),
        clock=SystemClock(),
        max_size=1,
        application_name="huixiang-verify",
    )
    try:
        async with db.snapshot() as tx:
            return await service.verify(tx)
    finally:
        await db.close()


def _line(finding: Finding) -> str:
    where = "account" if finding.seq is None else f"posting {finding.seq}"
    return f"member {finding.member_id}, book {finding.book}, {where}: {finding.problem}"
