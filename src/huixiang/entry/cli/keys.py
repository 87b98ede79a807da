"""`huixiang keys`: keys of calling systems. A token is printed once, when it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from huixiang.entry.cli import on_database

if TYPE_CHECKING:
    from huixiang.staff.model import SystemKey

BY = "cli"
SCOPE_HELP = (
    "What it may do, such as orders:write; once for each. members:vouch is for a server that signs members in itself: a"
    " key without it spends a member's points only with the code that the member shows."
)

app = typer.Typer(help="Keys of calling systems: create, list, revoke.", no_args_is_help=True)


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Which system it is for.")],
    scopes: Annotated[list[str], typer.Option("--scope", help=SCOPE_HELP)],
) -> None:
    """Create a key; prints its token this once."""
    from huixiang.staff import service  # noqa: PLC0415 - loaded when run

    made = on_database.run(lambda tx: service.create_key(tx, name, scopes, BY))
    typer.echo(f"key id  {made.key.key_id}")
    typer.echo(f"token   {made.token}")
    typer.echo("The token is not stored in a readable form: keep it now.")


@app.command("list")
def list_all() -> None:
    """List the keys, without their secrets."""
    from huixiang.staff import service  # noqa: PLC0415 - loaded when run

    for key in on_database.run(service.list_keys):
        typer.echo(f"{key.key_id}  {_state(key):<24}  {key.name:<24}  {' '.join(sorted(key.scopes))}")


@app.command("revoke")
def revoke(key_id: Annotated[UUID, typer.Argument(help="The key's id, as `keys list` shows it.")]) -> None:
    """End a key for ever. Every process refuses it within five seconds."""
    from huixiang.staff import service  # noqa: PLC0415 - loaded when run

    key = on_database.run(lambda tx: service.revoke_key(tx, key_id, BY))
    typer.echo(f"revoked {key.key_id} ({key.name})")


def _state(key: SystemKey) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return f"used {key.last_used_at:%Y-%m-%d %H:%M}Z" if key.last_used_at else "never used"
