"""`huixiang demo`: serve, with the shipped programme, a seeded catalogue, two staff, and a real grocer's year.

The demonstration has a home of its own. Seeding and the import run as processes of their own (`python -m` this module),
so that the supervisor stays free of threads and the pages answer while the import goes on.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from huixiang.platform.settings import CannotRun, Settings, default_home

if TYPE_CHECKING:
    from huixiang.platform.db import Database, Transaction
    from huixiang.staff.model import NewAccount

HOUSEHOLD = "13"  # of gold tier, 157 orders, 182 coupons; among the first to be loaded
LINK_LIFE = timedelta(days=1)
KEY_NAME = "demo"
THIS = "huixiang.entry.cli.demo"

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
    household: Annotated[str, typer.Option(help="The household whose card is shown.")] = HOUSEHOLD,
) -> None:
    """Print a new link to a member's card on the running demonstration; a link is good for a day."""
    typer.echo(asyncio.run(_with_database(_running(), lambda db, settings: _card_link(db, settings, household))))


@app.command("code")
def code(username: Annotated[str, typer.Argument(help="maker or checker")] = "maker") -> None:
    """Print a console user's one-time code of this moment, in place of a phone."""
    from huixiang.staff import service as staff  # noqa: PLC0415 - loaded when run

    async def read(db: Database, _settings: Settings) -> str:
        async with db.transaction() as tx:
            return await staff.totp_code(tx, username)

    typer.echo(asyncio.run(_with_database(_running(), read)))


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
    from huixiang.entry.supervisor.supervisor import Errand, Preparation, Supervisor  # noqa: PLC0415 - loaded when run
    from huixiang.platform.telemetry import configure_logging  # noqa: PLC0415

    configure_logging(settings.log_level, settings.log_format)
    some = () if members is None else (str(members),)
    Supervisor(
        settings,
        typer.echo,
        preparations=[Preparation("rules, goods, staff", _seed_in_child)],
        errands=[Errand("import", THIS, ("import", *some))],
    ).run()


def _seed_in_child(settings: Settings) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUIXIANG_")}
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-P", "-m", THIS, "seed"], env=environment | settings.as_environment(), check=False
    )
    if done.returncode != 0:
        raise CannotRun("seeding the demonstration failed: see its message")


async def _with_database(settings: Settings, work: Callable[[Database, Settings], Awaitable[str]]) -> str:
    from huixiang.entry import wiring  # noqa: PLC0415
    from huixiang.entry.keys import use_keys  # noqa: PLC0415
    from huixiang.kernel.calendar import BusinessCalendar  # noqa: PLC0415
    from huixiang.kernel.clock import SystemClock  # noqa: PLC0415
    from huixiang.kernel.errors import DomainError  # noqa: PLC0415
    from huixiang.platform.db import Database  # noqa: PLC0415

    use_keys(settings)
    wiring.register_rule_kinds()
    db = await Database.open(
        str(settings.database_url), calendar=BusinessCalendar(settings.time_zone), clock=SystemClock(), max_size=1
    )
    try:
        return await work(db, settings)
    except DomainError as refusal:
        raise CannotRun(refusal.message("en")) from refusal
    finally:
        await db.close()


def _running() -> Settings:
    from huixiang.platform.embedded import endpoints  # noqa: PLC0415

    return endpoints.connect(demo_settings())


async def _card_link(db: Database, settings: Settings, household: str) -> str:
    from huixiang.members import service as members  # noqa: PLC0415
    from huixiang.members.model import MemberRef  # noqa: PLC0415
    from huixiang.platform.embedded import endpoints  # noqa: PLC0415

    async with db.transaction(read_only=True) as tx:
        member_id = await members.resolve(tx, MemberRef(source="completejourney", external_id=household))
        token = members.issue_token(member_id, tx.now, LINK_LIFE)
    address = endpoints.running(settings.home).address
    return f"a member's card (household {household}): {address}/m/#token={token}"


async def _seed(db: Database, _settings: Settings) -> str:
    """What must be there before anybody calls; the lines with secrets, for those that are new."""
    from huixiang.catalogue import service as catalogue  # noqa: PLC0415
    from huixiang.members import service as members  # noqa: PLC0415
    from huixiang.rulebook import service as rulebook  # noqa: PLC0415
    from huixiang.staff import service as staff  # noqa: PLC0415

    async with db.transaction() as tx:
        await members.check_keys(tx)
        await rulebook.load_shipped(tx)
        await catalogue.load_seed(tx)
        accounts = await staff.seed_demo(tx)
        lines = [_account_line(account) for account in accounts] + await _key_lines(tx)
    return "\n".join(["", "shown this once:", *lines, ""]) if lines else ""


def _account_line(made: NewAccount) -> str:
    return (
        f"  console  {made.account.username:<9}{made.password}  TOTP secret {made.totp_secret}"
        f"  (its code: huixiang demo code {made.account.username})"
    )


async def _key_lines(tx: Transaction) -> list[str]:
    from huixiang.staff import service as staff  # noqa: PLC0415

    if any(key.name == KEY_NAME for key in await staff.list_keys(tx)):
        return []
    made = await staff.create_key(tx, KEY_NAME, staff.SCOPES, by="demo")
    return [f"  API      Authorization: Bearer {made.token}"]


def _import(settings: Settings, members: int | None) -> None:
    """The errand. A refusal is told and is final: starting again would not mend it."""
    from huixiang.entry.cli import importing  # noqa: PLC0415
    from huixiang.intake.model import Stage  # noqa: PLC0415

    async def show_card() -> str:
        return await _with_database(settings, lambda db, _: _card_link(db, settings, HOUSEHOLD))

    try:
        importing.read_in(settings, members=members, after={Stage.MEMBERS: show_card})
    except importing.Interrupted as error:
        typer.echo(f"huixiang: {error}", err=True)
        sys.exit(1)
    except CannotRun as error:
        typer.echo(f"huixiang: {error}", err=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["seed"]:
            typer.echo(asyncio.run(_with_database(Settings.load(), _seed)))
        case ["import", *some]:
            _import(Settings.load(), int(some[0]) if some else None)
