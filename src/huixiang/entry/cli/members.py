"""`huixiang members`: what is reckoned of members, made again and proven."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from huixiang.entry.cli import on_database

if TYPE_CHECKING:
    from huixiang.habits.model import Difference
    from huixiang.platform.db import Database

SHOWN = 20
# What was told just now is handed over within a second or two; what differs still is a difference.
ASKED_AGAIN = 5
EVERY_S = 1.0

app = typer.Typer(help="What is reckoned of members, made again and proven.", no_args_is_help=True)


@app.callback()
def members() -> None:
    """What is reckoned of members, made again and proven."""


@app.command("rebuild-facts")
def rebuild_facts(
    *, check: Annotated[bool, typer.Option("--check", help="Say what differs and change nothing.")] = False
) -> None:
    """Reckon the facts of every member again from the orders: windows, favourites, stages.

    With --check exits with 1 where something differs.
    """
    members, found = on_database.run_on(lambda db: _walk(db, check=check))
    for one in found[:SHOWN]:
        typer.echo(f"member {one.member_id}: {', '.join(one.fields)}")
    if len(found) > SHOWN:
        typer.echo(f"... and {len(found) - SHOWN:,} more")
    typer.echo(f"{members:,} members: {len(found):,} {'differ' if check else 'differed'}")
    if check and found:
        raise typer.Exit(1)


async def _walk(db: Database, *, check: bool) -> tuple[int, list[Difference]]:
    """Page by page, each in a transaction of its own: how many members, and what differed."""
    from huixiang.habits import service  # noqa: PLC0415 - loaded when run

    members, last = 0, None
    found: list[Difference] = []
    while True:
        async with db.transaction(read_only=check) as tx:
            page = await service.rebuild(tx, last, check=check)
        members, last = members + page.members, page.last
        found += page.differences
        if last is None:
            break
    for _ in range(ASKED_AGAIN if check else 0):
        if not found:
            break
        await asyncio.sleep(EVERY_S)
        async with db.transaction(read_only=True) as tx:
            found = await service.differences(tx, [one.member_id for one in found])
    return members, found
