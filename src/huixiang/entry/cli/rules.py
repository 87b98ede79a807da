"""`huixiang rules`: what the programme's rules say, and how they are changed: by a new version, never in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import msgspec
import typer

from huixiang.entry.cli import rules_drafts, rules_publishing, rules_switches
from huixiang.entry.cli.rules_given import (
    INSTANT,
    Code,
    File,
    Kind,
    body_of,
    draft_line,
    heading,
    instant,
    run,
    version_line,
)

if TYPE_CHECKING:
    from huixiang.platform.db import Transaction
    from huixiang.rulebook.model import Document

app = typer.Typer(
    help="Rule documents: list, show, compare, publish, roll back, withdraw, switch off and on.", no_args_is_help=True
)


def kinds() -> None:
    """List the kinds of documents that there are."""
    from huixiang.entry.wiring import register_rule_kinds  # noqa: PLC0415 - loaded when run
    from huixiang.rulebook import service  # noqa: PLC0415

    register_rule_kinds()
    typer.echo("\n".join(service.kinds()))


def list_all(
    kind: Annotated[str | None, typer.Argument(help="Only documents of this kind.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every version, also what is not in force now.")] = False,
) -> None:
    """List the documents: which version is in force, since when, published by whom and why."""
    from huixiang.rulebook import service  # noqa: PLC0415 - loaded when run

    for version in run(lambda tx: service.versions(tx, kind, in_force_only=not every)):
        typer.echo(version_line(version))


def show(
    kind: Kind,
    code: Code,
    *,
    version: Annotated[int | None, typer.Option(min=1, help="This version; left out, the one in force.")] = None,
    at: Annotated[str | None, typer.Option(help=f"The one in force then: {INSTANT}")] = None,
    draft: Annotated[UUID | None, typer.Option(help="A draft by its id; `rules drafts` lists them.")] = None,
) -> None:
    """Print a document as JSON, in the form that `publish` reads."""
    from huixiang.rulebook import service  # noqa: PLC0415 - loaded when run

    if draft is not None:
        found = run(lambda tx: service.draft(tx, kind, code, draft))
        typer.echo(draft_line(found), err=True)
        typer.echo(msgspec.json.format(msgspec.json.encode(found.body)).decode())
        return

    async def find(tx: Transaction) -> Document:
        if version is not None:
            return await service.version(tx, kind, code, version)
        return await service.in_force(tx, kind, code, instant(tx, at, "--at") or tx.now)

    document = run(find)
    typer.echo(heading(document), err=True)
    typer.echo(msgspec.json.format(msgspec.json.encode(document.body)).decode())


def compare(
    kind: Kind,
    code: Code,
    file: File,
    *,
    version: Annotated[int | None, typer.Option(min=1, help="With this version; left out, the one in force.")] = None,
) -> None:
    """Say what a file would change, field by field."""
    from huixiang.rulebook import service  # noqa: PLC0415 - loaded when run

    body = body_of(file)
    found = run(lambda tx: service.compare(tx, kind, code, body, version))
    for change in found.changes:
        before, after = (msgspec.json.encode(one).decode() for one in (change.before, change.after))
        told = {"added": after, "removed": before, "changed": f"{before} -> {after}"}[change.what]
        typer.echo(f"{change.what} {change.path}: {told}")
    if found.more:
        typer.echo(f"and {found.more} more")


app.command("kinds")(kinds)
app.command("list")(list_all)
app.command("show")(show)
app.command("publish")(rules_publishing.publish)
app.command("rollback")(rules_publishing.rollback)
app.command("compare")(compare)
app.command("withdraw")(rules_publishing.withdraw)
app.command("draft")(rules_drafts.write_draft)
app.command("drafts")(rules_drafts.drafts)
app.command("off")(rules_switches.switch_off)
app.command("on")(rules_switches.switch_on)
app.command("switches")(rules_switches.switches)
