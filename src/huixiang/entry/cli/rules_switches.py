"""`huixiang rules off`, `on`, `switches`: single rules of a document, in every version of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from huixiang.entry.cli.rules_given import BY, Code, Kind, Note, run

if TYPE_CHECKING:
    from huixiang.rulebook.model import Switch

Part = Annotated[str, typer.Argument(metavar="RULE", help="The code of a rule within the document.")]


def switch_off(kind: Kind, code: Code, part: Part, note: Note) -> None:
    """Switch one rule of a document off, at once and in every version."""
    typer.echo(_turn(kind, code, part, note, off=True))


def switch_on(kind: Kind, code: Code, part: Part, note: Note) -> None:
    """Switch one rule of a document on again."""
    typer.echo(_turn(kind, code, part, note, off=False))


def switches(kind: Kind, code: Code) -> None:
    """List the turns of a document's switches, the newest first."""
    from huixiang.rulebook import service  # noqa: PLC0415 - loaded when run

    for turn in run(lambda tx: service.turns(tx, kind, code)):
        typer.echo(_turned(turn))


def _turn(kind: str, code: str, part: str, note: str, *, off: bool) -> str:
    from huixiang.rulebook import service  # noqa: PLC0415 - loaded when run
    from huixiang.rulebook.model import NewSwitch  # noqa: PLC0415

    return _turned(run(lambda tx: service.switch(tx, kind, code, NewSwitch(part, off, note), BY)))


def _turned(turn: Switch) -> str:
    return f"{turn.part} is {'off' if turn.off else 'on'} since {turn.at.isoformat()}, by {turn.by}: {turn.reason}"
