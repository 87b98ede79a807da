"""`huixiang ledger`: proofs over the journal of points and growth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from huixiang.entry.cli import ledger_proofs
from huixiang.platform.settings import CannotRun, Settings

if TYPE_CHECKING:
    from huixiang.entry.verifying import Report
    from huixiang.platform.invariants import Breach
    from huixiang.points.model import Finding

app = typer.Typer(help="Proofs over the journal of points and growth.", no_args_is_help=True)
app.command("root")(ledger_proofs.root)
app.command("proof")(ledger_proofs.proof)
app.command("balances")(ledger_proofs.balances)
app.command("new-key")(ledger_proofs.new_key)


@app.callback()
def ledger() -> None:
    """Proofs over the journal of points and growth."""


@app.command("verify")
def verify(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    processes: Annotated[int, typer.Option(min=1, max=64, help="How many processes share the work.")] = 2,
    progress: Annotated[
        Path | None, typer.Option(help="A file to remember what is done: run again after a stop, it goes on there.")
    ] = None,
    accounts_at_once: Annotated[
        int, typer.Option(min=1, help="Accounts that a process walks in one go.", hidden=True)
    ] = 5_000,
) -> None:
    """Check every account against its journal (the chain, sums, lots, holds), the signed roots of days against it too,
    and what must hold between modules.

    Reads the database as it stands, beside whatever goes on. Exits with 1 where something differs.
    """
    from huixiang.entry import verifying  # noqa: PLC0415 - loaded when run
    from huixiang.platform.embedded import endpoints  # noqa: PLC0415

    plan = verifying.Plan(processes, accounts_at_once, progress)
    report = verifying.verify(endpoints.connect(Settings.load()), plan)
    if as_json:
        typer.echo(msgspec.json.encode(report, enc_hook=str))
    else:
        typer.echo("\n".join(lines(report)))
    if report.differences:
        raise typer.Exit(1)


@app.command("rebuild")
def rebuild(
    *,
    check: Annotated[bool, typer.Option("--check", help="Say what differs and change nothing.")] = False,
    accounts_at_once: Annotated[
        int, typer.Option(min=1, help="Accounts that are written in one go.", hidden=True)
    ] = 5_000,
) -> None:
    """Write accounts, lots and open holds again from the journal alone. Needs HUIXIANG_DATABASE_OWNER_URL, or a running
    `serve`.

    Accounts that agree are not touched; one whose journal is broken or cut off is named and left. Exits with 1 where
    something differs still.
    """
    from huixiang.entry import verifying  # noqa: PLC0415 - loaded when run
    from huixiang.platform.embedded import endpoints  # noqa: PLC0415

    settings = Settings.load()
    url = settings.database_owner_url or endpoints.connect(settings).database_owner_url
    if url is None:
        raise CannotRun("the owner of the database is not named: set HUIXIANG_DATABASE_OWNER_URL")
    rebuilt = verifying.rebuild(settings, url, accounts_at_once, check=check)
    shown = [_finding_line(finding) for finding in rebuilt.findings]
    done = "differ" if check else "differed"
    counted = f"{rebuilt.accounts:,} accounts, {rebuilt.postings:,} postings: {rebuilt.differences:,} things {done}"
    typer.echo("\n".join([*shown, f"{counted}, {rebuilt.left:,} left as they are"]))
    if rebuilt.left:
        raise typer.Exit(1)


def lines(report: Report) -> list[str]:
    """The report for people: a line for each finding, and one that sums up."""
    shown = [_finding_line(finding) for finding in report.findings]
    shown += [f"root of {finding.day}: {finding.problem}" for finding in report.root_findings]
    shown += [_breach_line(breach) for breach in report.breaches]
    if report.differences > len(shown):
        shown.append(f"... and {report.differences - len(shown):,} more")
    counted = f"{report.accounts:,} accounts, {report.postings:,} postings: {report.differences:,} differences"
    return [*shown, f"{counted}  ({report.laws} laws, {report.roots:,} roots, {report.seconds:.1f} s)"]


def _finding_line(finding: Finding) -> str:
    where = "account" if finding.seq is None else f"posting {finding.seq}"
    return f"member {finding.member_id}, book {finding.book}, {where}: {finding.problem}"


def _breach_line(breach: Breach) -> str:
    return f"{breach.law}: " + ", ".join(f"{name} {value}" for name, value in breach.row.items() if value is not None)
