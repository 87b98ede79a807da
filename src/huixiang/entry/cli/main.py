"""The command line: each command's file imports what it needs when it is run, so that `--help` is quick."""

from __future__ import annotations

import sys

import typer

from huixiang.entry.cli import (
    audit,
    card_keys,
    coupons,
    demo,
    importing,
    keys,
    ledger,
    members,
    migrate,
    report,
    rules,
    serve,
    staff,
    worker,
)
from huixiang.platform.settings import CannotRun

app = typer.Typer(
    name="huixiang",
    help="Membership and loyalty for fresh-grocery and chain retail.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.command("migrate")(migrate.migrate)
app.add_typer(audit.app, name="audit")
app.add_typer(card_keys.app, name="card-keys")
app.add_typer(coupons.app, name="coupons")
app.add_typer(demo.app, name="demo")
app.add_typer(importing.app, name="import")
app.add_typer(ledger.app, name="ledger")
app.add_typer(members.app, name="members")
app.add_typer(report.app, name="report")
app.add_typer(rules.app, name="rules")
app.add_typer(staff.app, name="staff")
app.add_typer(keys.app, name="keys")


def main() -> None:
    """Run the command line. What keeps the program from running is told in one line, without a traceback."""
    try:
        app()
    except CannotRun as error:
        typer.echo(f"huixiang: {error}", err=True)
        sys.exit(1)
