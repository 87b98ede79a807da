"""`huixiang keys`: keys of calling systems. A token is printed once, when it is made."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from huixiang.entry.cli import on_database

if TYPE_CHECKING:
    from huixiang.platform.db import Transaction
    from huixiang.staff.model import NewKey, SystemKey

BY = "cli"
SCOPE_HELP = (
    "What it may do, such as orders:write; once for each. members:vouch is for a server that signs members in itself: a"
    " key without it spends a member's points only with the code that the member shows."
)
FROM_HELP = "An address or network that it is let in from, IPv4 or IPv6; once for each. Without: from anywhere."

Id = Annotated[UUID, typer.Argument(help="The key's id, as `keys list` shows it.")]
From = Annotated[list[str] | None, typer.Option("--from", help=FROM_HELP)]
Until = Annotated[
    datetime | None,
    typer.Option("--until", formats=["%Y-%m-%dT%H:%M:%S%z"], help="When it ends: 2027-03-31T00:00:00+08:00."),
]
PerMinute = Annotated[
    int | None, typer.Option("--per-minute", min=1, help="Requests a minute. Without: as the settings say.")
]

app = typer.Typer(help="Keys of calling systems: create, list, change, rotate, revoke.", no_args_is_help=True)


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Which system it is for.")],
    scopes: Annotated[list[str], typer.Option("--scope", help=SCOPE_HELP)],
    addresses: From = None,
    until: Until = None,
    per_minute: PerMinute = None,
) -> None:
    """Create a key; prints its token this once."""
    from huixiang.staff import service  # noqa: PLC0415 - loaded when run
    from huixiang.staff.model import KeyTerms  # noqa: PLC0415

    terms = KeyTerms(name, scopes, addresses or [], until, per_minute)
    _show(on_database.run(lambda tx: service.make_key(tx, terms, BY)))


@app.command("list")
def list_all() -> None:
    """List the keys, without their secrets."""
    from huixiang.staff import service  # noqa: PLC0415 - loaded when run

    for key in on_database.run(service.list_keys):
        places = ",".join(key.addresses) or "anywhere"
        typer.echo(f"{key.key_id}  {_state(key):<24}  {key.name:<24}  {places}  {' '.join(key.scopes)}")


@app.command("due")
def due() -> None:
    """Show by when each secret is to be another one: a year after it was made. Exits with 1 where one is overdue."""
    lines = on_database.run(_due)
    for due_at, what, is_over in sorted(lines):
        typer.echo(f"{due_at:%Y-%m-%d}  {'overdue' if is_over else 'in time'}  {what}")
    if any(is_over for _, _, is_over in lines):
        typer.echo(
            "Another secret of a key: huixiang keys rotate KEY_ID. Another master key: at the console.", err=True
        )
        raise typer.Exit(1)


async def _due(tx: Transaction) -> list[tuple[datetime, str, bool]]:
    """When, what, and whether that is over."""
    from huixiang.members import service as members  # noqa: PLC0415 - loaded when run
    from huixiang.staff import service  # noqa: PLC0415

    key_id, since = await members.master_key_since(tx)
    found = [(since + service.ROTATED_WITHIN, f"master key {key_id}")]
    for key in await service.list_keys(tx):
        due_at = service.rotation_due_at(key, tx.now)
        if due_at is not None:
            found.append((due_at, f"key {key.key_id} ({key.name})"))
    return [(due_at, what, due_at <= tx.now) for due_at, what in found]


@app.command("change")
def change(
    key_id: Id,
    scopes: Annotated[list[str] | None, typer.Option("--scope", help=SCOPE_HELP)] = None,
    addresses: From = None,
    until: Until = None,
    per_minute: PerMinute = None,
    lift: Annotated[list[str] | None, typer.Option("--no", help="Lift a bound: from, until or per-minute.")] = None,
) -> None:
    """Change a key; what is not named stays. In force everywhere within five seconds."""
    import msgspec  # noqa: PLC0415 - loaded when run

    from huixiang.staff import service  # noqa: PLC0415
    from huixiang.staff.model import KeyChange  # noqa: PLC0415

    given = {"scopes": scopes, "addresses": addresses, "expires_at": until, "requests_per_minute": per_minute}
    wanted: dict[str, object] = {name: value for name, value in given.items() if value}
    for bound in lift or ():
        field, nothing = _bound(bound)
        wanted[field] = nothing
    terms = msgspec.convert(wanted, KeyChange)
    key = on_database.run(lambda tx: service.change_key(tx, key_id, terms, BY))
    typer.echo(f"changed {key.key_id} ({key.name})")


@app.command("rotate")
def rotate(
    key_id: Id,
    overlap_hours: Annotated[
        int, typer.Option("--overlap-hours", min=0, max=720, help="For how long the secret before is let in too.")
    ] = 24,
) -> None:
    """Give a key a second secret; prints the token with it this once."""
    from huixiang.staff import service  # noqa: PLC0415 - loaded when run

    made = on_database.run(lambda tx: service.rotate_key(tx, key_id, timedelta(hours=overlap_hours), BY))
    _show(made)
    for secret in made.key.secrets:
        if secret.ends_at is not None and secret.ends_at > made.key.secrets[0].created_at:
            typer.echo(f"The token before is let in until {secret.ends_at:%Y-%m-%d %H:%M}Z.")


@app.command("finish")
def finish(key_id: Id) -> None:
    """End the secret before the present one now, where a rotation's overlap still runs."""
    from huixiang.staff import service  # noqa: PLC0415 - loaded when run

    key = on_database.run(lambda tx: service.finish_rotation(tx, key_id, BY))
    typer.echo(f"only the newest token of {key.key_id} ({key.name}) is let in")


@app.command("revoke")
def revoke(key_id: Id) -> None:
    """End a key for ever. Every process refuses it within five seconds."""
    from huixiang.staff import service  # noqa: PLC0415 - loaded when run

    key = on_database.run(lambda tx: service.revoke_key(tx, key_id, BY))
    typer.echo(f"revoked {key.key_id} ({key.name})")


def _bound(name: str) -> tuple[str, object]:
    bounds: dict[str, tuple[str, object]] = {
        "from": ("addresses", []),
        "until": ("expires_at", None),
        "per-minute": ("requests_per_minute", None),
    }
    if name not in bounds:
        raise typer.BadParameter(f"{name} is none of {', '.join(bounds)}", param_hint="--no")
    return bounds[name]


def _show(made: NewKey) -> None:
    typer.echo(f"key id  {made.key.key_id}")
    typer.echo(f"token   {made.token}")
    typer.echo("The token is not stored in a readable form: keep it now.")


def _state(key: SystemKey) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return f"used {key.last_used_at:%Y-%m-%d %H:%M}Z" if key.last_used_at else "never used"
