"""What `huixiang demo` runs beside its servers, each as a process: `python -m` this module, with `seed` or `import`."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from huixiang.platform.settings import CannotRun, Settings

if TYPE_CHECKING:
    from huixiang.platform.db import Transaction

HOUSEHOLD = "13"  # of gold tier, 157 orders, 182 coupons; among the first to be loaded
FIRST_HOUSEHOLD = "1"
LINK_LIFE = timedelta(days=1)
KEY_NAME = "demo"


def _program() -> str:
    """This program as it can be typed where the demo was started."""
    return os.path.relpath(Path(sys.executable).with_name("huixiang"))


async def seed(tx: Transaction, settings: Settings) -> str:
    """The catalogue, four staff and a key; the lines with their secrets, for those that are new."""
    from huixiang.catalogue import service as catalogue  # noqa: PLC0415
    from huixiang.staff import service as staff  # noqa: PLC0415

    await catalogue.load_seed(tx)
    lines = [
        f"  console  {made.account.username:<9}{made.password}  TOTP secret {made.totp_secret}"
        f"  (its code of the moment: {_program()} demo code {made.account.username})"
        for made in await staff.seed_demo(tx)
    ]
    if not any(key.name == KEY_NAME for key in await staff.list_keys(tx)):
        made = await staff.create_key(tx, KEY_NAME, staff.SCOPES, by="demo")
        lines.append(f"  API      Authorization: Bearer {made.token}")
    if not lines:
        reset = f"HUIXIANG_HOME={settings.home} {_program()} staff reset maker"
        return f"staff and key are those of the first start; for new secrets: {reset}"
    return "\n".join(["", "shown this once:", *lines, ""])


async def card_line(tx: Transaction, settings: Settings, household: str) -> str:
    from huixiang.members import service as members  # noqa: PLC0415
    from huixiang.members.model import MemberRef  # noqa: PLC0415
    from huixiang.platform.embedded import endpoints  # noqa: PLC0415

    member_id = await members.resolve(tx, MemberRef(source="completejourney", external_id=household))
    token = members.issue_token(member_id, tx.now, LINK_LIFE)
    return f"a member's card (household {household}): {endpoints.running(settings.home).address}/m/#token={token}"


def import_year(settings: Settings, members: int | None) -> None:
    """The errand. A refusal is told and is final: starting again would not mend it."""
    from huixiang.entry.cli import importing  # noqa: PLC0415
    from huixiang.intake.model import Stage  # noqa: PLC0415

    shown = HOUSEHOLD if members is None or members >= int(HOUSEHOLD) else FIRST_HOUSEHOLD
    try:
        importing.read_in(settings, members=members, after={Stage.MEMBERS: lambda tx: card_line(tx, settings, shown)})
    except importing.Interrupted as error:
        typer.echo(f"huixiang: {error}", err=True)
        sys.exit(1)
    except CannotRun as error:
        typer.echo(f"huixiang: {error}", err=True)


def main(arguments: list[str]) -> None:
    from huixiang.entry.cli import on_database  # noqa: PLC0415

    match arguments:
        case ["seed"]:
            settings = Settings.load()
            typer.echo(on_database.run(lambda tx: seed(tx, settings), settings))
        case ["import", *some]:
            import_year(Settings.load(), int(some[0]) if some else None)


if __name__ == "__main__":
    main(sys.argv[1:])
