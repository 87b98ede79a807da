"""`huixiang audit`: the log of who did what, verified; and the signed roots of its days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from huixiang.entry.cli import on_database
from huixiang.platform.settings import CannotRun

if TYPE_CHECKING:
    from huixiang.staff.model.audit import AuditFinding

app = typer.Typer(help="The audit log: verify it, print the signed root of its last day.", no_args_is_help=True)


@app.command("verify")
def verify(*, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Walk every chain of the audit log and reckon every signed root again. Exits with 1 where something differs."""
    from huixiang.staff import service  # noqa: PLC0415 - loaded when run

    done = on_database.run(service.verify_audit)
    if as_json:
        typer.echo(msgspec.json.encode(done))
    else:
        for finding in done.findings:
            typer.echo(_line(finding))
        if done.differences > len(done.findings):
            typer.echo(f"... and {done.differences - len(done.findings):,} more")
        counted = f"{done.entries:,} entries, {done.chains:,} chains, {done.roots:,} roots"
        typer.echo(f"{counted}: {done.differences:,} differences")
    if done.differences:
        raise typer.Exit(1)


@app.command("root")
def root() -> None:
    """Print the signed root of the last closed day as JSON: kept elsewhere, it tells of any change before it."""
    from huixiang.staff import service  # noqa: PLC0415 - loaded when run

    found = on_database.run(service.latest_audit_root)
    if found is None:
        raise CannotRun("no day is closed yet; the worker closes a business day three hours after its end")
    shown = {
        name: value.hex() if isinstance(value, bytes) else value
        for name, value in msgspec.structs.asdict(found).items()
    }
    typer.echo(msgspec.json.format(msgspec.json.encode(shown), indent=2))


def _line(finding: AuditFinding) -> str:
    where = f", {finding.actor}" if finding.actor else ", root"
    return f"{finding.day}{where}{f', entry {finding.seq}' if finding.seq else ''}: {finding.problem}"
