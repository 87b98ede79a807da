"""`huixiang card-keys`: the keys that sign the codes on members' cards."""

from __future__ import annotations

from typing import Annotated

import typer

from huixiang.entry.cli import on_database

app = typer.Typer(help="Keys that sign the codes on members' cards: list, rotate.", no_args_is_help=True)


@app.command("list")
def list_all() -> None:
    """List the public keys as they are published."""
    from huixiang.members import service  # noqa: PLC0415 - loaded when run

    for key in on_database.run(service.card_keys).keys:
        since = f"{key.signs_from:%Y-%m-%d %H:%M:%S}Z" if key.signs_from else "-"
        typer.echo(f"{key.kid}  {key.state:<8}  signs from {since:<20}  {key.x}")


@app.command("rotate")
def rotate(
    *,
    at_once: Annotated[
        bool,
        typer.Option(
            "--at-once", help="The present key is in wrong hands: sign with the next one now, whoever knows it by then."
        ),
    ] = False,
) -> None:
    """Let the next key sign, a minute from now. It has been published since the last rotation, so nobody waits."""
    from huixiang.members import service  # noqa: PLC0415 - loaded when run

    turn = on_database.run(lambda tx: service.rotate_card_keys(tx, "cli", at_once=at_once))
    typer.echo(f"key {turn.generation} signs from {turn.signs_from:%Y-%m-%d %H:%M:%S}Z on")
