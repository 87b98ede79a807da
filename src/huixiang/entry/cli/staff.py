"""`huixiang staff`: console users. Secrets are printed once, when they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from huixiang.entry.cli import on_database
from huixiang.platform.settings import CannotRun, Settings
from huixiang.staff.model import Role, Username

if TYPE_CHECKING:
    from huixiang.staff.model import Account, NewAccount

BY = "cli"

app = typer.Typer(help="Console users: add, list, give new secrets.", no_args_is_help=True)


@app.command("add")
def add(
    username: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Annotated[Role, typer.Option(help="What the user may do.")],
    name: Annotated[str, typer.Option("--name", help="The name that others see; the username if left out.")] = "",
    store: Annotated[list[str] | None, typer.Option(help="A store that the user is limited to; repeat it.")] = None,
) -> None:
    """Add a user; prints the password and the TOTP secret this once."""
    from huixiang.staff import service  # noqa: PLC0415 - loaded when run

    try:
        msgspec.convert(username, Username)
    except msgspec.ValidationError as error:
        raise CannotRun(
            f"not a username: {username} (a letter, then up to 31 letters, digits, dots, - or _)"
        ) from error
    _print_once(
        on_database.run(lambda tx: service.add_account(tx, username, name or username, role, BY, _stores(store)))
    )


@app.command("list")
def list_all() -> None:
    """List the users."""
    from huixiang.staff import service  # noqa: PLC0415 - loaded when run

    for account in on_database.run(service.list_accounts):
        state = "disabled" if account.disabled_at else "active"
        typer.echo(f"{account.username:<32}  {account.role:<16}  {state:<8}  {account.display_name}{_limits(account)}")


@app.command("limit")
def limit(
    username: Annotated[str, typer.Argument(help="Who is limited.")],
    store: Annotated[list[str] | None, typer.Option(help="A store; repeat it. Without any: all stores.")] = None,
) -> None:
    """Limit a user to stores, or to none when no store is named. Open sessions feel it at once."""
    from huixiang.staff import service  # noqa: PLC0415 - loaded when run

    account = on_database.run(lambda tx: service.limit_account(tx, username, _stores(store), BY))
    typer.echo(f"{account.username}: {_limits(account).strip() or 'all stores'}")


@app.command("reset")
def reset(username: Annotated[str, typer.Argument(help="Whose secrets are replaced.")]) -> None:
    """Give a user a new password and TOTP secret, printed this once. Ends the user's sessions and any lock."""
    from huixiang.staff import service  # noqa: PLC0415 - loaded when run

    _print_once(on_database.run(lambda tx: service.reset_account(tx, username, BY)))


@app.command("code")
def code(username: Annotated[str, typer.Argument(help="Whose code is shown.")]) -> None:
    """Print a user's one-time code of this moment, in place of a phone. Only in environments demo and test."""
    from huixiang.staff import service  # noqa: PLC0415 - loaded when run

    settings = Settings.load()
    if settings.environment == "production":
        raise CannotRun("codes are shown in environments demo and test only")
    typer.echo(on_database.run(lambda tx: service.totp_code(tx, username), settings))


def _stores(given: list[str] | None) -> frozenset[str] | None:
    return frozenset(given) if given else None


def _limits(account: Account) -> str:
    return "" if account.stores is None else f"  stores {', '.join(sorted(account.stores))}"


def _print_once(made: NewAccount) -> None:
    typer.echo(f"username     {made.account.username}")
    typer.echo(f"password     {made.password}")
    typer.echo(f"TOTP secret  {made.totp_secret}")
    typer.echo(f"TOTP link    {made.provisioning_uri()}")
    if made.account.password_until is not None:
        until = made.account.password_until.isoformat(timespec="minutes")
        typer.echo(f"The password holds until {until}, for a sign-in at which another is chosen.")
    typer.echo("The password and the secret are not stored in a readable form: keep them now.")
