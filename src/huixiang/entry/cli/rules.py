"""`huixiang rules`: what the programme's rules say, and how they are changed: by a new version, never in place."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from uuid import UUID

import msgspec
import typer

from huixiang.entry.cli import on_database
from huixiang.platform.settings import CannotRun, Settings

if TYPE_CHECKING:
    from huixiang.kernel.errors import Problem
    from huixiang.platform.db import Transaction
    from huixiang.rulebook.model import Document, Draft, DraftSummary, NewVersion, Switch, Version
    from huixiang.rulebook.service import Published
    from huixiang.staff.model.approvals import Approval, Maker

T = TypeVar("T")

BY = "cli"
INSTANT = "2026-04-01 (that business day's start) or 2026-04-01T08:00:00+08:00"
STDIN = "-"

app = typer.Typer(
    help="Rule documents: list, show, compare, publish, roll back, withdraw, switch off and on.", no_args_is_help=True
)

Kind = Annotated[str, typer.Argument(help="What it rules, such as earning or partner; `rules kinds` lists them.")]
Code = Annotated[str, typer.Argument(help="Which one of its kind, such as default; of a partner, the partner's code.")]
Note = Annotated[str, typer.Option(help="Why, for who reads the history.")]
Part = Annotated[str, typer.Argument(metavar="RULE", help="The code of a rule within the document.")]
File = Annotated[str, typer.Argument(help=f"The document as JSON; {STDIN} reads it from standard input.")]
Start = Annotated[str | None, typer.Option("--from", help=f"In force from: {INSTANT}; left out, now.")]
End = Annotated[str | None, typer.Option("--to", help="In force until then; left out, until another takes over.")]


@app.command("kinds")
def kinds() -> None:
    """List the kinds of documents that there are."""
    from huixiang.entry.wiring import register_rule_kinds  # noqa: PLC0415 - loaded when run
    from huixiang.rulebook import service  # noqa: PLC0415

    register_rule_kinds()
    typer.echo("\n".join(service.kinds()))


@app.command("list")
def list_all(
    kind: Annotated[str | None, typer.Argument(help="Only documents of this kind.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every version, also what is not in force now.")] = False,
) -> None:
    """List the documents: which version is in force, since when, published by whom and why."""
    from huixiang.rulebook import service  # noqa: PLC0415 - loaded when run

    for version in _run(lambda tx: service.versions(tx, kind, in_force_only=not every)):
        typer.echo(_line(version))


@app.command("show")
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
        found = _run(lambda tx: service.draft(tx, kind, code, draft))
        typer.echo(_draft(found), err=True)
        typer.echo(msgspec.json.format(msgspec.json.encode(found.body)).decode())
        return

    async def find(tx: Transaction) -> Document:
        if version is not None:
            return await service.version(tx, kind, code, version)
        return await service.in_force(tx, kind, code, _instant(tx, at, "--at") or tx.now)

    document = _run(find)
    typer.echo(_heading(document), err=True)
    typer.echo(msgspec.json.format(msgspec.json.encode(document.body)).decode())


@app.command("publish")
def publish(
    kind: Kind,
    code: Code,
    file: File,
    note: Note,
    *,
    start: Start = None,
    end: End = None,
    base: Annotated[
        int | None, typer.Option(min=0, help="Refuse if another version than this is the latest (0: none).")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say whether it could be published.")] = False,
) -> None:
    """Ask for the next version of a document, or the first, which a person approves at the console; or publish it where
    HUIXIANG_COMMAND_LINE_PUBLISHES=alone. Versions before it stay as they are."""
    from huixiang.rulebook import service  # noqa: PLC0415 - loaded when run
    from huixiang.rulebook.model import NewVersion, RuleDocumentInvalid  # noqa: PLC0415

    body = _body(file)

    async def add(tx: Transaction) -> Document | Approval | None:
        begin, until = _instant(tx, start, "--from") or tx.now, _instant(tx, end, "--to")
        if check:
            findings = await service.check(tx, kind, code, body, begin, until)
            _warn(findings.warnings)
            if findings.problems:
                raise RuleDocumentInvalid.of(kind, code, findings.problems)
            return None
        latest = (await service.standing(tx, kind, code)).latest if base is None else base
        new = NewVersion(base=latest, note=note, body=body, valid_from=begin, valid_to=until)
        return await _submitted(tx, kind, code, new)

    done = _run(add)
    typer.echo(_told("published", done) if done else f"{kind}/{code} can be published")


@app.command("rollback")
def rollback(
    kind: Kind,
    code: Code,
    version: Annotated[int, typer.Argument(min=1, help="What this one said is published again.")],
    note: Note,
    *,
    start: Start = None,
) -> None:
    """Ask for, or publish, what a former version said as the next one."""
    from huixiang.rulebook import service  # noqa: PLC0415 - loaded when run
    from huixiang.rulebook.model import NewVersion  # noqa: PLC0415

    async def again(tx: Transaction) -> Document | Approval:
        latest = (await service.standing(tx, kind, code)).latest
        begin = _instant(tx, start, "--from")
        new = NewVersion(base=latest, note=note, of_version=version, valid_from=begin)
        return await _submitted(tx, kind, code, new)

    typer.echo(_told("published", _run(again)))


@app.command("compare")
def compare(
    kind: Kind,
    code: Code,
    file: File,
    *,
    version: Annotated[int | None, typer.Option(min=1, help="With this version; left out, the one in force.")] = None,
) -> None:
    """Say what a file would change, field by field."""
    from huixiang.rulebook import service  # noqa: PLC0415 - loaded when run

    body = _body(file)
    found = _run(lambda tx: service.compare(tx, kind, code, body, version))
    for change in found.changes:
        before, after = (msgspec.json.encode(one).decode() for one in (change.before, change.after))
        told = {"added": after, "removed": before, "changed": f"{before} -> {after}"}[change.what]
        typer.echo(f"{change.what} {change.path}: {told}")
    if found.more:
        typer.echo(f"and {found.more} more")


@app.command("withdraw")
def withdraw(
    kind: Kind,
    code: Code,
    version: Annotated[int, typer.Argument(min=1, help="The version that is taken out of force.")],
    note: Note,
) -> None:
    """Ask for a version to be taken out of force, or take it, for past instants too; the one below it is in force
    again."""
    from huixiang.rulebook import service  # noqa: PLC0415 - loaded when run

    async def take(tx: Transaction) -> Document | Approval:
        if _alone():
            return await service.withdraw(tx, kind, code, version, by=BY, note=note)
        return await service.request_withdrawal(tx, kind, code, version, note, _maker())

    typer.echo(_told("withdrawn", _run(take)))


@app.command("draft")
def write_draft(
    kind: Kind,
    code: Code,
    file: File,
    note: Note,
    *,
    replace: Annotated[UUID | None, typer.Option(help="Write this draft anew; left out, a new one is kept.")] = None,
) -> None:
    """Keep a file as a draft, whether or not it could be published; `show --draft` gives it back."""
    from huixiang.rulebook import service  # noqa: PLC0415 - loaded when run
    from huixiang.rulebook.model import DraftChange, NewDraft  # noqa: PLC0415

    body = _body(file)

    async def keep(tx: Transaction) -> Draft:
        if replace is None:
            return await service.create_draft(tx, kind, code, NewDraft(body=body, note=note), BY)
        edition = (await service.draft(tx, kind, code, replace)).edition
        change = DraftChange(body=body, note=note, edition=edition)
        return await service.replace_draft(tx, kind, code, replace, change, BY)

    typer.echo(_draft(_run(keep)))


@app.command("drafts")
def drafts(kind: Kind, code: Code) -> None:
    """List the open drafts of a document, the last changed first."""
    from huixiang.rulebook import service  # noqa: PLC0415 - loaded when run

    for one in _run(lambda tx: service.drafts(tx, kind, code)):
        typer.echo(_draft(one))


@app.command("off")
def switch_off(kind: Kind, code: Code, part: Part, note: Note) -> None:
    """Switch one rule of a document off, at once and in every version."""
    typer.echo(_turn(kind, code, part, note, off=True))


@app.command("on")
def switch_on(kind: Kind, code: Code, part: Part, note: Note) -> None:
    """Switch one rule of a document on again."""
    typer.echo(_turn(kind, code, part, note, off=False))


@app.command("switches")
def switches(kind: Kind, code: Code) -> None:
    """List the turns of a document's switches, the newest first."""
    from huixiang.rulebook import service  # noqa: PLC0415 - loaded when run

    for turn in _run(lambda tx: service.turns(tx, kind, code)):
        typer.echo(_turned(turn))


