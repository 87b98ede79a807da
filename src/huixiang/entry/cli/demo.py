"""`huixiang demo`: serve, with the shipped programme, a seeded catalogue, four staff, and a real grocer's year.

The demonstration has a home of its own. Seeding and the import are processes of their own (`demo_steps`), so that the
supervisor stays free of threads and the pages answer while the import goes on.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Annotated

import typer

from huixiang.entry.cli import on_database
from huixiang.platform.settings import PREFIX, CannotRun, Settings, default_home

STEPS = "huixiang.entry.cli.demo_steps"

app = typer.Typer(help="Everything up with a real grocer's year in it, in a home of its own.")


@app.callback(invoke_without_command=True)
def demo(
    context: typer.Context,
    *,
    members: Annotated[int | None, typer.Option(min=1, help="Import only so many households.")] = None,
) -> None:
    """Start everything with data and keep it running until stopped (Ctrl-C); started again, it goes on."""
    if context.invoked_subcommand is None:
        _serve(demo_settings(), members)


@app.command("card")
def card(
    household: Annotated[
        str | None, typer.Option(help="The household whose card is shown; left out, a good one.")
    ] = None,
) -> None:
    """Print a new link to a member's card on the running demonstration; a link is good for a day."""
    from huixiang.entry.cli.demo_steps import HOUSEHOLD, card_line  # noqa: PLC0415 - loaded when run

    settings = demo_settings()
    typer.echo(on_database.run(lambda tx: card_line(tx, settings, household or HOUSEHOLD), settings))


@app.command("code")
def code(username: Annotated[str, typer.Argument(help="maker, checker, service or admin")] = "maker") -> None:
    """Print a console user's one-time code of this moment, in place of a phone."""
    from huixiang.staff import service as staff  # noqa: PLC0415 - loaded when run

    typer.echo(on_database.run(lambda tx: staff.totp_code(tx, username), demo_settings()))


def demo_settings() -> Settings:
    """The settings of the demonstration: a home of its own and a quiet log, unless others are named. Raises CannotRun
    where another environment is named."""
    if (environment := os.environ.get("HUIXIANG_ENVIRONMENT") or "demo") != "demo":
        raise CannotRun(f"HUIXIANG_ENVIRONMENT={environment}, and `huixiang demo` runs in none but demo")
    home = default_home(os.environ) / "demo"
    return Settings.load(
        {"HUIXIANG_HOME": str(home), "HUIXIANG_LOG_LEVEL": "warning", "HUIXIANG_LOG_FORMAT": "text"}
        | {name: value for name, value in os.environ.items() if value}
        | {"HUIXIANG_ENVIRONMENT": "demo"}
    )


def _serve(settings: Settings, members: int | None) -> None:
    from huixiang.entry.supervisor.prepare import prepare  # noqa: PLC0415 - loaded when run
    from huixiang.entry.supervisor.supervisor import Errand, Preparation, Supervisor  # noqa: PLC0415
    from huixiang.platform.telemetry import configure_logging  # noqa: PLC0415

    configure_logging(settings.log_level, settings.log_format)
    some = () if members is None else (str(members),)
    Supervisor(
        settings,
        typer.echo,
        preparations=[Preparation("rules and keys", prepare), Preparation("goods and staff", _seed_in_child)],
        errands=[Errand("import", STEPS, ("import", *some))],
    ).run()


def _seed_in_child(settings: Settings) -> None:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    command = [sys.executable, "-P", "-m", STEPS, "seed"]
    done = subprocess.run(command, env=ours | settings.as_environment(), check=False)  # noqa: S603 - our own module
    if done.returncode != 0:
        raise CannotRun("goods and staff could not be seeded: see the message above")
