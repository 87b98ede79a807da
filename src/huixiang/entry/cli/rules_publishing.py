"""`huixiang rules publish`, `rollback`, `withdraw`: asked for, and approved by a person at the console, or done at once
where HUIXIANG_COMMAND_LINE_PUBLISHES=alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from huixiang.entry.cli.rules_given import BY, Code, End, File, Kind, Note, Start, body_of, heading, instant, run, warn
from huixiang.platform.settings import Settings

if TYPE_CHECKING:
    from huixiang.platform.db import Transaction
    from huixiang.rulebook.model import Document, NewVersion
    from huixiang.rulebook.service import Published
    from huixiang.staff.model.approvals import Approval, Maker


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

    body = body_of(file)

    async def add(tx: Transaction) -> Document | Approval | None:
        begin, until = instant(tx, start, "--from") or tx.now, instant(tx, end, "--to")
        if check:
            findings = await service.check(tx, kind, code, body, begin, until)
            warn(findings.warnings)
            if findings.problems:
                raise RuleDocumentInvalid.of(kind, code, findings.problems)
            return None
        latest = (await service.standing(tx, kind, code)).latest if base is None else base
        new = NewVersion(base=latest, note=note, body=body, valid_from=begin, valid_to=until)
        return await _submitted(tx, kind, code, new)

    done = run(add)
    typer.echo(_told("published", done) if done else f"{kind}/{code} can be published")


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
        begin = instant(tx, start, "--from")
        new = NewVersion(base=latest, note=note, of_version=version, valid_from=begin)
        return await _submitted(tx, kind, code, new)

    typer.echo(_told("published", run(again)))


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

    typer.echo(_told("withdrawn", run(take)))


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
        return f"{what} {heading(done)}"
    for one in done.difference:
        if one.path.startswith("warning "):
            typer.echo(f"{one.path.replace('warning ', 'warning: ', 1)}: {one.after}", err=True)
    return (
        f"waits for a person to approve it at the console, as {done.approval_id}, until {done.expires_at.isoformat()}"
    )


def _published(done: Published) -> Document:
    warn(done.warnings)
    return done.document