def _turn(kind: str, code: str, part: str, note: str, *, off: bool) -> str:
    from huixiang.rulebook import service  # noqa: PLC0415 - loaded when run
    from huixiang.rulebook.model import NewSwitch  # noqa: PLC0415

    return _turned(_run(lambda tx: service.switch(tx, kind, code, NewSwitch(part, off, note), BY)))


def _turned(turn: Switch) -> str:
    return f"{turn.part} is {'off' if turn.off else 'on'} since {turn.at.isoformat()}, by {turn.by}: {turn.reason}"


def _run(work: Callable[[Transaction], Awaitable[T]]) -> T:
    from huixiang.entry.wiring import register_rule_kinds  # noqa: PLC0415 - loaded when run

    register_rule_kinds()
    return on_database.run(work)


def _alone() -> bool:
    return Settings.load().command_line_publishes == "alone"


def _maker() -> Maker:
    from huixiang.staff.model.approvals import Maker  # noqa: PLC0415 - loaded when run
    from huixiang.staff.service import NOBODY  # noqa: PLC0415

    return Maker(NOBODY, "command_line")


async def _submitted(tx: Transaction, kind: str, code: str, new: NewVersion) -> Document | Approval:
    """The version that was published, or the request for it."""
    from huixiang.rulebook import service  # noqa: PLC0415 - loaded when run

    if _alone():
        return _published(await service.submit(tx, kind, code, new, BY))
    return await service.request_publication(tx, kind, code, new, _maker())


def _told(what: str, done: Document | Approval) -> str:
    from huixiang.staff.model.approvals import Approval  # noqa: PLC0415 - loaded when run

    if not isinstance(done, Approval):
        return f"{what} {_heading(done)}"
    for one in done.difference:
        if one.path.startswith("warning "):
            typer.echo(f"{one.path.replace('warning ', 'warning: ', 1)}: {one.after}", err=True)
    return (
        f"waits for a person to approve it at the console, as {done.approval_id}, until {done.expires_at.isoformat()}"
    )


def _published(done: Published) -> Document:
    _warn(done.warnings)
    return done.document


def _warn(warnings: Sequence[Problem]) -> None:
    for one in warnings:
        typer.echo(f"warning: {one.path}: {one.problem}", err=True)


def _body(file: str) -> Any:
    """The document in a file. Raises CannotRun where it cannot be read, or is no JSON."""
    try:
        content = sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
        return msgspec.json.decode(content)
    except OSError as error:
        raise CannotRun(f"{file} cannot be read: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise CannotRun(f"{file} is not JSON: {error}") from error


def _instant(tx: Transaction, text: str | None, option: str) -> datetime | None:
    """An instant with its offset, or the start of a business day. Raises CannotRun."""
    if text is None:
        return None
    try:
        return tx.calendar.start_of(date.fromisoformat(text))
    except ValueError:
        pass
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise CannotRun(f"{option} takes {INSTANT}, not {text}")
    return instant


def _draft(draft: Draft | DraftSummary) -> str:
    made_of = f"against version {draft.base}" if draft.base else "of a new document"
    return (
        f"draft {draft.draft_id} {made_of}, {draft.state}, edition {draft.edition} of {draft.changed_at.isoformat()}, "
        f"by {draft.changed_by}: {draft.note}"
    )


def _heading(document: Document | Version) -> str:
    end = f" to {document.period.end.isoformat()}" if document.period.end else ""
    name = f"{document.kind}/{document.code} version {document.version}"
    return f"{name}, {document.state}, from {document.period.start.isoformat()}{end}"


def _line(version: Version) -> str:
    return f"{_heading(version)}, by {version.published_by or 'nobody'}: {version.note or ''}"
